"""Pass `anchor`: a path that climbs to the document element begins there, so that it can be shared.

in /*/cac:TaxTotal:  ../cac:InvoiceLine/cbc:Amount   ->   /*/cac:InvoiceLine/cbc:Amount
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from einvoice.schematron.xpath import DESCENDANTS, PARENT, Expression, Path, Step, paths_from_here

if TYPE_CHECKING:
    from einvoice.schematron.plan import Plan, PlannedRule

ROOT = Step("child", "*")


def anchor(plan: Plan) -> Plan:
    """The plan with the paths of rules of one fixed depth anchored."""
    for index, rule in enumerate(plan.rules):
        depth = _depth(rule)
        if depth:
            plan = plan.with_rule(index, partial(anchored, depth=depth))
    return plan


def _depth(rule: PlannedRule) -> int:
    """How deep the nodes of a rule stand, the document element at 1; 0 if that differs."""
    paths = [a.steps for a in rule.alternatives if a.absolute and DESCENDANTS not in a.steps]
    depths = {len(steps) for steps in paths}
    return depths.pop() if len(paths) == len(rule.alternatives) and len(depths) == 1 else 0


def anchored(expression: Expression, depth: int) -> Expression:
    """The expression with every path anchored that climbs from a node of this depth to the document element.

    >>> from einvoice.schematron.xpath import parse
    >>> str(anchored(parse("sum(../../a/b) = c[../../d]"), 3))
    'sum(/*/a/b) = c[../../d]'
    """

    def from_root(path: Path) -> Path:
        above, rest = path.steps[: depth - 1], path.steps[depth - 1 :]
        climbs = not path.absolute and above == (PARENT,) * (depth - 1)
        return Path(True, (ROOT, *rest)) if climbs and rest and isinstance(rest[0], Step) and rest[0].axis == "child" else path

    return paths_from_here(expression, from_root)
