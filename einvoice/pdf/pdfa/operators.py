"""The operators of content streams, and what those do that rules ask for."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from pikepdf import Array, Name, Stream, String

from einvoice.pdf.pdfa import images
from einvoice.pdf.pdfa.breach import Breach
from einvoice.pdf.pdfa.values import get, integer, is_dictionary, items, named

if TYPE_CHECKING:
    from collections.abc import Callable

    from pikepdf import Operator

    from einvoice.pdf.pdfa.content import Content
    from einvoice.pdf.pdfa.frames import Frame

    Handler = Callable[[Content, Frame, list[Any]], None]

OPERATORS = frozenset(
    "b B b* B* BDC BI BMC BT BX c cm CS cs d d0 d1 Do DP EI EMC ET EX f F f* G g gs h i ID j J K k l m M MP n q Q re RG rg ri s S SC "
    "sc SCN scn sh T* Tc Td TD Tf Tj TJ TL Tm Tr Ts Tw Tz v w W W* y ' \"".split()
)
MAX_NESTING = 28


def called(operator: Operator) -> str:
    """An operator's name; damaged ones have none."""
    try:
        return str(operator)
    except UnicodeDecodeError:
        return "(no text)"


def _save(content: Content, frame: Frame, _: list[Any]) -> None:
    frame.stack.append(replace(frame.state))
    if len(frame.stack) == MAX_NESTING + 1:
        content.add([Breach("6.1.13-t8", frame.where)])


def _restore(_content: Content, frame: Frame, _: list[Any]) -> None:
    if frame.stack:
        frame.state = frame.stack.pop()


def _set_state(content: Content, frame: Frame, operands: list[Any]) -> None:
    state = frame.resource("/ExtGState", operands[-1] if operands else None)
    if is_dictionary(state):
        content.graphics_state(state, frame, f"{frame.where} {operands[-1]}")


def _colour(attribute: str, space: Name | None) -> Handler:
    """A colour operator: sets a fixed space, or the one that it names."""

    def handle(content: Content, frame: Frame, operands: list[Any]) -> None:
        chosen = space if space is not None else operands[0] if operands else None
        if chosen is not None:
            setattr(frame.state, attribute, chosen)
            content.set_space(chosen, frame)

    return handle


def _component(content: Content, frame: Frame, operands: list[Any]) -> None:
    pattern = frame.resource("/Pattern", operands[-1]) if operands else None
    if pattern is not None:
        content.pattern(pattern, frame, f"{frame.where} {operands[-1]}")


def _paint(*, fill: bool = False, stroke: bool = False) -> Handler:
    return lambda content, frame, _: content.paint(frame, fill=fill, stroke=stroke)


def _shade(content: Content, frame: Frame, operands: list[Any]) -> None:
    shading = frame.resource("/Shading", operands[-1] if operands else None)
    if is_dictionary(shading):
        content.space(get(shading, "/ColorSpace"), frame)


def _rendering_intent(content: Content, frame: Frame, operands: list[Any]) -> None:
    content.add(images.intent(operands[0] if operands else None, frame.where))


def _text_mode(_content: Content, frame: Frame, operands: list[Any]) -> None:
    frame.state.mode = integer(operands[0]) if operands else 0


def _select_font(content: Content, frame: Frame, operands: list[Any]) -> None:
    font = frame.resource("/Font", operands[0] if operands else None)
    frame.state.font = content.font(font) if is_dictionary(font) else None


def _show(content: Content, frame: Frame, operands: list[Any]) -> None:
    shown = operands[-1] if operands else None
    strings = items(shown) if isinstance(shown, Array) else [shown]
    content.show(frame, [bytes(string) for string in strings if isinstance(string, String)])


def _xobject(content: Content, frame: Frame, operands: list[Any]) -> None:
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


HANDLERS: dict[str, Handler] = {
    "q": _save, "Q": _restore, "gs": _set_state, "ri": _rendering_intent, "sh": _shade, "Do": _xobject,
    "g": _colour("fill", Name.DeviceGray), "rg": _colour("fill", Name.DeviceRGB), "k": _colour("fill", Name.DeviceCMYK),
    "G": _colour("stroke", Name.DeviceGray), "RG": _colour("stroke", Name.DeviceRGB), "K": _colour("stroke", Name.DeviceCMYK),
    "cs": _colour("fill", None), "CS": _colour("stroke", None), "scn": _component, "SCN": _component,
    "f": _paint(fill=True), "F": _paint(fill=True), "f*": _paint(fill=True), "S": _paint(stroke=True), "s": _paint(stroke=True),
    **dict.fromkeys(("B", "B*", "b", "b*"), _paint(fill=True, stroke=True)),
    "Tr": _text_mode, "Tf": _select_font, **dict.fromkeys(("Tj", "TJ", "'", '"'), _show),
}  # fmt: skip
