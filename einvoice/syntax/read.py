"""Read: walk a document along its plan; what the plan has no place for is listed, never dropped.

Lenient by design: judging is the business of `check`. A value that cannot be read is listed too, with its reason.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from lxml import etree

from einvoice.datatypes import Text
from einvoice.model import Invoice
from einvoice.syntax.conditions import matches, same
from einvoice.syntax.location import Locator
from einvoice.syntax.namespaces import XSI

if TYPE_CHECKING:
    from einvoice.syntax.plan import Leaf, Node, Plan

Frame = dict[str, Any]
_VALUE = ""  # the key under which a frame holds a value that is not a record


@dataclass(frozen=True, slots=True)
class Unmapped:
    """A piece of a document that the model cannot hold."""

    location: str
    """where it stands: `/Invoice[1]/cac:Delivery[2]/cbc:ID[1]`, an attribute with `/@name` behind"""
    line: int
    text: str
    reason: str


@dataclass(frozen=True, slots=True)
class Reading:
    """What came out of a document: the invoice, and what it could not hold."""

    invoice: Invoice
    unmapped: tuple[Unmapped, ...] = ()


def read(root: etree._Element, plan: Plan) -> Reading:
    """Read a parsed document (without comments and processing instructions) along a plan; never raises for its content."""
    run = _Run(root, plan)
    return Reading(Invoice.model_validate(run.invoice), tuple(run.unmapped))


class _Run:
    """One reading: the values found so far, and the list of what found no place."""

    def __init__(self, root: etree._Element, plan: Plan) -> None:
        self.terms = {name: _text_at(root, tags) for name, tags in plan.references.items()}
        self.invoice: Frame = {}
        self.unmapped: list[Unmapped] = []
        self.values = 0
        self.marks: list[etree._Element] = []
        """elements that say which term their neighbour is (a tax scheme, an indicator)"""
        self._locator = Locator()
        self.children(plan.root, root, [self.invoice])
        self.attributes(plan.root, root, [self.invoice])

    # -- the walk ---------------------------------------------------------------------------------

    def children(self, node: Node, element: etree._Element, frames: list[Frame]) -> None:
        by_tag = node.by_tag
        seen: set[Node] = set()
        for child in element:
            kind = self.kind(by_tag.get(child.tag, ()), child, seen)
            if kind is not None:
                self.element(kind, child, frames)

    def kind(self, alternatives: list[Node] | tuple[()], child: etree._Element, seen: set[Node]) -> Node | None:
        """Which element of the plan this is; None, and listed, when it is none of them."""
        for kind in alternatives:
            if kind.conditions and not matches(kind.conditions, child, self.terms):
                continue
            if kind.scope is None:
                if kind in seen:
                    continue
                seen.add(kind)
                if kind.twin is not None:
                    seen.add(kind.twin)
            return kind
        self.lose_all(child, "the model holds one of these" if alternatives else "no term of EN 16931")
        return None

    def element(self, kind: Node, element: etree._Element, frames: list[Frame]) -> None:
        if (scope := kind.scope) is None:
            self.content(kind, element, frames)
            return
        item: Frame = {}
        self.content(kind, element, scope.inner(frames, item))
        if item:
            items = _record(frames[scope.depth], scope.path[:-1]).setdefault(scope.path[-1], [])
            items.append(item.get(_VALUE, item))

    def content(self, kind: Node, element: etree._Element, frames: list[Frame]) -> None:
        values, marks = self.values, len(self.marks)
        if kind.leaf is not None:
            self.value(kind.leaf, element, frames)
        elif kind.constant is not None:
            self.mark(kind.constant, element)
        else:
            self.children(kind, element, frames)
        if element.keys():
            self.attributes(kind, element, frames)
        if kind.conditions:
            self.check_marks(self.marks[marks:], idle=self.values == values)
            del self.marks[marks:]

    def mark(self, constant: str, element: etree._Element) -> None:
        if same(element.text, self.literal(constant)):
            self.marks.append(element)
        else:
            self.lose(element, f"written as {constant}")

    def check_marks(self, marks: list[etree._Element], *, idle: bool) -> None:
        for element in marks if idle else ():
            self.lose(element, "marks a term that is not there")

    # -- values -----------------------------------------------------------------------------------

    def value(self, leaf: Leaf, element: etree._Element, frames: list[Frame]) -> None:
        if leaf.place.filler is not None and element.getnext() is not None and self.fills(leaf, element):
            return
        try:
            value = leaf.codec.read(element, self)
        except (ValueError, ArithmeticError) as error:
            self.lose(element, f"{leaf.id} cannot be read: {error}")
        else:
            self.put(leaf, value, element, frames)

    def fills(self, leaf: Leaf, element: etree._Element) -> bool:
        """Whether this is the value that the schema demands where the term is absent, or nothing in its place."""
        return not element.text or leaf.codec.write(leaf.place.filler, self.terms)[0] == element.text

    def put(self, leaf: Leaf, value: Any, element: etree._Element, frames: list[Frame], part: str = "") -> None:
        self.values += 1
        record = _record(frames[leaf.depth], leaf.path[:-1])
        key = leaf.path[-1] if leaf.path else _VALUE
        if record.setdefault(key, value) != value:
            self.lose(element, f"another {leaf.id} stands before it", part, element.get(part[2:]) if part else None)

    def attributes(self, kind: Node, element: etree._Element, frames: list[Frame]) -> None:
        for name, leaf in kind.attributes:
            if (text := element.get(name)) is not None:
                verbatim = getattr(leaf.row, "type", None) is Text
                self.put(leaf, text if verbatim else text.strip(), element, frames, f"/@{name}")
        for name, text in element.items():
            if name not in kind.held and not name.startswith(f"{{{XSI}}}"):
                self.lose(element, "no term of EN 16931", f"/@{etree.QName(name).localname}", text)

    def literal(self, text: str) -> str | None:
        return self.terms.get(text[1:]) if text.startswith("$") else text

    # -- what finds no place ----------------------------------------------------------------------

    def lose(self, element: etree._Element, reason: str, part: str = "", text: str | None = None) -> None:
        shown = (element.text or "").strip() if text is None else text
        self.unmapped.append(Unmapped(self._locator(element) + part, element.sourceline or 0, shown, reason))

    def lose_all(self, element: etree._Element, reason: str) -> None:
        """List every leaf and attribute of a subtree."""
        for node in element.iter("*"):
            if len(node) == 0:
                self.lose(node, reason)
            for name, text in node.items():
                self.lose(node, reason, f"/@{etree.QName(name).localname}", text)


def _record(frame: Frame, path: tuple[str, ...]) -> Frame:
    for name in path:
        frame = frame.setdefault(name, {})
    return frame


def _text_at(root: etree._Element, tags: tuple[str, ...]) -> str | None:
    text = root.findtext("/".join(tags))
    return None if text is None else text.strip()
