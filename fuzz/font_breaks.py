"""Hybrids whose fonts are of the kinds that programs write, each font broken in all ways that its kind can be.

`broken_fonts()` gives them all; what is right is asked of veraPDF.
"""

from __future__ import annotations

import io
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pikepdf
from fontTools.ttLib import TTFont, newTable
from fontTools.ttLib.tables._c_m_a_p import CmapSubtable
from fpdf import FPDF
from pikepdf import Array, Dictionary, Name, String
from reportlab.pdfgen.canvas import Canvas

import einvoice
from einvoice import official

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Change = Callable[[pikepdf.Pdf, Any], object]
    """of a file and its font"""

XML = "fixtures/b2b-cii.xml"
TEXT = "Rechnung 1.381,59"
_CMAP = """/CIDInit /ProcSet findresource begin 12 dict begin begincmap
/CIDSystemInfo 3 dict dup begin /Registry ({registry}) def /Ordering ({ordering}) def /Supplement 0 def end def
/CMapName /Own def /CMapType 1 def /WMode {mode} def
1 begincodespacerange <0000> <ffff> endcodespacerange
{use}
1 begincidrange <0000> <ffff> {first} endcidrange
endcmap end end"""


def broken_fonts() -> Iterator[tuple[str, bytes]]:
    """Name and bytes of every broken file."""
    for kind, changes, draw in (
        ("TrueType", _SIMPLE | _PROGRAM, hybrid),
        ("Type1C", _SIMPLE | _PROGRAM, lambda: embedded(by_reportlab())),
        ("CIDFontType2", _COMPOSITE | _PROGRAM, lambda: embedded(by_fpdf())),
        ("CIDFontType0C", _COMPOSITE | _PROGRAM, lambda: embedded(with_cff())),
    ):
        base = draw()
        for name, change in changes.items():
            made = changed(base, change)
            if made is not None:
                yield f"{kind}: {name}", made


def changed(base: bytes, change: Change) -> bytes | None:
    """The file with its first font changed; None where the change is of something that the font has not."""
    with pikepdf.open(io.BytesIO(base)) as pdf:
        fonts = pdf.pages[0].obj.Resources.Font
        font = next(fonts[key] for key in sorted(fonts.keys()) if "/FontDescriptor" in _cid_font(fonts[key]))
        try:
            change(pdf, font)
        except (KeyError, AttributeError):
            return None
        saved = io.BytesIO()
        pdf.save(saved, fix_metadata_version=False)
        return saved.getvalue()


# -- files with one kind of font ------------------------------------------------------------------


def embedded(pdf: bytes) -> bytes:
    return einvoice.embed(pdf, Path(XML).read_bytes())


def hybrid() -> bytes:
    return Path("fixtures/b2b-zugferd.pdf").read_bytes()


def by_reportlab() -> bytes:
    """A standard font, which gets a program in CFF."""
    made = io.BytesIO()
    canvas = Canvas(made)
    canvas.drawString(50, 700, TEXT)
    canvas.save()
    return made.getvalue()


def by_fpdf() -> bytes:
    page = FPDF()
    page.add_font("DejaVu", fname="einvoice/artefacts/fonts/standard-symbols/DejaVuSans.ttf")
    page.add_page()
    page.set_font("DejaVu", size=12)
    page.cell(0, 10, TEXT)
    return bytes(page.output())


@cache
def heros() -> TTFont:
    """A font whose glyphs and widths others are made of."""
    return TTFont(io.BytesIO(official.font("standard-sans/texgyreheros-regular.otf")))


def described(name: Name, flags: int, **program: Any) -> Dictionary:
    """The descriptor of a font with a program."""
    return Dictionary(
        Type=Name.FontDescriptor, FontName=name, Flags=flags, FontBBox=[0, -300, 1000, 1000], ItalicAngle=0, Ascent=900, Descent=-300,
        CapHeight=700, StemV=80, **program,
    )  # fmt: skip


def with_cff() -> bytes:
    """A composite font whose CIDs are the glyphs of a CFF program."""
    font = heros()
    order, characters = font.getGlyphOrder(), font.getBestCmap()
    cids = [order.index(characters[ord(char)]) for char in TEXT]
    widths = [entry for cid in sorted(set(cids)) for entry in (cid, Array([font["hmtx"].metrics[order[cid]][0]]))]
    with pikepdf.open(io.BytesIO(by_reportlab())) as pdf:
        program = pdf.make_stream(font["CFF "].compile(font), Subtype=Name.CIDFontType0C)
        held = described(Name.Heros, 4, FontFile3=program)
        inner = Dictionary(
            Type=Name.Font, Subtype=Name.CIDFontType0, BaseFont=Name.Heros, W=Array(widths), FontDescriptor=pdf.make_indirect(held),
            CIDSystemInfo=_collection("Adobe", "Identity"),
        )  # fmt: skip
        pdf.pages[0].obj.Resources.Font = Dictionary(
            F1=pdf.make_indirect(
                Dictionary(
                    Type=Name.Font, Subtype=Name.Type0, BaseFont=Name.Heros, Encoding=Name("/Identity-H"), DescendantFonts=Array([inner])
                )
            )
        )
        shown = "".join(f"{cid:04x}" for cid in cids)
        pdf.pages[0].obj.Contents = pdf.make_stream(f"BT /F1 12 Tf 50 700 Td <{shown}> Tj ET".encode())
        saved = io.BytesIO()
        pdf.save(saved)
        return saved.getvalue()


# -- changes --------------------------------------------------------------------------------------


def _cid_font(font: Any) -> Any:
    return font.DescendantFonts[0] if "/DescendantFonts" in font else font


def descriptor(font: Any) -> Any:
    return _cid_font(font).FontDescriptor


def _itself(font: Any) -> Any:
    return font


def _set(key: str, value: object, holder: Callable[[Any], Any] = _itself) -> Change:
    """A value, or bytes for a stream of them."""
    return lambda pdf, font: holder(font).__setitem__("/" + key, pdf.make_stream(value) if isinstance(value, bytes) else value)


def _without(key: str, holder: Callable[[Any], Any] = _itself) -> Change:
    return lambda _, font: holder(font).__delitem__("/" + key)


def _collection(registry: str, ordering: str, supplement: int = 0) -> Dictionary:
    return Dictionary(Registry=String(registry), Ordering=String(ordering), Supplement=supplement)


def _program_key(font: Any) -> str:
    return next(key for key in ("/FontFile2", "/FontFile3") if key in descriptor(font))


def _called(subtype: Name) -> Change:
    return lambda _, font: descriptor(font)[_program_key(font)].__setitem__("/Subtype", subtype)


def _moved(key: str, subtype: Name | None = None, *, copied: bool = False) -> Change:
    def change(_: pikepdf.Pdf, font: Any) -> None:
        held, before = descriptor(font), _program_key(font)
        program = held[before]
        if not copied:
            del held[before]
        if subtype is not None:
            program.Subtype = subtype
        held[key] = program

    return change


def _edited(edit: Callable[[Any], object]) -> Change:
    """The TrueType program changed."""

    def change(pdf: pikepdf.Pdf, font: Any) -> None:
        program, saved = TTFont(io.BytesIO(descriptor(font).FontFile2.read_bytes())), io.BytesIO()
        edit(program)
        program.save(saved)
        descriptor(font).FontFile2 = pdf.make_stream(saved.getvalue())

    return change


def _without_table(table: str) -> Change:
    return _edited(lambda program: program.__delitem__(table))


def _cmaps(*kinds: tuple[int, int]) -> Change:
    def edit(program: Any) -> None:
        made = newTable("cmap")
        made.tableVersion, made.tables = 0, []
        for platform, encoding in kinds:
            table = CmapSubtable.newSubtable(6 if platform == 1 else 4)
            table.platformID, table.platEncID, table.language = platform, encoding, 0
            offset = 0xF000 if (platform, encoding) == (3, 0) else 0
            table.cmap = {offset + code: glyph for code, glyph in enumerate(program.getGlyphOrder()[:200])}
            made.tables.append(table)
        program["cmap"] = made

    return _edited(edit)


def _wider(program: Any) -> None:
    program["hmtx"].metrics = {glyph: (advance + 20, side) for glyph, (advance, side) in program["hmtx"].metrics.items()}


def _encoded(*glyphs: str, base: Name | None = None) -> Change:
    encoding = Dictionary(Type=Name.Encoding, Differences=Array([32, *(Name("/" + glyph) for glyph in glyphs)]))
    if base is not None:
        encoding.BaseEncoding = base
    return _set("Encoding", encoding)


def _widened(by: float) -> Change:
    def change(_: pikepdf.Pdf, font: Any) -> None:
        if "/DescendantFonts" not in font:
            font.Widths = Array([float(width) + by for width in font.Widths])
            return
        inner = _cid_font(font)
        inner.W = Array(Array([float(width) + by for width in entry]) if isinstance(entry, Array) else entry for entry in inner.W)

    return change


def _cmap(
    *, registry: str = "Adobe", ordering: str = "Identity", mode: int = 0, use: str = "", first: int = 0,
    uses: str | None = None, without: str | None = None, stated: int | None = None,
) -> Change:  # fmt: skip
    """A CMap of the file's own: what its text says, and what its dictionary says of it."""

    def change(pdf: pikepdf.Pdf, font: Any) -> None:
        body = _CMAP.format(registry=registry, ordering=ordering, mode=mode, use=use, first=first)
        entries: dict[str, Any] = {"Type": Name.CMap, "CMapName": Name.Own, "CIDSystemInfo": _collection(registry, ordering)}
        entries |= {} if stated is None else {"WMode": stated}
        entries |= {} if uses is None else {"UseCMap": Name("/" + uses)}
        font.Encoding = pdf.make_stream(body.encode(), **{key: value for key, value in entries.items() if key != without})

    return change


_GIDS = b"".join(gid.to_bytes(2, "big") for gid in range(4001))
_COMPOSITE: dict[str, Change] = {
    "as it is": lambda *_: None,
    **{f"without {key}": _without(key) for key in ("Encoding", "DescendantFonts", "ToUnicode", "Type", "BaseFont")},
    **{f"Encoding {called}": _set("Encoding", Name("/" + called)) for called in ("Identity-V", "GBK-EUC-H", "UniJIS-UTF16-H", "Foo-H")},
    "two descendants": lambda _, font: font.DescendantFonts.append(font.DescendantFonts[0]),
    "Type": _set("Type", Name.Foo),
    **{
        f"descendant without {key}": _without(key, _cid_font)
        for key in ("CIDToGIDMap", "CIDSystemInfo", "W", "DW", "BaseFont", "Type", "FontDescriptor")
    },
    **{f"descendant {name}": _set("Subtype", Name("/" + name), _cid_font) for name in ("CIDFontType0", "CIDFontType2", "Foo")},
    **{f"CIDToGIDMap {name}": _set("CIDToGIDMap", Name("/" + name), _cid_font) for name in ("Identity", "Foo")},
    "CIDToGIDMap stream": _set("CIDToGIDMap", _GIDS, _cid_font),
    "CIDToGIDMap shifted": _set("CIDToGIDMap", _GIDS[2:], _cid_font),
    "CIDToGIDMap of zeros": _set("CIDToGIDMap", bytes(8000), _cid_font),
    "CIDToGIDMap short": _set("CIDToGIDMap", _GIDS[:4], _cid_font),
    "registry": _set("CIDSystemInfo", _collection("Foo", "Identity"), _cid_font),
    "ordering": _set("CIDSystemInfo", _collection("Adobe", "Japan1"), _cid_font),
    "supplement": _set("CIDSystemInfo", _collection("Adobe", "Identity", 3), _cid_font),
    "no supplement": _set("CIDSystemInfo", Dictionary(Registry=String("Adobe"), Ordering=String("Identity")), _cid_font),
    "DW 0": _set("DW", 0, _cid_font),
    "W of texts": _set("W", Array([String("x")]), _cid_font),
    "CIDSet empty": _set("CIDSet", b"", descriptor),
    "CIDSet of zeros": _set("CIDSet", bytes(9), descriptor),
    "CIDSet of all": _set("CIDSet", b"\xff" * 8000, descriptor),
    "without CIDSet": _without("CIDSet", descriptor),
    "CMap": _cmap(),
    "CMap, WMode 0": _cmap(stated=0),
    "CMap, WMode 1 in the dictionary": _cmap(stated=1),
    "CMap, WMode 1 in the text": _cmap(mode=1),
    "CMap, WMode 1 in both": _cmap(mode=1, stated=1),
    "CMap, ordering": _cmap(ordering="Japan1"),
    "CMap, registry": _cmap(registry="Foo"),
    **{f"CMap without {key}": _cmap(without=key) for key in ("CIDSystemInfo", "CMapName", "Type")},
    **{f"CMap uses {name}": _cmap(uses=name) for name in ("Identity-H", "Foo", "GBK-EUC-H")},
    **{f"CMap uses {name} in its text": _cmap(use=f"/{name} usecmap") for name in ("Identity-H", "Foo")},
    "CMap, high CIDs": _cmap(first=65000),
    "CMap, CIDs too high": _cmap(first=70000),
    "CMap, other glyphs": _cmap(first=1),
    "CMap of junk": lambda pdf, font: font.__setitem__("/Encoding", pdf.make_stream(b"junk", Type=Name.CMap)),
}
_SIMPLE: dict[str, Change] = {
    "as it is": lambda *_: None,
    **{f"Encoding {name}": _set("Encoding", Name("/" + name)) for name in (
        "WinAnsiEncoding", "MacRomanEncoding", "StandardEncoding", "MacExpertEncoding", "Foo",
    )},
    **{f"Subtype {name}": _set("Subtype", Name("/" + name)) for name in ("Type1", "TrueType", "MMType1", "Type0")},
    **{f"without {key}": _without(key) for key in ("Encoding", "ToUnicode", "Widths", "BaseFont", "FontDescriptor")},
    "differences": _encoded("space", "exclam"),
    **{f"differences of {name}": _encoded("space", base=Name(f"/{name}Encoding")) for name in ("WinAnsi", "MacRoman", "MacExpert")},
    "differences, unknown": _encoded("foo1", "g99", base=Name.WinAnsiEncoding),
    "differences, by Unicode": _encoded("uni0041", "u1F600", base=Name.WinAnsiEncoding),
    "FirstChar": _set("FirstChar", 33),
    "LastChar": _set("LastChar", 64),
    "MissingWidth": _set("MissingWidth", 500, descriptor),
}  # fmt: skip
_PROGRAM: dict[str, Change] = {
    **{f"widths and {by}": _widened(by) for by in (0.5, 1, 5)},
    "no program": lambda _, font: descriptor(font).__delitem__(_program_key(font)),
    "program of junk": lambda _, font: descriptor(font)[_program_key(font)].write(b"junk"),
    **{f"program {name}": _called(Name("/" + name)) for name in ("OpenType", "Type1C", "CIDFontType0C", "Foo")},
    "program without Subtype": lambda _, font: descriptor(font)[_program_key(font)].__delitem__("/Subtype"),
    **{f"program as {key[1:]}": _moved(key) for key in ("/FontFile", "/FontFile2", "/FontFile3")},
    "program as FontFile3, OpenType": _moved("/FontFile3", Name.OpenType),
    "program twice": _moved("/FontFile3", copied=True),
    **{f"flags {flags}": _set("Flags", flags, descriptor) for flags in (0, 4, 32, 36)},
    **{f"descriptor without {key}": _without(key, descriptor) for key in ("Flags", "FontName", "CharSet")},
    "FontName": _set("FontName", Name.Other, descriptor),
    **{f"CharSet {listed}": _set("CharSet", String(listed), descriptor) for listed in ("", "/A", "/.notdef/space/A/B")},
    **{f"without {table}": _without_table(table) for table in ("cmap", "post", "name", "OS/2", "glyf")},
    "other widths": _edited(_wider),
    **{
        "cmaps " + " ".join(map(str, kinds)): _cmaps(*kinds)
        for kinds in (((3, 0),), ((3, 1),), ((1, 0),), ((0, 3),), ((3, 0), (1, 0)), ((3, 1), (1, 0)), ((3, 0), (3, 1)))
    },
}
