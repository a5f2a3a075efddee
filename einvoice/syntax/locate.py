"""Locate: which term is this node, and where does the model have it? The third walk over a plan."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from einvoice.syntax.read import matches

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml import etree

    from einvoice.syntax.plan import Leaf, Node, Plan


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


class Map:
    """The plan laid over one document."""

    def __init__(self, plan: Plan, root: etree._Element) -> None:
        self._plan = plan
        self._root = root
        found = {name: root.findtext("/".join(tags)) for name, tags in plan.references.items()}
        self._terms = {name: None if text is None else text.strip() for name, text in found.items()}

    def spot(self, element: etree._Element) -> Spot | None:
        """The term or group of an element; of one that no row names, the nearest group around it."""
        chain = self._chain(element)
        for depth in range(len(chain) - 1, -1, -1):
            node = chain[depth][1]
            term = node.id or _only_term(node)
            if term:
                return Spot(term, self._path_of(chain[: depth + 1]), chain[depth][0], exact=depth == len(chain) - 1)
        return None

    def find(self, term: str, near: etree._Element) -> Spot | None:
        """The first place of a term at, below or beside an element; where it is absent, where it belongs."""
        chain = self._chain(near)
        best: tuple[int, list[tuple[etree._Element, Node]], Leaf] | None = None
        for nodes, leaf in _routes(self._plan.root, term):
            found = self._follow(chain, nodes)
            if best is None or len(found) > best[0]:
                best = len(found), found, leaf
            if len(found) == len(nodes):
                break
        if best is None:
            return None
        depth, found, leaf = best
        complete = found[-1][1].leaf is leaf or any(leaf is other for _, other in found[-1][1].attributes)
        return Spot(term, self._leaf_path(found, leaf), found[-1][0], exact=complete)

    # -- walking ----------------------------------------------------------------------------------

    def _chain(self, element: etree._Element) -> list[tuple[etree._Element, Node]]:
        """The plan's nodes of an element and its ancestors, from the root down to where the plan ends."""
        lineage = [element, *element.iterancestors()][::-1]
        if lineage[0] is not self._root or lineage[0].tag != self._plan.root.tag:
            return []
        chain = [(lineage[0], self._plan.root)]
        for child in lineage[1:]:
            node = self._kind(chain[-1][1], child)
            if node is None:
                break
            chain.append((child, node))
        return chain

    def _kind(self, parent: Node, child: etree._Element) -> Node | None:
        alternatives = parent.by_tag.get(child.tag, [])
        fitting = (n for n in alternatives if not n.conditions or matches(n.conditions, child, self._terms))
        return next(fitting, None)

    def _follow(self, chain: list[tuple[etree._Element, Node]], nodes: tuple[Node, ...]) -> list[tuple[etree._Element, Node]]:
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

    # -- model paths ------------------------------------------------------------------------------

    def _frames(self, chain: list[tuple[etree._Element, Node]]) -> list[str]:
        """The model path of each frame along a chain: the invoice's is empty."""
        frames = [""]
        for (element, node), (_, above) in zip(chain[1:], chain, strict=False):
            if node.scope is not None:
                before = element.itersiblings(node.tag, preceding=True)
                index = sum(1 for sibling in before if self._kind(above, sibling) is node)
                frames.append(f"{_join(frames[node.scope.depth], node.scope.path)}[{index}]")
        return frames

    def _leaf_path(self, chain: list[tuple[etree._Element, Node]], leaf: Leaf) -> str:
        frames = self._frames(chain)
        return _join(frames[min(leaf.depth, len(frames) - 1)], leaf.path)

    def _path_of(self, chain: list[tuple[etree._Element, Node]]) -> str:
        node = chain[-1][1]
        if node.leaf is not None:
            return self._leaf_path(chain, node.leaf)
        if node.scope is not None or node.gate is None:
            return self._frames(chain)[-1]
        depth, path = node.gate
        frames = self._frames(chain)
        return _join(frames[min(depth, len(frames) - 1)], path)


def _join(prefix: str, path: tuple[str, ...]) -> str:
    return ".".join(part for part in (prefix, *path) if part)


def _only_term(node: Node) -> str:
    """The term of an element that exists for one term's sake (cac:PartyTaxScheme for BT-31)."""
    terms = {leaf.id for leaf in node.leaves()}
    return terms.pop() if len(terms) == 1 else ""


def _routes(root: Node, term: str) -> Iterator[tuple[tuple[Node, ...], Leaf]]:
    """The nodes from the root to each place of a term, its parts included."""
    stack: list[tuple[Node, ...]] = [(root,)]
    while stack:
        nodes = stack.pop()
        node = nodes[-1]
        for leaf in (node.leaf, *(leaf for _, leaf in node.attributes)):
            if leaf is not None and term in {leaf.id, *getattr(leaf.row, "parts", {}).values()}:
                yield nodes, leaf
        stack += [(*nodes, child) for child in reversed(node.children)]
