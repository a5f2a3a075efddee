"""6.2.4: colour spaces where they are used."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from pikepdf import Array, Name, Stream

from einvoice.pdf.pdfa.breach import Breach
from einvoice.pdf.pdfa.values import attempt, get, integer, is_dictionary, items, name, not_utf8, pairs, raw_name

if TYPE_CHECKING:
    from collections.abc import Iterator

_SPACES = {"RGB ", "CMYK", "GRAY", "Lab "}
_DEVICE = {
    "DeviceGray": "Gray", "G": "Gray", "CalGray": "Gray",
    "DeviceRGB": "RGB", "RGB": "RGB", "CalRGB": "RGB",
    "DeviceCMYK": "CMYK", "CMYK": "CMYK", "CalCMYK": "CMYK",
}  # fmt: skip
_PROCESS = {b"None", b"Cyan", b"Magenta", b"Yellow", b"Black"}
_MAX_COLOURANTS = 32
_RULES = {"Gray": "6.2.4.3-t4", "RGB": "6.2.4.3-t2", "CMYK": "6.2.4.3-t3"}


class Profile(NamedTuple):
    """What an ICC profile's header says (ICC.1:2010, 7.2)."""

    device: str
    space: str
    version: int

    @property
    def for_output(self) -> bool:
        """Whether it may be an output intent's."""
        return self.device in {"prtr", "mntr"} and self.space in {"RGB ", "CMYK", "GRAY"} and self.version < 5

    @property
    def for_input(self) -> bool:
        """Whether a colour space may be based on it."""
        return self.device in {"prtr", "mntr", "scnr", "spac"} and self.space in _SPACES and self.version < 5


def profile_facts(profile: Stream) -> Profile | None:
    """The header of an ICC profile; None for what is none."""
    data = attempt(profile)
    if data is None or len(data) < 40:
        return None
    return Profile(data[12:16].decode("latin-1"), data[16:20].decode("latin-1"), data[8])


class Colours:
    """Which colour spaces may be used in a file with this output intent."""

    def __init__(self, output: str | None) -> None:
        self.output = output
        """`RGB `, `CMYK`, `GRAY` or None, of the PDF/A output intent"""
        self._separations: dict[bytes, object] = {}

    def device(self, kind: str, resources: object, where: str) -> Iterator[Breach]:
        """6.2.4.3: Gray, RGB or CMYK of no known device."""
        spaces = get(resources, "/ColorSpace")
        if is_dictionary(spaces) and f"/Default{kind}" in spaces:
            yield from self.used(spaces[f"/Default{kind}"], None, where)
        elif self.output is None or (kind == "RGB" and self.output != "RGB ") or (kind == "CMYK" and self.output != "CMYK"):
            yield Breach(_RULES[kind], where)

    def used(self, space: object, resources: object, where: str, depth: int = 0) -> Iterator[Breach]:
        """A colour space that something is painted in."""
        if depth > 8:
            return
        called = name(space)
        if called is not None:
            yield from self._named(called, space, resources, where, depth)
        elif isinstance(space, Array) and len(space):
            yield from self._array(space, resources, where, depth)

    def _named(self, called: str, space: object, resources: object, where: str, depth: int) -> Iterator[Breach]:
        if called in _DEVICE:
            yield from self.device(_DEVICE[called], resources, where)
            return
        spaces = get(resources, "/ColorSpace")
        found = get(spaces, f"/{called}")
        if found is not None and found != space:
            yield from self.used(found, resources, where, depth + 1)

    def _array(self, space: Array, resources: object, where: str, depth: int) -> Iterator[Breach]:
        kind = name(space[0])
        if kind == "ICCBased" and len(space) > 1:
            yield from _icc(space[1], where)
        elif kind in {"Indexed", "I"} and len(space) > 1:
            yield from self.used(space[1], resources, where, depth + 1)
        elif kind in {"Separation", "DeviceN"} and len(space) > 3:
            yield from self._inks(kind, space, where)
            yield from self.used(space[2], resources, where, depth + 1)
        elif kind in {"DeviceGray", "DeviceRGB", "DeviceCMYK"}:
            yield from self.used(space[0], resources, where, depth + 1)

    def _inks(self, kind: str | None, space: Array, where: str) -> Iterator[Breach]:
        """6.2.4.4: each colourant has one definition, and one that is described."""
        if kind == "DeviceN":
            yield from _device_n(space, where)
        elif isinstance(space[1], Name):
            yield from not_utf8(space[1], where)
            inks = (content_of(space[2]), content_of(space[3]))
            if self._separations.setdefault(raw_name(space[1]), inks) != inks:
                yield Breach("6.2.4.4-t2", where, f"Separation {name(space[1])} has two definitions")


def _device_n(space: Array, where: str) -> Iterator[Breach]:
    names = [entry for entry in items(space[1]) if isinstance(entry, Name)]
    for entry in names:
        yield from not_utf8(entry, where)
    if len(names) > _MAX_COLOURANTS:
        yield Breach("6.1.13-t9", where, f"{len(names)} colourants")
    attributes = space[4] if len(space) > 4 else None
    described = {key[1:].encode("utf-8", "surrogateescape") for key, _ in pairs(get(attributes, "/Colorants"))}
    process = {raw_name(entry) for entry in items(get(get(attributes, "/Process"), "/Components")) if isinstance(entry, Name)}
    for missing in sorted({raw_name(entry) for entry in names} - _PROCESS - process - described):
        yield Breach("6.2.4.4-t1", where, missing.decode("latin-1"))


def content_of(value: object, depth: int = 0) -> object:
    """A value by what it says, so that two copies of it are equal."""
    if depth > 6:
        return "..."
    if isinstance(value, Stream):
        skip = ("/Length", "/Filter", "/DecodeParms")
        return attempt(value), [(key, content_of(child, depth + 1)) for key, child in sorted(pairs(value)) if key not in skip]
    if is_dictionary(value):
        return [(key, content_of(child, depth + 1)) for key, child in sorted(pairs(value))]
    return [content_of(child, depth + 1) for child in items(value)] if isinstance(value, Array) else str(value)


def _icc(profile: object, where: str) -> Iterator[Breach]:
    facts = profile_facts(profile) if isinstance(profile, Stream) else None
    if facts is None or not facts.for_input:
        yield Breach("6.2.4.2-t1", where, str(facts or "no profile"))


def is_icc_cmyk(space: object, resources: object) -> bool:
    """Whether a colour space is CMYK by an ICC profile, whose overprinting is restricted."""
    if isinstance(space, Name):
        found = get(get(resources, "/ColorSpace"), str(space))
        return found is not None and found != space and is_icc_cmyk(found, resources)
    based = isinstance(space, Array) and len(space) > 1 and space[0] == Name.ICCBased
    return based and integer(get(space[1], "/N")) == 4  # type: ignore[index]
