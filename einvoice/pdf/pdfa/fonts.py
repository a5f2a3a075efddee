"""6.2.11: fonts, by the codes that were shown in them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from pikepdf import Array, Name, Stream

from einvoice.pdf.pdfa import cmaps, encodings, programs
from einvoice.pdf.pdfa.breach import Breach
from einvoice.pdf.pdfa.programs import Cff, TrueType, Type1
from einvoice.pdf.pdfa.values import attempt, dictionary, get, identity, integer, is_dictionary, items, name, named, number, stream, text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_SUBTYPES = frozenset("Type1 MMType1 TrueType Type3 Type0 CIDFontType0 CIDFontType2".split())
_FILE3 = frozenset({"Type1C", "CIDFontType0C", "OpenType"})
_SUBSET = re.compile(r"[A-Z]{6}\+")
STANDARD = frozenset(
    "Courier Courier-Bold Courier-Oblique Courier-BoldOblique Helvetica Helvetica-Bold Helvetica-Oblique Helvetica-BoldOblique "
    "Times-Roman Times-Bold Times-Italic Times-BoldItalic Symbol ZapfDingbats".split()
)
"""the fonts that need no descriptor (ISO 32000-1, 9.6.2.2)"""
_ENCODINGS = frozenset({"WinAnsiEncoding", "MacRomanEncoding", "MacExpertEncoding"})
"""those that replace a Type 1 program's own (ISO 32000-1, table 114)"""
_SYMBOLIC = 1 << 2
_TOLERANCE = 1.0
"""thousandths of the font size that two widths may differ (6.2.11.5)"""
_NO_UNICODE = {"\0", "\ufeff", "\ufffe"}


@dataclass(slots=True, eq=False)
class Shown:
    """A font and the codes that were shown in it."""

    font: Any
    drawn: set[int] = field(default_factory=set)
    invisible: set[int] = field(default_factory=set)
    """codes that were shown only in text rendering mode 3"""
    visible: bool = False
    """text was shown in it, if only an empty one"""
    split: Callable[[bytes], list[int]] | None = None
    meaning: dict[int, str] | None = None
    """what its codes mean, once it was asked"""

    def show(self, string: bytes, *, invisible: bool) -> None:
        """Note the codes in a string."""
        if self.split is None:
            self.split = _splitter(self.font)
        (self.invisible if invisible else self.drawn).update(self.split(string))

    @property
    def codes(self) -> set[int]:
        """All codes, drawn or not."""
        return self.drawn | self.invisible


def _splitter(font: object) -> Callable[[bytes], list[int]]:
    if named(font, "/Subtype") != "Type0":
        return list
    encoding = get(font, "/Encoding")
    if isinstance(encoding, Stream):
        return cmaps.splitter(attempt(encoding))
    if isinstance(encoding, Name) and not str(encoding).startswith("/Identity"):
        return lambda _: []  # a predefined CMap of Asia: its codes are not looked into
    return cmaps.splitter(None)


def read(shown: Shown, string: bytes) -> str:
    """The text of a string, by the font's ToUnicode or its encoding; nothing for codes that have no meaning."""
    if shown.meaning is None:
        shown.meaning = _meaning(shown.font)
    return "".join(shown.meaning.get(code, "") for code in (shown.split or list)(string))


def _meaning(font: object) -> dict[int, str]:
    to_unicode = attempt(stream(font, "/ToUnicode"))
    if to_unicode is not None:
        return cmaps.to_unicode(to_unicode)
    if named(font, "/Subtype") == "Type0":
        return {}
    glyphs = {**encodings.encoding(encodings.base(font) or "StandardEncoding"), **encodings.differences(font)}
    return {code: chr(value) for code, glyph in glyphs.items() if (value := encodings.unicode_of(glyph)) is not None}


def check(shown: Shown) -> Iterator[Breach]:
    """6.2.11 for one font."""
    font = shown.font
    where = f"font {named(font, '/BaseFont') or '?'} ({identity(font) or 'direct'})"
    try:
        yield from _FontCheck(shown, where).check()
    except Exception as error:  # noqa: BLE001  fontTools raises whatever a damaged program leads to
        yield Breach("6.2.11.2-damaged", where, f"its program is damaged: {type(error).__name__}")


@dataclass(eq=False)
class _FontCheck:
    shown: Shown
    where: str

    def __post_init__(self) -> None:
        self.font = self.shown.font
        self.kind = named(self.font, "/Subtype")

    def breach(self, rule: str, detail: str = "") -> Breach:
        return Breach(rule, self.where, detail)

    def check(self) -> Iterator[Breach]:
        described = next(iter(items(get(self.font, "/DescendantFonts"))), None) if self.kind == "Type0" else self.font
        if named(described, "/Type") != "Font":
            yield self.breach("6.2.11.2-t1")
        if self.kind not in _SUBTYPES:
            yield self.breach("6.2.11.2-t2", str(self.kind))
            return
        if self.kind != "Type3" and not isinstance(get(described, "/BaseFont"), Name):
            yield self.breach("6.2.11.2-t3")
        if self.kind == "Type0":
            yield from self.composite()
        else:
            yield from self.simple()

    # -- simple fonts -----------------------------------------------------------------------------

    @cached_property
    def descriptor(self) -> Any:
        return dictionary(self.font, "/FontDescriptor")

    @cached_property
    def symbolic(self) -> bool:
        return bool(integer(get(self.descriptor, "/Flags")) & _SYMBOLIC)

    @cached_property
    def differences(self) -> dict[int, str]:
        return encodings.differences(self.font)

    @cached_property
    def base(self) -> str | None:
        return encodings.base(self.font)

    def simple(self) -> Iterator[Breach]:
        if not (self.descriptor is None and named(self.font, "/BaseFont") in STANDARD):
            yield from self.widths_stated()
        if self.kind == "Type3":
            yield from self.type3()
            return
        yield from self.file_kind(self.descriptor, self.kind)
        program = programs.load(self.descriptor, self.kind)
        if program is None:
            if self.shown.visible:
                yield self.breach("6.2.11.4.1-t1")
            return
        if self.kind == "TrueType" and isinstance(program, TrueType):
            yield from self.truetype(program)
        elif isinstance(program, Cff | Type1):
            yield from self.type1(program)

    def widths_stated(self) -> Iterator[Breach]:
        first, last, widths = (get(self.font, key) for key in ("/FirstChar", "/LastChar", "/Widths"))
        if first is None:
            yield self.breach("6.2.11.2-t4")
        if last is None:
            yield self.breach("6.2.11.2-t5")
        counted = first is not None and last is not None and len(items(widths)) != integer(last) - integer(first) + 1
        if not isinstance(widths, Array) or counted:
            yield self.breach("6.2.11.2-t6")

    @cached_property
    def stated(self) -> dict[int, float | None]:
        first = integer(get(self.font, "/FirstChar"))
        return {first + at: number(width) for at, width in enumerate(items(get(self.font, "/Widths")))}

    def stated_width(self, code: int) -> float | None:
        return self.stated[code] if code in self.stated else number(get(self.descriptor, "/MissingWidth")) or 0.0

    def file_kind(self, descriptor: object, kind: str | None) -> Iterator[Breach]:
        _, embedded = programs.file_of(descriptor, kind)
        stated = named(embedded, "/Subtype")
        if stated is not None and stated not in _FILE3:
            yield self.breach("6.2.11.2-t7", stated)

    def glyphs(self, glyph_of: Callable[[int], str | None], width_of: Callable[[str], float | None]) -> Iterator[Breach]:
        """Each code that was shown: a glyph that is there, with the width that the file states."""
        for code in sorted(self.shown.codes):
            glyph = glyph_of(code)
            if glyph == ".notdef":
                yield self.breach("6.2.11.8-t1", f"code {code}")
            elif glyph is None:
                if code in self.shown.drawn:
                    yield self.breach("6.2.11.4.1-t2", f"code {code}")
            elif code in self.shown.drawn:
                yield from self.width(f"glyph {glyph}", width_of(glyph), self.stated_width(code))

    def width(self, what: str, program: float | None, stated: float | None) -> Iterator[Breach]:
        if program is not None and stated is not None and abs(program - stated) > _TOLERANCE:
            yield self.breach("6.2.11.5-t1", f"{what} is {program:.0f} wide in the program, {stated:.0f} in the file")

    # -- TrueType ---------------------------------------------------------------------------------

    def truetype(self, program: TrueType) -> Iterator[Breach]:
        kinds = [key for key, _ in program.cmaps]
        if self.symbolic:
            if self.base is not None:
                yield self.breach("6.2.11.6-t3", self.base)
            if not (len(kinds) == 1 or (3, 0) in kinds):
                yield self.breach("6.2.11.6-t4", f"{len(kinds)} cmaps")
        else:
            if len(kinds) <= ((3, 0) in kinds):
                yield self.breach("6.2.11.6-t1", f"{len(kinds)} cmaps")
            if not self.latin((3, 1) in kinds):
                yield self.breach("6.2.11.6-t2", str(self.base))
        first = program.order[0]
        yield from self.glyphs(lambda code: ".notdef" if (glyph := self.truetype_glyph(program, code)) == first else glyph, program.width)

    def latin(self, unicode_cmap: bool) -> bool:
        """6.2.11.6: WinAnsi or MacRoman, and differences only by names that have a Unicode value."""
        named_well = all(encodings.unicode_of(glyph) is not None for glyph in self.differences.values())
        return self.base in {"MacRomanEncoding", "WinAnsiEncoding"} and (not self.differences or (unicode_cmap and named_well))

    def truetype_glyph(self, program: TrueType, code: int) -> str | None:
        """ISO 32000-1, 9.6.6.4."""
        if self.symbolic or get(self.font, "/Encoding") is None:
            return self.symbol_glyph(program, code)
        standard = encodings.encoding("StandardEncoding")
        glyph = self.differences.get(code) or encodings.encoding(self.base or "StandardEncoding").get(code) or standard.get(code)
        if glyph is None:
            return None
        unicode_cmap, mac = program.cmap(3, 1), program.cmap(1, 0)
        if unicode_cmap is not None and (found := unicode_cmap.get(encodings.unicode_of(glyph) or -1)):
            return found
        if mac is not None:
            codes = [at for at, called in encodings.encoding("MacRomanEncoding").items() if called == glyph]
            if found := next((mac[at] for at in codes if at in mac), None):
                return found
        return glyph if program.index(glyph) is not None else None

    def symbol_glyph(self, program: TrueType, code: int) -> str | None:
        if code == 0:
            return ".notdef"  # whatever the cmap says; so does veraPDF
        for kind, offsets in (((3, 0), (0, 0xF000, 0xF100, 0xF200)), ((1, 0), (0,)), ((3, 1), (0, 0xF000))):
            table = program.cmap(*kind) or {}
            for offset in offsets:
                if offset + code in table:
                    return table[offset + code]
        return None

    # -- Type 1, also as CFF ----------------------------------------------------------------------

    def type1(self, program: Cff | Type1) -> Iterator[Breach]:
        listed = text(get(self.descriptor, "/CharSet"))
        if listed is not None and _SUBSET.match(named(self.font, "/BaseFont") or ""):
            missing = program.glyphs - {".notdef"} - set(listed.split("/"))
            if missing:
                yield self.breach("6.2.11.4.2-t1", " ".join(sorted(missing)[:5]))
        base = encodings.encoding(self.base) if self.base in _ENCODINGS else None

        def glyph_of(code: int) -> str | None:
            return self.differences.get(code) or (program.encoding.get(code) if base is None else base.get(code, ".notdef"))

        for code in sorted(self.shown.drawn):
            glyph = glyph_of(code)
            if glyph is not None and glyph != ".notdef" and glyph not in program.glyphs:
                yield self.breach("6.2.11.4.1-t2", f"glyph {glyph}")
        yield from self.glyphs(glyph_of, lambda glyph: program.width(glyph) if glyph in program.glyphs else None)

    def type3(self) -> Iterator[Breach]:
        scale = abs(number((items(get(self.font, "/FontMatrix")) or [None])[0]) or 0.001) * 1000
        procedures = get(self.font, "/CharProcs")
        for code in sorted(self.shown.codes):
            glyph = self.differences.get(code)
            if glyph == ".notdef":
                yield self.breach("6.2.11.8-t1", f"code {code}")
            procedure = stream(procedures, f"/{glyph}")
            drawn = _TYPE3_WIDTH.match(attempt(procedure) or b"")
            stated = self.stated.get(code)
            if drawn and stated is not None:
                yield from self.width(f"glyph {glyph}", float(drawn[1]) * scale, stated * scale)

    # -- composite fonts --------------------------------------------------------------------------

    def composite(self) -> Iterator[Breach]:
        descendants = items(get(self.font, "/DescendantFonts"))
        if not descendants or not is_dictionary(descendants[0]):
            return
        cid_font = descendants[0]
        yield from self.cmap(cid_font)
        descriptor = dictionary(cid_font, "/FontDescriptor")
        yield from self.file_kind(descriptor, named(cid_font, "/Subtype"))
        program = programs.load(descriptor, named(cid_font, "/Subtype"))
        if program is None:
            if self.shown.visible:
                yield self.breach("6.2.11.4.1-t1")
            return
        cids = _CidGlyphs(cid_font, program)
        if named(cid_font, "/Subtype") == "CIDFontType2" and not cids.mapped:
            yield self.breach("6.2.11.3.2-t1")
        yield from self.cid_set(stream(descriptor, "/CIDSet"), cids)
        yield from self.cid_glyphs(cids)

    def cmap(self, cid_font: object) -> Iterator[Breach]:
        encoding, collection = get(self.font, "/Encoding"), get(cid_font, "/CIDSystemInfo")
        if isinstance(encoding, Name):
            called = str(encoding)[1:]
            if called not in cmaps.PREDEFINED:
                yield self.breach("6.2.11.3.3-t1", called)
            elif not called.startswith("Identity") and _collection(collection)[:2] != ("Adobe", cmaps.ordering(called)):
                yield self.breach("6.2.11.3.1-t1", called)
        elif isinstance(encoding, Stream):
            yield from self.embedded_cmap(encoding, collection)

    def embedded_cmap(self, encoding: Stream, collection: object) -> Iterator[Breach]:
        body = attempt(encoding) or b""
        registry, order, supplement = _collection(collection)
        own = _collection(get(encoding, "/CIDSystemInfo"))
        called = named(encoding, "/CMapName") or ""
        if called not in {"Identity-H", "Identity-V"} and (own[:2] != (registry, order) or supplement > own[2]):
            yield self.breach("6.2.11.3.1-t1", called)
        mode = re.search(rb"/WMode\s+(\d)", body)
        if integer(get(encoding, "/WMode")) != (int(mode[1]) if mode else 0):
            yield self.breach("6.2.11.3.3-t2")
        used = get(encoding, "/UseCMap")
        other = name(used) or named(used, "/CMapName")
        if other and other not in cmaps.PREDEFINED:
            yield self.breach("6.2.11.3.3-t3", other)
        elif other and not other.startswith("Identity"):
            yield self.breach("6.2.11.8-t1", f"codes of {other} are not looked into")
        if cmaps.to_cids(body)[1] > 65535:
            yield self.breach("6.1.13-t10")

    def cid_set(self, listed: Stream | None, cids: _CidGlyphs) -> Iterator[Breach]:
        bits = attempt(listed)
        if bits is None or not _SUBSET.match(named(self.font, "/BaseFont") or ""):
            return
        stated = {8 * at + bit for at, byte in enumerate(bits) if byte for bit in range(8) if byte & (0x80 >> bit)}
        present = cids.present()
        if present - {0} - stated or stated - present:
            yield self.breach("6.2.11.4.2-t2", f"{len(present - stated)} missing, {len(stated - present)} too many")

    def cid_glyphs(self, cids: _CidGlyphs) -> Iterator[Breach]:
        to_cid = _to_cid(get(self.font, "/Encoding"))
        for code in sorted(self.shown.codes):
            cid = to_cid(code)
            if cid is None:
                continue
            there, width = cids.glyph(cid)
            if cid == 0 or there == 0:
                yield self.breach("6.2.11.8-t1", f"CID {cid}")
            elif code not in self.shown.drawn:
                continue
            elif there is None:
                yield self.breach("6.2.11.4.1-t2", f"CID {cid}")
            else:
                yield from self.width(f"CID {cid}", width, cids.stated_width(cid))


_TYPE3_WIDTH = re.compile(rb"\s*([-0-9.]+)\s+([-0-9.]+)\s+(?:(?:[-0-9.]+\s+){4}d1|d0)")


def _collection(info: object) -> tuple[str | None, str | None, int]:
    supplement = get(info, "/Supplement")
    return text(get(info, "/Registry")), text(get(info, "/Ordering")), integer(supplement, 99)


def _to_cid(encoding: object) -> Callable[[int], int | None]:
    """From code to CID; None where the CMap is not looked into."""
    if not isinstance(encoding, Stream):
        return (lambda code: code) if (name(encoding) or "").startswith("Identity") else (lambda _: None)
    ranges, _ = cmaps.to_cids(attempt(encoding) or b"")
    if not ranges:
        return lambda _: None
    return lambda code: next((cid + code - low for low, high, cid in ranges if low <= code <= high), 0)


class _CidGlyphs:
    """The glyphs of a CID font by their CIDs, and the widths that are stated for them."""

    def __init__(self, font: object, program: programs.Program) -> None:
        self.program = program
        to_gid = get(font, "/CIDToGIDMap")
        self.mapped = isinstance(to_gid, Stream) or name(to_gid) == "Identity"
        self._map = attempt(to_gid) if isinstance(to_gid, Stream) else None
        self._widths = dict(_cid_widths(items(get(font, "/W"))))
        self._default = number(get(font, "/DW"))

    def stated_width(self, cid: int) -> float | None:
        return self._widths.get(cid, 1000.0 if self._default is None else self._default)

    def gid(self, cid: int) -> int:
        if self._map is None:
            return cid
        return int.from_bytes(self._map[2 * cid : 2 * cid + 2], "big") if 2 * cid + 1 < len(self._map) else 0

    def glyph(self, cid: int) -> tuple[int | None, float | None]:
        """The number of its glyph, None where the program has none, and its width in the program."""
        if isinstance(self.program, TrueType):
            gid = self.gid(cid)
            inside = gid < len(self.program.order)
            return (gid, self.program.width(self.program.order[gid])) if inside else (None, None)
        if isinstance(self.program, Cff):
            called = self.program.cids.get(cid)
            return (None, None) if called is None else (cid, self.program.width(called))
        return None, None

    def present(self) -> set[int]:
        """All CIDs that have a glyph."""
        if isinstance(self.program, Cff):
            return set(self.program.cids)
        count = len(self.program.order) if isinstance(self.program, TrueType) else 0
        if self._map is None:
            return set(range(count))
        return {0} | {cid for cid in range(len(self._map) // 2) if 0 < self.gid(cid) < count}


def _cid_widths(entries: list[Any]) -> Iterator[tuple[int, float | None]]:
    """ISO 32000-1, 9.7.4.3: `c [w1 w2 ...]` and `first last w`."""
    at = 0
    while at + 1 < len(entries):
        first, second = integer(entries[at]), entries[at + 1]
        if isinstance(second, Array):
            yield from ((first + step, number(width)) for step, width in enumerate(items(second)))
            at += 2
        elif at + 2 < len(entries):
            yield from ((cid, number(entries[at + 2])) for cid in range(first, min(integer(second), 65535) + 1))
            at += 3
        else:
            return
