"""Font programs: which glyphs are in them and how wide they are. TrueType and CFF by fontTools, Type 1 here."""

from __future__ import annotations

import io
import logging
import re
import threading
from contextlib import suppress
from functools import cache, lru_cache
from itertools import islice
from typing import TYPE_CHECKING, Any

from einvoice.pdf.pdfa.encodings import encoding
from einvoice.pdf.pdfa.values import content, named, stream

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pikepdf import Stream

_SMALL = 100_000
"""bytes of a program that is worth keeping"""
logging.getLogger("fontTools").setLevel(logging.CRITICAL)  # it logs what it repairs; here damage is a breach


class TrueType:
    """A TrueType program."""

    def __init__(self, font: Any) -> None:
        self.cmaps: list[tuple[tuple[int, int], Mapping[int, str]]] = [
            ((table.platformID, table.platEncID), table.cmap) for table in (font["cmap"].tables if "cmap" in font else [])
        ]
        self.order: list[str] = font.getGlyphOrder()
        self._index = {glyph: index for index, glyph in enumerate(self.order)}
        if font["hhea"].numberOfHMetrics * 4 > font.reader.tables["hmtx"].length:
            raise ValueError("the hmtx of a TrueType program is cut off")
        self._metrics = font["hmtx"].metrics
        self._units = font["head"].unitsPerEm

    def width(self, glyph: str) -> float | None:
        """In thousandths of the font size."""
        metric = self._metrics.get(glyph)
        return None if metric is None else metric[0] * 1000 / self._units

    def index(self, glyph: str) -> int | None:
        """The number of a glyph."""
        return self._index.get(glyph)

    def cmap(self, platform: int, kind: int) -> Mapping[int, str] | None:
        """One of the tables from code to glyph."""
        return next((table for key, table in self.cmaps if key == (platform, kind)), None)


class Cff:
    """A compact font program (Type1C, CIDFontType0C, or OpenType with CFF)."""

    def __init__(self, font: Any) -> None:
        self._lock, self._widths = threading.Lock(), dict[str, float]()
        top = font[font.fontNames[0]]
        if getattr(top, "CharstringType", 2) != 2:
            raise ValueError("a compact program with the charstrings of Type 1")
        self._strings = top.CharStrings
        privates = [held.Private for held in (getattr(top, "FDArray", None) or [top])]
        for private in privates:
            # veraPDF reads both as whole numbers
            private.nominalWidthX, private.defaultWidthX = int(private.nominalWidthX), int(private.defaultWidthX)
        _read_to_the_end(self._strings.charStringsIndex, top.GlobalSubrs, *(getattr(private, "Subrs", ()) for private in privates))
        self._scale = float((getattr(top, "FontMatrix", None) or [0.001])[0]) * 1000
        self.is_cid = hasattr(top, "ROS")
        names = list(top.charset)
        self.glyphs = frozenset(names)
        if self.is_cid:
            self.cids = {0: names[0], **{int(glyph[3:]): glyph for glyph in names if re.fullmatch(r"cid\d+", glyph)}}
            self.encoding: Mapping[int, str] = {}
        else:
            self.cids = dict(enumerate(names))
            own = top.Encoding
            self.encoding = (
                {code: glyph for code, glyph in enumerate(own) if glyph != ".notdef"} if isinstance(own, list) else encoding(own)
            )

    def width(self, glyph: str) -> float:
        """In thousandths of the font size; -1, as veraPDF has it, for a glyph that cannot be drawn."""
        with self._lock:  # fontTools reads glyphs when they are asked for
            if glyph not in self._widths:
                self._widths[glyph] = self._width(glyph)
            return self._widths[glyph]

    def _width(self, glyph: str) -> float:
        try:
            return _cff_width(self._strings[glyph]) * self._scale
        except Exception:  # noqa: BLE001  a damaged glyph raises whatever its bytes lead to
            return -1


def _read_to_the_end(*indexes: Any) -> None:
    """Raise for an INDEX that is cut off: fontTools reads no further than it is asked."""
    for index in indexes:
        if len(index):
            index[len(index) - 1]


def _cff_width(string: Any) -> float:
    """The width that a charstring begins with (Adobe Technical Note 5177, 3.1): no need to draw the rest."""
    private = string.private
    extractor = _beginning()(getattr(private, "Subrs", []), string.globalSubrs, private.nominalWidthX, private.defaultWidthX)
    with suppress(_Found):
        extractor.execute(string)
    return float(extractor.width)


class _Found(Exception):  # noqa: N818
    """Ends a charstring after its width."""


@cache
def _beginning() -> type[Any]:
    """An interpreter of charstrings that stops as soon as the width is known."""
    from fontTools.misc.psCharStrings import T2WidthExtractor

    class Beginning(T2WidthExtractor):  # type: ignore[misc]
        def popallWidth(self, evenOdd: int = 0) -> Any:  # noqa: N802, N803  fontTools' names
            super().popallWidth(evenOdd)
            raise _Found

    return Beginning


class Type1:
    """A Type 1 program: glyphs and widths out of its encrypted part (Adobe Type 1 Font Format, 7.1)."""

    def __init__(self, data: bytes) -> None:
        clear, private = _decrypted(data)
        self._widths = _type1_widths(private)
        self.glyphs = frozenset(self._widths)
        matrix = re.search(rb"/FontMatrix\s*\[\s*([-0-9.eE]+)", clear)
        self._scale = float(matrix[1]) * 1000 if matrix else 1.0
        own = {int(code): glyph.decode("latin-1") for code, glyph in re.findall(rb"dup\s+(\d+)\s*/(\S+)\s+put", clear)}
        self.encoding: Mapping[int, str] = encoding("StandardEncoding") if b"StandardEncoding def" in clear else own

    def width(self, glyph: str) -> float | None:
        """In thousandths of the font size."""
        width = self._widths.get(glyph)
        return None if width is None else int(width * self._scale)  # so does veraPDF


Program = TrueType | Cff | Type1


_FILES = {
    **dict.fromkeys(("Type1", "MMType1"), ("/FontFile", "/FontFile3")),
    **dict.fromkeys(("TrueType", "CIDFontType2"), ("/FontFile2", "/FontFile3")),
    "CIDFontType0": ("/FontFile3",),
}
"""where the program of a font stands (ISO 32000-1, table 126)"""
_FORMATS: dict[str, set[str | None]] = {
    "Type1": {"Type1C", "OpenType"},
    "MMType1": {"Type1C", "OpenType"},
    "TrueType": {"OpenType", None},  # None: veraPDF
    "CIDFontType2": {"OpenType"},
    "CIDFontType0": {"CIDFontType0C", "OpenType"},
}
"""what a FontFile3 may say that it is"""
_SFNT = {b"OTTO", b"\0\1\0\0", b"true", b"ttcf"}
"""how TrueType and OpenType begin"""


def load(descriptor: object, subtype: str | None) -> Program | None:
    """The program of a font of this Subtype; None where none is embedded.

    Raises any exception for a program that is damaged: what reads it trusts it.
    """
    key, embedded = file_of(descriptor, subtype)
    if embedded is None:
        return None
    data, stated = content(embedded), named(embedded, "/Subtype")
    if key == "/FontFile3" and stated not in _FORMATS[subtype or ""]:
        return None
    if key == "/FontFile3" and stated in {"OpenType", None} and data[:4] not in _SFNT:
        return None
    return _shared(data, key) if len(data) <= _SMALL else _program(data, key)


def file_of(descriptor: object, subtype: str | None) -> tuple[str, Stream | None]:
    """The first entry with a program that a font of this Subtype may have, and the program."""
    found = ((key, stream(descriptor, key)) for key in _FILES.get(subtype or "", ()))
    return next(((key, embedded) for key, embedded in found if embedded is not None), ("", None))


@lru_cache(maxsize=16)
def _shared(data: bytes, key: str) -> Program:
    """Programs that document after document has, those that we embed among them."""
    return _program(data, key)


def _program(data: bytes, key: str) -> Program:
    from fontTools.cffLib import CFFFontSet
    from fontTools.ttLib import TTFont

    if key == "/FontFile2" or data[:4] in _SFNT:
        font = TTFont(io.BytesIO(data), lazy=True, checkChecksums=0, fontNumber=0)
        return Cff(font["CFF "].cff) if "CFF " in font else TrueType(font)
    if key == "/FontFile3":
        compact = CFFFontSet()
        compact.decompile(io.BytesIO(data), None)
        return Cff(compact)
    return Type1(data)


# -- Type 1 ---------------------------------------------------------------------------------------

_CHARSTRINGS = re.compile(rb"/CharStrings\s+(\d+)(?:\s+\S+){3}")
_CHARSTRING = re.compile(rb"\s*(?:[^\s/]+\s*)?/([^\s/{}<>\[\]()]+)\s+(\d+)\s+\S+ ")
_MAX_GLYPHS = 65536
_NO_MORE = re.compile(rb"\s*(?:[^\s/]+\s+)?end\s")


def _decrypted(data: bytes) -> tuple[bytes, bytes]:
    """Both parts; the second is binary in a PDF, and there are no PFB segments (ISO 32000-1, 9.9)."""
    from fontTools.misc import eexec

    start = data.find(b"eexec")
    if start < 0 or data[:1] == b"\x80":
        raise ValueError("no eexec in a Type 1 program")
    plain, _ = eexec.decrypt(data[start + 5 :].lstrip(b" \t\r\n"), 55665)
    return data[:start], plain[4:]


def _type1_widths(private: bytes) -> dict[str, float]:
    stated = re.search(rb"/lenIV\s+(-?\d+)", private)
    skip = int(stated[1]) if stated else 4
    read = ((glyph, _side_bearing_and_width(_plain(code, skip))) for glyph, code in islice(_charstrings(private), _MAX_GLYPHS))
    return {glyph: width for glyph, width in read if width is not None}


def _charstrings(private: bytes) -> Iterator[tuple[str, bytes]]:
    """The charstrings of a program by glyph: at most as many as it says; the dictionary may end before (2.4)."""
    listed = _CHARSTRINGS.search(private)
    if listed is None:
        raise ValueError("a Type 1 program has no CharStrings")
    while listed is not None:
        at = listed.end()
        for _ in range(int(listed[1])):
            if _NO_MORE.match(private, at):
                break
            glyph, start, at = _charstring(private, at)
            yield glyph, private[start:at]
        listed = _CHARSTRINGS.search(private, at)


def _charstring(private: bytes, at: int) -> tuple[str, int, int]:
    """Glyph, beginning and end of the next one."""
    found = _CHARSTRING.match(private, at)
    if found is None or found.end() + int(found[2]) > len(private):
        raise ValueError("the CharStrings of a Type 1 program are cut off")
    return found[1].decode("latin-1"), found.end(), found.end() + int(found[2])


def _plain(code: bytes, skip: int) -> bytes:
    """A charstring decrypted, if it is encrypted (7.3)."""
    from fontTools.misc import eexec

    return eexec.decrypt(code, 4330)[0][skip:] if skip >= 0 else code


def _side_bearing_and_width(code: bytes) -> float | None:
    """The width that a charstring begins with: hsbw (13) or sbw (12 7), after numbers and divisions (6.4)."""
    stack: list[float] = []
    at = 0
    while at < len(code):
        byte = code[at]
        at += 1
        if byte >= 32:
            value, at = _charstring_number(code, byte, at)
            stack.append(value)
        elif byte == 13 and len(stack) > 1:
            return stack[1]
        elif byte == 12 and code[at : at + 1] == b"\x07" and len(stack) > 2:
            return stack[2]
        elif byte == 12 and code[at : at + 1] == b"\x0c" and len(stack) > 1 and stack[-1]:
            divisor = stack.pop()
            stack[-1] /= divisor
            at += 1
        else:
            return None
    return None


def _charstring_number(code: bytes, byte: int, at: int) -> tuple[float, int]:
    if byte <= 246:
        return byte - 139, at
    if byte <= 250:
        return (byte - 247) * 256 + code[at] + 108, at + 1
    if byte <= 254:
        return -(byte - 251) * 256 - code[at] - 108, at + 1
    return int.from_bytes(code[at : at + 4], "big", signed=True), at + 4
