"""Write every generated file of the project; `--check` only says which differ.

    python -m tools.generate
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from tools import element_order

GENERATED: Mapping[str, Callable[[Path], str]] = {
    "einvoice/syntax/order.py": element_order.render,
}


def stale(root: Path) -> list[str]:
    """The generated files whose content is not what their generator makes now."""
    return [name for name, render in GENERATED.items() if _read(root / name) != render(root)]


def generate(root: Path) -> None:
    for name, render in GENERATED.items():
        (root / name).write_text(render(root), "utf-8")


def _read(path: Path) -> str:
    return path.read_text("utf-8") if path.is_file() else ""


if __name__ == "__main__":
    here = Path(__file__).resolve().parent.parent
    if "--check" in sys.argv:
        different = stale(here)
        sys.exit(f"differ from what is generated: {', '.join(different)}" if different else 0)
    generate(here)
