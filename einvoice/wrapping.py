"""What else an invoice is sent in: an e-mail, a zip archive, base64. Looked at when bytes are neither XML nor PDF."""

from __future__ import annotations

import base64
import binascii
import io
import re
from dataclasses import dataclass

from einvoice import archives
from einvoice.errors import InputError
from einvoice.files import DOCUMENTS
from einvoice.limits import MAX_SIZE

_HEADER = re.compile(rb"\A\s*[A-Za-z][A-Za-z0-9-]*:[ \t]?[^\n]*\n")
_MAIL = re.compile(rb"^(MIME-Version|Content-Type|Received|Message-ID|Subject|From)[ \t]*:", re.IGNORECASE | re.MULTILINE)
_BASE64 = re.compile(rb"\A[A-Za-z0-9+/\s]+={0,2}\s*\Z")
_OUTLOOK = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


@dataclass(frozen=True, slots=True)
class Wrapping:
    """What bytes are, and the files in them that may be an invoice."""

    kind: str
    members: tuple[archives.Member, ...]


def unwrapped(data: bytes, name: str) -> Wrapping | None:
    """The documents in an e-mail, a zip archive or base64; None for bytes that are none of these.

    Raises InputError for an archive that is damaged and for messages of Outlook.
    """
    if data.startswith(_OUTLOOK):
        raise InputError(f"{name}: is a message or document of Microsoft Office; save the attachment itself")
    if data.startswith(b"PK\x03\x04"):
        return Wrapping("a zip archive", _members(archives.of_zip, data, name))
    if _HEADER.match(data) and _MAIL.search(data[: 1 << 16]):
        return Wrapping("an e-mail", _members(archives.of_email, data, name))
    if _BASE64.match(data):
        return _decoded(data)
    return None


def _members(read: archives.Reader, data: bytes, name: str) -> tuple[archives.Member, ...]:
    try:
        return tuple(read(io.BytesIO(data), lambda member: member.lower().endswith(tuple(DOCUMENTS)), MAX_SIZE))
    except archives.NotReadable as error:
        raise InputError(f"{name}: {error}") from None


def _decoded(data: bytes) -> Wrapping | None:
    try:
        content = base64.b64decode(b"".join(data.split()), validate=True)
    except binascii.Error:
        return None
    looks_right = content.lstrip(b"\xef\xbb\xbf \t\r\n").startswith((b"<", b"%PDF-"))
    return Wrapping("base64", (archives.Member("content", content),)) if looks_right else None
