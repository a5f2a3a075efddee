"""Contexts of rules: a pattern of XSLT as a name and a condition at the node.

/ubl:Invoice/cac:Price[x]  ->  cac:Price where parent::ubl:Invoice[parent::document-node()] and x
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from einvoice.schematron.xpath import (
    DESCENDANTS,
    FALSE,
    TRUE,
    Binary,
    Call,
    Dot,
    Expression,
    Filter,
    Logic,
    Number,
    Path,
    Sequence,
    Step,
    String,
    all_of,
    any_of,
    is_positional,
    negation,
    rebuild,
)

DOCUMENT = Path(False, (Step("parent", "document-node()"),))


class UnsupportedContext(ValueError):  # noqa: N818  it names what is not supported
    """A context that cannot be turned into a condition at the node; such rules are run as templates of XSLT."""


@dataclass(frozen=True, slots=True)
class Alternative:
    """One of the paths that a context joins with `|`; all steps are axis steps."""

    absolute: bool
    steps: tuple[Step, ...]

    @property
    def name(self) -> str:
        """The name test of the nodes it matches."""
        return self.steps[-1].test

    @property
    def is_root(self) -> bool:
        """Whether it matches nothing but the document element, by name alone."""
        return self.absolute and len(self.steps) == 1 and not self.steps[0].predicates

    def below(self, steps: tuple[Step, ...]) -> Alternative:
        """What a relative path leads to from here."""
        return Alternative(self.absolute, self.steps + steps)

    def condition(self) -> Expression:
        """Whether a node whose name fits is matched.

        >>> from einvoice.schematron.xpath import parse
        >>> str(alternatives(parse("/a/b[x]"))[0].condition())
        'parent::a[parent::document-node()] and x'
        """
        above = self._above(len(self.steps) - 1)
        return all_of([*([] if above is None else [above]), *self.steps[-1].predicates])

    def _above(self, index: int) -> Expression | None:
        """What has to stand above the node of a step."""
        if index == 0:
            return DOCUMENT if self.absolute else None
        before, axis = index - 1, "parent"
        if self.steps[before] == DESCENDANTS:
            if before == 0:
                return None
            before, axis = before - 1, "ancestor"
        step, higher = self.steps[before], self._above(before)
        predicates = step.predicates if higher is None else (*step.predicates, higher)
        return Path(False, (Step(axis, step.test, predicates),))


def alternatives(context: Expression) -> tuple[Alternative, ...]:
    """The alternatives of a context. Raises UnsupportedContext.

    >>> from einvoice.schematron.xpath import parse
    >>> [a.name for a in alternatives(parse("a/(b|c)[x] | //d"))]
    ['b', 'c', 'd']
    """
    match context:
        case Logic("|", operands):
            return tuple(a for operand in operands for a in alternatives(operand))
        case Path(absolute, steps):
            found = [Alternative(absolute, ())]
            for step in steps:
                found = [a for before in found for a in _extended(before, step)]
            return tuple(map(_checked, found))
    raise UnsupportedContext(str(context))


def _extended(before: Alternative, step: Step | Filter) -> list[Alternative]:
    if isinstance(step, Step):
        return [replace(before, steps=(*before.steps, step))]
    extended = []
    for inner in alternatives(step.primary):
        if inner.absolute and before.steps:
            raise UnsupportedContext(str(step.primary))
        last = replace(inner.steps[-1], predicates=inner.steps[-1].predicates + step.predicates)
        extended.append(Alternative(before.absolute or inner.absolute, before.steps + inner.steps[:-1] + (last,)))
    return extended


def _checked(alternative: Alternative) -> Alternative:
    for index, step in enumerate(alternative.steps):
        plain = step == DESCENDANTS or (step.axis == "child" and "(" not in step.test)
        last_needs_name = index == len(alternative.steps) - 1 and step == DESCENDANTS
        if not plain or last_needs_name or any(map(is_positional, step.predicates)):
            raise UnsupportedContext(str(Path(alternative.absolute, alternative.steps)))
    if not alternative.steps:
        raise UnsupportedContext("/")
    return alternative


def names_fit(test: str, name: str) -> bool:
    """Whether a name test accepts an element: `*`, `cbc:*`, `*:ID` or the name.

    >>> names_fit("cbc:*", "cbc:ID"), names_fit("*:ID", "cbc:ID"), names_fit("cac:ID", "cbc:ID")
    (True, True, False)
    """
    prefix, _, local = test.rpartition(":")
    own_prefix, _, own_local = name.rpartition(":")
    return test in {"*", name} or (local == "*" and prefix == own_prefix) or (prefix == "*" and local == own_local)


# -- conditions that cannot fail ----------------------------------------------------------------------

_STRINGS = frozenset(
    "replace tokenize translate string-to-codepoints normalize-space upper-case lower-case string contains starts-with "
    "ends-with substring substring-after substring-before matches string-length".split()
)


def without_errors(condition: Expression) -> Expression:
    """An error in a pattern of XSLT means that it does not match (XSLT 3.0, 5.5.4); as a condition it would end the run.

    >>> from einvoice.schematron.xpath import parse
    >>> str(without_errors(parse("normalize-space(cbc:ID) = 'S'")))
    "not(cbc:ID[2]) and (normalize-space(cbc:ID) = 'S')"
    >>> str(without_errors(parse("cbc:ChargeIndicator = false()")))
    "cbc:ChargeIndicator/normalize-space(.) = ('false', '0')"
    """
    guards: dict[Expression, None] = {}

    def visit(part: Expression, same: bool = True) -> Expression:
        if same and isinstance(part, Call) and part.name in _STRINGS and part.arguments:
            guards.update(dict.fromkeys(_at_most_one(part.arguments[0])))
        if isinstance(part, Path):
            return _inside(part)
        return _text_comparison(rebuild(part, visit if same else lambda p, _: p))

    changed = visit(condition)
    return all_of([*guards, changed])


def _at_most_one(argument: Expression) -> list[Expression]:
    match argument:
        case Path(False, (Step("child", test, predicates),)):
            return [negation(Path(False, (Step("child", test, (*predicates, Number("2"))),)))]
        case Path(_, (*_, Step("child", _, _))):
            return [negation(Path(False, (Filter(argument, (Number("2"),)),)))]
    return []


def _inside(path: Path) -> Path:
    """The conditions on what stands above are conditions of the pattern as well."""
    steps = (
        replace(s, predicates=tuple(map(without_errors, s.predicates))) if isinstance(s, Step) and s.axis in {"parent", "ancestor"} else s
        for s in path.steps
    )
    return Path(path.absolute, tuple(steps))


def _text_comparison(comparison: Expression) -> Expression:
    """`path = false()` casts every text it finds to a boolean; compared as text, no text is an error."""
    match comparison:
        case Binary("=", Path(absolute, steps), Call("true" | "false" as value, ())):
            texts = Sequence(tuple(map(String, ("true", "1") if value == "true" else ("false", "0"))))
            return Binary("=", Path(absolute, (*steps, Filter(Call("normalize-space", (Dot(),))))), texts)
    return comparison


# -- conditions at an element whose name is known -------------------------------------------------------


def specialised(condition: Expression, name: str) -> Expression:
    """The condition with what the element's name decides decided.

    >>> from einvoice.schematron.xpath import parse
    >>> str(specialised(parse("ends-with(name(), 'Amount') and not(self::ram:TaxTotalAmount)"), "ram:LineAmount"))
    'true()'
    """
    local = name.rpartition(":")[2]

    def decide(part: Expression, same: bool = True) -> Expression:
        match part:
            case Call("ends-with", (Call("name" | "local-name", ()), String(end))) if same and ":" not in end:
                return TRUE if local.endswith(end) else FALSE
            case Path(False, (Step("self", test, ()),)) if same and "(" not in test:
                return TRUE if names_fit(test, name) else FALSE
            case Logic("and" | "or") | Call("not") if same:
                return rebuild(part, decide)
        return part

    return folded(decide(condition))


def folded(condition: Expression) -> Expression:
    """Boolean constants worked out, where only the effective boolean value counts."""
    match condition:
        case Logic("and", operands):
            return all_of([folded(o) for o in operands])
        case Logic("or", operands):
            return any_of([folded(o) for o in operands])
        case Call("not", (operand,)):
            return negation(folded(operand))
    return condition
