"""Keep what the model cannot hold: pieces of a document put into one that is written anew in the same syntax.

A piece goes behind the counterpart of what stood before it. Whether the result says the same is seen by reading it
again: a piece that changes what is read, or makes a valid document invalid, is left out and stays listed as lost.
"""

from __future__ import annotations

from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING

from lxml import etree

from einvoice.check import xsd
from einvoice.document import parse
from einvoice.syntax import read as reader
from einvoice.syntax.location import Finder

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from einvoice.syntax.plan import Plan
    from einvoice.syntax.read import Reading, Unmapped

_ONE_BY_ONE = 50
"""pieces that are tried one by one, where they cannot all be kept"""
_REWRITTEN = "written as"
"""what the reason of a value begins with that is written anew in another form"""


def with_unmapped(source: etree._Element, reading: Reading, written: bytes, plan: Plan, schema: str) -> tuple[bytes, tuple[Unmapped, ...]]:
    """The written document with what the source has beyond the model, and what could not be kept."""
    if not reading.unmapped:
        return written, ()
    grafting = _Grafting(source, written, plan, schema)
    if (whole := grafting.fitting(reading.unmapped)) is not None:
        return whole, ()
    kept: list[Unmapped] = []
    for piece in grafting.pieces(reading.unmapped)[:_ONE_BY_ONE]:
        if (made := grafting.fitting([*kept, *piece])) is not None:
            written, kept = made, [*kept, *piece]
    there = set(kept)
    return written, tuple(leaf for leaf in reading.unmapped if leaf not in there)


class _Grafting:
    """A source and what was written of it."""

    def __init__(self, source: etree._Element, written: bytes, plan: Plan, schema: str) -> None:
        self.source, self.written, self.plan, self.schema = source, written, plan, schema
        self.find = Finder(source)

    @cached_property
    def alone(self) -> Reading:
        """What is read of the document as it was written."""
        return reader.read(parse(self.written, ""), self.plan)

    @cached_property
    def valid(self) -> bool:
        return not xsd.validate(parse(self.written, ""), self.schema)

    def pieces(self, leaves: Iterable[Unmapped]) -> list[list[Unmapped]]:
        """Leaves that belong together: of one element that is lost as a whole."""
        found = [(leaf, element) for leaf in leaves if (element := self.find(leaf.location)) is not None]
        lost = {element for leaf, element in found if "/@" not in leaf.location}
        groups: dict[etree._Element, list[Unmapped]] = {}
        for leaf, element in found:
            groups.setdefault(_outermost(element, lost), []).append(leaf)
        return list(groups.values())

    def text(self, leaves: Sequence[Unmapped]) -> bytes:
        made = parse(self.written, "")
        places = [(element, leaf) for leaf in leaves if (element := self.find(leaf.location)) is not None]
        lost = {element for element, leaf in places if "/@" not in leaf.location and not leaf.reason.startswith(_REWRITTEN)}
        counterparts = _Counterparts(self.source, made, lost)
        for element, leaf in places:
            counterparts.put(element, leaf.location.partition("/@")[2])
        return etree.tostring(made, encoding="UTF-8", xml_declaration=True)

    def fitting(self, leaves: Sequence[Unmapped]) -> bytes | None:
        """The document with leaves, if the invoice stays the same, each leaf is there, and the schema has nothing against it."""
        text = self.text(leaves)
        made = parse(text, "")
        again = reader.read(made, self.plan)
        wanted = sorted((leaf.text, leaf.reason) for leaf in [*self.alone.unmapped, *leaves])
        there = sorted((leaf.text, leaf.reason) for leaf in again.unmapped)
        fits = again.invoice == self.alone.invoice and wanted == there and not (self.valid and xsd.validate(made, self.schema))
        return text if fits else None


def _is_lost(element: etree._Element, lost: set[etree._Element]) -> bool:
    """Whether nothing of an element was read."""
    return all(leaf in lost for leaf in element.iter("*") if len(leaf) == 0)


def _outermost(element: etree._Element, lost: set[etree._Element]) -> etree._Element:
    while (parent := element.getparent()) is not None and _is_lost(parent, lost):
        element = parent
    return element


class _Counterparts:
    """The element of a document that is another's in a second one."""

    def __init__(self, source: etree._Element, target: etree._Element, lost: set[etree._Element]) -> None:
        self.lost = lost
        self.known: dict[etree._Element, etree._Element] = {source: target}
        self._learn(source, target)

    def _learn(self, element: etree._Element, held: etree._Element) -> None:
        """Children of the same name, one by one, without those of which nothing was read."""
        for name in dict.fromkeys(str(child.tag) for child in element):
            read = [child for child in element.findall(name) if not _is_lost(child, self.lost)]
            for child, other in zip(read, held.findall(name), strict=False):
                self.known[child] = other
                self._learn(child, other)

    def put(self, element: etree._Element, attribute: str = "") -> None:
        """A leaf, within what is lost around it, or an attribute."""
        around = [element]
        while around[-1] not in self.known and (parent := around[-1].getparent()) is not None:
            around.append(parent)
        for parent, missing in pairwise(reversed(around)):
            self.known[missing] = self._made(missing, self.known[parent])
        held = self.known[element]
        if attribute:
            name = next(name for name in element.attrib if etree.QName(name).localname == attribute)
            held.set(name, element.get(name, ""))
        elif len(element) == 0:
            held.text = element.text

    def _made(self, element: etree._Element, around: etree._Element) -> etree._Element:
        """A new element, behind the counterpart of what stands before its original."""
        made = etree.SubElement(around, element.tag, nsmap=element.nsmap)
        before = next((self.known[e] for e in element.itersiblings(preceding=True) if e in self.known), None)
        around.insert(0 if before is None else around.index(before) + 1, made)
        return made
