"""Reads XPath 2.0 text into the tree of `xpath.py`: precedence climbing over one regular expression of tokens."""

from __future__ import annotations

import re
from typing import NamedTuple

from einvoice.errors import XPathError
from einvoice.schematron.xpath import (
    DESCENDANTS,
    SELF,
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
)

_NAME = r"[A-Za-z_][\w.\-]*"
_TOKEN = re.compile(
    rf"""(?P<space>\s+)|(?P<comment>\(:)
    |(?P<number>(?:\d+\.\d*|\.\d+|\d+)(?:[eE][+-]?\d+)?)
    |(?P<string>"(?:[^"]|"")*"|'(?:[^']|'')*')
    |(?P<variable>\$\s*{_NAME}(?::{_NAME})?)
    |(?P<name>\*:{_NAME}|{_NAME}:\*|{_NAME}(?::(?!:){_NAME})?)
    |(?P<symbol>::|:=|//|\.\.|!=|<=|>=|<<|>>|\|\||[()\[\],./@|+\-*=<>!?])""",
    re.VERBOSE,
)
_AXES = frozenset(
    "child descendant attribute self descendant-or-self following-sibling following parent ancestor preceding-sibling "
    "preceding ancestor-or-self namespace".split()
)
_NODE_TESTS = frozenset("node text comment processing-instruction element attribute document-node item".split())
_COMPARISONS = "= != < <= > >= eq ne lt le gt ge is << >>".split()
_LEVELS = (
    ("or",),
    ("and",),
    _COMPARISONS,
    ("||",),
    ("to",),
    ("+", "-"),
    ("*", "div", "idiv", "mod"),
    ("union", "|"),
    ("intersect", "except"),
)
_PRECEDENCE = {operator: level for level, operators in enumerate(_LEVELS, 1) for operator in operators}
_TYPE_OPERATORS = {"instance": "of", "treat": "as", "castable": "as", "cast": "as"}


class Token(NamedTuple):
    """A word of an expression."""

    kind: str
    text: str


def tokens(text: str) -> list[Token]:
    """The words of an expression, ended by an empty one; comments, which may nest, are left out."""
    found, at = [], 0
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            raise XPathError(f"not XPath at character {at}: {text[at : at + 30]!r}")
        at = _comment_end(text, at) if match.lastgroup == "comment" else match.end()
        if match.lastgroup not in {"space", "comment"}:
            found.append(Token(str(match.lastgroup), match[0]))
    return [*found, Token("end", "")]


def _comment_end(text: str, at: int) -> int:
    depth = 0
    for mark in re.compile(r"\(:|:\)").finditer(text, at):
        depth += 1 if mark[0] == "(:" else -1
        if depth == 0:
            return mark.end()
    raise XPathError(f"a comment does not end: {text[at : at + 30]!r}")


class Parser:
    """One method per production of the grammar (XPath 2.0, appendix A.1)."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._tokens = tokens(text)
        self._at = 0

    def whole(self) -> Expression:
        """The whole text as one expression."""
        expression = self._expression()
        if self._peek().kind != "end":
            raise self._unexpected()
        return expression

    # -- tokens -----------------------------------------------------------------------------------

    def _peek(self, ahead: int = 0) -> Token:
        return self._tokens[min(self._at + ahead, len(self._tokens) - 1)]

    def _next(self) -> Token:
        self._at += 1
        return self._tokens[self._at - 1]

    def _is(self, text: str, ahead: int = 0) -> bool:
        token = self._peek(ahead)
        return token.text == text and token.kind in {"name", "symbol"}

    def _took(self, text: str) -> bool:
        found = self._is(text)
        self._at += found
        return found

    def _take(self, text: str) -> None:
        if not self._took(text):
            raise self._unexpected(f", expected {text!r}")

    def _unexpected(self, wanted: str = "") -> XPathError:
        return XPathError(f"unexpected {self._peek().text!r}{wanted} in {' '.join(self._text.split())[:300]!r}")

    # -- expressions ------------------------------------------------------------------------------

    def _expression(self) -> Expression:
        items = [self._single()]
        while self._took(","):
            items.append(self._single())
        return items[0] if len(items) == 1 else Sequence(tuple(items))

    def _single(self) -> Expression:
        token = self._peek()
        if token.kind == "name" and token.text in {"for", "some", "every", "let"} and self._peek(1).kind == "variable":
            return self._binding()
        if token == Token("name", "if") and self._is("(", 1):
            return self._conditional()
        return self._operators(0)

    def _binding(self) -> Binding:
        keyword = self._next().text
        clauses = []
        while True:
            name = self._next().text[1:].strip()
            self._take(":=" if keyword == "let" else "in")
            clauses.append((name, self._single()))
            if not self._took(","):
                break
        self._take("satisfies" if keyword in {"some", "every"} else "return")
        return Binding(keyword, tuple(clauses), self._single())

    def _conditional(self) -> Conditional:
        self._take("if")
        self._take("(")
        test = self._expression()
        self._take(")")
        self._take("then")
        then = self._single()
        self._take("else")
        return Conditional(test, then, self._single())

    def _operators(self, binding: int) -> Expression:
        left = self._unary()
        while True:
            token = self._peek()
            if token.kind not in {"name", "symbol"}:
                return left
            if _PRECEDENCE.get(token.text, 0) > binding:
                self._next()
                left = _operation(token.text, left, self._operators(_PRECEDENCE[token.text]))
            elif token.text in _TYPE_OPERATORS and self._is(_TYPE_OPERATORS[token.text], 1):
                self._at += 2
                left = Typed(token.text, left, self._type())
            else:
                return left

    def _type(self) -> str:
        name = self._next().text
        if self._took("("):
            inner = ""
            while not self._took(")"):
                inner += self._next().text
            name += f"({inner})"
        if self._peek().kind == "symbol" and self._peek().text in "?*+":
            name += self._next().text
        return name

    def _unary(self) -> Expression:
        if self._is("+") or self._is("-"):
            return Unary(self._next().text, self._unary())
        left = self._path()
        while self._took("!"):
            left = Binary("!", left, self._path())
        return left

    # -- paths ------------------------------------------------------------------------------------

    def _path(self) -> Expression:
        if self._took("//"):
            return Path(True, (DESCENDANTS, *self._steps()))
        if self._took("/"):
            return Path(True, tuple(self._steps()) if self._begins_step() else ())
        found = self._steps()
        if len(found) > 1:
            return Path(False, tuple(found))
        only = found[0]
        if isinstance(only, Filter) and not only.predicates:
            return only.primary
        return Dot() if only == SELF else Path(False, (only,))

    def _begins_step(self) -> bool:
        token = self._peek()
        if token.kind == "name":
            return token.text not in _PRECEDENCE or self._peek(1).kind == "symbol"
        return token.kind == "variable" or (token.kind == "symbol" and token.text in {"*", "@", ".", "..", "("})

    def _steps(self) -> list[Step | Filter]:
        found = [self._step()]
        while True:
            if self._took("//"):
                found += [DESCENDANTS, self._step()]
            elif self._took("/"):
                found.append(self._step())
            else:
                return found

    def _step(self) -> Step | Filter:
        for symbol, axis in (("..", "parent"), (".", "self")):
            if self._took(symbol):
                return Step(axis, "node()", self._predicates())
        if self._took("@"):
            return Step("attribute", self._node_test(), self._predicates())
        token = self._peek()
        if token.kind == "name" and token.text in _AXES and self._is("::", 1):
            self._at += 2
            return Step(token.text, self._node_test(), self._predicates())
        if self._is("*") or (token.kind == "name" and (not self._is("(", 1) or token.text in _NODE_TESTS)):
            test = self._node_test()
            return Step("attribute" if test.startswith("attribute(") else "child", test, self._predicates())
        return Filter(self._primary(), self._predicates())

    def _node_test(self) -> str:
        token = self._next()
        if token.kind != "name" and token.text != "*":
            self._at -= 1
            raise self._unexpected(", expected a name")
        if token.text not in _NODE_TESTS or not self._took("("):
            return token.text
        inner = ""
        while not self._took(")"):
            inner += self._next().text
        return f"{token.text}({inner})"

    def _predicates(self) -> tuple[Expression, ...]:
        found = []
        while self._took("["):
            found.append(self._expression())
            self._take("]")
        return tuple(found)

    def _primary(self) -> Expression:
        token = self._next()
        if token.kind == "number":
            return Number(token.text)
        if token.kind == "string":
            quote = token.text[0]
            return String(token.text[1:-1].replace(quote * 2, quote))
        if token.kind == "variable":
            return Variable(token.text[1:].strip())
        if token.text == "(" and self._took(")"):
            return Sequence(())
        if token.text == "(":
            expression = self._expression()
            self._take(")")
            return expression
        if token.kind == "name" and self._took("("):
            return Call(token.text.removeprefix("fn:"), self._arguments())
        self._at -= 1
        raise self._unexpected()

    def _arguments(self) -> tuple[Expression, ...]:
        if self._took(")"):
            return ()
        found = [self._single()]
        while self._took(","):
            found.append(self._single())
        self._take(")")
        return tuple(found)


def _operation(operator: str, left: Expression, right: Expression) -> Expression:
    operator = "|" if operator == "union" else operator
    if operator not in {"and", "or", "|"}:
        return Binary(operator, left, right)
    flat = left.operands if isinstance(left, Logic) and left.operator == operator else (left,)
    return Logic(operator, (*flat, right))
