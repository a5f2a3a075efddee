"""veraPDF as the oracle of PDF/A: built from Maven's packages, kept as one Java process.

`python -m tools.verapdf` builds it; `python -m tools.verapdf FILE...` judges files (3b, or another with --flavour).
"""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from tools.maven import MISSING, available, build

_SOURCE = Path(__file__).with_name("Judge.java")
_BUILT = _SOURCE.parents[2] / "out" / "verapdf"


@dataclass(frozen=True, slots=True)
class Judgement:
    """veraPDF's answer for one file."""

    status: str
    """pass, fail, or error: veraPDF could not read the file"""
    rules: tuple[str, ...]
    """the rules that failed, as clause-test: `6.1.3-t1`; of an error the reason"""


@dataclass(slots=True)
class Verapdf:
    """One Java process that judges files, one after the other."""

    _process: subprocess.Popen[str] = field(init=False)

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(
            ["java", "-Xmx2g", "-cp", build(_SOURCE, _BUILT), "Judge"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, encoding="utf-8",
        )  # fmt: skip
        return self

    def __exit__(self, *_: object) -> None:
        self._process.communicate()

    def judge(self, path: Path, flavour: str = "3b") -> Judgement:
        """What veraPDF says of a file for a flavour: 3b, 3u, 3a or ua1."""
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(f"{flavour}\t{path}\n")
        self._process.stdin.flush()
        status, _, rules = self._process.stdout.readline().rstrip("\n").partition("\t")
        return Judgement(status or "error", tuple(rules.split()) if status != "error" else (rules,))


def main() -> None:
    if not available():
        sys.exit(MISSING)
    flavour = "3b"
    arguments = sys.argv[1:]
    if arguments[:1] == ["--flavour"]:
        flavour, arguments = arguments[1], arguments[2:]
    with Verapdf() as verapdf:
        for name in arguments:
            judgement = verapdf.judge(Path(name), flavour)
            print(f"{judgement.status}\t{' '.join(judgement.rules)}\t{name}")
