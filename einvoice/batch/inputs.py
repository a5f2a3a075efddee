"""Where documents come from: files, folders, globs, archives, JSON lines, lists of these, and the file systems that fsspec knows.

Everything is a stream: no folder but the one being read, no archive member but the one being given, is held in memory.
"""

from __future__ import annotations

import base64
import binascii
import glob
import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from einvoice import archives
from einvoice.document import load
from einvoice.errors import InputError, UsageError
from einvoice.files import DOCUMENTS
from einvoice.limits import MAX_SIZE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

DRAFTS = frozenset({".json"})
_LISTS = (".jsonl", ".ndjson")


@dataclass(frozen=True, slots=True)
class Item:
    """One document to work on."""

    name: str
    source: str | bytes
    """its path or URL, or what is in it"""
    fault: str = ""
    """why there is nothing in it"""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which files of a folder or archive are meant."""

    suffixes: frozenset[str] = DOCUMENTS
    max_size: int = MAX_SIZE

    def document(self, name: str) -> bool:
        """Whether a file is one of the documents."""
        return os.path.splitext(name)[1].lower() in self.suffixes  # noqa: PTH122  a Path for each of a million names costs too much

    def any(self, name: str) -> bool:
        """Whether a file is a document or holds some."""
        return self.document(name) or _holds_some(name)


def items(paths: Iterable[str], wanted: Wanted = Wanted(), stdin: IO[bytes] | None = None) -> Iterator[Item]:
    """The documents that paths name, in an order that is the same each time.

    `-` is a list on standard input: a path or a JSON object in each line. What is not there, has no documents in it, or is no
    archive, is an item that says so: the others go on.
    """
    for path in paths:
        if path == "-":
            assert stdin is not None
            yield from _listed(stdin, wanted)
        else:
            yield from _of_path(path, wanted)


def count(paths: Iterable[str], wanted: Wanted = Wanted()) -> int | None:
    """How many documents there are, if their names tell."""
    total = 0
    for path in paths:
        if path == "-" or "://" in path or _holds_some(path):
            return None
        for name in _walk(path, wanted) if Path(path).is_dir() else _matches(path):
            if not wanted.document(name) and _holds_some(name):
                return None
            total += 1
    return total


def _of_path(path: str, wanted: Wanted) -> Iterator[Item]:
    if "://" in path:
        yield from _remote(path, wanted)
        return
    for match in _matches(path):
        if Path(match).is_dir():
            found = False
            for name in _walk(match, wanted):
                found = True
                yield from _of_file(name, wanted)
            if not found:
                kinds = ", ".join(sorted(wanted.suffixes))
                yield Item(match, b"", f"there is no {kinds} or archive in this folder; name one that has documents")
        else:
            yield from _of_file(match, wanted)


def _matches(path: str) -> list[str]:
    if Path(path).exists() or not glob.has_magic(path):
        return [path]
    return sorted(glob.glob(path, recursive=True)) or [path]  # noqa: PTH207  the pattern may be absolute


def _walk(folder: str, wanted: Wanted) -> Iterator[str]:
    """The files below a folder, each folder's own in the order of their names."""
    with os.scandir(folder) as entries:
        inside = sorted(entries, key=lambda entry: entry.name)
    for entry in inside:
        if entry.is_dir(follow_symlinks=False):
            yield from _walk(entry.path, wanted)
        elif wanted.any(entry.name) and entry.is_file():
            yield entry.path


def _of_file(name: str, wanted: Wanted) -> Iterator[Item]:
    if wanted.document(name) or not _holds_some(name):
        yield Item(name, name)
        return
    try:
        with Path(name).open("rb") as file:
            yield from _inside(name, file, wanted)
    except OSError as error:
        yield Item(name, b"", f"cannot be read: {error.strerror or error}")


# -- archives and lists ---------------------------------------------------------------------------


def _holds_some(name: str) -> bool:
    return archives.reader(name) is not None or name.lower().endswith(_LISTS)


def _inside(name: str, file: IO[bytes], wanted: Wanted) -> Iterator[Item]:
    """The documents in a file that holds some."""
    read = archives.reader(name)
    if read is None:
        yield from _json_lines(name, file, wanted)
        return
    try:
        for member in read(file, wanted.document, wanted.max_size):
            yield Item(f"{name}/{member.name}", member.content, member.fault)
    except archives.NotReadable as error:
        yield Item(name, b"", str(error))


def _json_lines(name: str, file: IO[bytes], wanted: Wanted) -> Iterator[Item]:
    for number, line in enumerate(file, start=1):
        if line.strip():
            yield from _of_line(line, f"{name}:{number}", wanted)


def _listed(stdin: IO[bytes], wanted: Wanted) -> Iterator[Item]:
    for number, line in enumerate(stdin, start=1):
        if line.lstrip().startswith(b"{"):
            yield from _of_line(line, f"-:{number}", wanted)
        elif line.strip():
            path = os.fsdecode(line.rstrip(b"\r\n"))
            yield from [Item(path, path)] if "://" in path else _of_path(path, wanted)


def _of_line(line: bytes, place: str, wanted: Wanted) -> Iterator[Item]:
    """A document in a JSON object: {"name": …} with "xml", "base64" or "path"; a draft of an invoice as it is."""
    try:
        entry: dict[str, Any] = json.loads(line)
        name = str(entry.get("name", place))
        if "path" in entry:
            path = str(entry["path"])
            yield Item(str(entry.get("name", path)), path)
        elif "xml" in entry:
            yield Item(name, str(entry["xml"]).encode())
        elif "base64" in entry:
            yield Item(name, base64.b64decode(entry["base64"], validate=True))
        elif wanted.suffixes == DRAFTS:
            yield Item(name, json.dumps(entry.get("invoice", entry)).encode())
        else:
            yield Item(name, b"", 'has none of "xml", "base64", "path"; give one of them')
    except (ValueError, binascii.Error, AttributeError, TypeError, UnicodeError, RecursionError) as error:
        yield Item(place, b"", f"is no JSON object with a document: {error}")


# -- elsewhere ------------------------------------------------------------------------------------


def _remote(url: str, wanted: Wanted) -> Iterator[Item]:
    system, path = file_system(url)
    protocol = url.partition("://")[0]
    try:
        names = sorted(system.glob(path)) if glob.has_magic(path) else sorted(system.find(path))
    except Exception as error:  # noqa: BLE001  each file system raises what it likes
        yield Item(url, b"", f"cannot be listed: {type(error).__name__}: {error}")
        return
    found = [name for name in names if name == path or wanted.any(name)]
    if not found:
        yield Item(url, b"", "there is no document there")
    for name in found:
        address = f"{protocol}://{name}"
        if wanted.document(name) or not _holds_some(name):
            yield Item(address, address)
            continue
        try:
            with system.open(name, "rb") as file:
                yield from _inside(address, file, wanted)
        except Exception as error:  # noqa: BLE001
            yield Item(address, b"", f"cannot be read: {type(error).__name__}: {error}")


def file_system(url: str) -> tuple[Any, str]:
    """The file system of a URL and the path on it. Raises UsageError if no library for it is installed."""
    try:
        from fsspec.core import url_to_fs
    except ImportError:
        raise UsageError(f"{url}: fsspec is not installed: pip install 'einvoice-engine[cloud]'") from None
    try:
        system, path = url_to_fs(url)
    except (ImportError, ValueError) as error:
        raise UsageError(f"{url}: {error}") from None
    return system, str(path)


def content(item: Item, max_size: int) -> bytes:
    """What is in a document. Raises InputError for one that cannot be read or is too large."""
    if item.fault:
        raise InputError(f"{item.name}: {item.fault}")
    if isinstance(item.source, bytes) or "://" not in item.source:
        return load(item.source, max_size=max_size)[0]
    system, path = file_system(item.source)
    try:
        with system.open(path, "rb") as stream:
            return load(stream, max_size=max_size)[0]
    except InputError:
        raise
    except Exception as error:  # noqa: BLE001  each file system raises what it likes
        raise InputError(f"{item.name}: cannot be read: {type(error).__name__}: {error}") from None
