"""The regression gate: beside the official stylesheets, measured in the same run, the engine is as fast as it was."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


def test_no_ratio_has_fallen(corpora: Path, root: Path) -> None:
    assert corpora.is_dir()
    # in a process of its own: what measures leaves a resource tracker behind, and tests of hosts count children
    ran = subprocess.run([sys.executable, "-m", "benchmarks.gate"], cwd=root, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert ran.stdout.count("official stylesheets; saved") == 3
