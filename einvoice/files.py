"""Files on this machine: whole or not there at all, under names that are safe wherever they came from."""

from __future__ import annotations

import os
import re
import unicodedata
from pathlib import Path

from einvoice.errors import UsageError

DOCUMENTS = frozenset({".xml", ".pdf"})
"""what the name of an invoice ends with"""
_RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)
_MAX_NAME = 120


def safe_name(name: str) -> str:
    r"""A name that somebody else chose as one that is safe in a folder on any system.

    >>> safe_name("../../etc/passwd"), safe_name(r"C:\temp\a.xml"), safe_name("nul.txt")
    ('passwd', 'a.xml', '_nul.txt')
    """
    plain = unicodedata.normalize("NFC", name).replace("\\", "/").rpartition("/")[2]
    plain = "".join(c for c in plain if unicodedata.category(c)[0] != "C" and c not in '<>:"|?*').strip(" .") or "attachment"
    stem, dot, suffix = plain.rpartition(".")
    plain = plain if len(plain) <= _MAX_NAME else f"{stem[: _MAX_NAME - 10]}{dot}{suffix[:9]}"
    return f"_{plain}" if _RESERVED.fullmatch(plain) else plain


def made(folder: Path) -> Path:
    """The folder, made if it is not there. Raises UsageError where that cannot be."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"{folder}: cannot be made: {error.strerror or error}") from None
    return folder


def write(path: Path, content: bytes) -> None:
    """A file that is there as a whole or not at all. Raises UsageError where it cannot be written."""
    try:
        _replace(path, content)
    except OSError as error:
        raise UsageError(f"{path}: cannot be written: {error.strerror or error}") from None


def _replace(path: Path, content: bytes) -> None:
    import tempfile  # takes longer to import than most commands have use for it

    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name[:60]}.")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
        umask = os.umask(0)
        os.umask(umask)
        Path(name).chmod(0o666 & ~umask)  # mkstemp's 0600 is not what a user expects of a new file
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
