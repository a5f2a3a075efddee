"""A Schematron as values: what both loaders make and the compiler takes."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, TypeAlias

from einvoice.schematron.xpath import Binding, Expression, Path, Step, Variable, children, free_variables, rebuild, rewrite

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

Message: TypeAlias = tuple[str | Expression, ...]


@dataclass(frozen=True, slots=True)
class Assertion:
    """One assert; a report is held as the assert of the opposite."""

    id: str
    flag: str
    test: Expression
    message: Message
    """texts, and expressions whose values stand between them"""
    attribute: str = ""
    """the one XML attribute of the context that the test is about"""


@dataclass(frozen=True, slots=True)
class Let:
    """A named value."""

    name: str
    value: Expression


@dataclass(frozen=True, slots=True)
class Rule:
    """The assertions about the nodes that match a pattern of XSLT."""

    context: Expression
    lets: tuple[Let, ...]
    assertions: tuple[Assertion, ...]


@dataclass(frozen=True, slots=True)
class Pattern:
    """Rules of which at most one, the first that matches, judges a node."""

    rules: tuple[Rule, ...]


@dataclass(frozen=True, slots=True)
class RuleSet:
    """A whole Schematron, or several that are run together."""

    patterns: tuple[Pattern, ...]
    lets: tuple[Let, ...] = ()
    namespaces: Mapping[str, str] = field(default_factory=dict)
    """prefix -> URI, of the names in expressions"""
    functions: tuple[str, ...] = ()
    """`xsl:function` and `xsl:key` elements, as XML"""
    codes: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """code lists that the rules read from a file of their own: the expression that names a list -> its codes"""

    def mapped(self, change: Callable[[Expression], Expression]) -> RuleSet:
        """The same rules with every whole expression replaced, contexts included."""
        return replace(
            self,
            lets=tuple(Let(let.name, change(let.value)) for let in self.lets),
            patterns=tuple(Pattern(tuple(_mapped(rule, change) for rule in p.rules)) for p in self.patterns),
        )


def _mapped(rule: Rule, change: Callable[[Expression], Expression]) -> Rule:
    return Rule(
        change(rule.context),
        tuple(Let(let.name, change(let.value)) for let in rule.lets),
        tuple(
            replace(a, test=change(a.test), message=tuple(p if isinstance(p, str) else change(p) for p in a.message))
            for a in rule.assertions
        ),
    )


# -- names ------------------------------------------------------------------------------------------


def with_prefixes(rules: RuleSet, prefixes: Mapping[str, str]) -> RuleSet:
    """The same rules with the prefixes of element names that `prefixes` (URI -> prefix) wants.

    >>> from einvoice.schematron.xpath import parse
    >>> rule = Rule(parse("c:ID"), (), ())
    >>> renamed = with_prefixes(RuleSet((Pattern((rule,)),), namespaces={"c": "urn:c"}), {"urn:c": "cbc"})
    >>> str(renamed.patterns[0].rules[0].context), renamed.namespaces
    ('cbc:ID', {'cbc': 'urn:c'})
    """
    wanted = {prefix: prefixes.get(uri, prefix) for prefix, uri in rules.namespaces.items()}

    def renamed(name: str) -> str:
        prefix, colon, local = name.partition(":")
        return f"{wanted.get(prefix, prefix)}:{local}" if colon else name

    def rename(expression: Expression) -> Expression:
        if not isinstance(expression, Path):
            return expression
        steps = (replace(s, test=renamed(s.test)) if isinstance(s, Step) else s for s in expression.steps)
        return Path(expression.absolute, tuple(steps))

    changed = rules.mapped(lambda e: rewrite(e, rename))
    return replace(changed, namespaces={wanted[prefix]: uri for prefix, uri in rules.namespaces.items()})


def merged(sets: tuple[RuleSet, ...]) -> RuleSet:
    """Several sets as one; a variable whose name is taken gets another (functions may then not use it)."""
    whole = RuleSet(())
    for rules in sets:
        taken = {let.name for let in whole.lets} & {let.name for let in rules.lets}
        renamed = _with_variables(rules, {name: _unused(name, whole) for name in taken})
        whole = RuleSet(
            whole.patterns + renamed.patterns,
            whole.lets + renamed.lets,
            {**renamed.namespaces, **whole.namespaces},
            tuple(dict.fromkeys(whole.functions + renamed.functions)),
            {**whole.codes, **renamed.codes},
        )
    return whole


def _unused(name: str, rules: RuleSet) -> str:
    taken = {let.name for let in rules.lets}
    return next(f"{name}-{n}" for n in range(2, len(taken) + 3) if f"{name}-{n}" not in taken)


def _with_variables(rules: RuleSet, names: Mapping[str, str]) -> RuleSet:
    if not names:
        return rules
    changed = rules.mapped(lambda e: substituted(e, {old: Variable(new) for old, new in names.items()}))
    return replace(changed, lets=tuple(Let(names.get(let.name, let.name), let.value) for let in changed.lets))


def substituted(expression: Expression, values: Mapping[str, Expression]) -> Expression:
    """The expression with variables replaced that are not bound inside it.

    >>> from einvoice.schematron.xpath import parse
    >>> str(substituted(parse("$a + (for $a in b return $a)"), {"a": parse("1")}))
    '1 + (for $a in b return $a)'
    """
    if isinstance(expression, Variable):
        return values.get(expression.name, expression)
    if not free_variables(expression) & set(values):
        return expression
    if isinstance(expression, Binding):
        return _substituted_binding(expression, values)
    return rebuild(expression, lambda part, _: substituted(part, values))


def _substituted_binding(binding: Binding, values: Mapping[str, Expression]) -> Binding:
    clauses = []
    for name, value in binding.clauses:
        clauses.append((name, substituted(value, values)))
        values = {n: v for n, v in values.items() if n != name}
    return Binding(binding.keyword, tuple(clauses), substituted(binding.body, values))


# -- what a test is about ---------------------------------------------------------------------------


def tested_attribute(test: Expression) -> str:
    """The one XML attribute of the context that a test looks at.

    >>> from einvoice.schematron.xpath import parse
    >>> [tested_attribute(parse(t)) for t in ("exists(@schemeID)", "@a = @b", "cbc:ID/@schemeID")]
    ['schemeID', '', '']
    """
    names = set(_own_attributes(test))
    return names.pop() if len(names) == 1 else ""


def _own_attributes(expression: Expression) -> list[str]:
    match expression:
        case Path(False, (Step("attribute", name, _), *_)):
            return [name]
    return [name for part, same in children(expression) if same for name in _own_attributes(part)]
