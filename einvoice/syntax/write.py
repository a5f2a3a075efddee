"""Write: walk an invoice along a plan; what the syntax cannot hold is listed, never dropped in silence.

Nothing is invented, completed or corrected. An element that the schema would refuse, because it demands a child which
the norm does not demand, is left out and its terms are listed (UBL: a gross price without a discount).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from einvoice.errors import NotRepresentable
from einvoice.syntax.lean import lean_for, with_lean

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from einvoice.model import Invoice
    from einvoice.syntax.plan import Leaf, Node, Plan

_SPECIAL = re.compile('[&<>"\t\n\r\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]')
_ESCAPES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", "\r": "&#13;", "\n": "\n", "\t": "\t", '"': '"'}
_NONE: Mapping[str, str | None] = {}
_ATTRIBUTE_ESCAPES = {**_ESCAPES, '"': "&quot;", "\n": "&#10;", "\t": "&#9;"}


@dataclass(frozen=True, slots=True)
class Unwritten:
    """A value of the invoice for which the syntax has no place."""

    term: str
    reason: str


@dataclass(frozen=True, slots=True)
class Written:
    """The document, and what of the invoice is not in it."""

    xml: bytes
    unwritten: tuple[Unwritten, ...] = ()


def write(invoice: Invoice, plan: Plan) -> Written:
    """Write an invoice in the plan's syntax, as UTF-8.

    Raises NotRepresentable for a character that XML 1.0 does not allow.
    """
    run = _Run(plan.dialect.name, {"BT-5": invoice.currency_code, "BT-6": invoice.vat_accounting_currency_code})
    root = lean_for(invoice, with_lean(plan).root)
    names = "".join(f' xmlns{":" if p else ""}{p}="{uri}"' for p, uri in plan.dialect.namespaces.items())
    run.out.append(f'<?xml version="1.0" encoding="UTF-8"?>\n<{root.name}{names}>')
    run.children(root, [invoice])
    run.out.append(f"\n</{root.name}>\n")
    run.nowhere(root, invoice)
    return Written("".join(run.out).encode(), tuple(dict.fromkeys(run.unwritten)))


class _Run:
    """One writing: the text so far, and the list of what found no place."""

    def __init__(self, dialect: str, terms: Mapping[str, str | None]) -> None:
        self.dialect = dialect
        self.terms = terms
        self.out: list[str] = []
        self.unwritten: list[Unwritten] = []
        self.again = False
        """inside a repetition that is not the first"""

    # -- the walk; every method returns whether it wrote a value -----------------------------------

    def children(self, node: Node, frames: Sequence[Any]) -> bool:
        wrote = False
        for child in node.children:
            if child.scope is not None:
                wrote |= self.repeated(child, frames)
            elif (gate := child.gate) is None or gate[1](frames[gate[0]]) is not None:
                leaf = child.leaf
                wrote |= self.element(child, frames) if leaf is None else self.value(child, leaf, frames)
            elif child.required and child.leaf is None:
                self.out.append(f"{child.start}/>")
        return wrote

    def repeated(self, child: Node, frames: Sequence[Any]) -> bool:
        scope = child.scope
        assert scope is not None
        holder = scope.holder(frames[scope.depth])
        items: Iterable[Any] = getattr(holder, scope.path[-1]) if holder is not None else ()
        if scope.spread and not items and (holder is not None or any(_values(child.outer, frames))):
            items = (None,)
        wrote, outside = False, self.again
        for number, item in enumerate(items):
            self.again = number > 0
            node = lean_for(item, child)
            if child.limit is not None and number >= child.limit:
                self.lose(child.id, f"the syntax holds at most {child.limit}")
            else:
                wrote |= self.element(node, scope.inner(frames, item))
            if node.placeless:
                self.nowhere(node, item)
        self.again = outside
        if not items:
            self.lose_outer(child, frames)
        return wrote

    def element(self, node: Node, frames: Sequence[Any]) -> bool:
        if node.leaf is not None:
            return self.value(node, node.leaf, frames)
        if node.constant is not None:
            self.out.append(f"{node.start}>{escape(self.literal(node.constant) or '', node.id)}{node.end}")
            return False
        start = len(self.out)
        self.out.append(self.tag(node, self.further(node, frames) if node.constant_attributes or node.attributes else _NONE))
        wrote = self.children(node, frames)
        if node.nests:  # what is written of its children stands one step deeper
            self.out[start + 1 :] = [f"\n  {line[1:]}" for line in self.out[start + 1 :]]
        if wrote and (demanded := self.demanded(node, frames)):
            self.refuse(node, frames, demanded)
            wrote = False
        elif wrote or node.required or node.constant_only:
            if len(self.out) == start + 1:  # MINIMUM allows no white space in it
                self.out[start] = f"{self.out[start][:-1]}/>"
            else:
                self.out.append(node.close)
            return wrote
        del self.out[start:]
        return wrote

    def value(self, node: Node, leaf: Leaf, frames: Sequence[Any]) -> bool:
        place = leaf.place
        value = leaf.ask(frames[leaf.depth])
        filling = value is None
        if filling:
            value = place.filler
        if value is None or place.read_only or (place.once and self.again) or (place.when is not None and not place.when(value)):
            return False
        text, attributes = leaf.codec.write(value, self.terms)
        if node.attributes or node.constant_attributes:
            attributes = {**attributes, **self.further(node, frames)}
        self.out.append(f"{self.tag(node, attributes)}{escape(text, leaf.id)}{node.end}")
        return not (place.echo or filling)

    # -- parts ------------------------------------------------------------------------------------

    def tag(self, node: Node, attributes: Mapping[str, str | None]) -> str:
        shown = node.start
        for name, text in attributes.items():
            if text is not None:
                shown += f' {name}="{escape(text, node.id, _ATTRIBUTE_ESCAPES)}"'
        return f"{shown}>"

    def further(self, node: Node, frames: Sequence[Any]) -> dict[str, str | None]:
        constant = {name: self.literal(text) for name, text in node.constant_attributes}
        written = (pair for pair in node.attributes if not (pair[1].place.once and self.again))
        return constant | {name: leaf.ask(frames[leaf.depth]) for name, leaf in written}

    def literal(self, text: str) -> str | None:
        return self.terms.get(text[1:]) if text.startswith("$") else text

    # -- what finds no place ----------------------------------------------------------------------

    def demanded(self, node: Node, frames: Sequence[Any]) -> str:
        """A value that the schema demands in this optional element, and that the invoice lacks."""
        return next((leaf.id for leaf in node.demands if leaf.ask(frames[leaf.depth]) is None), "")

    def refuse(self, node: Node, frames: Sequence[Any], demanded: str) -> None:
        for leaf in node.leaves():
            known = leaf.depth < len(frames)
            if not leaf.place.echo and (not known or leaf.ask(frames[leaf.depth]) is not None):
                self.lose(leaf.id, f"the syntax demands {demanded} beside it")

    def lose_outer(self, node: Node, frames: Sequence[Any]) -> None:
        for leaf in node.outer:
            if leaf.ask(frames[leaf.depth]) is not None:
                self.lose(leaf.id, f"the syntax writes it in {node.id}, of which there is none")

    def nowhere(self, node: Node, record: Any) -> None:
        for term, ask in node.placeless:
            if ask(record) not in {None, ()}:
                self.lose(term, f"the syntax ({self.dialect}) has no place for it")

    def lose(self, term: str, reason: str) -> None:
        self.unwritten.append(Unwritten(term, reason))


def _values(leaves: Iterable[Leaf], frames: Sequence[Any]) -> Iterator[bool]:
    return (leaf.ask(frames[leaf.depth]) is not None for leaf in leaves)


def escape(text: str, term: str, escapes: Mapping[str, str] = _ESCAPES) -> str:
    """Text as XML content; a character that XML 1.0 forbids is refused by the term that has it."""
    if _SPECIAL.search(text) is None:
        return text
    try:
        return _SPECIAL.sub(lambda m: escapes[m[0]], text)
    except KeyError as error:
        code = f"U+{ord(error.args[0]):04X}"
        raise NotRepresentable(f"{term}: XML does not allow the character {code}; take it out of the text") from None
