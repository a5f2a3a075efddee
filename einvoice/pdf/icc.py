"""An sRGB profile, computed: no file of others, the same bytes everywhere."""

from __future__ import annotations

import struct
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

CONDITION = "sRGB IEC61966-2.1"
_POINTS = 1024
_WHITE = (0.9642, 1.0, 0.8249)
"""D50, the profile connection space's (ICC.1:2001-04, A.1)"""
# the primaries of IEC 61966-2-1, adapted to D50
_RED, _GREEN, _BLUE = (0.43607, 0.22249, 0.01392), (0.38515, 0.71687, 0.09708), (0.14307, 0.06061, 0.71410)


@cache
def srgb() -> bytes:
    """The sRGB colour space of IEC 61966-2-1 as an ICC profile of version 2.1 (ICC.1:2001-04), about 2.5 kB.

    >>> srgb()[12:20], len(srgb())
    (b'mntrRGB ', 2532)
    """
    curve = b"curv\0\0\0\0" + struct.pack(">I", _POINTS) + b"".join(struct.pack(">H", round(65535 * _linear(i))) for i in range(_POINTS))
    tags = (
        (b"desc", _description(CONDITION.encode())),
        (b"cprt", b"text\0\0\0\0" + b"No copyright, public domain (CC0)\0"), (b"wtpt", _xyz(_WHITE)),
        (b"rXYZ", _xyz(_RED)), (b"gXYZ", _xyz(_GREEN)), (b"bXYZ", _xyz(_BLUE)), (b"rTRC", curve), (b"gTRC", curve), (b"bTRC", curve),
    )  # fmt: skip
    return _profile(tags)


def _linear(step: int) -> float:
    """The light of a stored value (IEC 61966-2-1, 5.2)."""
    value = step / (_POINTS - 1)
    return float(value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4)


def _fixed(value: float) -> bytes:
    return struct.pack(">i", round(value * 65536))


def _xyz(values: Sequence[float]) -> bytes:
    return b"XYZ \0\0\0\0" + b"".join(map(_fixed, values))


def _description(text: bytes) -> bytes:
    no_unicode, no_script = struct.pack(">II", 0, 0), struct.pack(">HB", 0, 0) + b"\0" * 67
    return b"desc\0\0\0\0" + struct.pack(">I", len(text) + 1) + text + b"\0" + no_unicode + no_script


def _profile(tags: Sequence[tuple[bytes, bytes]]) -> bytes:
    """Header, table and data; equal data stands once."""
    start = 128 + 4 + 12 * len(tags)
    table, body, placed = b"", b"", dict[bytes, int]()
    for signature, data in tags:
        if data not in placed:
            placed[data] = start + len(body)
            body += data + b"\0" * (-len(data) % 4)
        table += signature + struct.pack(">II", placed[data], len(data))
    header = struct.pack(">I", start + len(body)) + b"\0" * 4 + bytes([2, 0x10, 0, 0]) + b"mntrRGB XYZ "
    header += struct.pack(">6H", 2000, 1, 1, 0, 0, 0) + b"acsp" + b"\0" * 28 + b"".join(map(_fixed, _WHITE))
    return header.ljust(128, b"\0") + struct.pack(">I", len(tags)) + table + body
