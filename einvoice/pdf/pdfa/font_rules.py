"""What the rules for simple and for composite fonts share."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from einvoice.pdf.pdfa import programs
from einvoice.pdf.pdfa.breach import Breach
from einvoice.pdf.pdfa.values import named

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

    from einvoice.pdf.pdfa.shown import Shown

_FILE3 = frozenset({"Type1C", "CIDFontType0C", "OpenType"})
_TOLERANCE = 1.0
"""thousandths of the font size that two widths may differ (6.2.11.5)"""
SUBSET = re.compile(r"[A-Z]{6}\+")
"""how the name of a font begins that has just some glyphs of another"""


@dataclass(eq=False)
class FontRules:
    """6.2.11 for one font and the codes that were shown in it."""

    shown: Shown
    where: str

    def __post_init__(self) -> None:
        self.font = self.shown.font
        self.kind = named(self.font, "/Subtype")

    def breach(self, rule: str, detail: str = "") -> Breach:
        """A breach in this font."""
        return Breach(rule, self.where, detail)

    def program(self, descriptor: object, kind: str | None) -> Generator[Breach, None, programs.Program | None]:
        """6.2.11.2, 6.2.11.4.1: the program of a font of this Subtype, which says what it is and is there if text is drawn."""
        _, embedded = programs.file_of(descriptor, kind)
        stated = named(embedded, "/Subtype")
        if stated is not None and stated not in _FILE3:
            yield self.breach("6.2.11.2-t7", stated)
        program = programs.load(descriptor, kind)
        if program is None and self.shown.visible:
            yield self.breach("6.2.11.4.1-t1")
        return program

    def width(self, what: str, program: float | None, stated: float | None) -> Iterator[Breach]:
        """6.2.11.5: two widths of a glyph."""
        if program is not None and stated is not None and abs(program - stated) > _TOLERANCE:
            yield self.breach("6.2.11.5-t1", f"{what} is {program:.0f} wide in the program, {stated:.0f} in the file")
