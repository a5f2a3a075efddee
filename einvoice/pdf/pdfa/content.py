"""6.2: content streams, run as far as it takes to know what is painted in which colour, font and image."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pikepdf
from pikepdf import Name, Object, Stream

from einvoice.pdf.pdfa import graphics_states, images, syntax
from einvoice.pdf.pdfa.breach import Breach
from einvoice.pdf.pdfa.colour import Colours, is_icc_cmyk
from einvoice.pdf.pdfa.frames import Frame, State
from einvoice.pdf.pdfa.objects import limits
from einvoice.pdf.pdfa.operators import HANDLERS, OPERATORS, called
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

_MAX_DEPTH = 20
"""forms in forms; a deeper file is looked at no further"""
_INVISIBLE = 3
"""the text rendering mode that draws nothing"""
_BIG, _TINY = 1 << 31, Decimal("1e-30")
"""between them no number breaks a limit"""


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
        self.run(page, Frame(resources, where, 0, own))

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
        self.run(stream, Frame(parent if resources is None else resources, where, depth + 1, resources is not None))

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

    def run(self, stream: Any, frame: Frame) -> None:
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

    def operator(self, operator: str, operands: Any, frame: Frame) -> None:
        """One operator."""
        for operand in operands:
            if not _usual(operand):
                self.add(limits(operand, frame.where))
        handler = HANDLERS.get(operator)
        if handler is not None:
            handler(self, frame, list(operands))
        elif operator not in OPERATORS:
            self.add([Breach("6.2.2-t1", frame.where, operator)])

    # -- painting ---------------------------------------------------------------------------------

    def paint(self, frame: Frame, *, fill: bool = False, stroke: bool = False) -> None:
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

    def set_space(self, space: object, frame: Frame) -> None:
        """VeraPDF takes a colour space that is set for one that is used, painted or not."""
        key = _space_key(space)
        if key not in frame.painted:
            frame.painted.add(key)
            self.space(space, frame)

    def space(self, space: object, frame: Frame) -> None:
        """A colour space is used."""
        if isinstance(space, Name):
            frame.resource("/ColorSpace", space)
        self.add(self.colours.used(space, frame.resources, frame.where))

    def image(self, image: Stream, frame: Frame, where: str, *, mask: str | None = None) -> None:
        """An image, and the masks in it (SMask or Mask). A mask's values are no colours."""
        self.add(images.check(image, where, mask=mask == "/Mask"))
        space = get(image, "/ColorSpace")
        if not mask and get(image, "/ImageMask") is not True and space is not None:
            self.space(space, frame)
        if images.is_cmyk_jpeg_2000(image):
            self.add(self.colours.device("CMYK", frame.resources, where))
        for key in ("/SMask", "/Mask"):
            inner = get(image, key)
            if isinstance(inner, Stream):
                self.transparent |= key == "/SMask"
                self.image(inner, frame, f"{where} {key}", mask=key)
        self.transparent |= integer(get(image, "/SMaskInData")) > 0

    def inline_image(self, instruction: pikepdf.ContentStreamInlineImage, frame: Frame) -> None:
        """An image between BI and EI."""
        image = instruction.iimage.obj
        self.add(images.check_inline(image, frame.where))
        if True in {get(image, "/ImageMask"), get(image, "/IM")}:
            self.paint(frame, fill=True)
            return
        space = get(image, "/ColorSpace") or get(image, "/CS")
        if space is not None:
            self.space(space, frame)

    def pattern(self, pattern: object, frame: Frame, where: str) -> None:
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

    def graphics_state(self, state: Any, frame: Frame, where: str) -> None:
        """6.2.5 and 6.2.10: a graphics state dictionary that is set."""
        self.add(graphics_states.check(state, where))
        modes = one_or_more(get(state, "/BM"))
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
    def overprint(given: object, state: State) -> None:
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

    def show(self, frame: Frame, strings: list[bytes]) -> None:
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

    def type3_glyphs(self, frame: Frame) -> None:
        """Glyphs of Type 3 fonts are content streams."""
        for shown in list(self.fonts.values()):
            if named(shown.font, "/Subtype") == "Type3" and shown.codes and key_of(shown.font) not in self._seen:
                self._seen.add(key_of(shown.font))
                resources = dictionary(shown.font, "/Resources")
                for glyph, procedure in pairs(get(shown.font, "/CharProcs")):
                    if isinstance(procedure, Stream):
                        inner = frame.resources if resources is None else resources
                        self.run(procedure, Frame(inner, f"{frame.where} glyph {glyph}", frame.depth + 1, resources is not None))


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
