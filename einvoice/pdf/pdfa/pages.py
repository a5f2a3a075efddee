"""Pages and their annotations (6.3, 6.5.2, 6.1.13)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pikepdf import Stream

from einvoice.pdf.pdfa.breach import Breach
from einvoice.pdf.pdfa.catalog import group_space
from einvoice.pdf.pdfa.values import get, identity, integer, is_dictionary, items, named, number, pairs

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pikepdf

    from einvoice.pdf.pdfa.content import Content

ANNOTATIONS = frozenset(
    "Text Link FreeText Line Square Circle Polygon PolyLine Highlight Underline Squiggly StrikeOut Stamp Caret Ink Popup "
    "FileAttachment Widget PrinterMark TrapNet Watermark Redact".split()
)
_BOXES = ("/MediaBox", "/CropBox", "/BleedBox", "/TrimBox", "/ArtBox")
_MIN, _MAX = 2.9999, 14400.0
_PRINT, _HIDING = 4, 1 | 2 | 32 | 256
"""flags of an annotation: Print; Invisible, Hidden, NoView, ToggleNoView (ISO 32000-1, table 165)"""
_MAX_DEPTH = 50


def check(pdf: pikepdf.Pdf, content: Content) -> Iterator[Breach]:
    """All pages; what they paint is noted in `content`."""
    if not len(pdf.pages):
        yield Breach("6.1-damaged", "file", "no pages")
    for number_, page in enumerate(pdf.pages, 1):
        where = f"page {number_}"
        yield from _dictionary(page.obj, where)
        content.page(page, where)
        for annotation in items(get(page.obj, "/Annots")):
            if is_dictionary(annotation):
                yield from _annotation(annotation, f"{where}, annotation {identity(annotation)}".rstrip(), content)
        if content.transparent and content.colours.output is None and group_space(page.obj) is None:
            yield Breach("6.2.10-t2", where)


def _dictionary(page: Any, where: str) -> Iterator[Breach]:
    if "/AA" in page:
        yield Breach("6.5.2-t2", where)
    if "/PresSteps" in page:
        yield Breach("6.10-t2", where)
    for key in _BOXES:
        size = measure(_inherited(page, key))
        if size is not None and not all(_MIN <= side <= _MAX for side in size):
            yield Breach("6.1.13-t11", where, f"{key} {size[0]:g} x {size[1]:g}")


def _inherited(page: object, key: str) -> object:
    node = page
    for _ in range(_MAX_DEPTH):
        found = get(node, key)
        if found is not None or node is None or key not in _BOXES[:2]:
            return found
        node = get(node, "/Parent")
    return None


def measure(box: object) -> tuple[float, float] | None:
    """Width and height of a rectangle."""
    corners = [number(corner) for corner in items(box)]
    if len(corners) != 4 or None in corners:
        return None
    left, bottom, right, top = (corner or 0.0 for corner in corners)
    return abs(right - left), abs(top - bottom)


def _annotation(annotation: Any, where: str, content: Content) -> Iterator[Breach]:
    kind = named(annotation, "/Subtype")
    if kind not in ANNOTATIONS:
        yield Breach("6.3.1-t1", where, str(kind))
    flags = get(annotation, "/F")
    if flags is None:
        if kind != "Popup":
            yield Breach("6.3.2-t1", where, str(kind))
    elif integer(flags) & _HIDING or not integer(flags) & _PRINT:
        yield Breach("6.3.2-t2", where, f"F is {integer(flags)}")
    yield from _appearance(annotation, kind, where, content)
    if kind == "Widget" and ("/A" in annotation or "/AA" in annotation):
        yield Breach("6.4.1-t1", where)


def _appearance(annotation: Any, kind: str | None, where: str, content: Content) -> Iterator[Breach]:
    appearance = get(annotation, "/AP")
    if is_dictionary(appearance):
        yield from _states(annotation, appearance, kind, where, content)
    elif measure(get(annotation, "/Rect")) != (0, 0) and kind not in {"Popup", "Link"}:
        yield Breach("6.3.3-t1", where, str(kind))


def _states(annotation: Any, appearance: object, kind: str | None, where: str, content: Content) -> Iterator[Breach]:
    keys = {key for key, _ in pairs(appearance)}
    normal = get(appearance, "/N")
    states = [normal] if isinstance(normal, Stream) else [state for _, state in pairs(normal)]
    for state in states:
        if isinstance(state, Stream):
            content.form(state, None, where)
    if keys != {"/N"}:
        yield Breach("6.3.3-t2", where, " ".join(sorted(keys)))
    elif kind == "Widget" and "Btn" in {named(annotation, "/FT"), named(get(annotation, "/Parent"), "/FT")}:
        if isinstance(normal, Stream) or not pairs(normal):
            yield Breach("6.3.3-t3", where)
    elif not isinstance(normal, Stream):
        yield Breach("6.3.3-t4", where)
