"""The direction in which modules may depend on each other (ARCHITECTURE.md), and that generated files are current."""

from __future__ import annotations

import ast
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tools.generate import stale

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

LAYERS: tuple[tuple[str, ...], ...] = (
    ("version", "errors", "files", "languages", "limits", "model", "codes"),
    ("archives",),
    ("wrapping",),
    ("calc",),
    ("datatypes", "places"),
    ("rows",),
    ("extended",),
    ("terms",),
    ("term_names",),
    ("arrangement",),
    ("completion", "gross_prices", "lacks", "rule_texts", "skonto", "sub_lines", "templates"),
    ("follow_up",),
    ("syntax",),
    ("profiles",),
    ("third_parties",),
    ("fitting",),
    ("schematron",),
    ("official",),
    ("pdf",),
    ("code_lists",),
    ("document",),
    ("custom",),
    ("check",),
    ("keeping",),
    ("exchange", "sections", "explain", "conversion", "report"),
    ("fates", "reduction", "tabular"),
    ("hybrids", "rendering", "fixing"),
    ("making",),
    ("batch",),
    ("cli",),
    ("command",),
)
RANK = {name: rank for rank, names in enumerate(LAYERS) for name in names}


def part(module: str) -> str:
    return module.split(".")[1] if "." in module else ""


def imports(path: Path) -> Iterator[str]:
    """Modules of the package that a module imports, those for type checkers too."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module == "einvoice":
            yield from (f"einvoice.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("einvoice."):
            yield str(node.module)


def test_dependencies_point_one_way(root: Path) -> None:
    modules = [
        p
        for p in (root / "einvoice").rglob("*.py")
        if "artefacts" not in p.parts and not (p.parent.name == "einvoice" and p.stem in {"__init__", "__main__"})
    ]
    wrong = []
    for path in modules:
        here = path.relative_to(root / "einvoice").parts[0].removesuffix(".py")
        wrong += [f"{path.relative_to(root)} imports {m}" for m in imports(path) if RANK.get(part(m), -1) > RANK[here]]
    assert wrong == []
    assert len(modules) > 30


def test_a_validation_loads_neither_model_nor_pydantic() -> None:
    names = "('pydantic', 'pikepdf', 'einvoice.terms')"
    code = f"import sys, einvoice; einvoice.validate('fixtures/b2b-ubl.xml'); print([m for m in {names} if m in sys.modules])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"


@pytest.mark.parametrize("file", ["einvoice", "tools", "tests"])
def test_no_module_is_without_its_reason(root: Path, file: str) -> None:
    texts = {path.name: path.read_text("utf-8") for path in (root / file).rglob("*.py") if path.name != "conftest.py"}
    assert [name for name, text in texts.items() if text.strip() and not ast.get_docstring(ast.parse(text))] == []


def test_generated_files_are_what_is_generated_now(root: Path) -> None:
    assert stale(root) == []
