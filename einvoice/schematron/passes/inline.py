"""Pass `inline`: a rule's variable that only names a node beside it gives way to that node.

let $code := @format;  string-length($code) = 0 or ...   ->   string-length(@format) = 0 or ...
"""

from __future__ import annotations

from dataclasses import replace

from einvoice.schematron.rule_set import Pattern, Rule, RuleSet, substituted
from einvoice.schematron.xpath import Dot, Expression, Path, Step, children, free_variables


def inline(rules: RuleSet) -> RuleSet:
    """The rules with every cheap variable of a rule replaced by its value.

    >>> from einvoice.schematron.rule_set import Assertion, Let
    >>> from einvoice.schematron.xpath import parse
    >>> test = Assertion("R", "fatal", parse("$code = 'x'"), ())
    >>> rule = Rule(parse("a"), (Let("code", parse("@format")),), (test,))
    >>> str(inline(RuleSet((Pattern((rule,)),))).patterns[0].rules[0].assertions[0].test)
    "@format = 'x'"
    """
    return replace(rules, patterns=tuple(Pattern(tuple(map(_inlined, p.rules))) for p in rules.patterns))


def _inlined(rule: Rule) -> Rule:
    cheap = {let.name: let.value for let in rule.lets if _is_cheap(let.value)}
    if not cheap or any(_holds_variable(a.test, cheap) for a in rule.assertions):
        return rule
    tests = tuple(
        replace(a, test=substituted(a.test, cheap), message=tuple(p if isinstance(p, str) else substituted(p, cheap) for p in a.message))
        for a in rule.assertions
    )
    lets = tuple(replace(let, value=substituted(let.value, cheap)) for let in rule.lets if let.name not in cheap)
    return Rule(rule.context, lets, tests)


def _is_cheap(value: Expression) -> bool:
    match value:
        case Dot() | Path(False, (Step("child" | "attribute", _, ()),)):
            return True
    return False


def _holds_variable(test: Expression, names: dict[str, Expression]) -> bool:
    """Whether a variable stands in another focus, where its node would be another."""
    return any(_in_other_focus(test, name) for name in names)


def _in_other_focus(expression: Expression, name: str) -> bool:
    return any(_in_other_focus(part, name) if same else name in free_variables(part) for part, same in children(expression))
