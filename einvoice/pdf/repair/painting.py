"""Colours, graphics states, images and forms."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

import pikepdf
from pikepdf import Array, Dictionary, Name, Stream

from einvoice.pdf import icc
from einvoice.pdf.pdfa.colour import profile_facts
from einvoice.pdf.pdfa.content import page_resources
from einvoice.pdf.pdfa.graphics_states import BLEND_MODES
from einvoice.pdf.pdfa.images import INTENTS
from einvoice.pdf.pdfa.operators import OPERATORS, called
from einvoice.pdf.pdfa.values import dictionary, get, is_dictionary, items, name, named, one_or_more, pairs, stream, walk
from einvoice.pdf.streams import recurring

if TYPE_CHECKING:
    from collections.abc import Iterator

_STATE_KEYS = ("/TR", "/TR2", "/HTP", "/HT", "/BG2", "/UCR2")
_IMAGE_KEYS = ("/Alternates", "/OPI", "/Interpolate")
_FORM_KEYS = ("/OPI", "/Ref", "/PS", "/Subtype2")
_DEVICES = {1: Name.DeviceGray, 3: Name.DeviceRGB, 4: Name.DeviceCMYK}
_GRID = 9
"""samples per ink in the table from CMYK to RGB"""


def dictionaries(pdf: pikepdf.Pdf) -> Iterator[str]:
    """Graphics states and colour spaces, wherever they stand."""
    for held in pdf.objects:
        for value, entries in walk(held):
            for key, inside in entries.items():
                if key == "/Resources":
                    yield from _states(inside)
                elif isinstance(inside, Array):
                    yield from _profile(value, key, inside)


def _states(resources: object) -> Iterator[str]:
    for _, state in pairs(get(resources, "/ExtGState")):
        if is_dictionary(state):
            yield from _state(state)


def _state(state: Any) -> Iterator[str]:
    """6.2.5, 6.2.6, 6.2.10: what only a printing press knows, and blend modes that nobody knows."""
    for key in _STATE_KEYS:
        if key in state:
            del state[key]
            yield f"{key[1:]} of a graphics state was removed"
    if "/RI" in state and named(state, "/RI") not in INTENTS:
        del state["/RI"]
        yield "an unknown rendering intent was removed"
    modes = one_or_more(get(state, "/BM"))
    if modes and not all(name(mode) in BLEND_MODES for mode in modes):
        state.BM = next((mode for mode in modes if name(mode) in BLEND_MODES), Name.Normal)
        yield "an unknown blend mode was removed"


def objects(pdf: pikepdf.Pdf) -> Iterator[str]:
    """6.2.8, 6.2.9: keys of images and forms that point to something better elsewhere."""
    for held in pdf.objects:
        if not isinstance(held, Stream):
            continue
        kind = named(held, "/Subtype")
        for key in _IMAGE_KEYS if kind == "Image" else _FORM_KEYS if kind == "Form" else ():
            if key in held:
                del held[key]
                yield f"{key[1:]} of an {kind.lower() if kind else ''} was removed"
        if "/Intent" in held and kind == "Image" and named(held, "/Intent") not in INTENTS:
            del held["/Intent"]
            yield "an unknown rendering intent was removed"


def resources(pdf: pikepdf.Pdf) -> Iterator[str]:
    """6.2.2: a page that uses the resources of the page tree, and a form that uses its page's, gets them as its own."""
    for page in pdf.pages:
        own, is_own = page_resources(page.obj)
        if own is not None:
            own = page.obj.Resources = own if own.is_indirect else pdf.make_indirect(own)
        if not is_own:
            yield "a page got resources of its own"
        for _, form in pairs(get(own, "/XObject")):
            if named(form, "/Subtype") == "Form" and dictionary(form, "/Resources") is None:
                form.Resources = own
                yield "a form got resources of its own"


def operators(pdf: pikepdf.Pdf) -> Iterator[str]:
    """6.2.2: operators that ISO 32000-1 does not know draw nothing, and go."""
    for page in pdf.pages:
        try:
            instructions = pikepdf.parse_content_stream(page)
        except (pikepdf.PdfError, ValueError, TypeError):
            continue  # the check will say so
        kept = [i for i in instructions if isinstance(i, pikepdf.ContentStreamInlineImage) or called(i.operator) in OPERATORS]
        if len(kept) < len(instructions):
            page.obj.Contents = pdf.make_stream(pikepdf.unparse_content_stream(kept))
            yield f"{len(instructions) - len(kept)} unknown operators were removed"


def _profile(holder: Any, key: str, space: Array) -> Iterator[str]:
    """6.2.4.2: a colour space with a profile that is damaged or too new becomes the device's with as many components."""
    profile = space[1] if len(space) == 2 and space[0] == Name.ICCBased else None
    if isinstance(profile, Stream) and _unusable(profile):
        device = _DEVICES.get(int(profile.get("/N", 0)))
        if device is not None:
            holder[key] = device
            yield "a damaged colour profile was replaced"


def _unusable(profile: Stream) -> bool:
    facts = profile_facts(profile)
    return facts is None or not facts.for_input


# -- CMYK -----------------------------------------------------------------------------------------


def cmyk(pdf: pikepdf.Pdf) -> Iterator[str]:
    """6.2.4.3: inks without a profile get one meaning: a DefaultCMYK in all resources.

    The profile of a CMYK output intent, where the file has one; else inks as readers show them: (1 - ink) * (1 - black).
    """
    space = pdf.make_indirect(_press(pdf) or _inks(pdf))
    for held in pdf.objects:
        for _, entries in walk(held):
            group, given = entries.get("/Group"), entries.get("/Resources")
            if is_dictionary(group) and named(group, "/CS") == "DeviceCMYK":
                group.CS = Name.DeviceRGB
            if is_dictionary(given):
                _add_default(given, space)
    yield "colours in CMYK got a defined meaning (DefaultCMYK)"


def _add_default(given: Any, space: Any) -> None:
    if dictionary(given, "/ColorSpace") is None:
        given.ColorSpace = Dictionary()
    if "/DefaultCMYK" not in given.ColorSpace:
        given.ColorSpace.DefaultCMYK = space


def _press(pdf: pikepdf.Pdf) -> Array | None:
    for intent in items(get(pdf.Root, "/OutputIntents")):
        profile = stream(intent, "/DestOutputProfile")
        if profile is not None and (facts := profile_facts(profile)) and facts.space == "CMYK" and facts.for_input:
            profile.N = 4
            return Array([Name.ICCBased, profile])
    return None


def _inks(pdf: pikepdf.Pdf) -> Array:
    """A DeviceN of the four process colours, which needs no profile of a press (ISO 19005-3, 6.2.4.3)."""
    table = recurring(pdf, _table(), FunctionType=0, Domain=[0, 1] * 4, Range=[0, 1] * 3, Size=[_GRID] * 4, BitsPerSample=8)
    srgb = Array([Name.ICCBased, recurring(pdf, icc.srgb(), N=3)])
    return Array([Name.DeviceN, Array([Name.Cyan, Name.Magenta, Name.Yellow, Name.Black]), srgb, table])


@cache
def _table() -> bytes:
    """Samples of a function from four inks to RGB; the first ink varies fastest (ISO 32000-1, 7.10.2)."""
    steps = [step / (_GRID - 1) for step in range(_GRID)]
    return bytes(
        round(255 * (1 - ink) * (1 - black)) for black in steps for yellow in steps for magenta in steps for cyan in steps
        for ink in (cyan, magenta, yellow)
    )  # fmt: skip
