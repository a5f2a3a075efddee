"""6.2: content streams, run as far as it takes to know what is painted in which colour, font and image."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pikepdf
from pikepdf import Array, Name, Object, Stream, String

from einvoice.pdf.pdfa import images, syntax
from einvoice.pdf.pdfa.breach import Breach
from einvoice.pdf.pdfa.colour import Colours, is_icc_cmyk
from einvoice.pdf.pdfa.objects import limits
from einvoice.pdf.pdfa.shown import Shown
from einvoice.pdf.pdfa.values import (
    attempt,
    dictionary,
    get,
    integer,
    is_dictionary,
    items,
    key_of,
    name,
    named,
    number,
    one_or_more,
    pairs,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

OPERATORS = frozenset(
    "b B b* B* BDC BI BMC BT BX c cm CS cs d d0 d1 Do DP EI EMC ET EX f F f* G g gs h i ID j J K k l m M MP n q Q re RG rg ri s S SC "
    "sc SCN scn sh T* Tc Td TD Tf Tj TJ TL Tm Tr Ts Tw Tz v w W W* y ' \"".split()
)
BLEND_MODES = frozenset(
    "Normal Compatible Multiply Screen Overlay Darken Lighten ColorDodge ColorBurn HardLight SoftLight Difference Exclusion Hue "
    "Saturation Color Luminosity".split()
)
MAX_NESTING = 28
_MAX_DEPTH = 20
"""forms in forms; a deeper file is looked at no further"""
_INVISIBLE = 3
"""the text rendering mode that draws nothing"""
_BIG, _TINY = 1 << 31, Decimal("1e-30")
"""between them no number breaks a limit"""


@dataclass(slots=True)
class _State:
    """The part of the graphics state that rules ask for."""

    fill: Any = Name.DeviceGray
    stroke: Any = Name.DeviceGray
    mode: int = 0
    font: Shown | None = None
    overprint_mode: int = 0
    overprint_fill: bool = False
    overprint_stroke: bool = False


@dataclass(slots=True)
class _Frame:
    """One content stream while it runs."""

    resources: Any
    where: str
    depth: int
    own: bool
    """the resources are the stream's own"""
    state: _State = field(default_factory=_State)
    stack: list[_State] = field(default_factory=list)
    painted: set[object] = field(default_factory=set)
    inherited: bool = False
    """something was found in resources that are not its own"""

    def resource(self, kind: str, called: object) -> Any:
        """A named resource."""
        found = get(get(self.resources, kind), str(called)) if isinstance(called, Name) else None
        if found is not None and not self.own:
            self.inherited = True
        return found


class Content:
    """All content of a file: run pages and appearances, then ask for breaches and fonts."""

    def __init__(self, output: str | None) -> None:
        self.colours = Colours(output)
        self.fonts: dict[object, Shown] = {}
        self.breaches: dict[Breach, None] = {}
        self.transparent = False
        """something on the page that ran last is transparent"""
        self.shown: list[tuple[Shown, bytes]] = []
        """all text, in the order in which it is drawn"""
        self._seen: set[object] = set()

    def add(self, breaches: Iterable[Breach]) -> None:
        """Keep breaches, each once."""
        self.breaches.update(dict.fromkeys(breaches))

    # -- streams ----------------------------------------------------------------------------------

    def page(self, page: pikepdf.Page, where: str) -> None:
        """A page's own content."""
        self.transparent = False
        resources, own = page_resources(page.obj)
        self.group(page.obj, where)
        self.run(page, _Frame(resources, where, 0, own))

    def form(self, form: Stream, parent: object, where: str, depth: int = 0) -> None:
        """6.2.9: a form, with what it paints."""
        if named(form, "/Subtype2") == "PS" or "/PS" in form or "/OPI" in form:
            self.add([Breach("6.2.9-t1", where)])
        if "/Ref" in form:
            self.add([Breach("6.2.9-t2", where)])
        self.group(form, where)
        self.once(form, parent, where, depth)

    def once(self, stream: Stream, parent: object, where: str, depth: int) -> None:
        """Run a stream if it was not run before."""
        key = key_of(stream)
        if depth > _MAX_DEPTH or (stream.is_indirect and key in self._seen):
            return
        self._seen.add(key)
        resources = dictionary(stream, "/Resources")
        self.run(stream, _Frame(parent if resources is None else resources, where, depth + 1, resources is not None))

    def group(self, holder: object, where: str) -> None:
        """A transparency group's colour space."""
        group = dictionary(holder, "/Group")
        if group is None:
            return
        if named(group, "/S") == "Transparency" and not isinstance(holder, pikepdf.Dictionary):
            self.transparent = True
        space = get(group, "/CS")
        if space is not None:
            self.add(self.colours.used(space, None, where))

    def run(self, stream: Any, frame: _Frame) -> None:
        """All operators of a stream."""
        try:
            instructions = pikepdf.parse_content_stream(stream)
        except (pikepdf.PdfError, ValueError, TypeError, RecursionError) as error:
            self.add([Breach("6.2.2-damaged", frame.where, str(error)[:80])])
            return
        self.hex_strings(stream, frame.where)
        for instruction in instructions:
            if isinstance(instruction, pikepdf.ContentStreamInlineImage):
                self.inline_image(instruction, frame)
            else:
                self.operator(called(instruction.operator), instruction.operands, frame)
        if frame.inherited:
            self.add([Breach("6.2.2-t2", frame.where)])
        self.type3_glyphs(frame)

    def hex_strings(self, stream: Any, where: str) -> None:
        """6.1.6, for streams whose bytes can hold a wrong string."""
        parts = one_or_more(get(stream.obj, "/Contents")) if isinstance(stream, pikepdf.Page) else [stream]
        for part in parts:
            body = attempt(part) if isinstance(part, Stream) else None
            if body and b"<" in body and b"BI" not in body:
                self.add(syntax.hex_strings(body, where))

    def operator(self, operator: str, operands: Any, frame: _Frame) -> None:
        """One operator."""
        for operand in operands:
            if not _usual(operand):
                self.add(limits(operand, frame.where))
        handler = _HANDLERS.get(operator)
        if handler is not None:
            handler(self, frame, list(operands))
        elif operator not in OPERATORS:
            self.add([Breach("6.2.2-t1", frame.where, operator)])

    # -- painting ---------------------------------------------------------------------------------

    def paint(self, frame: _Frame, *, fill: bool = False, stroke: bool = False) -> None:
        """Something is painted in the current colours."""
        state = frame.state
        for used, space, overprint in ((fill, state.fill, state.overprint_fill), (stroke, state.stroke, state.overprint_stroke)):
            key = (_space_key(space), overprint, state.overprint_mode)
            if not used or key in frame.painted:
                continue
            frame.painted.add(key)
            self.space(space, frame)
            if overprint and state.overprint_mode == 1 and is_icc_cmyk(space, frame.resources):
                self.add([Breach("6.2.4.2-t2", frame.where)])

    def set_space(self, space: object, frame: _Frame) -> None:
        """VeraPDF takes a colour space that is set for one that is used, painted or not."""
        key = _space_key(space)
        if key not in frame.painted:
            frame.painted.add(key)
            self.space(space, frame)

    def space(self, space: object, frame: _Frame) -> None:
        """A colour space is used."""
        if isinstance(space, Name):
            frame.resource("/ColorSpace", space)
        self.add(self.colours.used(space, frame.resources, frame.where))

    def image(self, image: Stream, frame: _Frame, where: str, *, mask: str | None = None) -> None:
        """An image, and the masks in it (SMask or Mask). A mask's values are no colours."""
        self.add(images.check(image, where, mask=mask == "/Mask"))
        space = get(image, "/ColorSpace")
        if not mask and get(image, "/ImageMask") is not True and space is not None:
            self.space(space, frame)
        device = images.jpeg_2000_device(image)
        if device is not None:
            self.add(self.colours.device(device, frame.resources, where))
        for key in ("/SMask", "/Mask"):
            inner = get(image, key)
            if isinstance(inner, Stream):
                self.transparent |= key == "/SMask"
                self.image(inner, frame, f"{where} {key}", mask=key)
        self.transparent |= integer(get(image, "/SMaskInData")) > 0

    def inline_image(self, instruction: pikepdf.ContentStreamInlineImage, frame: _Frame) -> None:
        """An image between BI and EI."""
        image = instruction.iimage.obj
        self.add(images.check_inline(image, frame.where))
        if True in {get(image, "/ImageMask"), get(image, "/IM")}:
            self.paint(frame, fill=True)
            return
        space = get(image, "/ColorSpace") or get(image, "/CS")
        if space is not None:
            self.space(space, frame)

    def pattern(self, pattern: object, frame: _Frame, where: str) -> None:
        """A tiling or shading pattern that is selected."""
        if isinstance(pattern, Stream):
            self.once(pattern, frame.resources, where, frame.depth)
        elif is_dictionary(pattern):
            shading = get(pattern, "/Shading")
            if is_dictionary(shading):
                self.space(get(shading, "/ColorSpace"), frame)
            state = get(pattern, "/ExtGState")
            if is_dictionary(state):
                self.graphics_state(state, frame, where)

    # -- graphics state ---------------------------------------------------------------------------

    def graphics_state(self, state: Any, frame: _Frame, where: str) -> None:
        """6.2.5 and 6.2.10: a graphics state dictionary that is set."""
        self.add(_transfer(state, where))
        halftone = get(state, "/HT")
        if is_dictionary(halftone):
            self.add(_halftone(halftone, where))
        self.add(images.intent(get(state, "/RI"), where))
        modes = one_or_more(get(state, "/BM"))
        self.add(Breach("6.2.10-t1", where, str(mode)) for mode in modes if name(mode) not in BLEND_MODES)
        if modes and name(modes[0]) not in {"Normal", "Compatible"}:
            self.transparent = True
        if any((number(get(state, key)) or 1.0) < 1 or number(get(state, key)) == 0 for key in ("/ca", "/CA")):
            self.transparent = True
        self.transparent |= is_dictionary(get(state, "/SMask"))  # its form is not looked into, as in veraPDF
        self.overprint(state, frame.state)
        font = items(get(state, "/Font"))
        if font and is_dictionary(font[0]):
            frame.state.font = self.font(font[0])

    @staticmethod
    def overprint(given: object, state: _State) -> None:
        """OP is for both where op is missing (ISO 32000-1, table 58)."""
        mode, stroke, fill = (get(given, key) for key in ("/OPM", "/OP", "/op"))
        if mode is not None:
            state.overprint_mode = integer(mode)
        if stroke is not None:
            state.overprint_stroke = stroke is True
        if fill is not None or stroke is not None:
            state.overprint_fill = (stroke if fill is None else fill) is True

    # -- text -------------------------------------------------------------------------------------

    def font(self, font: Any) -> Shown:
        """The record of a font, one for each font of the file."""
        return self.fonts.setdefault(key_of(font), Shown(font))

    def show(self, frame: _Frame, strings: list[bytes]) -> None:
        """Text is shown."""
        state = frame.state
        if state.font is not None and strings:
            state.font.visible |= state.mode != _INVISIBLE  # an empty string too, says veraPDF
        if not any(strings):
            return
        # veraPDF looks at a colour that was set even if the rendering mode does not use it
        self.paint(frame, fill=state.mode in {0, 2, 4, 6} or state.fill != Name.DeviceGray)
        self.paint(frame, stroke=state.mode in {1, 2, 5, 6} or state.stroke != Name.DeviceGray)
        if state.font is not None:
            for string in strings:
                state.font.show(string, invisible=state.mode == _INVISIBLE)
                self.shown.append((state.font, string))

    def type3_glyphs(self, frame: _Frame) -> None:
        """Glyphs of Type 3 fonts are content streams."""
        for shown in list(self.fonts.values()):
            if named(shown.font, "/Subtype") == "Type3" and shown.codes and key_of(shown.font) not in self._seen:
                self._seen.add(key_of(shown.font))
                resources = dictionary(shown.font, "/Resources")
                for glyph, procedure in pairs(get(shown.font, "/CharProcs")):
                    if isinstance(procedure, Stream):
                        inner = frame.resources if resources is None else resources
                        self.run(procedure, _Frame(inner, f"{frame.where} glyph {glyph}", frame.depth + 1, resources is not None))


def called(operator: pikepdf.Operator) -> str:
    """An operator's name; damaged ones have none."""
    try:
        return str(operator)
    except UnicodeDecodeError:
        return "(no text)"


def _usual(operand: Any) -> bool:
    """Whether it is a number that no limit can concern: nearly all operands are."""
    return isinstance(operand, int | Decimal) and bool(not operand or _TINY < abs(operand) < _BIG)  # type: ignore[operator]


def page_resources(page: Any) -> tuple[Any, bool]:
    """A page's resources, and whether they are its own; without any, nothing is inherited."""
    node, own = page, True
    for _ in range(_MAX_DEPTH):
        resources = dictionary(node, "/Resources")
        if resources is not None:
            return resources, own
        node, own = get(node, "/Parent"), False
        if node is None:
            break
    return None, True


def _space_key(space: object) -> object:
    if isinstance(space, Name):
        return str(space)
    return key_of(space) if isinstance(space, Object) else None


def _transfer(state: object, where: str) -> Iterable[Breach]:
    if get(state, "/TR") is not None:
        yield Breach("6.2.5-t1", where)
    second = get(state, "/TR2")
    if second is not None and name(second) != "Default":
        yield Breach("6.2.5-t2", where)
    if get(state, "/HTP") is not None:
        yield Breach("6.2.5-t3", where)


_PRIMARY = {"Cyan", "Magenta", "Yellow", "Black"}


def _halftone(halftone: Any, where: str, colourant: str | None = None, depth: int = 0) -> Iterable[Breach]:
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


# -- operators ------------------------------------------------------------------------------------

_Handler = Callable[[Content, _Frame, list[Any]], None]


def _save(content: Content, frame: _Frame, _: list[Any]) -> None:
    frame.stack.append(replace(frame.state))
    if len(frame.stack) == MAX_NESTING + 1:
        content.add([Breach("6.1.13-t8", frame.where)])


def _restore(_content: Content, frame: _Frame, _: list[Any]) -> None:
    if frame.stack:
        frame.state = frame.stack.pop()


def _set_state(content: Content, frame: _Frame, operands: list[Any]) -> None:
    state = frame.resource("/ExtGState", operands[-1] if operands else None)
    if is_dictionary(state):
        content.graphics_state(state, frame, f"{frame.where} {operands[-1]}")


def _colour(attribute: str, space: Name | None) -> _Handler:
    """A colour operator: sets a fixed space, or the one that it names."""

    def handle(content: Content, frame: _Frame, operands: list[Any]) -> None:
        chosen = space if space is not None else operands[0] if operands else None
        if chosen is not None:
            setattr(frame.state, attribute, chosen)
            content.set_space(chosen, frame)

    return handle


def _component(content: Content, frame: _Frame, operands: list[Any]) -> None:
    pattern = frame.resource("/Pattern", operands[-1]) if operands else None
    if pattern is not None:
        content.pattern(pattern, frame, f"{frame.where} {operands[-1]}")


def _paint(*, fill: bool = False, stroke: bool = False) -> _Handler:
    return lambda content, frame, _: content.paint(frame, fill=fill, stroke=stroke)


def _shade(content: Content, frame: _Frame, operands: list[Any]) -> None:
    shading = frame.resource("/Shading", operands[-1] if operands else None)
    if is_dictionary(shading):
        content.space(get(shading, "/ColorSpace"), frame)


def _rendering_intent(content: Content, frame: _Frame, operands: list[Any]) -> None:
    content.add(images.intent(operands[0] if operands else None, frame.where))


def _text_mode(_content: Content, frame: _Frame, operands: list[Any]) -> None:
    frame.state.mode = integer(operands[0]) if operands else 0


def _select_font(content: Content, frame: _Frame, operands: list[Any]) -> None:
    font = frame.resource("/Font", operands[0] if operands else None)
    frame.state.font = content.font(font) if is_dictionary(font) else None


def _show(content: Content, frame: _Frame, operands: list[Any]) -> None:
    shown = operands[-1] if operands else None
    strings = items(shown) if isinstance(shown, Array) else [shown]
    content.show(frame, [bytes(string) for string in strings if isinstance(string, String)])


def _xobject(content: Content, frame: _Frame, operands: list[Any]) -> None:
    found = frame.resource("/XObject", operands[-1] if operands else None)
    if not isinstance(found, Stream):
        return
    where = f"{frame.where} {operands[-1]}"
    kind = named(found, "/Subtype")
    if kind == "Image":
        if get(found, "/ImageMask") is True:
            content.paint(frame, fill=True)
        content.image(found, frame, where)
    elif kind == "Form":
        content.form(found, frame.resources, where, frame.depth)
    elif kind == "PS":
        content.add([Breach("6.2.9-t3", where)])


_HANDLERS: dict[str, _Handler] = {
    "q": _save, "Q": _restore, "gs": _set_state, "ri": _rendering_intent, "sh": _shade, "Do": _xobject,
    "g": _colour("fill", Name.DeviceGray), "rg": _colour("fill", Name.DeviceRGB), "k": _colour("fill", Name.DeviceCMYK),
    "G": _colour("stroke", Name.DeviceGray), "RG": _colour("stroke", Name.DeviceRGB), "K": _colour("stroke", Name.DeviceCMYK),
    "cs": _colour("fill", None), "CS": _colour("stroke", None), "scn": _component, "SCN": _component,
    "f": _paint(fill=True), "F": _paint(fill=True), "f*": _paint(fill=True), "S": _paint(stroke=True), "s": _paint(stroke=True),
    **dict.fromkeys(("B", "B*", "b", "b*"), _paint(fill=True, stroke=True)),
    "Tr": _text_mode, "Tf": _select_font, **dict.fromkeys(("Tj", "TJ", "'", '"'), _show),
}  # fmt: skip
