"""Write every generated file of the project; `--check` only says which differ.

python -m tools.generate
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

from benchmarks import page
from tools import compiler_page, documents, element_order

Render = Callable[[Path], str]

ALWAYS: Mapping[str, Render] = {
    "einvoice/syntax/order.py": element_order.render,
    "docs/terms.md": documents.terms_page,
    "docs/rules.md": documents.rules_page,
    "docs/cli.md": documents.cli_page,
    "docs/compiler.md": compiler_page.render,
    "docs/performance.md": page.render,
    "docs/errors.md": documents.errors_page,
    "docs/invoice.schema.json": documents.invoice_schema,
    "docs/report.schema.json": documents.report_schema,
    "fixtures/README.md": documents.fixtures_page,
}


def generated(root: Path) -> dict[str, Callable[[], str]]:
    """Each generated file of the project with what makes it."""
    reports = {
        path.with_suffix(".report.json").relative_to(root).as_posix(): partial(documents.expected_report, path)
        for path in documents.fixtures(root)
    }
    return {**{name: partial(render, root) for name, render in ALWAYS.items()}, **reports}


def stale(root: Path) -> list[str]:
    """The generated files whose content is not what their generator makes now."""
    return [name for name, render in generated(root).items() if _read(root / name) != render()]


def _read(path: Path) -> str:
    return path.read_text("utf-8") if path.is_file() else ""


if __name__ == "__main__":
    here = Path(__file__).resolve().parent.parent
    if "--check" in sys.argv:
        different = stale(here)
        sys.exit(f"differ from what is generated: {', '.join(different)}" if different else 0)
    for file, make in generated(here).items():
        (here / file).write_text(make(), "utf-8")
