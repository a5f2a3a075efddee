"""6.2.5, 6.2.6, 6.2.10: graphics state dictionaries."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from einvoice.pdf.pdfa import images
from einvoice.pdf.pdfa.breach import Breach
from einvoice.pdf.pdfa.values import get, is_dictionary, name, one_or_more, pairs

if TYPE_CHECKING:
    from collections.abc import Iterator

BLEND_MODES = frozenset(
    "Normal Compatible Multiply Screen Overlay Darken Lighten ColorDodge ColorBurn HardLight SoftLight Difference Exclusion Hue "
    "Saturation Color Luminosity".split()
)
_PRIMARY = {"Cyan", "Magenta", "Yellow", "Black"}


def check(state: object, where: str) -> Iterator[Breach]:
    """A graphics state that is set."""
    yield from _transfer(state, where)
    halftone = get(state, "/HT")
    if is_dictionary(halftone):
        yield from _halftone(halftone, where)
    yield from images.intent(get(state, "/RI"), where)
    for mode in one_or_more(get(state, "/BM")):
        if name(mode) not in BLEND_MODES:
            yield Breach("6.2.10-t1", where, str(mode))


def _transfer(state: object, where: str) -> Iterator[Breach]:
    if get(state, "/TR") is not None:
        yield Breach("6.2.5-t1", where)
    second = get(state, "/TR2")
    if second is not None and name(second) != "Default":
        yield Breach("6.2.5-t2", where)
    if get(state, "/HTP") is not None:
        yield Breach("6.2.5-t3", where)


def _halftone(halftone: Any, where: str, colourant: str | None = None, depth: int = 0) -> Iterator[Breach]:
    """6.2.5; a transfer function belongs to spot colours only."""
    kind = get(halftone, "/HalftoneType")
    if kind not in {1, 5}:
        yield Breach("6.2.5-t4", where, str(kind))
    if get(halftone, "/HalftoneName") is not None:
        yield Breach("6.2.5-t5", where)
    transfer = get(halftone, "/TransferFunction") is not None
    primary = colourant is None or colourant in _PRIMARY
    if colourant != "Default" and transfer == primary and (transfer or colourant is not None):
        yield Breach("6.2.5-t6", where, colourant or "")
    if kind == 5 and depth < 3:
        for key, inner in pairs(halftone):
            if is_dictionary(inner):
                yield from _halftone(inner, where, key[1:], depth + 1)
