"""Pass `invert`: a rule that forbids an element costs nothing where the element is absent.

Most official rules say "X is not used here": `not(cac:Item/cbc:Name)` for every line. Turned around, the check stands
at `cbc:Name` and reports the line above it:

    cac:InvoiceLine: not(cac:Item/cbc:Name)   ->   cbc:Name where parent::cac:Item[parent::cac:InvoiceLine]: report ../..

Only rules that no other rule shadows can be turned around: then the context is a condition on what stands above.
A node with two forbidden elements is reported twice; who reads the result drops the second.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from einvoice.schematron.contexts import Alternative, UnsupportedContext, alternatives, folded, without_errors
from einvoice.schematron.plan import Branch, Check, Inverted, Plan, PlannedRule, Template, is_name
from einvoice.schematron.xpath import (
    DESCENDANTS,
    PARENT,
    TRUE,
    Call,
    Dot,
    Expression,
    Filter,
    Logic,
    Path,
    Step,
    all_of,
    free_variables,
    uses_current,
)

if TYPE_CHECKING:
    from collections.abc import Iterator


def invert(plan: Plan) -> Plan:
    """Move every check that only forbids something to where the forbidden thing would be."""
    globals_ = frozenset(let.name for let in plan.lets)
    turned: dict[str, list[Inverted]] = {}
    attributes: list[tuple[str, int]] = []
    done: set[int] = set()
    for index in _never_shadowed(plan):
        for check in plan.rules[index].checks:
            found = None if check.message else _inverted(check, plan.rules[index], globals_)
            if found is not None:
                done.add(check.number)
                attributes += [(f.attribute, f.number) for f in found if isinstance(f, _Anywhere)]
                for where in (f for f in found if isinstance(f, _Where)):
                    turned.setdefault(where.name, []).append(where.inverted)
    templates = {name: Template(_without(template, done), tuple(turned.get(name, ()))) for name, template in plan.templates.items()}
    return replace(plan, templates=templates, root_attributes=tuple(attributes))


@dataclass(frozen=True, slots=True)
class _Where:
    name: str
    inverted: Inverted


@dataclass(frozen=True, slots=True)
class _Anywhere:
    """`not(//@attribute)` at the document element."""

    attribute: str
    number: int


def _never_shadowed(plan: Plan) -> list[int]:
    later = {b.rule for t in plan.templates.values() for chain in t.chains for b in chain[1:]}
    # a branch behind one that always holds is not in the chain at all
    behind = {r for r in range(len(plan.rules)) if _loses(plan, r)}
    return [r for r in range(len(plan.rules)) if r not in later and r not in behind]


def _loses(plan: Plan, rule: int) -> bool:
    """Whether a rule has a name at which it is missing, since one before it takes every node."""
    for alternative in plan.rules[rule].alternatives:
        for name, template in plan.templates.items():
            if alternative.name == name and not any(b.rule == rule for chain in template.chains for b in chain):
                return True
    return False


def _without(template: Template, done: set[int]) -> tuple[tuple[Branch, ...], ...]:
    return tuple(tuple(replace(b, checks=tuple(c for c in b.checks if c.number not in done)) for b in chain) for chain in template.chains)


def _inverted(check: Check, rule: PlannedRule, globals_: frozenset[str]) -> list[_Where | _Anywhere] | None:
    """The check turned around, or None when it does more than forbid."""
    forbidden = _forbidden(folded(check.test))
    if forbidden is None or not free_variables(forbidden) <= globals_ or uses_current(forbidden):
        return None
    found: list[_Where | _Anywhere] = []
    try:
        for path in _paths(forbidden):
            found += _turned(check.number, path, rule)
    except UnsupportedContext:
        return None
    return found


def _forbidden(test: Expression) -> Expression | None:
    match test:
        case Call("not", (Call("exists", (path,)) | path,)) if isinstance(path, Path) or (isinstance(path, Logic) and path.operator == "|"):
            return path
    return None


@dataclass(frozen=True, slots=True)
class _ForbiddenPath:
    path: Alternative | None
    """None: the context itself"""
    attribute: Step | None


def _paths(expression: Expression) -> Iterator[_ForbiddenPath]:
    """The forbidden paths, an attribute at their end apart."""
    if isinstance(expression, Logic):
        for operand in expression.operands:
            yield from _paths(operand)
        return
    if not isinstance(expression, Path) or not expression.steps:
        raise UnsupportedContext(str(expression))
    last = expression.steps[-1]
    attribute = last if isinstance(last, Step) and last.axis == "attribute" else None
    if attribute is not None and not is_name(attribute.test):
        raise UnsupportedContext(attribute.test)
    for path in _elements(expression if attribute is None else Path(expression.absolute, expression.steps[:-1])):
        yield _ForbiddenPath(path, attribute)


def _elements(path: Path) -> tuple[Alternative | None, ...]:
    """The elements that a path leads to; none, for the context itself."""
    if not path.steps:
        return (None,)
    return (Alternative(path.absolute, (DESCENDANTS,)),) if path.steps == (DESCENDANTS,) else alternatives(path)


def _turned(number: int, forbidden: _ForbiddenPath, rule: PlannedRule) -> Iterator[_Where | _Anywhere]:
    path, attribute = forbidden.path, forbidden.attribute
    if path is not None and path.steps == (DESCENDANTS,):
        if not (path.absolute and rule.is_root and attribute is not None and not attribute.predicates):
            raise UnsupportedContext("//@")
        yield _Anywhere(attribute.test, number)
        return
    if path is not None and path.absolute:
        if not rule.is_root:
            raise UnsupportedContext("absolute")
        yield _where(number, path, attribute, _document_element(rule))
        return
    if path is not None and DESCENDANTS in path.steps:
        raise UnsupportedContext(".//")
    steps = path.steps if path is not None else ()
    for context in rule.alternatives:
        report = Path(False, (PARENT,) * len(steps)) if steps else Dot()
        yield _where(number, context.below(steps), attribute, report)


def _document_element(rule: PlannedRule) -> Expression:
    names = tuple(Path(False, (Step("child", a.name),)) for a in rule.alternatives)
    return Path(True, (Filter(names[0] if len(names) == 1 else Logic("|", names)),))


def _where(number: int, full: Alternative, attribute: Step | None, report: Expression) -> _Where:
    if not is_name(full.name):
        raise UnsupportedContext(full.name)
    own = [] if attribute is None else [Path(False, (attribute,))]
    condition = all_of([*own, without_errors(full.condition())])
    before = full.steps[-2] if len(full.steps) > 1 else DESCENDANTS
    parent = before.test if before != DESCENDANTS and is_name(before.test) else ""
    if condition == Path(False, (Step("parent", parent),)):
        condition = TRUE
    return _Where(full.name, Inverted(number, parent, attribute is not None, condition, report))
