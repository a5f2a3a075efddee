"""What a stylesheet does, before it is written: for each element name, which rules judge it and what they check."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from einvoice.schematron.contexts import Alternative, alternatives, folded, names_fit, specialised, without_errors
from einvoice.schematron.xpath import FALSE, TRUE, Expression, Path, Step, all_of, any_of, steps

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from einvoice.schematron.rule_set import Let, RuleSet

ANY = "*"
"""elements whose name no rule knows"""


@dataclass(frozen=True, slots=True)
class Check:
    """One assertion: where it fails, the node is reported under its number."""

    number: int
    test: Expression
    message: tuple[Expression, ...] = ()
    """the computed parts"""
    needs: frozenset[str] = frozenset()
    """what a document must have for it to fail (`passes/need.py`)"""


@dataclass(frozen=True, slots=True)
class Branch:
    """One rule at one element name."""

    rule: int
    condition: Expression
    lets: tuple[Let, ...]
    checks: tuple[Check, ...]
    needs: frozenset[str] = frozenset()
    """what a document must have for the condition to hold"""


@dataclass(frozen=True, slots=True)
class Inverted:
    """A check `not(a/b)` turned into: where b is found, report the node above it."""

    number: int
    parent: str
    """name of the parent, or empty when any will do"""
    attribute: bool
    """whether it looks at an attribute of the node"""
    condition: Expression
    report: Expression
    """the node to report, as seen from here"""
    needs: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Template:
    """All that happens at one element name: of each chain, the first branch whose condition holds."""

    chains: tuple[tuple[Branch, ...], ...] = ()
    inverted: tuple[Inverted, ...] = ()
    lets: tuple[Let, ...] = ()
    """codes that many conditions ask for"""


@dataclass(frozen=True, slots=True)
class Plan:
    """A whole stylesheet."""

    templates: Mapping[str, Template]
    rules: tuple[PlannedRule, ...]
    lets: tuple[Let, ...]
    """global values; each is worked out when it is first asked for"""
    codes: frozenset[str] = frozenset()
    """variables that are code lists"""
    keys: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    """name -> match and use of an `xsl:key`"""
    root_attributes: tuple[tuple[str, int], ...] = ()
    """attribute names that may not occur anywhere, each with the number of its check at the document element"""
    sweeps: tuple[Branch, ...] = ()
    """rules about elements of any name, which are searched for (`passes/sweep.py`)"""

    def mapped(self, change: Callable[[Expression], Expression]) -> Plan:
        """The same plan with every expression of templates and rules replaced."""
        return self._with(tuple(_changed(rule, change) for rule in self.rules), change)

    def with_rule(self, index: int, change: Callable[[Expression], Expression]) -> Plan:
        """The same plan with every expression of one rule, but not its contexts, replaced."""
        return self._with(tuple(_changed(rule, change) if i == index else rule for i, rule in enumerate(self.rules)))

    def _with(self, rules: tuple[PlannedRule, ...], change: Callable[[Expression], Expression] = lambda e: e) -> Plan:
        templates = {
            name: replace(
                template,
                chains=tuple(tuple(_as_in(b, rules[b.rule], change) for b in chain) for chain in template.chains),
                inverted=tuple(replace(i, condition=change(i.condition)) for i in template.inverted),
            )
            for name, template in self.templates.items()
        }
        return replace(self, templates=templates, rules=rules)


def _changed(rule: PlannedRule, change: Callable[[Expression], Expression]) -> PlannedRule:
    lets = tuple(replace(let, value=change(let.value)) for let in rule.lets)
    checks = tuple(replace(c, test=change(c.test), message=tuple(map(change, c.message))) for c in rule.checks)
    return replace(rule, lets=lets, checks=checks)


def _as_in(branch: Branch, rule: PlannedRule, change: Callable[[Expression], Expression]) -> Branch:
    """The branch with its rule's variables and checks as they are now; checks that were moved away stay away."""
    now = {check.number: check for check in rule.checks}
    checks = tuple(now[c.number] for c in branch.checks)
    return replace(branch, condition=change(branch.condition), lets=rule.lets, checks=checks)


@dataclass(frozen=True, slots=True)
class PlannedRule:
    """A rule with its contexts taken apart."""

    pattern: int
    alternatives: tuple[Alternative, ...]
    lets: tuple[Let, ...]
    checks: tuple[Check, ...]

    @property
    def is_root(self) -> bool:
        """Whether it judges the document element alone."""
        return all(a.is_root for a in self.alternatives)


def planned(rules: RuleSet, codes: frozenset[str] = frozenset()) -> Plan:
    """The plan of a rule set, nothing optimised; `codes` are the variables that hold code lists. Raises UnsupportedContext."""
    listed = tuple(_rules(rules))
    known = sorted({name for rule in listed for name in _names(rule)})
    templates = {name: Template(tuple(_chains(listed, name))) for name in [*known, ANY]}
    return Plan(templates, listed, rules.lets, codes)


def _rules(rules: RuleSet) -> Iterator[PlannedRule]:
    number = 0
    for pattern, members in enumerate(rules.patterns):
        for rule in members.rules:
            checks = tuple(
                Check(number + n, a.test, tuple(p for p in a.message if not isinstance(p, str))) for n, a in enumerate(rule.assertions)
            )
            yield PlannedRule(pattern, alternatives(rule.context), rule.lets, checks)
            number += len(rule.assertions)


def _names(rule: PlannedRule) -> Iterator[str]:
    """The element names that a rule speaks of."""
    contexts = (Path(a.absolute, a.steps) for a in rule.alternatives)
    for expression in (*contexts, *(check.test for check in rule.checks), *(let.value for let in rule.lets)):
        yield from (s.test for s in steps(expression) if s.axis != "attribute" and is_name(s.test))


def is_name(test: str) -> bool:
    """Whether a name test names one element."""
    return "*" not in test and "(" not in test


def _chains(rules: tuple[PlannedRule, ...], name: str) -> Iterator[tuple[Branch, ...]]:
    """One chain per pattern that has a rule for the name."""
    patterns: dict[int, list[Branch]] = {}
    for index, rule in enumerate(rules):
        condition = _condition(rule, name)
        chain = patterns.setdefault(rule.pattern, [])
        if condition != FALSE and not (chain and chain[-1].condition == TRUE):
            chain.append(Branch(index, condition, rule.lets, rule.checks))
    yield from (tuple(chain) for chain in patterns.values() if chain)


def _condition(rule: PlannedRule, name: str) -> Expression:
    conditions = [_at_name(a, name) for a in rule.alternatives if names_fit(a.name, name) or (name == ANY and "*" in a.name)]
    return any_of(conditions)


def _at_name(alternative: Alternative, name: str) -> Expression:
    condition = folded(without_errors(alternative.condition()))
    if name != ANY:
        return specialised(condition, name)
    self_test = [Path(False, (Step("self", alternative.name),))] if alternative.name != ANY else []
    return all_of([*self_test, condition])
