"""Pass `rates`: lines of one VAT rate are found by a key, not by asking every line for every rate.

    every $rate in … satisfies … /*/cac:InvoiceLine[x][cac:Item/xs:decimal(cbc:Percent) = $rate]/y
        ->   einvoice:rate-1($rate)[x]/y
             match="/*/cac:InvoiceLine"  use="cac:Item/cbc:Percent[. castable as xs:decimal]/xs:decimal(.)"

The function (`assemble.py`) asks a key, or in a small document, where building that takes longer, the lines themselves.
Building a key may not fail, since it is built for all lines at once: texts that are no numbers are not in it. On a
document that the schema accepts there are none, and the same lines are found.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from einvoice.schematron.assemble import OWN
from einvoice.schematron.contexts import Alternative
from einvoice.schematron.xpath import (
    DESCENDANTS,
    Binary,
    Binding,
    Call,
    Dot,
    Expression,
    Filter,
    Logic,
    Path,
    Step,
    Typed,
    Variable,
    free_variables,
    is_positional,
    rebuild,
)

if TYPE_CHECKING:
    from einvoice.schematron.plan import Plan


def rates(plan: Plan) -> Plan:
    """The plan with keys for what is compared with the variable of a quantifier."""
    keys = _Keys()
    changed = plan.mapped(lambda e: keys.used(e, frozenset()))
    return replace(changed, keys={name: place for place, name in keys.names.items()})


@dataclass(slots=True)
class _Keys:
    names: dict[tuple[str, str], str] = field(default_factory=dict)

    def used(self, expression: Expression, bound: frozenset[str]) -> Expression:
        if isinstance(expression, Binding):
            inner = bound | {name for name, _ in expression.clauses}
            clauses = tuple((name, self.used(value, bound)) for name, value in expression.clauses)
            return Binding(expression.keyword, clauses, self.used(expression.body, inner))
        changed = rebuild(expression, lambda part, _: self.used(part, bound))
        return self.found(changed, bound) if isinstance(changed, Path) and changed.absolute and bound else changed

    def found(self, path: Path, bound: frozenset[str]) -> Expression:
        path = replace(path, steps=tuple(replace(s, predicates=_conjuncts(s.predicates)) for s in path.steps))
        for index, step in enumerate(path.steps):
            if not isinstance(step, Step) or (step != DESCENDANTS and step.axis != "child") or any(map(is_positional, step.predicates)):
                return path
            for predicate in step.predicates:
                use = _compared_with(predicate, bound)
                if use is not None and step != DESCENDANTS:
                    return self.by_key(path, index, predicate, use)
        return path

    def by_key(self, path: Path, index: int, predicate: Expression, use: Expression) -> Expression:
        """The nodes of a step by the key, with the other predicates and what stood above."""
        steps = path.steps[: index + 1]
        match = str(Path(True, tuple(replace(s, predicates=()) for s in steps if isinstance(s, Step))))
        name = self.names.setdefault((match.removeprefix("//"), str(use)), f"{OWN}:rate-{len(self.names) + 1}")
        above = Alternative(True, (*(s for s in steps[:-1] if isinstance(s, Step)), Step("child", "*"))).condition()
        others = [p for p in steps[-1].predicates if p != predicate]
        where = [above] if any(s.predicates for s in steps[:-1]) else []
        assert isinstance(predicate, Binary)
        wanted = predicate.right if isinstance(predicate.right, Variable) else predicate.left
        keyed = Filter(Call(name, (wanted,)), (*others, *where))
        return Path(False, (keyed, *path.steps[index + 1 :]))


def _conjuncts(predicates: tuple[Expression, ...]) -> tuple[Expression, ...]:
    """`[a and b]` as `[a][b]`."""
    return tuple(o for p in predicates for o in (p.operands if isinstance(p, Logic) and p.operator == "and" else (p,)))


def _compared_with(predicate: Expression, bound: frozenset[str]) -> Expression | None:
    """In `a/xs:decimal(b) = $rate`, the left side in a form that cannot fail."""
    match predicate:
        case Binary("=", Path() as number, Variable(name)) | Binary("=", Variable(name), Path() as number):
            if name in bound and not number.absolute and not free_variables(number):
                return _numbers(number)
    return None


def _numbers(path: Path) -> Expression | None:
    """`a/xs:decimal(b)` as `a/b[. castable as xs:decimal]/xs:decimal(.)`."""
    match path.steps:
        case (*before, Filter(Call("xs:decimal", (Path(False, inner),)), ())):
            steps = (*before, *inner)
        case (*before, Filter(Call("xs:decimal", (Dot(),)), ())):
            steps = tuple(before)
        case _:
            return None
    plain = [s for s in steps if isinstance(s, Step)]
    if not plain or len(plain) < len(steps):
        return None
    number = replace(plain[-1], predicates=(*plain[-1].predicates, Typed("castable", Dot(), "xs:decimal")))
    return Path(False, (*plain[:-1], number, Filter(Call("xs:decimal", (Dot(),)))))
