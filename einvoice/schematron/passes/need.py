"""Pass `need`: every part of the plan says what a document must have for the part to matter (`needs.py`).

not(//cac:Delivery/cbc:ID = 'K') or cbc:Name   ->   the same, needs cac:Delivery, cbc:ID, cbc:ID=K
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

from einvoice.schematron.needs import needs
from einvoice.schematron.plan import is_name

if TYPE_CHECKING:
    from einvoice.schematron.plan import Branch, Plan, PlannedRule, Template
    from einvoice.schematron.xpath import Expression


def need(plan: Plan) -> Plan:
    """The plan with the needs of its checks and conditions; before passes that hide them behind shared values."""
    lets = {let.name: let.value for let in plan.lets}

    @cache
    def of_condition(condition: Expression, name: str) -> frozenset[str]:
        return needs(condition, unless=False, lets=lets, focus=name if is_name(name) else None)

    def rule(old: PlannedRule) -> PlannedRule:
        own = {**lets, **{let.name: let.value for let in old.lets}}
        return replace(old, checks=tuple(replace(c, needs=needs(c.test, unless=True, lets=own)) for c in old.checks))

    def branch(old: Branch, name: str) -> Branch:
        return replace(old, needs=of_condition(old.condition, name))

    def template(old: Template, name: str) -> Template:
        inverted = tuple(replace(i, needs=of_condition(i.condition, name)) for i in old.inverted)
        return replace(old, chains=tuple(tuple(branch(b, name) for b in chain) for chain in old.chains), inverted=inverted)

    changed = replace(plan, rules=tuple(map(rule, plan.rules)), templates={n: template(t, n) for n, t in plan.templates.items()})
    return changed.mapped(lambda expression: expression)  # the branches take over their rules' checks
