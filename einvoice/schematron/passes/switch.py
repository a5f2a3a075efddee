"""Pass `switch`: where many branches ask for the value of one code, it is read once.

    normalize-space(cbc:ID) = 'S' and not(cbc:ID[2]) and …       $code-1 = 'S' and …
    normalize-space(cbc:ID) = 'Z' and not(cbc:ID[2]) and …  ->   $code-1 = 'Z' and …      $code-1 := cbc:ID/normalize-space(.)

The conditions of contexts cannot fail (`contexts.without_errors`), so their parts may stand in any order: what is cheap
and holds seldom comes first.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

from einvoice.schematron.rule_set import Let
from einvoice.schematron.xpath import (
    Binary,
    Call,
    Dot,
    Expression,
    Filter,
    Logic,
    Path,
    Step,
    String,
    Variable,
    all_of,
    any_of,
    factored,
    rebuild,
    size,
)

if TYPE_CHECKING:
    from einvoice.schematron.plan import Branch, Plan, Template

FEW = 3
"""branches from which on a code is read once for all"""


def switch(plan: Plan) -> Plan:
    """The plan with the codes that many branches of a chain ask for as variables of the template."""
    return replace(plan, templates={name: _switched(template) for name, template in plan.templates.items()})


def _switched(template: Template) -> Template:
    conditions = [b.condition for chain in template.chains for b in chain]
    counted = Counter(code for c in conditions for code in dict.fromkeys(_codes(c)))
    names = {code: f"code-{n}" for n, code in enumerate((c for c, uses in counted.items() if uses >= FEW), 1)}
    chains = tuple(_in_order(tuple(replace(b, condition=_named(b.condition, names)) for b in chain)) for chain in template.chains)
    return replace(template, chains=chains, lets=tuple(Let(name, code) for code, name in names.items()))


def _codes(condition: Expression) -> list[Expression]:
    """The codes that the conjuncts of a condition ask for."""
    parts = condition.operands if isinstance(condition, Logic) else (condition,)
    if isinstance(condition, Logic):
        return [code for part in parts for code in _codes(part)]
    code = _code(condition)
    return [code] if code is not None else []


def _code(comparison: Expression) -> Expression | None:
    """`code = 'x'`, with the texts of the code one by one, so that reading it cannot fail.

    >>> from einvoice.schematron.xpath import parse
    >>> str(_code(parse("normalize-space(upper-case(cbc:ID)) = 'VAT'")))
    'cbc:ID/normalize-space(upper-case(.))'
    """
    match comparison:
        case Binary("=", Call() | Path() as asked, String(text)) if text:
            return _one_by_one(asked)
    return None


def _one_by_one(asked: Expression) -> Expression | None:
    functions: list[str] = []
    inner = asked
    while isinstance(inner, Call) and inner.name in {"normalize-space", "upper-case"} and len(inner.arguments) == 1:
        functions.append(inner.name)
        (inner,) = inner.arguments
    if not isinstance(inner, Path) or inner.absolute or not all(isinstance(s, Step) and not s.predicates for s in inner.steps[:-1]):
        return None
    applied: Expression = Dot()
    for name in reversed(functions):
        applied = Call(name, (applied,))
    return Path(False, (*inner.steps, Filter(applied))) if functions else inner


def _in_order(chain: tuple[Branch, ...]) -> tuple[Branch, ...]:
    """The conjuncts of each condition in the order of what they cost; those that most branches share tell least."""
    uses = Counter(part for b in chain for part in dict.fromkeys(_conjuncts(b.condition)))
    shared = frozenset(part for part, n in uses.items() if n > max(1, len(chain) // 2))
    return tuple(replace(b, condition=ordered(b.condition, shared)) for b in chain)


def _conjuncts(condition: Expression) -> list[Expression]:
    if isinstance(condition, Logic) and condition.operator in {"and", "or"}:
        return [inner for part in condition.operands for inner in _conjuncts(part)]
    return [condition]


def _named(condition: Expression, names: dict[Expression, str]) -> Expression:
    if isinstance(condition, Logic) and condition.operator in {"and", "or"}:
        return rebuild(condition, lambda part, _: _named(part, names))
    code = _code(condition)
    if code in names and isinstance(condition, Binary):
        return Binary("=", Variable(names[code]), condition.right)
    return condition


def ordered(condition: Expression, shared: frozenset[Expression] = frozenset()) -> Expression:
    """The conjuncts by what they cost, `shared` ones last.

    >>> from einvoice.schematron.xpath import parse
    >>> str(ordered(parse("parent::a[b] and . = 'S'")))
    "(. = 'S') and parent::a[b]"
    """
    match condition:
        case Logic("and", operands):
            return all_of(sorted((ordered(o, shared) for o in operands), key=lambda part: (part in shared, _cost(part))))
        case Logic("or", operands):
            common = factored(any_of([ordered(o, shared) for o in operands]))
            return ordered(common, shared) if isinstance(common, Logic) and common.operator == "and" else common
    return condition


def _cost(condition: Expression) -> int:
    match condition:
        case Binary("=", Variable() | Dot(), String()):
            return 0
        case Path(False, (Step("parent", _, ()),)):
            return 1
    return size(condition)
