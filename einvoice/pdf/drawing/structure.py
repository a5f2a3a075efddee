"""Logical structure (ISO 32000-1, 14.7): what a text is, for readers that speak it (PDF/A-3a, PDF/UA-1)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from pikepdf import Array, Dictionary, Name, String

if TYPE_CHECKING:
    import pikepdf


class Mark(NamedTuple):
    """A piece of marked content."""

    page: int
    number: int
    """its MCID on the page"""


@dataclass(slots=True, eq=False)
class Element:
    """A structure element: Document, H1, P, Table, TR, TH, TD, Figure."""

    kind: str
    alt: str | None = None
    scope: str | None = None
    """of a header cell: Column or Row"""
    span: int = 1
    """columns of a cell"""
    kids: list[Element | Mark] = field(default_factory=list)

    def add(self, kind: str, *, alt: str | None = None, scope: str | None = None, span: int = 1) -> Element:
        """A new element in this one."""
        child = Element(kind, alt, scope, span)
        self.kids.append(child)
        return child


def write(pdf: pikepdf.Pdf, document: Element) -> None:
    """Hang the tree of a document into the file, and tell each page whose its pieces are."""
    root = pdf.make_indirect(Dictionary(Type=Name.StructTreeRoot))
    owners: dict[int, dict[int, Any]] = {}
    root.K = _element(pdf, document, root, owners)
    numbers = []
    for number, page in enumerate(pdf.pages):
        page.obj.StructParents = number
        page.obj.Tabs = Name.S
        pieces = owners.get(number, {})
        numbers += [number, pdf.make_indirect(Array([pieces[at] for at in range(len(pieces))]))]
    root.ParentTree = pdf.make_indirect(Dictionary(Nums=Array(numbers)))
    root.ParentTreeNextKey = len(pdf.pages)
    pdf.Root.StructTreeRoot = root
    pdf.Root.MarkInfo = Dictionary(Marked=True)


def _element(pdf: pikepdf.Pdf, element: Element, parent: Any, owners: dict[int, dict[int, Any]]) -> Any:
    held = pdf.make_indirect(Dictionary(Type=Name.StructElem, S=Name("/" + element.kind), P=parent))
    if element.alt is not None:
        held.Alt = String(element.alt)
    attributes = _table_attributes(element)
    if attributes is not None:
        held.A = attributes
    held.K = Array([_kid(pdf, kid, held, owners) for kid in element.kids])
    return held


def _kid(pdf: pikepdf.Pdf, kid: Element | Mark, held: Any, owners: dict[int, dict[int, Any]]) -> Any:
    if isinstance(kid, Element):
        return _element(pdf, kid, held, owners)
    owners.setdefault(kid.page, {})[kid.number] = held
    return Dictionary(Type=Name.MCR, Pg=pdf.pages[kid.page].obj, MCID=kid.number)


def _table_attributes(element: Element) -> Dictionary | None:
    if element.scope is None and element.span == 1:
        return None
    attributes = Dictionary(O=Name.Table)
    if element.scope is not None:
        attributes.Scope = Name("/" + element.scope)
    if element.span > 1:
        attributes.ColSpan = element.span
    return attributes
