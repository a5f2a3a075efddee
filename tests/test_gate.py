"""The regression gate: beside the official stylesheets, measured in the same run, the engine is as fast as it was."""

from __future__ import annotations

from typing import TYPE_CHECKING

from benchmarks import gate

if TYPE_CHECKING:
    from pathlib import Path


def test_no_ratio_has_fallen(corpora: Path) -> None:
    assert corpora.is_dir()
    assert gate.fallen() == []
