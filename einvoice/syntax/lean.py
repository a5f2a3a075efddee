"""A leaner plan for the many records that have nothing beyond the norm: the other asks each for hundreds of terms."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Any, NamedTuple

from einvoice.rows import Group, Row, of_norm
from einvoice.syntax.plan import Node, Plan, grow
from einvoice.terms import BY_ID


class Shape(NamedTuple):
    """What a record of the norm does not have, and its records that may have more."""

    beyond: frozenset[str]
    below: tuple[tuple[str, Shape], ...]

    def holds(self, record: Any) -> bool:
        """Whether nothing is set that is beyond the norm, in the record and those below it that do not repeat."""
        beyond = self.beyond & record.__pydantic_fields_set__
        if beyond and any(getattr(record, name) not in {None, ()} for name in beyond):
            return False
        return all((inner := getattr(record, name)) is None or shape.holds(inner) for name, shape in self.below)


_PLAIN = Shape(frozenset(), ())


class Lean(NamedTuple):
    """A leaner plan of an element, and which records it is for."""

    node: Node
    shape: Shape


@cache
def with_lean(plan: Plan) -> Plan:
    """The plan, its root and each element that repeats with their leaner twins, which only a writer needs."""
    twin = grow(_of_the_norm(plan.table), plan.dialect)
    pairs = [(row, *pair) for row, leans in twin.repeated.items() for pair in zip(plan.repeated[row], leans, strict=True)]
    full = {lean: node for _, node, lean in pairs}
    for node in [*twin.root.nodes()]:  # each record is asked anew: one of the norm may hold others
        node.children = [full.get(child, child) for child in node.children]
    for row, node, lean in pairs:
        node.lean = Lean(lean, _shape(BY_ID[row]))
    plan.root.lean = Lean(twin.root, _shape(plan.table))
    return plan


def _of_the_norm(group: Group) -> Group:
    kept = (row for row in group.rows if of_norm(row.id))
    return replace(group, rows=tuple(_of_the_norm(row) if isinstance(row, Group) else row for row in kept))


def _shape(group: Row) -> Shape:
    rows = group.rows if isinstance(group, Group) else ()
    single = [row for row in rows if isinstance(row, Group) and of_norm(row.id) and not row.card.endswith("n")]
    shapes = [(row.attribute, _shape(row)) for row in single]
    return Shape(frozenset(row.attribute for row in rows if not of_norm(row.id)), tuple((name, s) for name, s in shapes if s != _PLAIN))


def lean_for(record: Any, node: Node) -> Node:
    """The leaner twin of an element, if it does for a record."""
    return node.lean.node if node.lean is not None and node.lean.shape.holds(record) else node
