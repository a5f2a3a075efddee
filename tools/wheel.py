"""Build wheel and sdist twice, compare their bytes, check what is in them.

python -m tools.wheel
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
DIST = ROOT / "dist"


def built(folder: Path) -> dict[str, str]:
    """Name -> hash of what a build makes, with the time of the last commit in it."""
    stamp = subprocess.run(["git", "log", "-1", "--format=%ct"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.strip()
    command = [sys.executable, "-m", "build", "--outdir", str(folder), str(ROOT)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env={**os.environ, "SOURCE_DATE_EPOCH": stamp})
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(folder.iterdir())}


def main() -> None:
    shutil.rmtree(DIST, ignore_errors=True)
    first, second = built(DIST), built(DIST / "again")
    first.pop("again", None)
    if first != second:
        sys.exit(f"two builds differ: {first} {second}")
    shutil.rmtree(DIST / "again")
    files = [str(path) for path in sorted(DIST.iterdir())]
    subprocess.run([sys.executable, "-m", "twine", "check", "--strict", *files], check=True)
    wheels = [file for file in files if file.endswith(".whl")]
    checker = str(Path(sys.executable).with_name("check-wheel-contents"))
    subprocess.run([checker, "--ignore", "W002", *wheels], check=True)  # official schemas share files
    for name, digest in first.items():
        print(f"{digest}  {name}  (the same twice)")


if __name__ == "__main__":
    main()
