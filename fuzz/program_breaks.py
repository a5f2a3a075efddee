"""Hybrids whose font programs are damaged inside: the tables of TrueType, compact programs, Type 1 programs.

`broken_programs()` gives them all; what is right is asked of veraPDF.
"""

from __future__ import annotations

import io
import re
import struct
from typing import TYPE_CHECKING, Any

import pikepdf
from fontTools.cffLib import CFFFontSet
from fontTools.misc import eexec
from fontTools.ttLib import TTFont
from pikepdf import Name

from fuzz.font_breaks import TEXT, by_fpdf, by_reportlab, changed, described, descriptor, embedded, heros, hybrid, with_cff

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from fuzz.font_breaks import Change

    Edit = Callable[[bytes], bytes]


def broken_programs() -> Iterator[tuple[str, bytes]]:
    """Name and bytes of every broken file."""
    for kind, changes, draw in (
        ("TrueType", _TABLES, hybrid),
        ("CIDFontType2", _TABLES, lambda: embedded(by_fpdf())),
        ("Type1C", _COMPACT, lambda: embedded(by_reportlab())),
        ("CIDFontType0C", _COMPACT, lambda: embedded(with_cff())),
        ("Type1", _TYPE1, lambda: embedded(_with_type1())),
    ):
        base = draw()
        for name, change in changes.items():
            made = changed(base, change)
            assert made is not None, name
            yield f"{kind}: {name}", made


def _bytes(key: str, edit: Edit) -> Change:
    """The program of a font, as bytes."""

    def change(pdf: pikepdf.Pdf, font: Any) -> None:
        held = descriptor(font)
        edited = pdf.make_stream(edit(held[key].read_bytes()))
        edited.update({name: value for name, value in held[key].items() if name not in {"/Filter", "/Length", "/DecodeParms"}})
        held[key] = edited

    return change


# -- TrueType -------------------------------------------------------------------------------------


def _tables(program: bytes) -> dict[str, bytes]:
    entries = [struct.unpack_from(">4sLLL", program, 12 + 16 * index) for index in range(struct.unpack_from(">H", program, 4)[0])]
    return {tag.decode(): program[offset : offset + length] for tag, _, offset, length in entries}


def _joined(tables: Mapping[str, bytes]) -> bytes:
    head, body, at = struct.pack(">LHHHH", 0x10000, len(tables), 0, 0, 0), b"", 12 + 16 * len(tables)
    for tag, table in tables.items():
        head += struct.pack(">4sLLL", tag.encode(), 0, at + len(body), len(table))
        body += table + bytes(-len(table) % 4)
    return head + body


def _table(tag: str, edit: Edit) -> Change:
    return _bytes("/FontFile2", lambda program: _joined({name: edit(t) if name == tag else t for name, t in _tables(program).items()}))


def _no_table(tag: str) -> Change:
    return _bytes("/FontFile2", lambda program: _joined({name: table for name, table in _tables(program).items() if name != tag}))


def _number(offset: int, value: int) -> Edit:
    return lambda table: table[:offset] + struct.pack(">H", value) + table[offset + 2 :]


def _half(table: bytes) -> bytes:
    return table[: len(table) // 2]


_TABLES: dict[str, Change] = {
    "as it is": _bytes("/FontFile2", lambda program: _joined(_tables(program))),
    "half of it": _bytes("/FontFile2", _half),
    "nothing of it": _bytes("/FontFile2", lambda _: b""),
    **{f"without {tag}": _no_table(tag) for tag in ("head", "hhea", "hmtx", "loca", "glyf")},
    **{f"half of {tag}": _table(tag, _half) for tag in ("hmtx", "loca", "glyf", "cmap")},
    **{f"{units} units to the em": _table("head", _number(18, units)) for units in (0, 1, 2000)},
    **{f"{count} metrics": _table("hhea", _number(34, count)) for count in (0, 1, 65000)},
    "one glyph": _table("maxp", _number(4, 1)),
}


# -- compact programs -----------------------------------------------------------------------------


def _compact(edit: Callable[[Any], object]) -> Change:
    """The first font of a compact program, its charstrings read."""

    def edited(program: bytes) -> bytes:
        fonts, saved, outer = CFFFontSet(), io.BytesIO(), TTFont(recalcBBoxes=False)
        fonts.decompile(io.BytesIO(program), None)
        for string in fonts[0].CharStrings.values():
            string.decompile()
        edit(fonts[0])
        fonts.compile(saved, outer, isCFF2=False)
        return saved.getvalue()

    return _bytes("/FontFile3", edited)


def _drawn(*program: object) -> Change:
    """Every glyph drawn so."""

    def edit(top: Any) -> None:
        for string in top.CharStrings.values():
            string.program = list(program)

    return _compact(edit)


def _top(name: str, value: object) -> Change:
    return _compact(lambda top: setattr(top, name, value))


def _private(name: str, more: int) -> Change:
    return _compact(lambda top: setattr(top.Private, name, getattr(top.Private, name) + more))


_COMPACT: dict[str, Change] = {
    "as it is": _compact(lambda _: None),
    **{f"{name} and {more}": _private(name, more) for name in ("nominalWidthX", "defaultWidthX") for more in (1, 10)},
    **{f"scaled by {scale}": _top("FontMatrix", [scale, 0, 0, scale, 0, 0]) for scale in (0, 0.0005, 0.002)},
    "charstrings of Type 1": _top("CharstringType", 1),
    "glyphs without operators": _drawn(),
    "glyphs that end": _drawn("endchar"),
    "glyphs with a width": _drawn(100, "endchar"),
    "glyphs that call nothing": _drawn(5000, "callsubr"),
    "glyphs with an unknown operator": _drawn("random", "endchar"),
    "glyphs with too little": _drawn("rlineto", "endchar"),
    "glyphs composed": _drawn(10, 0, 0, 65, 66, "endchar"),
    "half of it": _bytes("/FontFile3", _half),
    "without its end": _bytes("/FontFile3", lambda program: program[:-10]),
    "nothing of it": _bytes("/FontFile3", lambda _: b""),
    "a byte before it": _bytes("/FontFile3", lambda program: b"\0" + program),
}  # fmt: skip


# -- Type 1 ---------------------------------------------------------------------------------------

_CLEAR = b"""%!PS-AdobeFont-1.0: Own
11 dict begin
/FontType 1 def /PaintType 0 def /FontName /Own def
/FontMatrix [0.001 0 0 0.001 0 0] readonly def
/Encoding StandardEncoding def
/FontBBox {0 -300 1000 1000} readonly def
currentdict end
currentfile eexec
"""
_END = b"\n" + b"0" * 64 + b"\ncleartomark\n"
_GLYPH = re.compile(rb"/(\S+) (\d+) RD ")


def _widths(more: int = 0) -> dict[str, int]:
    """The glyphs that are shown, and how wide they are."""
    shown = [heros().getBestCmap()[ord(char)] for char in sorted(set(TEXT))]
    return {glyph: heros()["hmtx"].metrics[glyph][0] + more for glyph in (".notdef", *shown)}


def _with_type1() -> bytes:
    """A standard font, which gets a Type 1 program."""
    with pikepdf.open(io.BytesIO(by_reportlab())) as pdf:
        [held] = pdf.pages[0].obj.Resources.Font.values()
        held.update({"/FirstChar": 32, "/LastChar": 126, "/BaseFont": Name.Own})
        held.Widths = pikepdf.Array([_widths().get(heros().getBestCmap()[code], 0) for code in range(32, 127)])
        program = pdf.make_stream(_type1(_private_part(_widths())))
        held.FontDescriptor = pdf.make_indirect(described(Name.Own, 32, FontFile=program))
        saved = io.BytesIO()
        pdf.save(saved)
        return saved.getvalue()


def _private_part(widths: Mapping[str, int]) -> bytes:
    glyphs = b"".join(_glyph(name.encode(), width) for name, width in widths.items())
    return b"dup /Private 4 dict dup begin\n/RD {string currentfile exch readstring pop} def /ND {def} def\n" + (
        b"2 index /CharStrings %d dict dup begin\n%send\nend\nmark currentfile closefile\n" % (len(widths), glyphs)
    )


def _glyph(name: bytes, width: int) -> bytes:
    """Its side bearing of 0 and its width (hsbw), then its end."""
    code = b"\x8b\xff" + struct.pack(">l", width) + b"\x0d\x0e"
    encrypted, _ = eexec.encrypt(bytes(4) + code, 4330)
    return b"/%s %d RD %s ND\n" % (name, len(encrypted), encrypted)


def _type1(private: bytes, clear: bytes = _CLEAR) -> bytes:
    encrypted: bytes = eexec.encrypt(bytes(4) + private, 55665)[0]
    return clear + encrypted + _END


def _parts(program: bytes) -> tuple[bytes, bytes]:
    private, _ = eexec.decrypt(program[program.index(b"eexec\n") + 6 : -len(_END)], 55665)
    return program[: program.index(b"eexec\n") + 6], private[4:]


def _inner(edit: Edit) -> Change:
    """The private part changed."""

    def edited(program: bytes) -> bytes:
        clear, private = _parts(program)
        return _type1(edit(private), clear)

    return _bytes("/FontFile", edited)


def _clear(before: bytes, after: bytes) -> Change:
    return _bytes("/FontFile", lambda program: program.replace(before, after, 1))


def _counted(more: int) -> Change:
    return _inner(lambda private: re.sub(rb"(?<=/CharStrings )\d+", lambda found: b"%d" % (int(found[0]) + more), private, count=1))


def _in_segments(program: bytes) -> bytes:
    """As a PFB."""
    clear, rest = program[: program.index(b"eexec\n") + 6], program[program.index(b"eexec\n") + 6 :]
    return b"".join(b"\x80%c" % kind + struct.pack("<L", len(part)) + part for kind, part in ((1, clear), (2, rest))) + b"\x80\3"


def _in_hex(program: bytes) -> bytes:
    at = program.index(b"eexec\n") + 6
    return program[:at] + program[at : -len(_END)].hex().encode() + _END


_TYPE1: dict[str, Change] = {
    "as it is": _inner(lambda private: private),
    "a PFB": _bytes("/FontFile", _in_segments),
    "in hex": _bytes("/FontFile", _in_hex),
    "nothing of it": _bytes("/FontFile", lambda _: b""),
    "half of it": _bytes("/FontFile", _half),
    "without eexec": _clear(b"currentfile eexec\n", b""),
    "scaled by 0.002": _clear(b"[0.001 0 0 0.001", b"[0.002 0 0 0.002"),
    "without FontMatrix": _clear(b"/FontMatrix [0.001 0 0 0.001 0 0] readonly def", b""),
    "without Encoding": _clear(b"/Encoding StandardEncoding def", b""),
    **{f"{more:+d} glyphs": _counted(more) for more in (-3, -1, 5)},
    "without CharStrings": _inner(lambda private: private.replace(b"/CharStrings", b"/Strings")),
    "half of the glyphs": _inner(_half),
    "glyphs of other names": _inner(lambda private: _GLYPH.sub(rb"/x\1 \2 RD ", private)),
    "another word for RD": _inner(lambda private: private.replace(b" RD ", b" -| ")),
    **{f"widths and {more}": _bytes("/FontFile", lambda _, more=more: _type1(_private_part(_widths(more)))) for more in (1, 5)},  # type: ignore[misc]
}  # fmt: skip
