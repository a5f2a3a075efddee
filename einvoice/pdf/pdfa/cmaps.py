"""CMaps: from the codes of a composite font to its CIDs, and from codes to Unicode."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_RANGES = re.compile(rb"begincidrange(.*?)endcidrange", re.DOTALL)
_CHARACTERS = re.compile(rb"begincidchar(.*?)endcidchar", re.DOTALL)
_SPACES = re.compile(rb"begincodespacerange(.*?)endcodespacerange", re.DOTALL)
_HEX = rb"<\s*([0-9A-Fa-f\s]+)>"
_THREE = re.compile(_HEX + rb"\s*" + _HEX + rb"\s*(\d+)")
_TWO = re.compile(_HEX + rb"\s*(\d+)")
_SPACE = re.compile(_HEX + rb"\s*" + _HEX)
MAX_RANGE = 65536

# ISO 32000-1, table 118, with veraPDF's two spellings
PREDEFINED = frozenset(
    """Identity-H Identity-V GB-EUC-H GB-EUC-V GBpc-EUC-H GBpc-EUC-V GBK-EUC-H GBK-EUC-V GBKp-EUC-H GBKp-EUC-V GBK2K-H GBK2K-V
    UniGB-UCS2-H UniGB-UCS2-V UniGB-UTF16-H UniGB-UTF16-V UniGB-UFT16-H UniGB-UFT16-V B5pc-H B5pc-V HKscs-B5-H HKscs-B5-V ETen-B5-H
    ETen-B5-V ETenms-B5-H ETenms-B5-V CNS-EUC-H CNS-EUC-V UniCNS-UCS2-H UniCNS-UCS2-V UniCNS-UTF16-H UniCNS-UFT16-H UniCNS-UTF16-V
    83pv-RKSJ-H 90ms-RKSJ-H 90ms-RKSJ-V 90msp-RKSJ-H 90msp-RKSJ-V 90pv-RKSJ-H Add-RKSJ-H Add-RKSJ-V EUC-H EUC-V Ext-RKSJ-H Ext-RKSJ-V
    H V UniJIS-UCS2-H UniJIS-UCS2-V UniJIS-UCS2-HW-H UniJIS-UCS2-HW-V UniJIS-UTF16-H UniJIS-UTF16-V KSC-EUC-H KSC-EUC-V KSCms-UHC-H
    KSCms-UHC-V KSCms-UHC-HW-H KSCms-UHC-HW-V KSCpc-EUC-H UniKS-UCS2-H UniKS-UCS2-V UniKS-UTF16-H UniKS-UTF16-V""".split()
)
_ORDERINGS = (
    (re.compile(r"UniGB|GB"), "GB1"),
    (re.compile(r"UniCNS|B5|ETen|HKscs|CNS"), "CNS1"),
    (re.compile(r"UniKS|KSC"), "Korea1"),
)


def ordering(cmap: str) -> str:
    """The character collection of a predefined CMap (ISO 32000-1, table 118)."""
    return next((found for pattern, found in _ORDERINGS if pattern.match(cmap)), "Japan1")


def _code(digits: bytes) -> int:
    return int(re.sub(rb"\s", b"", digits) or b"0", 16)


def splitter(cmap: bytes | None) -> Callable[[bytes], list[int]]:
    """Cuts a string into the codes of an embedded CMap; two bytes each without one (Identity)."""
    lengths = [
        (len(re.sub(rb"\s", b"", low)) // 2, _code(low), _code(high))
        for block in _SPACES.findall(cmap or b"")
        for low, high in _SPACE.findall(block)
    ]
    if {length for length, *_ in lengths} <= {2}:
        return lambda string: [int.from_bytes(string[at : at + 2], "big") for at in range(0, len(string) - 1, 2)]
    return lambda string: list(_split(string, lengths))


def _split(string: bytes, spaces: list[tuple[int, int, int]]) -> Iterator[int]:
    at = 0
    while at < len(string):
        for length, low, high in spaces:
            code = int.from_bytes(string[at : at + length], "big")
            if length and low <= code <= high and at + length <= len(string):
                yield code
                at += length
                break
        else:
            at += max(1, min((length for length, *_ in spaces), default=1))


def to_cids(cmap: bytes) -> tuple[list[tuple[int, int, int]], int]:
    """The ranges (first code, last code, first CID) of an embedded CMap, and its greatest CID."""
    ranges = [(_code(low), _code(high), int(cid)) for block in _RANGES.findall(cmap) for low, high, cid in _THREE.findall(block)]
    ranges += [(_code(code), _code(code), int(cid)) for block in _CHARACTERS.findall(cmap) for code, cid in _TWO.findall(block)]
    greatest = max((cid + min(high - low, MAX_RANGE) for low, high, cid in ranges), default=0)
    return ranges, greatest


_BF_RANGES = re.compile(rb"beginbfrange(.*?)endbfrange", re.DOTALL)
_BF_CHARACTERS = re.compile(rb"beginbfchar(.*?)endbfchar", re.DOTALL)
_BF_TWO = re.compile(rb"<([0-9A-Fa-f\s]+)>\s*<([0-9A-Fa-f\s]*)>")
_BF_THREE = re.compile(rb"<([0-9A-Fa-f\s]+)>\s*<([0-9A-Fa-f\s]+)>\s*(<[0-9A-Fa-f\s]*>|\[[^\]]*\])")


def to_unicode(cmap: bytes) -> dict[int, str]:
    """What a ToUnicode CMap says of each code."""
    found = {_code(code): _utf16(value) for block in _BF_CHARACTERS.findall(cmap) for code, value in _BF_TWO.findall(block)}
    for block in _BF_RANGES.findall(cmap):
        for low, high, values in _BF_THREE.findall(block):
            found |= _bf_range(_code(low), min(_code(high), _code(low) + MAX_RANGE), values)
    return found


def _bf_range(low: int, high: int, values: bytes) -> dict[int, str]:
    if values.startswith(b"["):
        listed = re.findall(rb"<([0-9A-Fa-f\s]*)>", values)
        return {low + step: _utf16(value) for step, value in enumerate(listed)}
    start = _utf16(values.strip(b"<>"))
    if not start:
        return dict.fromkeys(range(low, high + 1), "")
    last = ord(start[-1])
    return {code: start[:-1] + chr(last + code - low) for code in range(low, high + 1) if last + code - low <= 0x10FFFF}


def _utf16(digits: bytes) -> str:
    value = re.sub(rb"\s", b"", digits)
    return bytes.fromhex(value[: len(value) // 2 * 2].decode()).decode("utf-16-be", "replace")
