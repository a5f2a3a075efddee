"""Writes the trees of `xpath.py` as text that parses to the same tree."""

from __future__ import annotations

from einvoice.schematron.xpath import (
    DESCENDANTS,
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


def quoted(text: str) -> str:
    """A string literal."""
    return "'" + text.replace("'", "''") + "'"


def to_text(expression: Expression) -> str:
    """The expression, in parentheses only where a part needs them."""
    match expression:
        case Logic(operator, operands):
            return f" {operator} ".join(map(_part, operands))
        case Binary(operator, left, right):
            return f"{_part(left)} {operator} {_part(right)}"
    return _part(expression)


def _part(expression: Expression) -> str:  # noqa: C901  one line per record
    match expression:
        case String(value):
            return quoted(value)
        case Number(text):
            return text
        case Variable(name):
            return f"${name}"
        case Dot():
            return "."
        case Sequence(items):
            return f"({', '.join(map(_part, items))})"
        case Call(name, arguments):
            return f"{name}({', '.join(map(_argument, arguments))})"
        case Logic() | Binary():
            return f"({to_text(expression)})"
        case Unary(sign, operand):
            return f"({sign}{_part(operand)})"
        case Typed(operator, operand, type_):
            return f"({_part(operand)} {operator} {'of' if operator == 'instance' else 'as'} {type_})"
        case Conditional(test, then, otherwise):
            return f"(if ({to_text(test)}) then {_part(then)} else {_part(otherwise)})"
        case Binding():
            return f"({_binding(expression)})"
        case Path():
            return _path(expression)
    raise TypeError(expression)


def _argument(expression: Expression) -> str:
    return _part(expression) if isinstance(expression, Binding | Sequence) else to_text(expression)


def _binding(binding: Binding) -> str:
    joins = ":=" if binding.keyword == "let" else "in"
    before = "satisfies" if binding.keyword in {"some", "every"} else "return"
    clauses = ", ".join(f"${name} {joins} {_part(value)}" for name, value in binding.clauses)
    return f"{binding.keyword} {clauses} {before} {_part(binding.body)}"


def _path(path: Path) -> str:
    """`//` is written only for a step between two others: elsewhere it would mean something else."""
    text, slash = ("/" if path.absolute else ""), False
    for index, step in enumerate(path.steps):
        between = index + 1 < len(path.steps) and (path.absolute or index > 0)
        if step == DESCENDANTS and between and not text.endswith("//"):
            text, slash = text.removesuffix("/") + "//", False
            continue
        text, slash = text + "/" * slash + _step(step), True
    return text


def _step(step: Step | Filter) -> str:
    predicates = "".join(f"[{to_text(p)}]" for p in step.predicates)
    if isinstance(step, Step):
        return _axis(step) + predicates
    bare = isinstance(step.primary, Call | Variable | Sequence | String | Number)
    return (_part(step.primary) if bare else f"({to_text(step.primary)})") + predicates


def _axis(step: Step) -> str:
    if step.test == "node()" and step.axis in {"parent", "self"}:
        return ".." if step.axis == "parent" else "self::node()" if step.predicates else "."
    if step.axis == "child":
        return step.test
    if step.axis == "attribute" and not step.test.startswith("attribute("):
        return f"@{step.test}"
    return f"{step.axis}::{step.test}"
