"""Locate: which term is this node, and where does the model have it? The third walk over a plan."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING

from einvoice.rows import Group, Term
from einvoice.syntax.conditions import matches
from einvoice.terms import rows

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml import etree

    from einvoice.syntax.plan import Attributes, Node, Plan

Chain = list[tuple["etree._Element", "Node"]]


@dataclass(frozen=True, slots=True)
class Spot:
    """A place in the model, with the element that has it, or that should."""

    term: str
    """BT or BG id"""
    path: str
    """`lines[1].price.net`; indexes count from 0, as in the model"""
    element: etree._Element
    exact: bool
    """False: the term is absent, and the element is the nearest one there is"""


@dataclass(frozen=True, slots=True)
class Route:
    """The plan's nodes from the root to a term, and where the model has it."""

    nodes: tuple[Node, ...]
    depth: int
    path: Attributes
    attribute: str = ""
    """the XML attribute of a term that is not the element's text"""

    @property
    def xpath(self) -> str:
        """The way as a path, with the conditions of its steps."""
        steps = "".join(f"/{node.name}{''.join(map(str, node.conditions))}" for node in self.nodes)
        return steps + (f"/@{self.attribute}" if self.attribute else "")


class Map:
    """The plan laid over one document.

    With `nearest`, an amount in a currency of no term is taken for what it would be in another: where it stands is to be told.
    """

    def __init__(self, plan: Plan, root: etree._Element, *, nearest: bool = False) -> None:
        self._plan = plan
        self._nearest = nearest
        self._root = root
        self._chains: dict[etree._Element, Chain] = {}
        self._indexes: dict[tuple[etree._Element, Node], dict[etree._Element, int]] = {}
        found = {name: root.findtext("/".join(tags)) for name, tags in plan.references.items()}
        self._terms = {name: None if text is None else text.strip() for name, text in found.items()}

    def spot(self, element: etree._Element) -> Spot | None:
        """The term or group of an element; of one that no row names, the nearest group around it."""
        chain = self._chain(element)
        for depth in range(len(chain) - 1, 0, -1):
            owner = _owner(chain[depth][1])
            if owner is not None:
                path = self._path(chain[: depth + 1], *_record(owner))
                return Spot(owner.id, path, chain[depth][0], exact=depth == len(chain) - 1)
        return None

    def find(self, term: str, near: etree._Element) -> Spot | None:
        """The first place of a term at, below or beside an element; where it is absent, where it belongs."""
        chain = self._chain(near)
        ways = (_through(chain, route) for route in routes(self._plan, term) if chain)
        followed = ((way, self._follow(chain, way.nodes)) for way in ways)
        best = max(followed, key=lambda pair: len(pair[1]), default=None)
        if best is None:
            return None
        route, found = best
        return Spot(term, self._path(found, route.depth, route.path), found[-1][0], exact=len(found) == len(route.nodes))

    def all(self, term: str) -> Iterator[Spot]:
        """Every place of a term or group that the document has, in document order."""
        wanted = {route.nodes[-1]: route for route in routes(self._plan, term)}
        for element in self._root.iter("*"):
            chain = self._chain(element)
            route = wanted.get(chain[-1][1]) if chain and chain[-1][0] is element else None
            if route is not None and (not route.attribute or route.attribute in element):
                yield Spot(term, self._path(chain, route.depth, route.path), element, exact=True)

    def child(self, parent: etree._Element, name: str) -> str | None:
        """The term that a child of this name has, or the first below it; the document need not have the child.

        `name` has the syntax's prefix: cbc:ID.
        """
        chain = self._chain(parent)
        if not chain or chain[-1][0] is not parent:
            return None
        nodes = (node for node in chain[-1][1].children if node.name == name)
        return next((owner.id for node in nodes for owner in _named(node)), None)

    # -- walking ----------------------------------------------------------------------------------

    def _chain(self, element: etree._Element) -> Chain:
        """The plan's nodes of an element and its ancestors, from the root down to where the plan ends."""
        if element in self._chains:
            return self._chains[element]
        parent = element.getparent()
        if parent is None:
            chain = [(element, self._plan.root)] if element is self._root and element.tag == self._plan.root.tag else []
        else:
            above = self._chain(parent)
            node = self._kind(above[-1][1], element) if above and above[-1][0] is parent else None
            chain = [*above, (element, node)] if node is not None else above
        if len(element):  # many will ask for what is below it
            self._chains[element] = chain
        return chain

    def _kind(self, parent: Node, child: etree._Element) -> Node | None:
        alternatives = parent.by_tag.get(child.tag, [])
        found = next((n for n in alternatives if not n.conditions or matches(n.conditions, child, self._terms)), None)
        if found is None and self._nearest:
            found = next((n for n in alternatives if all(c.literal.startswith("$") for c in n.conditions)), None)
        further = alternatives[-1] if len(alternatives) > 1 and alternatives[-1].further else None
        if further is None:
            return found
        twin = alternatives[0].twin
        before = child.itersiblings(str(child.tag), *([twin.tag] if twin is not None else []), preceding=True)
        return found if next(before, None) is None else further

    def _follow(self, chain: Chain, nodes: tuple[Node, ...]) -> Chain:
        """As much of a route as the document has, sharing with the chain what they share."""
        shared = 0
        while shared < min(len(chain), len(nodes)) and chain[shared][1] is nodes[shared]:
            shared += 1
        found = chain[:shared]
        for node in nodes[shared:]:
            parent, above = found[-1]
            child = next((c for c in parent.iterchildren(node.tag) if self._kind(above, c) is node), None)
            if child is None:
                break
            found.append((child, node))
        return found

    def _path(self, chain: Chain, depth: int, path: Attributes) -> str:
        """The model path of a record or value; a frame that the document lacks is left out."""
        frames = [""]
        for (element, node), (_, above) in zip(chain[1:], chain, strict=False):
            if node.scope is not None:
                index = self._index(element, node, above)
                frames = node.scope.inner(frames, f"{_join(frames[node.scope.depth], node.scope.path)}[{index}]")
        return _join(frames[min(depth, len(frames) - 1)], path)

    def _index(self, element: etree._Element, node: Node, above: Node) -> int:
        """How many of its kind stand before it; the siblings are counted once, however many are asked for."""
        parent = element.getparent()
        assert parent is not None
        if (parent, node) not in self._indexes:
            siblings = (child for child in parent.iterchildren(node.tag) if self._kind(above, child) is node)
            self._indexes[parent, node] = {child: number for number, child in enumerate(siblings)}
        return self._indexes[parent, node][element]


def _through(chain: Chain, route: Route) -> Route:
    """The way through the groups that nest around the end of a chain, where it passes the group that they are of."""
    deepest = max((at for at, (_, node) in enumerate(chain) if node.nests), default=0)
    around = chain[deepest][1].children
    shared = next((at for at, node in enumerate(route.nodes) if node.children is around), 0)
    if not (deepest and shared):
        return route
    return replace(route, nodes=(*(node for _, node in chain[: deepest + 1]), *route.nodes[shared + 1 :]))


def _join(prefix: str, path: tuple[str, ...]) -> str:
    return ".".join(part for part in (prefix, *path) if part)


def _record(node: Node) -> tuple[int, Attributes]:
    if node.leaf is not None:
        return node.leaf.depth, node.leaf.path
    assert node.record is not None
    return node.record


def _named(node: Node) -> Iterator[Node]:
    """The nodes that a row names, from this one down."""
    if node.id:
        yield node
    for child in node.below:
        yield from _named(child)


def _owner(node: Node) -> Node | None:
    """The node itself if a row names it, else the one named node in it (cac:PartyTaxScheme is there for BT-31)."""
    owners = _owners(node)
    first = next(owners, None)
    return first if first is not None and all(other.id == first.id for other in owners) else None


def _owners(node: Node) -> Iterator[Node]:
    if node.id and (node.leaf is not None or node.record is not None):
        yield node
        return
    for child in node.below:
        yield from _owners(child)


@cache
def routes(plan: Plan, term: str) -> tuple[Route, ...]:
    """The ways from the root to the places of a term or group, parts included."""
    found = tuple(_routes((plan.root,), term))
    group = next((row for row in rows() if row.id == term and isinstance(row, Group)), None)
    if found or group is None:
        return found
    # a group without an element of its own (BG-22 in UBL) stands where its first term does
    inner = next((ways for row in group.rows if (ways := routes(plan, row.id))), ())
    return tuple(Route(way.nodes[:-1], way.depth, way.path[:-1]) for way in inner)


def _routes(nodes: tuple[Node, ...], term: str) -> Iterator[Route]:
    node = nodes[-1]
    if node.id == term and node.leaf is None and node.record is not None:
        yield Route(nodes, *node.record)
    for attribute, leaf in (("", node.leaf), *node.attributes):
        if leaf is not None and term == leaf.id:
            yield Route(nodes, leaf.depth, leaf.path, attribute)
        elif leaf is not None and isinstance(leaf.row, Term):
            yield from (Route(nodes, leaf.depth, leaf.path, name) for name, part in leaf.row.parts.items() if part == term)
    for child in node.below:
        yield from _routes((*nodes, child), term)
