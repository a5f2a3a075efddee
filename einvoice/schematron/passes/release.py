"""Pass `release`: a path at the document element that is not shared begins there again, without looking for it.

in /*:  /*/cbc:ID   ->   cbc:ID
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from einvoice.schematron.passes.anchor import ROOT
from einvoice.schematron.xpath import Expression, Path, paths_from_here

if TYPE_CHECKING:
    from einvoice.schematron.plan import Plan


def release(plan: Plan) -> Plan:
    """The plan with the paths of rules about the document element relative; what is shared has its value elsewhere by now."""
    for index, rule in enumerate(plan.rules):
        if rule.is_root:
            plan = plan.with_rule(index, released)
    return plan


def released(expression: Expression) -> Expression:
    """The expression, asked at the document element, with every path relative that begins there, but for those in predicates.

    >>> from einvoice.schematron.xpath import parse
    >>> str(released(parse("/*/a[/*/b] = 1 and not(/c/d)")))
    '(a[/*/b] = 1) and not(/c/d)'
    """
    return paths_from_here(expression, _from_node)


def _from_node(path: Path) -> Path:
    return Path(False, path.steps[1:]) if path.absolute and path.steps[:1] == (ROOT,) and path.steps[1:] else path
