"""Pass `codes`: code lists become maps, so that a look-up costs the same in a list of ten and of two thousand.

not(contains(normalize-space(.), ' ')) and contains(' EUR USD ', concat(' ', normalize-space(.), ' '))
->  map:contains($codes-1, string(.)) or map:contains($codes-1, normalize-space(.))
$codes/cl[@id = 3]/enumeration[@value = .]    (a list in a file of its own)
->  .[map:contains($codes-1, string(.))]
"""

from __future__ import annotations

from typing import TYPE_CHECKING

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
    rewrite,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from einvoice.schematron.rule_set import RuleSet

SPACE = String(" ")


def codes(rules: RuleSet) -> tuple[RuleSet, dict[str, list[str]]]:
    """The rules with look-ups in maps, and the codes of each map.

    >>> from einvoice.schematron.rule_set import Assertion, Pattern, Rule, RuleSet
    >>> from einvoice.schematron.xpath import parse
    >>> test = parse("not(contains(normalize-space(.), ' ')) and contains(' A B ', concat(' ', normalize-space(.), ' '))")
    >>> rule = Rule(parse("a"), (), (Assertion("BR-CL-01", "fatal", test, ()),))
    >>> changed, lists = codes(RuleSet((Pattern((rule,)),)))
    >>> str(changed.patterns[0].rules[0].assertions[0].test), lists
    ('map:contains($codes-1, string(.)) or map:contains($codes-1, normalize-space(.))', {'codes-1': ['A', 'B']})
    """
    lists = _Lists(rules)
    changed = rules.mapped(lambda e: rewrite(e, lists.looked_up))
    return changed, {name: list(found) for found, name in lists.names.items()}


class _Lists:
    def __init__(self, rules: RuleSet) -> None:
        self.constants = {let.name: let.value for let in rules.lets}
        self.files = rules.codes
        self.names: dict[tuple[str, ...], str] = {}

    def variable(self, found: tuple[str, ...]) -> Variable:
        return Variable(self.names.setdefault(found, f"codes-{len(self.names) + 1}"))

    def looked_up(self, expression: Expression) -> Expression:
        match expression:
            case Logic("and", operands):
                return self.in_text(operands) or expression
            case Path(_, (*steps, Step("child", "enumeration", (Binary("=", Path(False, (Step("attribute", "value"),)), value),)))):
                return self.in_file(Path(expression.absolute, (*steps, Step("child", "enumeration"))), value) or expression
        return expression

    def in_text(self, operands: tuple[Expression, ...]) -> Expression | None:
        """`contains(list, concat(' ', key, ' '))`, where another operand says that the key has no space."""
        for operand in operands:
            match operand:
                case Call("contains", (listed, Call("concat", (String(" "), key, String(" "))))):
                    text = constant(listed, self.constants)
                    spaceless = Call("not", (Call("contains", (key, SPACE)),))
                    if text and text[0] == text[-1] == " " and spaceless in operands and _is_normal(key):
                        rest = [o for o in operands if o not in (operand, spaceless)]
                        return all_of([self.member(text, key), *rest])
        return None

    def member(self, text: str, key: Expression) -> Expression:
        found = self.variable(tuple(text[1:-1].split(" ")))
        exact = key.arguments[0] if isinstance(key, Call) and key.name == "normalize-space" and key.arguments else None
        as_it_is = [Call("map:contains", (found, Call("string", (exact,))))] if exact is not None else []
        return any_of([*as_it_is, Call("map:contains", (found, key))])

    def in_file(self, path: Path, value: Expression) -> Expression | None:
        listed = self.files.get(str(path))
        if listed is None:
            return None
        condition = Call("map:contains", (self.variable(tuple(sorted(listed))), Call("string", (Dot(),))))
        match value:
            case Path(absolute, (*steps, Step(axis, test, predicates))):
                return Path(absolute, (*steps, Step(axis, test, (*predicates, condition))))
            case Dot():
                return Path(False, (Step("self", "node()", (condition,)),))
        return Path(False, (Filter(value, (condition,)),))


def constant(expression: Expression, lets: Mapping[str, Expression]) -> str | None:
    """The text of a literal, of a variable that is one, or of several joined."""
    match expression:
        case String(text):
            return text
        case Variable(name) if name in lets:
            return constant(lets[name], lets)
        case Call("concat", parts):
            texts = [constant(part, lets) for part in parts]
            return None if None in texts else "".join(t for t in texts if t is not None)
    return None


def _is_normal(key: Expression) -> bool:
    """Whether white space was taken out at its ends, so that no space means one word."""
    match key:
        case Call("normalize-space"):
            return True
        case Call("upper-case" | "lower-case", (inner,)):
            return _is_normal(inner)
    return False
