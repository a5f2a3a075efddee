"""What a stylesheet does, before it is written: for each element name, which rules judge it and what they check."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from einvoice.schematron.contexts import Alternative, alternatives, folded, names_fit, specialised, without_errors
from einvoice.schematron.xpath import FALSE, TRUE, Expression, Path, Step, all_of, any_of, every

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from einvoice.schematron.rule_set import Let, Message, RuleSet

ANY = "*"
"""elements whose name no rule knows"""


@dataclass(frozen=True, slots=True)
class Check:
    """One assertion: where it fails, the node is reported under its number."""

    number: int
    test: Expression
    message: Message = ()
    """only the computed parts"""


@dataclass(frozen=True, slots=True)
class Branch:
    """One rule at one element name."""

    rule: int
    condition: Expression
    lets: tuple[Let, ...]
    checks: tuple[Check, ...]


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


@dataclass(frozen=True, slots=True)
class Template:
    """All that happens at one element name: of each chain, the first branch whose condition holds."""

    chains: tuple[tuple[Branch, ...], ...] = ()
    inverted: tuple[Inverted, ...] = ()


@dataclass(frozen=True, slots=True)
class Plan:
    """A whole stylesheet."""

    templates: Mapping[str, Template]
    rules: tuple[PlannedRule, ...]
    lets: tuple[Let, ...]
    """global values; each is worked out when it is first asked for"""
    keys: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    """name -> match and use of an `xsl:key`"""
    root_attributes: tuple[tuple[str, int], ...] = ()
    """attribute names that may not occur anywhere, each with the number of its check at the document element"""


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


def planned(rules: RuleSet) -> Plan:
    """The plan of a rule set, nothing optimised. Raises UnsupportedContext."""
    listed = tuple(_rules(rules))
    known = sorted({name for rule in listed for name in _names(rule)})
    templates = {name: Template(tuple(_chains(listed, name))) for name in [*known, ANY]}
    return Plan(templates, listed, rules.lets)


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
        for part in every(expression):
            if isinstance(part, Path):
                yield from (s.test for s in part.steps if isinstance(s, Step) and s.axis != "attribute" and is_name(s.test))


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
