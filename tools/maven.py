"""A Java program with libraries of Maven, built once: veraPDF as an oracle, peers in benchmarks."""

from __future__ import annotations

import shutil
import subprocess
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

MISSING = "no java, javac or mvn on this machine"


def available() -> bool:
    """Whether this machine can build and run one."""
    return all(shutil.which(program) for program in ("java", "javac", "mvn"))


def build(source: Path, into: Path) -> str:
    """Fetch what the pom.xml beside a source names and compile it, if that was not done yet; gives the class path."""
    if not (into / source.with_suffix(".class").name).is_file():
        libraries = f"-DoutputDirectory={into / 'lib'}"
        goal = ("dependency:copy-dependencies", "-DincludeScope=runtime", libraries)
        subprocess.run(["mvn", "-q", "-B", "-f", source.with_name("pom.xml"), *goal], check=True)
        subprocess.run(["javac", "-cp", f"{into}/lib/*", "-d", into, source], check=True)
    return f"{into}:{into}/lib/*"
