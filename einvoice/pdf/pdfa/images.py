"""6.2.8: images, those in JPEG 2000 too."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from einvoice.pdf.pdfa.breach import Breach
from einvoice.pdf.pdfa.objects import FILTERS
from einvoice.pdf.pdfa.values import filters, get, name, one_or_more, pairs

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pikepdf import Stream

INTENTS = frozenset({"RelativeColorimetric", "AbsoluteColorimetric", "Perceptual", "Saturation"})
_DEPTHS = {1, 2, 4, 8, 16}
_INLINE_FILTERS = (FILTERS | {"AHx", "A85", "Fl", "RL", "CCF", "DCT"}) - {"JBIG2Decode", "JPXDecode"}


def check(image: Stream, where: str, *, mask: bool = False) -> Iterator[Breach]:
    """An image's dictionary, or that of another image's mask; colours are looked at where it is painted."""
    for key, rule in (("/Alternates", "6.2.8-t1"), ("/OPI", "6.2.8-t2")):
        if key in image:
            yield Breach(rule, where)
    if get(image, "/Interpolate") is True:
        yield Breach("6.2.8-t3", where)
    if mask or get(image, "/ImageMask") is not True:
        yield from _depth(get(image, "/BitsPerComponent"), where, mask=mask)
    yield from intent(get(image, "/Intent"), where)
    if "JPXDecode" in filters(image):
        yield from _jpeg_2000(image, where)


def check_inline(image: object, where: str) -> Iterator[Breach]:
    """6.1.10 and 6.2.8 for an image in a content stream."""
    for key, value in pairs(image):
        if key in {"/Filter", "/F"}:
            for applied in one_or_more(value):
                if name(applied) not in _INLINE_FILTERS:
                    yield Breach("6.1.10-t1", where, str(applied))
        elif key in {"/Interpolate", "/I"} and value is True:
            yield Breach("6.2.8-t3", where)
        elif key in {"/BitsPerComponent", "/BPC"} and True not in {get(image, "/ImageMask"), get(image, "/IM")}:
            yield from _depth(value, where, mask=False)
        elif key == "/Intent":
            yield from intent(value, where)


def _depth(bits: object, where: str, *, mask: bool) -> Iterator[Breach]:
    if bits is None:
        return
    if mask and bits != 1:
        yield Breach("6.2.8-t5", where, f"{bits} bits")
    elif not mask and bits not in _DEPTHS:
        yield Breach("6.2.8-t4", where, f"{bits} bits")


def intent(value: object, where: str) -> Iterator[Breach]:
    """6.2.6: a rendering intent."""
    if value is not None and name(value) not in INTENTS:
        yield Breach("6.2.6-t1", where, str(value))


# -- JPEG 2000 (ISO 15444-1, annex I) -------------------------------------------------------------


class _Colour(NamedTuple):
    method: int
    approximation: int
    enumerated: int | None


class _Jpeg2000(NamedTuple):
    channels: int
    """as they are coded: before a palette, and with those of opacity"""
    depth: int
    colours: list[_Colour]
    varying: bool
    """channels of different bit depth"""


def _boxes(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = 0
    while at + 8 <= len(data):
        length, kind, head = int.from_bytes(data[at : at + 4], "big"), data[at + 4 : at + 8], 8
        if length == 1:
            length, head = int.from_bytes(data[at + 8 : at + 16], "big"), 16
        end = len(data) if length == 0 else at + length
        if end < at + head:
            return
        yield kind, data[at + head : end]
        at = end


def _read(data: bytes) -> _Jpeg2000 | None:
    """The header boxes of a JPEG 2000 file."""
    header = next((body for kind, body in _boxes(data) if kind == b"jp2h"), None)
    if header is None:
        return None  # a bare code stream says nothing of its colours
    boxes = list(_boxes(header))
    facts = next((body for kind, body in boxes if kind == b"ihdr"), b"")
    if len(facts) < 14:
        return None
    colours = [
        _Colour(body[0], body[2], int.from_bytes(body[3:7], "big") if body[0] == 1 else None)
        for kind, body in boxes
        if kind == b"colr" and len(body) > 2
    ]
    return _Jpeg2000(
        channels=int.from_bytes(facts[8:10], "big"),
        depth=facts[10] + 1,  # signed samples have the highest bit set: too deep, veraPDF finds
        colours=colours,
        varying=any(kind == b"bpcc" for kind, _ in boxes) or facts[10] == 0xFF,
    )


def _jpeg_2000(image: Stream, where: str) -> Iterator[Breach]:
    facts = _read(image.read_raw_bytes())
    if facts is None:
        yield Breach("6.2.8.3-t1", where, "not a JPEG 2000 image")
        return
    if facts.channels not in {1, 3, 4}:
        yield Breach("6.2.8.3-t1", where, f"{facts.channels} channels")
    if facts.varying or not 1 <= facts.depth <= 38:
        yield Breach("6.2.8.3-t5", where)
    if get(image, "/ColorSpace") is None:
        yield from _jpeg_2000_colours(facts.colours, where)


def _exact(colours: list[_Colour]) -> list[_Colour]:
    return [colour for colour in colours if colour.approximation == 1]


def _used(colours: list[_Colour]) -> _Colour | None:
    """The one that counts: of several, one that says it is exact."""
    return next(iter(_exact(colours) or (colours if len(colours) == 1 else [])), None)


def _jpeg_2000_colours(colours: list[_Colour], where: str) -> Iterator[Breach]:
    if len(colours) != 1 and len(_exact(colours)) != 1:
        yield Breach("6.2.8.3-t2", where, f"{len(colours)} colour spaces")
    used = _used(colours)
    if used is None or used.method not in {1, 2, 3}:
        yield Breach("6.2.8.3-t3", where, f"method {used.method}" if used else "none")
    if used is not None and used.enumerated == 19:
        yield Breach("6.2.8.3-t4", where)


def is_cmyk_jpeg_2000(image: Stream) -> bool:
    """Whether a JPEG 2000 image whose dictionary states no colour space is in CMYK."""
    if "JPXDecode" not in filters(image) or get(image, "/ColorSpace") is not None:
        return False
    facts = _read(image.read_raw_bytes())
    used = _used(facts.colours) if facts else None
    return used is not None and used.enumerated == 12
