"""XPath 2.0 as values: what the official rules are written in.

An expression is a tree of frozen records. `parse` makes it (`xpath_parser.py`), `str()` writes it (`xpath_printer.py`),
`children` and `rebuild` walk it. Names keep the prefix that they are written with.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


class _Printed:
    __slots__ = ()

    def __str__(self) -> str:
        from einvoice.schematron.xpath_printer import to_text

        return to_text(self)  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True)
class String(_Printed):
    """`'text'`"""

    value: str


@dataclass(frozen=True, slots=True)
class Number(_Printed):
    """`1.5`, as it is written: its lexical form decides between integer, decimal and double"""

    text: str


@dataclass(frozen=True, slots=True)
class Variable(_Printed):
    """`$name`"""

    name: str


@dataclass(frozen=True, slots=True)
class Dot(_Printed):
    """`.`"""


@dataclass(frozen=True, slots=True)
class Sequence(_Printed):
    """`(a, b)`; `()` is the empty one"""

    items: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Call(_Printed):
    """`name(a, b)`; the prefix `fn:` is left out"""

    name: str
    arguments: tuple[Expression, ...] = ()


@dataclass(frozen=True, slots=True)
class Logic(_Printed):
    """`a and b and c`, `a or b`, `a | b`: associative, so flat"""

    operator: str
    operands: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Binary(_Printed):
    """Comparison, arithmetic, `to`, `intersect`, `except`, `!`"""

    operator: str
    left: Expression
    right: Expression


@dataclass(frozen=True, slots=True)
class Unary(_Printed):
    """`-a`"""

    sign: str
    operand: Expression


@dataclass(frozen=True, slots=True)
class Typed(_Printed):
    """`a castable as xs:date`; `operator` is the first word"""

    operator: str
    operand: Expression
    type: str


@dataclass(frozen=True, slots=True)
class Conditional(_Printed):
    """`if (test) then a else b`"""

    test: Expression
    then: Expression
    otherwise: Expression


@dataclass(frozen=True, slots=True)
class Binding(_Printed):
    """`for`, `let`, `some`, `every`"""

    keyword: str
    clauses: tuple[tuple[str, Expression], ...]
    body: Expression


@dataclass(frozen=True, slots=True)
class Step:
    """`axis::test[predicate]`"""

    axis: str
    test: str
    predicates: tuple[Expression, ...] = ()


@dataclass(frozen=True, slots=True)
class Filter:
    """A primary expression as a step: `(a | b)[predicate]`"""

    primary: Expression
    predicates: tuple[Expression, ...] = ()


@dataclass(frozen=True, slots=True)
class Path(_Printed):
    """`a/b[c]`; absolute ones begin at the root of the document"""

    absolute: bool
    steps: tuple[Step | Filter, ...]


Expression: TypeAlias = String | Number | Variable | Dot | Sequence | Call | Logic | Binary | Unary | Typed | Conditional | Binding | Path

DESCENDANTS = Step("descendant-or-self", "node()")
"""what `//` stands for"""
SELF = Step("self", "node()")
PARENT = Step("parent", "node()")
TRUE, FALSE, EMPTY = Call("true"), Call("false"), Sequence(())


def parse(text: str) -> Expression:
    """The tree of an expression. Raises XPathError, which names the place.

    >>> str(parse("not( cbc:ID [ . = 'x' ] ) and count(//@scheme)<2"))
    "not(cbc:ID[. = 'x']) and (count(//@scheme) < 2)"
    """
    from einvoice.schematron.xpath_parser import Parser

    return Parser(text).whole()


# -- walking ----------------------------------------------------------------------------------------


def children(expression: Expression) -> Iterator[tuple[Expression, bool]]:
    """The parts of an expression, each with whether it is evaluated in the same focus (context item, position)."""
    parts: list[tuple[Expression, bool]] = []
    rebuild(expression, lambda part, same: parts.append((part, same)) or part)  # type: ignore[func-returns-value]
    return iter(parts)


def rebuild(expression: Expression, change: Callable[[Expression, bool], Expression]) -> Expression:  # noqa: C901  one line per record
    """The same expression with each part replaced by `change(part, same focus)`."""
    match expression:
        case Sequence(items):
            return Sequence(tuple(change(e, True) for e in items))
        case Call(name, arguments):
            return Call(name, tuple(change(e, True) for e in arguments)) if arguments else expression
        case Logic(operator, operands):
            return Logic(operator, tuple(change(e, True) for e in operands))
        case Binary(operator, left, right):
            return Binary(operator, change(left, True), change(right, operator != "!"))
        case Unary(sign, operand):
            return Unary(sign, change(operand, True))
        case Typed(operator, operand, type_):
            return Typed(operator, change(operand, True), type_)
        case Conditional(test, then, otherwise):
            return Conditional(change(test, True), change(then, True), change(otherwise, True))
        case Binding(keyword, clauses, body):
            return Binding(keyword, tuple((name, change(e, True)) for name, e in clauses), change(body, True))
        case Path(absolute, steps):
            return Path(absolute, tuple(_step(s, change, first=i == 0 and not absolute) for i, s in enumerate(steps)))
    return expression


def _step(step: Step | Filter, change: Callable[[Expression, bool], Expression], *, first: bool) -> Step | Filter:
    predicates = tuple(change(p, False) for p in step.predicates)
    if isinstance(step, Step):
        return Step(step.axis, step.test, predicates) if predicates else step
    return Filter(change(step.primary, first), predicates)


def rewrite(expression: Expression, change: Callable[[Expression], Expression]) -> Expression:
    """Bottom up: every part, then the whole, replaced by `change`."""
    return change(rebuild(expression, lambda part, _: rewrite(part, change)))


def paths_from_here(expression: Expression, change: Callable[[Path], Path]) -> Expression:
    """Each path replaced by `change` whose focus is that of the whole."""

    def visit(part: Expression, same: bool) -> Expression:
        changed = change(part) if same and isinstance(part, Path) else part
        return rebuild(changed, lambda p, s: visit(p, s and same))

    return visit(expression, True)


def every(expression: Expression) -> Iterator[Expression]:
    """The expression and all its parts."""
    yield expression
    for part, _ in children(expression):
        yield from every(part)


def steps(expression: Expression) -> Iterator[Step]:
    """All axis steps anywhere in an expression."""
    for part in every(expression):
        if isinstance(part, Path):
            yield from (step for step in part.steps if isinstance(step, Step))


# -- questions --------------------------------------------------------------------------------------

_FOCUS_FUNCTIONS = frozenset(
    "string normalize-space number name local-name string-length namespace-uri root base-uri node-name data generate-id "
    "position last path current".split()
)


def uses_focus(expression: Expression) -> bool:
    """Whether the value depends on where it is evaluated.

    >>> uses_focus(parse("//cbc:ID[. = 'x']")), uses_focus(parse("//cbc:ID = cbc:ID"))
    (False, True)
    """
    match expression:
        case Dot():
            return True
        case Call(name, ()) if name in _FOCUS_FUNCTIONS:
            return True
        case Path(False, (Step(), *_)):
            return True
    return any(uses_focus(part) if same else uses_current(part) for part, same in children(expression))


def uses_current(expression: Expression) -> bool:
    """Whether XSLT's `current()` is asked, which every predicate inherits."""
    return any(isinstance(part, Call) and part.name == "current" for part in every(expression))


def free_variables(expression: Expression, bound: frozenset[str] = frozenset()) -> frozenset[str]:
    """The variables that are not bound inside.

    >>> sorted(free_variables(parse("for $a in $b return $a + $c")))
    ['b', 'c']
    """
    match expression:
        case Variable(name):
            return frozenset() if name in bound else frozenset((name,))
        case Binding(_, clauses, body):
            found: frozenset[str] = frozenset()
            for name, value in clauses:
                found |= free_variables(value, bound)
                bound |= {name}
            return found | free_variables(body, bound)
    return frozenset().union(*(free_variables(part, bound) for part, _ in children(expression)))


def is_absolute(expression: Expression) -> bool:
    """Whether it reads from the root of the document somewhere."""
    return any(isinstance(part, Path) and part.absolute for part in every(expression))


_NUMERIC = frozenset("position last count sum number string-length round floor ceiling abs xs:integer xs:decimal".split())


def is_positional(predicate: Expression) -> bool:
    """Whether a predicate may select by position; variables are taken for booleans or nodes."""
    match predicate:
        case Number() | Unary():
            return True
        case Call(name, _) if name in _NUMERIC:
            return True
        case Binary(operator, _, _) if operator in {"+", "-", "*", "div", "idiv", "mod", "to"}:
            return True
    return _asks_position(predicate)


def _asks_position(expression: Expression) -> bool:
    if isinstance(expression, Call) and expression.name in {"position", "last"}:
        return True
    return any(same and _asks_position(part) for part, same in children(expression))


def size(expression: Expression) -> int:
    """How many records and steps it has: a measure of what evaluating it costs."""
    own = len(expression.steps) if isinstance(expression, Path) else 1
    return own + sum(size(part) for part, _ in children(expression))


# -- boolean algebra --------------------------------------------------------------------------------


def all_of(conditions: tuple[Expression, ...] | list[Expression]) -> Expression:
    """The conjunction: flat, without repetition and constants."""
    return _joined("and", conditions, TRUE, FALSE)


def any_of(conditions: tuple[Expression, ...] | list[Expression]) -> Expression:
    """The disjunction: flat, without repetition and constants."""
    return _joined("or", conditions, FALSE, TRUE)


def factored(condition: Expression) -> Expression:
    """A disjunction with what all its parts demand taken out.

    >>> str(factored(parse("(a and b and c) or (a and b and d)")))
    'a and b and (c or d)'
    """
    if not isinstance(condition, Logic) or condition.operator != "or":
        return condition
    parts = [p.operands if isinstance(p, Logic) and p.operator == "and" else (p,) for p in condition.operands]
    common = [c for c in parts[0] if all(c in part for part in parts)]
    rest = [all_of([c for c in part if c not in common]) for part in parts]
    return all_of([*common, any_of(rest)]) if common else condition


def _joined(operator: str, conditions: tuple[Expression, ...] | list[Expression], neutral: Expression, decisive: Expression) -> Expression:
    flat: dict[Expression, None] = {}
    for condition in conditions:
        parts = condition.operands if isinstance(condition, Logic) and condition.operator == operator else (condition,)
        flat.update(dict.fromkeys(part for part in parts if part != neutral))
    if decisive in flat:
        return decisive
    if len(flat) < 2:
        return next(iter(flat), neutral)
    return Logic(operator, tuple(flat))


def negation(condition: Expression) -> Expression:
    """`not(condition)`, for a place where only the effective boolean value counts."""
    if condition in (TRUE, FALSE):
        return FALSE if condition == TRUE else TRUE
    match condition:
        case Call("not", (inner,)):
            return inner
    return Call("not", (condition,))
