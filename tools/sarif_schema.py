"""The schema of SARIF 2.1.0, out of an npm package, for the tests: fetched once into out/."""

from __future__ import annotations

import json
import shutil
import subprocess
import tarfile
import tempfile
from pathlib import Path
from typing import Any

PACKAGE, MEMBER = "@microsoft/jest-sarif@1.0.0-beta.0", "package/lib/schemas/sarif-2.1.0-rtm.5.json"
_KEPT = Path(__file__).resolve().parent.parent / "out/sarif-2.1.0.json"


def available() -> bool:
    """Whether it is here, or can be had."""
    return _KEPT.is_file() or shutil.which("npm") is not None


def schema() -> dict[str, Any]:
    if not _KEPT.is_file():
        _KEPT.parent.mkdir(exist_ok=True)
        _KEPT.write_bytes(_fetched())
    found: dict[str, Any] = json.loads(_KEPT.read_text("utf-8"))
    return found


def _fetched() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(["npm", "pack", "--silent", PACKAGE], cwd=folder, check=True, stdout=subprocess.DEVNULL)
        with tarfile.open(next(Path(folder).glob("*.tgz"))) as archive:
            member = archive.extractfile(MEMBER)
            assert member is not None
            return member.read()
