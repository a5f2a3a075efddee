"""What a document must have for a check to be able to fail: names of elements and attributes, and values of codes.

    not(//cac:TaxCategory[normalize-space(cbc:ID) = 'Z']) or ...   needs  cac:TaxCategory, cbc:ID, cbc:ID=Z

Found by working the test out with one thing taken to be absent: what then is certainly true cannot fail. A stylesheet
for one document leaves out what its document cannot violate (`assemble.py`).
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from einvoice.schematron.plan import is_name
from einvoice.schematron.tokens import EMPTY_LEAF, twice
from einvoice.schematron.xpath import (
    Binary,
    Binding,
    Call,
    Conditional,
    Dot,
    Expression,
    Filter,
    Logic,
    Number,
    Path,
    Sequence,
    Step,
    String,
    Typed,
    Unary,
    Variable,
    every,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

UNKNOWN: Any = object()
NOTHING: Any = ()


def needs(expression: Expression, *, unless: bool, lets: Mapping[str, Expression], focus: str | None = None) -> frozenset[str]:
    """The tokens without any one of which the expression is certainly `unless`; `focus` is the element it is asked at, if known.

    >>> from einvoice.schematron.xpath import parse
    >>> sorted(needs(parse("not(cbc:ID) or cbc:Name = 'x'"), unless=True, lets={}))
    ['cbc:ID']
    >>> sorted(needs(parse("cac:Party/@schemeID = 'VA'"), unless=False, lets={}))
    ['@schemeID', '@schemeID=VA', 'cac:Party']
    >>> sorted(needs(parse("count(cac:Party/cbc:Name) <= 1"), unless=True, lets={}))
    ['cac:Party', 'cbc:Name', 'cbc:Name*2']
    >>> sorted(needs(parse(". = 'S'"), unless=False, lets={}, focus="cbc:ID"))
    ['cbc:ID=S']
    """
    candidates = set(_tokens(expression, lets, frozenset(), focus))
    return frozenset(t for t in candidates if _truth(_Absent(t, lets).value(expression, focus)) is unless)


def token(step: Step) -> str:
    """How a step is called among the tokens; empty if it needs no particular name."""
    if not is_name(step.test):
        return ""
    return f"@{step.test}" if step.axis == "attribute" else step.test


_NO_CHILDREN = Call("not", (Path(False, (Step("child", "*"),)),))
_NO_TEXT = (Call("not", (Call("normalize-space"),)), Call("not", (Call("normalize-space", (Dot(),)),)))


def _tokens(expression: Expression, lets: Mapping[str, Expression], seen: frozenset[str], focus: str | None = None) -> Iterator[str]:
    leaves: list[str] = [focus] if focus else []
    literals: list[str] = []
    for part in every(expression):
        if isinstance(part, Path):
            leaves += [t for s in part.steps if isinstance(s, Step) and (t := token(s))]
        elif isinstance(part, Logic) and _asks_for_empty_leaf(part):
            yield EMPTY_LEAF
        elif isinstance(part, Call) and part.name == "count" and (name := _last(part.arguments[0])):
            yield twice(name)
        elif isinstance(part, String):
            literals.append(part.value)
        elif isinstance(part, Variable) and part.name in lets and part.name not in seen:
            yield from _tokens(lets[part.name], lets, seen | {part.name})
    yield from (leaf for leaf in leaves if leaf != focus)
    yield from (f"{leaf}={literal}" for leaf in dict.fromkeys(leaves) for literal in dict.fromkeys(literals) if len(literal) < 8)


def _asks_for_empty_leaf(logic: Logic) -> bool:
    return logic.operator == "and" and _NO_CHILDREN in logic.operands and any(e in logic.operands for e in _NO_TEXT)


def _truth(value: Any) -> Any:
    """The effective boolean value, where it is known."""
    return UNKNOWN if value is UNKNOWN else bool(value)


@dataclass(frozen=True, slots=True)
class _Absent:
    """Evaluation of expressions over all documents without one token; a value is UNKNOWN, (), or a constant."""

    token: str
    lets: Mapping[str, Expression]

    def value(self, expression: Expression, focus: str | None) -> Any:  # noqa: C901  one line per record
        """`focus` is the token of the step whose node is the context item, if that is known."""
        match expression:
            case String(text):
                return text
            case Number(text):
                return Decimal(text) if "e" not in text.lower() else UNKNOWN
            case Variable(name):
                return self.value(self.lets[name], None) if name in self.lets else UNKNOWN
            case Sequence(items):
                known = [v for item in items if (v := self.value(item, focus)) != NOTHING]
                return NOTHING if not known else known[0] if len(known) == 1 else UNKNOWN
            case Path():
                return self._path(expression, focus)
            case Logic():
                return self._logic(expression, focus)
            case Binary():
                return self._binary(expression, focus)
            case Call():
                return self._call(expression, focus)
            case Unary(_, operand):
                return NOTHING if self.value(operand, focus) == NOTHING else UNKNOWN
            case Conditional(test, then, otherwise):
                holds = _truth(self.value(test, focus))
                return UNKNOWN if holds is UNKNOWN else self.value(then if holds else otherwise, focus)
            case Binding():
                return self._binding(expression, focus)
            case Typed() | Dot():
                return UNKNOWN
        raise TypeError(expression)

    def _path(self, path: Path, focus: str | None) -> Any:
        for step in path.steps:
            if isinstance(step, Filter):
                if self.value(step.primary, focus) == NOTHING:
                    return NOTHING
                focus = _last(step.primary)
            else:
                focus = (token(step) or None) if step.test != "node()" or step.axis != "self" else focus
                if focus == self.token:
                    return NOTHING
            if any(_truth(self.value(p, focus)) is False for p in step.predicates):
                return NOTHING
        return UNKNOWN

    def _logic(self, logic: Logic, focus: str | None) -> Any:
        if self.token == EMPTY_LEAF and _asks_for_empty_leaf(logic):
            return False
        values = [self.value(o, focus) for o in logic.operands]
        if logic.operator == "|":
            return NOTHING if all(v == NOTHING for v in values) else UNKNOWN
        decisive = logic.operator == "or"
        truths = [_truth(v) for v in values]
        if any(t is decisive for t in truths):
            return decisive
        return (not decisive) if all(t is (not decisive) for t in truths) else UNKNOWN

    def _binary(self, binary: Binary, focus: str | None) -> Any:
        if self._counts_one(binary):
            return True
        left, right = self.value(binary.left, focus), self.value(binary.right, focus)
        if binary.operator in _GENERAL:
            if NOTHING in (left, right) or (binary.operator == "=" and self._never_equal(binary, focus)):
                return False
            constant = left is not UNKNOWN and right is not UNKNOWN and type(left) is type(right)
            return _GENERAL[binary.operator](left, right) if constant else UNKNOWN
        if isinstance(left, Decimal) and isinstance(right, Decimal) and binary.operator in {"+", "-"}:
            return left + right if binary.operator == "+" else left - right
        return NOTHING if NOTHING in (left, right) and binary.operator in _STRICT else UNKNOWN

    def _counts_one(self, binary: Binary) -> bool:
        """`count(a/b) <= 1`, where the document has no two b."""
        match binary:
            case Binary("<=", Call("count", (counted,)), Number("1")):
                return self.token == twice(_last(counted) or "") and isinstance(counted, Path)
        return False

    def _never_equal(self, comparison: Binary, focus: str | None) -> bool:
        """Whether it compares a code with the value that is taken to be absent."""
        for text, leaf in ((comparison.left, comparison.right), (comparison.right, comparison.left)):
            if isinstance(text, String) and self.token == f"{leaf_of(leaf, focus)}={text.value}":
                return True
        return False

    def _call(self, call: Call, focus: str | None) -> Any:
        values = [self.value(a, focus) for a in call.arguments]
        first = values[0] if values else UNKNOWN
        if call.name in _OF_TRUTH:
            truth = _truth(first) if call.name in {"not", "boolean"} else UNKNOWN if first is UNKNOWN else first != NOTHING
            return UNKNOWN if truth is UNKNOWN else truth is not _OF_TRUTH[call.name]
        if call.name in {"true", "false"}:
            return call.name == "true"
        if first == NOTHING and call.name in _OF_NOTHING:
            return _OF_NOTHING[call.name]
        if call.name in _TEXT and values and all(v == NOTHING or isinstance(v, str) for v in values):
            return _TEXT[call.name](*("" if v == NOTHING else v for v in values))
        return UNKNOWN

    def _binding(self, binding: Binding, focus: str | None) -> Any:
        inner = self
        for name, value in binding.clauses:
            if binding.keyword != "let" and inner.value(value, focus) == NOTHING:
                return {"for": NOTHING, "some": False, "every": True}[binding.keyword]
            lets = {n: v for n, v in inner.lets.items() if n != name}
            inner = _Absent(self.token, {**lets, name: value} if binding.keyword == "let" else lets)
        body = inner.value(binding.body, focus)
        if binding.keyword == "let":
            return body
        if binding.keyword == "for":
            return NOTHING if body == NOTHING else UNKNOWN
        decided = binding.keyword == "every"
        return decided if _truth(body) is decided else UNKNOWN


_GENERAL: Any = {
    "=": lambda a, b: a == b,
    "!=": lambda a, b: a != b,
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
}
_STRICT = frozenset("+ - * div idiv mod eq ne lt le gt ge".split())
_OF_TRUTH = {"not": True, "boolean": False, "exists": False, "empty": True}
"""functions of a truth, and whether they turn it around"""
_OF_NOTHING: Any = {
    "count": Decimal(0),
    "sum": Decimal(0),
    **dict.fromkeys("distinct-values data max min avg round abs floor ceiling reverse".split(), NOTHING),
    **dict.fromkeys("xs:decimal xs:date xs:integer xs:string xs:boolean xs:double tokenize".split(), NOTHING),
}
_TEXT: Any = {
    "string": lambda a: a,
    "normalize-space": lambda a: " ".join(a.split()),
    "upper-case": str.upper,
    "string-length": lambda a: Decimal(len(a)),
    "substring-after": lambda a, b: a.partition(b)[2],
    "contains": lambda a, b: b in a,
    "concat": lambda *a: "".join(a),
}


def leaf_of(expression: Expression, focus: str | None) -> str | None:
    """The token of the step whose text an expression gives, as it stands or with white space and case changed.

    >>> from einvoice.schematron.xpath import parse
    >>> leaf_of(parse("upper-case(normalize-space(cac:TaxScheme/cbc:ID))"), None), leaf_of(parse("."), "cbc:ID")
    ('cbc:ID', 'cbc:ID')
    """
    match expression:
        case Dot() | Call("normalize-space" | "string", ()):
            return focus
        case Call("normalize-space" | "upper-case" | "string", (inner,)):
            return leaf_of(inner, focus)
        case Path():
            return _last(expression, focus)
    return None


def _last(expression: Expression, focus: str | None = None) -> str | None:
    if not isinstance(expression, Path) or not expression.steps:
        return None
    last = expression.steps[-1]
    if isinstance(last, Step):
        return token(last) or None
    before = _last(Path(expression.absolute, expression.steps[:-1]), focus) if len(expression.steps) > 1 else focus
    return leaf_of(last.primary, before)
