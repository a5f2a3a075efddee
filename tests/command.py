"""The command line as a user runs it: a process, its output, its exit code."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass


@dataclass(frozen=True)
class Ran:
    code: int
    out: str
    err: str


def einvoice(*arguments: str, stdin: bytes = b"") -> Ran:
    done = subprocess.run([sys.executable, "-m", "einvoice", *arguments], input=stdin, capture_output=True, check=False)
    return Ran(done.returncode, done.stdout.decode(), done.stderr.decode())


def python(code: str) -> Ran:
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=300)
    return Ran(done.returncode, done.stdout, done.stderr)
