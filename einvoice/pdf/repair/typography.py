"""Fonts: embed what is missing, and make file and font program say the same."""

from __future__ import annotations

import io
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from pikepdf import Array, Dictionary, Name, Stream

from einvoice.pdf.pdfa import encodings, programs
from einvoice.pdf.pdfa.composite_fonts import CidGlyphs, to_cid_of
from einvoice.pdf.pdfa.shown import Shown
from einvoice.pdf.pdfa.simple_fonts import SimpleFont
from einvoice.pdf.pdfa.values import attempt, dictionary, get, integer, items, name, named, not_utf8, stream
from einvoice.pdf.repair.standard_fonts import cut, twin_of
from einvoice.pdf.streams import recurring

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pikepdf

    from einvoice.pdf.repair.standard_fonts import Cut, Twin

_NONSYMBOLIC, _SYMBOLIC = 32, 4
_SIMPLE = {"Type1", "MMType1", "TrueType"}
_PROGRAMS = ("/FontFile", "/FontFile2", "/FontFile3")


def sets(pdf: pikepdf.Pdf) -> Iterator[str]:
    """6.2.11.4.2 and 6.2.11.3.2: lists of glyphs may be left out but not be wrong; a map must be named."""
    for held in pdf.objects:
        for key in ("/CIDSet", "/CharSet"):
            if named(held, "/Type") == "FontDescriptor" and key in held:
                del held[key]
                yield f"{key[1:]} of a font was removed"
        if named(held, "/Subtype") == "CIDFontType2" and get(held, "/CIDToGIDMap") is None:
            held.CIDToGIDMap = Name.Identity
            yield "a font got the map from CID to glyph that readers assume"


def missing(pdf: pikepdf.Pdf, shown: list[Shown]) -> Iterator[str]:
    """6.2.11.4.1: a standard font that is not embedded gets its metric twin."""
    for use in shown:
        font = use.font
        descriptor = dictionary(font, "/FontDescriptor")
        if named(font, "/Subtype") not in _SIMPLE or any(key in (descriptor or {}) for key in _PROGRAMS):
            continue
        twin = twin_of(named(font, "/BaseFont") or "")
        if twin is None:
            continue
        called, glyphs = named(font, "/BaseFont"), _glyphs(font, twin)
        _embed(pdf, font, twin, {code: glyphs[code] for code in use.codes if code in glyphs})
        yield f"{called} was embedded as {twin.name}"


def _glyphs(font: Any, twin: Twin) -> dict[int, str]:
    """The glyph that each code of a font shows."""
    if twin.symbols:
        from reportlab.pdfbase._fontdata import encodings as built_in

        base = {code: glyph for code, glyph in enumerate(built_in[twin.symbols + "Encoding"]) if glyph}
    else:
        base = dict(encodings.encoding(encodings.base(font) or "")) or dict(encodings.encoding("StandardEncoding"))
        if encodings.base(font) is None and named(font, "/Subtype") == "TrueType":
            base = dict(encodings.encoding("WinAnsiEncoding"))
    return {**base, **encodings.differences(font)}


def _embed(pdf: pikepdf.Pdf, font: Any, twin: Twin, glyphs: dict[int, str]) -> None:
    made = cut(twin, glyphs.values())
    called = Name(f"/EINVCE+{twin.name}")
    program = recurring(pdf, made.program, Subtype=Name.Type1C)
    low, high, across, up = made.box
    font.FontDescriptor = pdf.make_indirect(
        Dictionary(
            Type=Name.FontDescriptor, FontName=called, Flags=_SYMBOLIC if twin.symbols else _NONSYMBOLIC, FontBBox=[low, high, across, up],
            ItalicAngle=-12 if twin.italic else 0, Ascent=made.ascent, Descent=made.descent, CapHeight=700, StemV=140 if twin.bold else 80,
            FontFile3=program,
        )
    )  # fmt: skip
    font.Subtype, font.BaseFont = Name.Type1, called
    _encode(font, made, glyphs)


def _encode(font: Any, made: Cut, glyphs: dict[int, str]) -> None:
    """Codes to glyphs one by one, and the widths that the program has."""
    first, last = (min(glyphs), max(glyphs)) if glyphs else (0, 0)
    marks: list[Any] = []
    for code in sorted(glyphs):
        marks += [code, Name("/" + glyphs[code])]
    font.Encoding = Dictionary(Type=Name.Encoding, Differences=Array(marks))
    font.FirstChar, font.LastChar = first, last
    font.Widths = Array([_plain(made.widths.get(glyphs.get(code, ""), 0.0)) for code in range(first, last + 1)])


def _plain(value: float) -> int | Decimal:
    return int(value) if value == int(value) else Decimal(f"{value:.3f}")


# -- fonts that are there -------------------------------------------------------------------------


def encoded(_: pikepdf.Pdf, shown: list[Shown]) -> Iterator[str]:
    """6.2.11.6: a TrueType font says that it has symbols and an encoding: one of the two, whichever shows the same glyphs."""
    for use in shown:
        descriptor = dictionary(use.font, "/FontDescriptor")
        if named(use.font, "/Subtype") != "TrueType" or stream(descriptor, "/FontFile2") is None:
            continue
        encoding = get(use.font, "/Encoding")
        symbolic = bool(integer(get(descriptor, "/Flags")) & _SYMBOLIC)
        if (symbolic and encoding is not None) or (
            not symbolic and encodings.base(use.font) not in {"WinAnsiEncoding", "MacRomanEncoding"}
        ):
            yield from _one_encoding(use.font, descriptor)


def _one_encoding(font: Any, descriptor: Any) -> Iterator[str]:
    program = programs.load(descriptor, "TrueType")
    if not isinstance(program, programs.TrueType):
        return
    flags = integer(get(descriptor, "/Flags"))
    if program.cmap(3, 1) is not None and encodings.base(font) in {"WinAnsiEncoding", "MacRomanEncoding"}:
        descriptor.Flags = flags & ~_SYMBOLIC | _NONSYMBOLIC
        yield "a TrueType font with an encoding no longer claims to have symbols"
    elif get(font, "/Encoding") is not None and (program.cmap(3, 0) is not None or program.cmap(1, 0) is not None):
        del font["/Encoding"]
        descriptor.Flags = flags & ~_NONSYMBOLIC | _SYMBOLIC
        yield "a TrueType font with symbols lost an encoding that does not fit"
    elif get(font, "/Encoding") is None:
        descriptor.Flags = flags & ~_NONSYMBOLIC | _SYMBOLIC
        yield "a TrueType font without encoding says that it has symbols"


def cmaps(_: pikepdf.Pdf, shown: list[Shown]) -> Iterator[str]:
    """6.2.11.6: a symbolic TrueType font keeps the one cmap that readers use."""
    for use in shown:
        descriptor = dictionary(use.font, "/FontDescriptor")
        embedded = stream(descriptor, "/FontFile2")
        if named(use.font, "/Subtype") != "TrueType" or embedded is None or not integer(get(descriptor, "/Flags")) & _SYMBOLIC:
            continue
        program = programs.load(descriptor, "TrueType")
        if not isinstance(program, programs.TrueType) or len(program.cmaps) < 2 or program.cmap(3, 0) is not None:
            continue
        kept = (1, 0) if program.cmap(1, 0) is not None else (3, 1)
        font = _opened(embedded)
        font["cmap"].tables = [table for table in font["cmap"].tables if (table.platformID, table.platEncID) == kept][:1]
        _write(embedded, font)
        yield "a symbolic TrueType font kept one cmap of several"


def widths(_: pikepdf.Pdf, shown: list[Shown]) -> Iterator[str]:
    """6.2.11.5: where file and program differ on a width, the file's is what readers space text by: the program gets it."""
    for use in shown:
        font = use.font
        kind = named(font, "/Subtype")
        if kind == "TrueType" and _widen_simple(font, use.drawn):
            yield f"widths in {named(font, '/BaseFont')} are those that the file states"
        elif kind == "Type0":
            inner = (items(get(font, "/DescendantFonts")) or [None])[0]
            if named(inner, "/Subtype") == "CIDFontType2" and _widen_composite(font, inner, use.drawn):
                yield f"widths in {named(font, '/BaseFont')} are those that the file states"


def _opened(embedded: Stream) -> Any:
    from fontTools.ttLib import TTFont

    return TTFont(io.BytesIO(attempt(embedded) or b""), recalcTimestamp=False, checkChecksums=0, fontNumber=0)


def _write(embedded: Stream, font: Any) -> None:
    written = io.BytesIO()
    font.save(written, reorderTables=None)
    embedded.write(written.getvalue())
    embedded.Length1 = len(written.getvalue())


def _widen_simple(font: Any, codes: set[int]) -> bool:
    stated = SimpleFont(Shown(font, codes), "")
    program = programs.load(stated.descriptor, "TrueType")
    if not isinstance(program, programs.TrueType):
        return False
    wanted = {glyph: stated.stated_width(code) for code in codes if (glyph := stated.truetype_glyph(program, code)) is not None}
    return _set_widths(stream(stated.descriptor, "/FontFile2"), program, wanted)


def _widen_composite(font: Any, inner: Any, codes: set[int]) -> bool:
    descriptor = dictionary(inner, "/FontDescriptor")
    program = programs.load(descriptor, "CIDFontType2")
    if not isinstance(program, programs.TrueType):
        return False
    cids, to_cid = CidGlyphs(inner, program), to_cid_of(get(font, "/Encoding"))
    wanted = {}
    for code in codes:
        cid = to_cid(code)
        gid = cids.glyph(cid)[0] if cid else None
        if cid and gid:
            wanted[program.order[gid]] = cids.stated_width(cid)
    return _set_widths(stream(descriptor, "/FontFile2"), program, wanted)


def _set_widths(embedded: Stream | None, program: programs.TrueType, wanted: dict[str, float | None]) -> bool:
    """Advance widths as the file states them; the outlines stay where they are."""
    differing = {
        glyph: width
        for glyph, width in wanted.items()
        if width is not None and abs((program.width(glyph) or 0.0) - width) > 1 and width >= 0
    }
    if not differing or embedded is None:
        return False
    font = _opened(embedded)
    units = font["head"].unitsPerEm
    for glyph, width in differing.items():
        font["hmtx"].metrics[glyph] = (round(width * units / 1000), font["hmtx"].metrics[glyph][1])
    _write(embedded, font)
    return True


def names(pdf: pikepdf.Pdf) -> Iterator[str]:
    """6.1.8: names of fonts that are no UTF-8 are written in ASCII."""
    for held in pdf.objects:
        for key in ("/BaseFont", "/FontName"):
            value = get(held, key)
            if list(not_utf8(value, "")):
                held[key] = Name("/" + "".join(c if (c.isalnum() and c.isascii()) or c in "+-" else "_" for c in (name(value) or "Font")))
                yield "the name of a font is written in ASCII"
