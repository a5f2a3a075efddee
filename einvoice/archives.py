"""Files in other files: zip and tar archives and e-mails, as a stream and within limits."""

from __future__ import annotations

import email
import lzma
import tarfile
import zipfile
import zlib
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING

from einvoice.limits import MAX_RATIO, too_large

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from email.message import Message

    Wanted = Callable[[str], bool]
    """whether a file of some name is meant"""
    Reader = Callable[[IO[bytes], Wanted, int], Iterator["Member"]]

DAMAGED = (
    zipfile.BadZipFile, tarfile.TarError, zlib.error, lzma.LZMAError, EOFError, OSError, NotImplementedError, RuntimeError, ValueError,
    LookupError, TypeError,
)  # fmt: skip
"""what the libraries raise on archives that are none, are damaged, encrypted, or packed in a way they do not know"""


@dataclass(frozen=True, slots=True)
class Member:
    """A file in another."""

    name: str
    content: bytes
    fault: str = ""
    """why there is nothing in it"""


class NotReadable(Exception):  # noqa: N818
    """An archive that is none, or not to its end; the text says why."""


def reader(name: str) -> Reader | None:
    """What reads the files in a file of this name, if it is of a kind that has some.

    It is given the open file, which names are wanted, and the bytes that each may have. Raises NotReadable.
    """
    lower = name.lower()
    return next((read for suffix, read in _READERS.items() if lower.endswith(suffix)), None)


def of_zip(file: IO[bytes], wanted: Wanted, max_size: int) -> Iterator[Member]:
    """The files of a zip archive, in the order of its directory."""
    try:
        archive = zipfile.ZipFile(file)
    except DAMAGED as error:
        raise NotReadable(f"is no zip archive that can be read: {error}") from None
    with archive:
        for info in archive.infolist():
            if info.filename and not info.is_dir() and wanted(info.filename):
                yield _unzipped(archive, info, max_size)


def _unzipped(archive: zipfile.ZipFile, info: zipfile.ZipInfo, max_size: int) -> Member:
    ratio = info.file_size // max(info.compress_size, 1)
    if ratio > MAX_RATIO:
        return Member(info.filename, b"", f"claims to be {ratio} times as large as in the archive; send it alone")
    try:
        with archive.open(info) as stream:
            return _limited(info.filename, stream, max_size)
    except DAMAGED as error:
        return Member(info.filename, b"", f"cannot be taken out of the archive: {error}")


def _limited(name: str, stream: IO[bytes], max_size: int) -> Member:
    """What a member really holds, not what the archive says of it."""
    content = stream.read(max_size + 1)
    return Member(name, content) if len(content) <= max_size else Member(name, b"", too_large(max_size))


def of_tar(file: IO[bytes], wanted: Wanted, max_size: int) -> Iterator[Member]:
    """The files of a tar archive, packed or not; links and devices are none."""
    try:
        with tarfile.open(fileobj=file, mode="r|*") as archive:
            for info in archive:
                stream = archive.extractfile(info) if info.isfile() and wanted(info.name) else None
                if stream is not None:
                    yield _limited(info.name, stream, max_size)
                archive.members = []  # type: ignore[attr-defined]  # it would keep every header
    except DAMAGED as error:
        raise NotReadable(f"is no tar archive that can be read to its end: {error}") from None


def of_email(file: IO[bytes], wanted: Wanted, max_size: int) -> Iterator[Member]:
    """The attachments of an e-mail and of e-mails in it."""
    content = file.read(max_size + 1)
    if len(content) > max_size:
        raise NotReadable(too_large(max_size))
    for part in email.message_from_bytes(content).walk():
        name = _name_of(part)
        if name and wanted(name):
            payload = part.get_payload(decode=True)
            yield Member(name, payload if isinstance(payload, bytes) else b"")


def _name_of(part: Message) -> str:
    """Of an attachment; an XML or PDF part without a name has that of its kind."""
    try:
        given = part.get_filename()
    except DAMAGED:
        given = None
    return given or {"application/xml": "attachment.xml", "text/xml": "attachment.xml", "application/pdf": "attachment.pdf"}.get(
        part.get_content_type(), ""
    )


_READERS: dict[str, Reader] = {
    ".zip": of_zip, ".eml": of_email, ".tar": of_tar, ".tar.gz": of_tar, ".tgz": of_tar, ".tar.bz2": of_tar, ".tar.xz": of_tar,
}  # fmt: skip
