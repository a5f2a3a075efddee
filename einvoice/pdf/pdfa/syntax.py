"""6.1.2 to 6.1.9: the bytes of the file, which a parser that repairs no longer shows."""

from __future__ import annotations

import re
import zlib
from typing import TYPE_CHECKING

from einvoice.pdf.pdfa.breach import Breach

if TYPE_CHECKING:
    from collections.abc import Iterator

_SPACE = rb"\0\t\f\r\n "
_HEADER = re.compile(rb"%PDF-1\.[0-7](?:\r\n|\r|\n)")
_BINARY = re.compile(rb"%PDF-1\.\d(?:\r\n|\r|\n)%[\x80-\xff]{4}")
_END = re.compile(rb"%%EOF(\r\n|\r|\n)?\Z")
_XREF = re.compile(rb"(?<!start)xref([^0-9]{0,8})\d+[ \t\0\f]*\d+[^0-9]{1,8}")
_OBJECT = re.compile(rb"(?:\A|(?<=[" + _SPACE + rb"]))(\d{1,10})([" + _SPACE + rb"]+)(\d{1,5})([" + _SPACE + rb"]+)obj")
_STREAM = re.compile(rb">>[" + _SPACE + rb"]*stream(\r\n|\n|\r|)")
_LENGTH = re.compile(rb"/Length\s+(\d+)(?:\s+(\d+)\s+R)?")
_LITERAL = re.compile(rb"\((?:[^()]|\((?:[^()]|\([^()]*\))*\))*\)")
_HEX_STRING = re.compile(rb"(?<!<)<(?!<)([^<>]*)>")
_NUMBER = re.compile(rb"[" + _SPACE + rb"]*[+-]?\d+[" + _SPACE + rb"]")
"""a whole number may stand in the line of its endobj: veraPDF accepts it, and Length is often written so"""
_ONE_SPACE = {bytes([byte]) for byte in b"\0\t\f\r\n "}
_EOL = {b"\r", b"\n"}


def check(data: bytes) -> Iterator[Breach]:
    """Header, end of file, cross reference table, and how every object is written."""
    if not _HEADER.match(data):
        yield Breach("6.1.2-t1", "start of the file", repr(data[:12]))
    if not _BINARY.match(data):
        yield Breach("6.1.2-t2", "start of the file")
    if not _END.search(data[-16:]):
        yield Breach("6.1.3-t3", "end of the file")
    offsets = object_offsets(data)
    for table in _XREF.finditer(data):
        if (offsets is None or table.start() in offsets.tables) and table[1] not in {b"\n", b"\r", b"\r\n"}:
            yield Breach("6.1.4-t2", f"byte {table.start()}")
    yield from _objects(data, offsets)


def _objects(data: bytes, offsets: Offsets | None) -> Iterator[Breach]:
    end = 0
    for found in _OBJECT.finditer(data):
        start = found.start(1)
        if start not in offsets.objects if offsets else start < end:
            continue  # inside a stream, or no longer in use
        end, breaches = _object(data, found, offsets)
        yield from breaches


def _object(data: bytes, found: re.Match[bytes], offsets: Offsets | None) -> tuple[int, list[Breach]]:
    """Where an object ends, and what is wrong with how it is written."""
    where = f"object {int(found[1])} {int(found[3])}"
    end = data.find(b"endobj", found.end())
    if end < 0:
        return len(data), [Breach("6.1.9-t1", where, "endobj is missing")]
    head = data[found.end() : end]
    breaches: list[Breach] = []
    stream = _STREAM.search(head)
    if stream is not None:
        end, breaches = _stream(data, found.end(), head, stream, where, offsets)
        head = head[: stream.start() + 2]
    if not _spaced(data, found, end):
        breaches.append(Breach("6.1.9-t1", where))
    return end, [*breaches, *hex_strings(head, where)]


def _spaced(data: bytes, found: re.Match[bytes], end: int) -> bool:
    """6.1.9: one space between the numbers and before obj; ends of line around obj and endobj."""
    start = found.start(1)
    ended = data[end - 1 : end] in _EOL or _NUMBER.fullmatch(data, found.end(), end) is not None
    ends_line = ended and data[end + 6 : end + 7] in _EOL
    begins_line = (start == 0 or data[start - 1 : start] in _EOL) and data[found.end() : found.end() + 1] in _EOL
    return found[2] in _ONE_SPACE and found[4] in _ONE_SPACE and begins_line and ends_line


def _stream(data: bytes, body: int, head: bytes, stream: re.Match[bytes], where: str, offsets: Offsets | None) -> tuple[int, list[Breach]]:
    breaches = []
    if stream[1] not in {b"\r\n", b"\n"}:
        breaches.append(Breach("6.1.7.1-t2", where, "no end of line after stream"))
    start = body + stream.end()
    length = _length(data, head[: stream.start() + 2], offsets)
    if length is None or start + length > len(data):
        stop = data.find(b"endstream", start)
    else:
        stop = data.find(b"endstream", max(start, start + length - 2))
    if stop < 0:
        stop = data.find(b"endstream", start)
    if length is not None and stop >= 0:
        gap = data[start + length : stop] if start + length <= stop else None
        if data[stop - 1 : stop] not in _EOL:
            breaches.append(Breach("6.1.7.1-t2", where, "no end of line before endstream"))
        if gap not in {b"", b"\n", b"\r\n", b"\r"} or (gap == b"" and data[stop - 1 : stop] in _EOL):
            breaches.append(Breach("6.1.7.1-t1", where, f"Length is {length}, the stream has {stop - start} bytes"))
    return data.find(b"endobj", max(stop, start)), breaches


def _length(data: bytes, head: bytes, offsets: Offsets | None) -> int | None:
    stated = _LENGTH.search(head)
    if stated is None:
        return None
    if stated[2] is None:
        return int(stated[1])
    pattern = re.compile(rb"(?<![0-9])" + stated[1] + rb"\s+" + stated[2] + rb"\s+obj\s*(\d+)")
    found = [m for m in pattern.finditer(data) if offsets is None or m.start() in offsets.objects]
    return int(found[-1][1]) if found else None


def hex_strings(code: bytes, where: str) -> Iterator[Breach]:
    """6.1.6: the hexadecimal strings in a piece of PDF syntax."""
    if b"<" not in code:
        return
    bare = _LITERAL.sub(b"", re.sub(rb"\\.", b"", code, flags=re.DOTALL))
    for string in _HEX_STRING.finditer(bare):
        digits = re.sub(rb"[" + _SPACE + rb"]", b"", string[1])
        if re.search(rb"[^0-9A-Fa-f]", digits):
            yield Breach("6.1.6-t2", where, digits[:20].decode("latin-1"))
        elif len(digits) % 2:
            yield Breach("6.1.6-t1", where, digits[:20].decode("latin-1"))


# -- where objects are ----------------------------------------------------------------------------


class Offsets:
    """Where the cross reference says that tables and objects are."""

    def __init__(self) -> None:
        self.objects: set[int] = set()
        self.tables: set[int] = set()


_START = re.compile(rb"startxref\s+(\d+)")
_TABLE = re.compile(rb"\s*(xref)\s+")
_SUBSECTION = re.compile(rb"(\d+)\s+(\d+)\s+")
_STREAM_OBJECT = re.compile(rb"\s*(\d+)\s+\d+\s+obj")
_WIDTHS = re.compile(rb"/W\s*\[\s*(\d+)\s+(\d+)\s+(\d+)")
_FURTHER = re.compile(rb"/(?:Prev|XRefStm)\s+(\d+)")


def object_offsets(data: bytes) -> Offsets | None:
    """What all cross reference tables and streams list; None where anything in them is odd."""
    starts = _START.findall(data[-2048:])
    if not starts:
        return None
    found, todo, seen = Offsets(), [int(starts[-1])], set[int]()
    try:
        while todo:
            position = todo.pop()
            if position not in seen and position < len(data):
                seen.add(position)
                trailer = _section(data, position, found)
                todo.extend(int(offset) for offset in _FURTHER.findall(trailer))
    except (ValueError, zlib.error, IndexError):
        return None
    return found if found.objects else None


def _section(data: bytes, position: int, found: Offsets) -> bytes:
    """Read one table or stream into `found`; gives its trailer."""
    table = _TABLE.match(data, position)
    return _cross_stream(data, position, found) if table is None else _cross_table(data, table, found)


def _cross_table(data: bytes, table: re.Match[bytes], found: Offsets) -> bytes:
    found.tables.add(table.start(1))
    at = table.end()
    while subsection := _SUBSECTION.match(data, at):
        at = subsection.end()
        for _ in range(min(int(subsection[2]), len(data) // 20 + 1)):
            entry = data[at : at + 20]
            at += 20
            if entry[17:18] == b"n":
                found.objects.add(int(entry[:10]))
    return data[at : at + 4000].split(b"startxref")[0]


def _cross_stream(data: bytes, position: int, found: Offsets) -> bytes:
    header = _STREAM_OBJECT.match(data, position)
    if header is None:
        raise ValueError("startxref points nowhere")
    found.objects.add(header.start(1))
    start = data.index(b"stream", position)
    trailer = data[position:start]
    sizes, stated = _WIDTHS.search(trailer), _LENGTH.search(trailer)
    if sizes is None or stated is None:
        raise ValueError("no cross reference stream")
    widths, length = [int(width) for width in sizes.groups()], int(stated[1])
    start += 8 if data[start + 6 : start + 8] == b"\r\n" else 7
    table = data[start : start + length]
    if b"FlateDecode" in trailer:
        table = zlib.decompressobj().decompress(table, 64 << 20)
    for row in _rows(table, sum(widths), predicted=re.search(rb"/Predictor\s+1[0-5]", trailer) is not None):
        kind = int.from_bytes(row[: widths[0]], "big") if widths[0] else 1
        if kind == 1:
            found.objects.add(int.from_bytes(row[widths[0] : widths[0] + widths[1]], "big"))
    return trailer


def _rows(table: bytes, width: int, *, predicted: bool) -> Iterator[bytes]:
    if not predicted:
        yield from (table[at : at + width] for at in range(0, len(table), width))
        return
    above = bytes(width)
    for at in range(0, len(table) - width, width + 1):
        row = table[at + 1 : at + 1 + width]
        if table[at] == 2:  # PNG "up", the one that writers use here
            row = bytes((byte + over) & 255 for byte, over in zip(row, above, strict=True))
        elif table[at]:
            raise ValueError("a predictor that is not looked into")
        yield row
        above = row
