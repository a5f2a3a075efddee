"""6.2.11: Type 1, TrueType and Type 3 fonts."""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING, Any

from pikepdf import Array

from einvoice.pdf.pdfa import encodings
from einvoice.pdf.pdfa.font_rules import SUBSET, FontRules
from einvoice.pdf.pdfa.programs import Cff, TrueType, Type1
from einvoice.pdf.pdfa.values import attempt, dictionary, get, integer, items, named, number, stream, text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from einvoice.pdf.pdfa.breach import Breach

STANDARD = frozenset(
    "Courier Courier-Bold Courier-Oblique Courier-BoldOblique Helvetica Helvetica-Bold Helvetica-Oblique Helvetica-BoldOblique "
    "Times-Roman Times-Bold Times-Italic Times-BoldItalic Symbol ZapfDingbats".split()
)
"""the fonts that need no descriptor (ISO 32000-1, 9.6.2.2)"""
_ENCODINGS = frozenset({"WinAnsiEncoding", "MacRomanEncoding", "MacExpertEncoding"})
"""those that replace a Type 1 program's own (ISO 32000-1, table 114)"""
_SYMBOLIC = 1 << 2
_TYPE3_WIDTH = re.compile(rb"\s*([-0-9.]+)\s+([-0-9.]+)\s+(?:(?:[-0-9.]+\s+){4}d1|d0)")


class SimpleFont(FontRules):
    """A font with one byte a code."""

    @cached_property
    def descriptor(self) -> Any:
        """Its FontDescriptor."""
        return dictionary(self.font, "/FontDescriptor")

    @cached_property
    def symbolic(self) -> bool:
        """Whether its glyphs are not those of the Latin alphabet."""
        return bool(integer(get(self.descriptor, "/Flags")) & _SYMBOLIC)

    @cached_property
    def differences(self) -> dict[int, str]:
        """The glyphs that its encoding replaces."""
        return encodings.differences(self.font)

    @cached_property
    def base(self) -> str | None:
        """The name of its encoding, or of the one that its differences start from."""
        return encodings.base(self.font)

    def check(self) -> Iterator[Breach]:
        """All of 6.2.11 that is of simple fonts."""
        if not (self.descriptor is None and named(self.font, "/BaseFont") in STANDARD):
            yield from self.widths_stated()
        if self.kind == "Type3":
            yield from self.type3()
            return
        program = yield from self.program(self.descriptor, self.kind)
        if self.kind == "TrueType" and isinstance(program, TrueType):
            yield from self.truetype(program)
        elif isinstance(program, Cff | Type1):
            yield from self.type1(program)

    def widths_stated(self) -> Iterator[Breach]:
        """6.2.11.2: as many widths as there are codes."""
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
        """Code -> width in the file."""
        first = integer(get(self.font, "/FirstChar"))
        return {first + at: number(width) for at, width in enumerate(items(get(self.font, "/Widths")))}

    def stated_width(self, code: int) -> float | None:
        """The width that the file states for a code."""
        return self.stated[code] if code in self.stated else number(get(self.descriptor, "/MissingWidth")) or 0.0

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

    # -- TrueType ---------------------------------------------------------------------------------

    def truetype(self, program: TrueType) -> Iterator[Breach]:
        """6.2.11.6: encoding and cmaps, then the glyphs."""
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
        """The glyph of a code by the program's own cmaps."""
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
        """6.2.11.4.2, then the glyphs."""
        listed = text(get(self.descriptor, "/CharSet"))
        if listed is not None and SUBSET.match(named(self.font, "/BaseFont") or ""):
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
        """6.2.11.5, for glyphs that are content streams."""
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
