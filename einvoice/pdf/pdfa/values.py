"""Look at values of a PDF that may be of any type: what is not as expected is None or empty, never an exception."""

from __future__ import annotations

import re
import zlib
from decimal import Decimal
from typing import TYPE_CHECKING, Any, TypeGuard

import pikepdf
from pikepdf import Array, Dictionary, Name, Object, Stream, String

from einvoice.pdf.pdfa.breach import Breach

if TYPE_CHECKING:
    from collections.abc import Iterator

LIMIT = 256 << 20
"""bytes of one stream after decompression"""
_HEX = re.compile(rb"#([0-9A-Fa-f]{2})")
_SPECIAL = (Dictionary, Stream)


class TooLarge(ValueError):  # noqa: N818  a fact about the file, not of the program
    """A stream grows beyond the limit when it is decompressed."""


def is_dictionary(value: object) -> TypeGuard[Object]:
    """A dictionary, or a stream with its dictionary."""
    return isinstance(value, _SPECIAL)


def get(holder: object, key: str) -> Any:
    """The value of a key; None where it is missing, or what should hold it is no dictionary."""
    return holder.get(key) if isinstance(holder, _SPECIAL) else None


def dictionary(holder: object, key: str) -> Object | None:
    """The dictionary or stream that is the value of a key."""
    value = get(holder, key)
    return value if is_dictionary(value) else None


def stream(holder: object, key: str) -> Stream | None:
    """The stream that is the value of a key."""
    value = get(holder, key)
    return value if isinstance(value, Stream) else None


def name(value: object) -> str | None:
    """A name without its slash."""
    if not isinstance(value, Name):
        return None
    try:
        return str(value)[1:]
    except UnicodeDecodeError:
        return raw_name(value).decode("latin-1")


def named(holder: object, key: str) -> str | None:
    """The name that is the value of a key, without its slash."""
    return name(get(holder, key))


def items(value: object) -> list[Any]:
    """What is in an array."""
    return list(value) if isinstance(value, Array) else []


def one_or_more(value: object) -> list[Any]:
    """What is in an array, or the one value that stands for an array of one."""
    return items(value) if isinstance(value, Array) else [] if value is None else [value]


def pairs(holder: object) -> list[tuple[str, Any]]:
    """Keys and values of a dictionary."""
    if not is_dictionary(holder):
        return []
    try:
        return list(holder.items())
    except (ValueError, TypeError, pikepdf.PdfError):
        return []


def number(value: object) -> float | None:
    """A number; a truth value is none."""
    return float(value) if isinstance(value, int | Decimal | float) and not isinstance(value, bool) else None


def integer(value: object, default: int = 0) -> int:
    """A whole number."""
    found = number(value)
    return default if found is None or found != found or abs(found) > 1 << 62 else int(found)


def text(value: object) -> str | None:
    """The text of a string."""
    if not isinstance(value, String):
        return None
    try:
        return str(value)
    except (ValueError, UnicodeError):
        return bytes(value).decode("latin-1")


def raw_name(value: Name) -> bytes:
    """The bytes of a name, its `#xx` sequences expanded."""
    return _HEX.sub(lambda code: bytes([int(code[1], 16)]), value.unparse(resolved=True)[1:])


def not_utf8(value: object, where: str) -> Iterator[Breach]:
    """6.1.8: a name that people will read."""
    if isinstance(value, Name):
        try:
            raw_name(value).decode("utf-8")
        except UnicodeDecodeError:
            yield Breach("6.1.8-t1", where, name(value) or "")


def identity(value: object) -> str:
    """What to call an object: `12 0`, or nothing for one that stands in another."""
    return f"{value.objgen[0]} {value.objgen[1]}" if isinstance(value, Object) and value.is_indirect else ""


def key_of(value: Object) -> tuple[int, int] | int:
    """What tells one object from another while the file is open."""
    return value.objgen if value.is_indirect else id(value)


_PLAIN = frozenset({int, bool, Decimal, type(None)})
"""what most values are: numbers, which hold nothing"""
_EMPTY: dict[str, Any] = {}
_WIDTHS = re.compile(rb"\[ (?:-?[0-9.]{1,9} )+\]")


def walk(value: object) -> Iterator[tuple[Any, dict[str, Any]]]:
    """A value and all that stands in it, not behind references; each with its entries, if it is a dictionary.

    Of an array of small numbers (the widths of a font) only the array: nothing about them is in question.
    """
    stack = [value]
    while stack:
        holder = stack.pop()
        entries = dict(pairs(holder))
        yield holder, entries
        for inside in entries.values() if entries else _members(holder):
            if type(inside) in _PLAIN:
                yield inside, _EMPTY
            elif not inside.is_indirect:
                stack.append(inside)


def _members(holder: object) -> list[Any]:
    return [] if isinstance(holder, Array) and len(holder) > 8 and _WIDTHS.fullmatch(holder.unparse()) else items(holder)


def filters(value: Stream) -> list[str]:
    """The names of a stream's filters."""
    return [name(entry) or "" for entry in one_or_more(get(value, "/Filter"))]


def content(value: Stream, limit: int = LIMIT) -> bytes:
    """The bytes of a stream, decompressed up to a limit: a megabyte can hide a gigabyte.

    Raises TooLarge beyond the limit, pikepdf.PdfError or ValueError for a stream that cannot be decompressed.
    """
    raw = value.read_raw_bytes()
    applied = filters(value)
    if applied and set(applied) == {"FlateDecode"} and get(value, "/DecodeParms") is None:
        for _ in applied:
            raw = _inflated(raw, limit)
        return raw
    if len(raw) > limit:
        raise TooLarge("a stream is too large")
    return value.read_bytes() if applied else raw


def _inflated(raw: bytes, limit: int) -> bytes:
    inflate = zlib.decompressobj()
    try:
        data = inflate.decompress(raw, limit + 1)
    except zlib.error as error:
        raise ValueError(f"a stream is damaged: {error}") from None
    if len(data) > limit:
        raise TooLarge(f"a stream of {len(raw)} bytes grows beyond {limit} bytes")
    return data


def attempt(value: Stream | None) -> bytes | None:
    """The bytes of a stream, None where it is missing or cannot be read."""
    if value is None:
        return None
    try:
        return content(value)
    except (ValueError, pikepdf.PdfError, MemoryError):
        return None
