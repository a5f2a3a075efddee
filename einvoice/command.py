"""The command's first steps: before the command line is even loaded, Saxon starts on the one file to judge.

A first call is mostly imports here and compilation there. Begun in this order, they go on side by side: the process is
started, the document's own stylesheet is put together and handed over, and then everything else is imported. What is
done here early is done again in its place, where the stylesheet is found ready; nothing depends on it.
"""

from __future__ import annotations

import sys
from pathlib import Path


def main() -> None:
    """What `einvoice` runs."""
    file = only_file(sys.argv[1:])
    if file is not None:
        _begin(file)
    from einvoice.cli import main as commands

    commands()


def only_file(arguments: list[str]) -> Path | None:
    """The file of a call that judges one, by the rules it asks for.

    >>> only_file(["validate", "fixtures/b2b-ubl.xml", "--format", "json"]), only_file(["validate", "--reference", "README.md"])
    (PosixPath('fixtures/b2b-ubl.xml'), None)
    """
    if arguments[:1] != ["validate"] or any(a.startswith(("--rules", "--reference", "--help")) for a in arguments):
        return None
    files = [path for a in arguments[1:] if not a.startswith("-") and (path := Path(a)).is_file()]
    return files[0] if len(files) == 1 else None


def _begin(file: Path) -> None:
    """Any failure here comes again where it is reported."""
    from einvoice.errors import EngineError

    try:
        from einvoice.check import saxon

        saxon.POOL.start()
        from einvoice.check import compiled

        compiled.prepare(file.read_bytes(), str(file))
    except (EngineError, OSError):
        return
