"""Fonts that every reader had in 1993 and no file brings along: metric twins to embed in their place."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any

from einvoice import official
from einvoice.pdf.pdfa.encodings import encoding, unicode_of

if TYPE_CHECKING:
    from collections.abc import Iterable

#   beginning of the name without blanks, marks and case -> artefact
_FAMILIES = {
    "arialnarrow": "standard-narrow/texgyreheroscn", "helveticanarrow": "standard-narrow/texgyreheroscn",
    "arial": "standard-sans/texgyreheros", "helvetica": "standard-sans/texgyreheros",
    "timesnewroman": "standard-serif/texgyretermes", "times": "standard-serif/texgyretermes",
    "couriernew": "standard-mono/texgyrecursor", "courierstd": "standard-mono/texgyrecursor", "courier": "standard-mono/texgyrecursor",
}  # fmt: skip
_SYMBOLS = {"symbol": "Symbol", "symbolmt": "Symbol", "zapfdingbats": "ZapfDingbats"}
_STYLE = re.compile(r"bold|demi|italic|oblique")
_SUFFIXES = {"", "mt", "ps", "psmt", "roman", "regular", "normal"}


@dataclass(frozen=True, slots=True)
class Twin:
    """A font with the metrics of another."""

    file: str
    """below `artefacts/fonts/`"""
    italic: bool = False
    bold: bool = False
    symbols: str | None = None
    """Symbol or ZapfDingbats, whose glyphs are taken by their meaning and scaled to its widths"""

    @property
    def name(self) -> str:
        """The name of the font."""
        return self.symbols or self.file.rpartition("/")[2].rpartition(".")[0]


def twin_of(base_font: str) -> Twin | None:
    """The font to embed for a name; None where there is none with the same metrics.

    >>> twin_of("ArialMT"), twin_of("Calibri")
    (Twin(file='standard-sans/texgyreheros-regular.otf', italic=False, bold=False, symbols=None), None)
    """
    plain = re.sub(r"[^a-z0-9]", "", base_font.partition("+")[2].lower() or base_font.lower())
    if plain in _SYMBOLS:
        return Twin("standard-symbols/DejaVuSans.ttf", symbols=_SYMBOLS[plain])
    family = next((start for start in _FAMILIES if plain.startswith(start)), None)
    if family is None or _STYLE.sub("", plain.removeprefix(family)) not in _SUFFIXES:
        return None
    bold, italic = bool(re.search("bold|demi", plain)), bool(re.search("italic|oblique", plain))
    style = {(False, False): "regular", (True, False): "bold", (False, True): "italic", (True, True): "bolditalic"}[bold, italic]
    return Twin(f"{_FAMILIES[family]}-{style}.otf", italic, bold)


@dataclass(frozen=True, slots=True)
class Cut:
    """A font program with just some glyphs, named as the PDF names them."""

    program: bytes
    """a bare CFF table, to embed as Type1C"""
    widths: dict[str, float]
    box: tuple[int, int, int, int]
    ascent: int
    descent: int


def cut(twin: Twin, glyphs: Iterable[str]) -> Cut:
    """The glyphs of a font that a document needs; of Latin ones all, so that one cut serves nearly all documents."""
    wanted = frozenset(glyphs) - {".notdef"}
    return _symbols(twin, wanted) if twin.symbols else _subset(twin, wanted - _latin())


@cache
def _latin() -> frozenset[str]:
    """The glyphs that the encodings of simple fonts have."""
    return frozenset(glyph for name in ("WinAnsiEncoding", "MacRomanEncoding", "StandardEncoding") for glyph in encoding(name).values())


@lru_cache(maxsize=64)
def _subset(twin: Twin, further: frozenset[str]) -> Cut:
    from fontTools import subset
    from fontTools.ttLib import TTFont

    font = TTFont(io.BytesIO(official.font(twin.file)), recalcTimestamp=False)
    options = subset.Options(layout_features=[], name_IDs=[], hinting=False, notdef_outline=True, glyph_names=True, recalc_timestamp=False)
    wanted = _latin() | further
    _rename(font, wanted)
    subsetter = subset.Subsetter(options)
    subsetter.populate(glyphs=sorted(wanted & set(font.getGlyphOrder())))
    subsetter.subset(font)
    units = font["head"].unitsPerEm
    widths = {glyph: advance * 1000 / units for glyph, (advance, _) in font["hmtx"].metrics.items()}
    head, tall = font["head"], font["hhea"]
    return Cut(_cff(font), widths, (head.xMin, head.yMin, head.xMax, head.yMax), tall.ascent, tall.descent)


def _rename(font: Any, wanted: Iterable[str]) -> None:
    """Call glyphs as the encodings of PDF do: TeX Gyre has two.superior and f_i for twosuperior and fi."""
    order, characters = font.getGlyphOrder(), font.getBestCmap()
    missing = {name: characters.get(unicode_of(name) or -1) for name in set(wanted) - set(order)}
    names = {own: name for name, own in missing.items() if own is not None}
    top = font["CFF "].cff.topDictIndex[0]
    top.CharStrings.charStrings = {names.get(glyph, glyph): found for glyph, found in top.CharStrings.charStrings.items()}
    top.charset = [names.get(glyph, glyph) for glyph in order]
    font.setGlyphOrder(top.charset)


def _cff(font: Any) -> bytes:
    """The CFF table as it is written."""
    return bytes(font["CFF "].compile(font))


@lru_cache(maxsize=64)
def _symbols(twin: Twin, glyphs: frozenset[str]) -> Cut:
    """Glyphs by their meaning, out of a font that has them all, drawn as wide as the standard font has them."""
    from fontTools.fontBuilder import FontBuilder
    from fontTools.pens.boundsPen import BoundsPen
    from fontTools.pens.t2CharStringPen import T2CharStringPen
    from fontTools.pens.transformPen import TransformPen
    from fontTools.ttLib import TTFont
    from reportlab.pdfbase._fontdata import widthsByFontGlyph

    source = TTFont(io.BytesIO(official.font(twin.file)))
    shapes, cmap, scale = source.getGlyphSet(), source.getBestCmap(), 1000 / source["head"].unitsPerEm
    stated = widthsByFontGlyph[twin.symbols]
    strings, widths = {}, {}
    pen = T2CharStringPen(500, None)
    strings[".notdef"], widths[".notdef"] = pen.getCharString(), 500.0
    for glyph in sorted(glyphs):
        shape = cmap.get(meaning(glyph) or -1)
        if shape is None or glyph not in stated:
            continue
        width = stated[glyph]
        pen = T2CharStringPen(width, shapes)  # composite glyphs are drawn by their parts
        bounds = BoundsPen(shapes)
        shapes[shape].draw(bounds)
        squeeze = min(1.0, width / max(1.0, shapes[shape].width * scale)) * scale
        shapes[shape].draw(TransformPen(pen, (squeeze, 0, 0, squeeze, 0, 0)))
        strings[glyph], widths[glyph] = pen.getCharString(), float(width)
    builder = FontBuilder(1000, isTTF=False)
    builder.setupGlyphOrder(list(strings))
    builder.setupCharacterMap({})
    builder.setupHorizontalMetrics({glyph: (int(width), 0) for glyph, width in widths.items()})
    builder.setupCFF(twin.symbols or "Symbols", {}, strings, {})
    return Cut(_cff(builder.font), widths, (-200, -300, 1200, 1000), 1000, -300)


@cache
def _dingbats() -> dict[str, int]:
    """ZapfDingbats' glyph names, which the Adobe Glyph List for New Fonts leaves out."""
    from fontTools.agl import toUnicode

    names = [f"a{number}" for number in range(1, 207)]
    return {glyph: ord(value) for glyph in names if len(value := toUnicode(glyph, isZapfDingbats=True)) == 1}


def meaning(glyph: str) -> int | None:
    """The character that a glyph of Symbol or ZapfDingbats shows."""
    return unicode_of(glyph) or _dingbats().get(glyph)
