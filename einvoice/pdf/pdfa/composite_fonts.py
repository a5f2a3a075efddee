"""6.2.11: composite fonts, from codes by CIDs to glyphs."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from pikepdf import Array, Name, Stream

from einvoice.pdf.pdfa import cmaps, programs
from einvoice.pdf.pdfa.font_rules import SUBSET, FontRules
from einvoice.pdf.pdfa.programs import Cff, TrueType
from einvoice.pdf.pdfa.values import attempt, dictionary, get, integer, is_dictionary, items, name, named, number, stream, text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from einvoice.pdf.pdfa.breach import Breach


class CompositeFont(FontRules):
    """A font whose codes are mapped to the CIDs of another."""

    def check(self) -> Iterator[Breach]:
        """All of 6.2.11 that is of composite fonts."""
        descendants = items(get(self.font, "/DescendantFonts"))
        if not descendants or not is_dictionary(descendants[0]):
            return
        cid_font = descendants[0]
        yield from self.cmap(cid_font)
        descriptor, kind = dictionary(cid_font, "/FontDescriptor"), named(cid_font, "/Subtype")
        program = yield from self.program(descriptor, kind)
        if program is None:
            return
        cids = CidGlyphs(cid_font, program)
        if kind == "CIDFontType2" and not cids.mapped:
            yield self.breach("6.2.11.3.2-t1")
        yield from self.cid_set(stream(descriptor, "/CIDSet"), cids)
        yield from self.cid_glyphs(cids)

    def cmap(self, cid_font: object) -> Iterator[Breach]:
        """6.2.11.3: how codes become CIDs, by a CMap that is named or embedded."""
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
        """6.2.11.3.3: an embedded CMap, and what its dictionary says of it."""
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

    def cid_set(self, listed: Stream | None, cids: CidGlyphs) -> Iterator[Breach]:
        """6.2.11.4.2: the glyphs that the file says a subset has."""
        bits = attempt(listed)
        if bits is None or not SUBSET.match(named(self.font, "/BaseFont") or ""):
            return
        stated = {8 * at + bit for at, byte in enumerate(bits) if byte for bit in range(8) if byte & (0x80 >> bit)}
        present = cids.present()
        if present - {0} - stated or stated - present:
            yield self.breach("6.2.11.4.2-t2", f"{len(present - stated)} missing, {len(stated - present)} too many")

    def cid_glyphs(self, cids: CidGlyphs) -> Iterator[Breach]:
        """Each code that was shown: a glyph that is there, with the width that the file states."""
        to_cid = to_cid_of(get(self.font, "/Encoding"))
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


def _collection(info: object) -> tuple[str | None, str | None, int]:
    supplement = get(info, "/Supplement")
    return text(get(info, "/Registry")), text(get(info, "/Ordering")), integer(supplement, 99)


def to_cid_of(encoding: object) -> Callable[[int], int | None]:
    """From code to CID; None where the CMap is not looked into."""
    if not isinstance(encoding, Stream):
        return (lambda code: code) if (name(encoding) or "").startswith("Identity") else (lambda _: None)
    ranges, _ = cmaps.to_cids(attempt(encoding) or b"")
    if not ranges:
        return lambda _: None
    return lambda code: next((cid + code - low for low, high, cid in ranges if low <= code <= high), 0)


class CidGlyphs:
    """The glyphs of a CID font by their CIDs, and the widths that are stated for them."""

    def __init__(self, font: object, program: programs.Program) -> None:
        self.program = program
        to_gid = get(font, "/CIDToGIDMap")
        self.mapped = isinstance(to_gid, Stream) or name(to_gid) == "Identity"
        self._map = attempt(to_gid) if isinstance(to_gid, Stream) else None
        self._widths = dict(_cid_widths(items(get(font, "/W"))))
        self._default = number(get(font, "/DW"))

    def stated_width(self, cid: int) -> float | None:
        """The width that the file states for a CID."""
        return self._widths.get(cid, 1000.0 if self._default is None else self._default)

    def gid(self, cid: int) -> int:
        """The glyph of a CID in a TrueType program."""
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
