"""6.2.11: fonts, by the codes that were shown in them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pikepdf import Name

from einvoice.pdf.pdfa.breach import Breach
from einvoice.pdf.pdfa.composite_fonts import CompositeFont
from einvoice.pdf.pdfa.simple_fonts import SimpleFont
from einvoice.pdf.pdfa.values import get, identity, items, named

if TYPE_CHECKING:
    from collections.abc import Iterator

    from einvoice.pdf.pdfa.shown import Shown

_SUBTYPES = frozenset("Type1 MMType1 TrueType Type3 Type0 CIDFontType0 CIDFontType2".split())


def check(shown: Shown) -> Iterator[Breach]:
    """6.2.11 for one font."""
    where = f"font {named(shown.font, '/BaseFont') or '?'} ({identity(shown.font) or 'direct'})"
    try:
        yield from _check(shown, where)
    except Exception as error:  # noqa: BLE001  fontTools raises whatever a damaged program leads to
        yield Breach("6.2.11.2-damaged", where, f"its program is damaged: {type(error).__name__}")


def _check(shown: Shown, where: str) -> Iterator[Breach]:
    """What every font has; a composite one in its descendant."""
    kind = named(shown.font, "/Subtype")
    described = next(iter(items(get(shown.font, "/DescendantFonts"))), None) if kind == "Type0" else shown.font
    if named(described, "/Type") != "Font":
        yield Breach("6.2.11.2-t1", where)
    if kind not in _SUBTYPES:
        yield Breach("6.2.11.2-t2", where, str(kind))
        return
    if kind != "Type3" and not isinstance(get(described, "/BaseFont"), Name):
        yield Breach("6.2.11.2-t3", where)
    yield from (CompositeFont if kind == "Type0" else SimpleFont)(shown, where).check()
