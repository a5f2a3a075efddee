"""Invoices to begin with: `templates.toml`, written as JSON with the terms beside the fields."""

from __future__ import annotations

import datetime
import json
import tomllib
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from einvoice.errors import UsageError
from einvoice.term_names import name_of
from einvoice.terms import at

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_ABSENT = "absent"
_COMMENT_AT = 62


@cache
def _table() -> Mapping[str, dict[str, Any]]:
    return tomllib.loads(files("einvoice").joinpath("templates.toml").read_text("utf-8"))


def names() -> dict[str, str]:
    """Name of each template -> what it is for."""
    return {name: entry["about"] for name, entry in _table().items() if name != "base"}


def template(name: str, *, today: datetime.date, language: str = "en") -> str:
    """A draft as JSON with comments, for `create`: terms and their names in en, de or fr beside the fields.

    Sums are left out, `complete` computes them. Raises UsageError for a name that is none.

    >>> print(template("b2b", today=datetime.date(2026, 1, 31)).splitlines()[2])
      "number": "R-0001",                                          // BT-1 Invoice number
    """
    if name == "base" or name not in _table():
        raise UsageError(f"{name}: there is no such template; there are {', '.join(names())}")
    values = _dated(_merged(_table()["base"], _table()[name]), today)
    return "\n".join([f"// {name}: {_table()[name]['about']}", *_object(values, (), language, ""), ""])


def _merged(base: Any, changes: Any) -> Any:
    """The base with the changes in it; what is absent in them is taken out."""
    if not (isinstance(base, dict) and isinstance(changes, dict)):
        return changes
    both = base | {key: _merged(base.get(key), value) for key, value in changes.items() if key != "about"}
    return {key: value for key, value in both.items() if value != _ABSENT}


def _dated(value: Any, today: datetime.date) -> Any:
    """Days from today as dates."""
    if isinstance(value, dict):
        return {key: _dated(inner, today) for key, inner in value.items()}
    if isinstance(value, list):
        return [_dated(inner, today) for inner in value]
    return (today + datetime.timedelta(value)).isoformat() if isinstance(value, int) else value


def _object(values: dict[str, Any], path: tuple[str, ...], language: str, indent: str) -> Iterator[str]:
    yield f"{indent}{{" if not path else "{"
    for number, (key, value) in enumerate(values.items(), 1):
        yield from _member(key, value, (*path, key), language, f"{indent}  ", "," if number < len(values) else "")
    yield f"{indent}}}"


def _member(key: str, value: Any, path: tuple[str, ...], language: str, indent: str, comma: str) -> Iterator[str]:
    """A field, with its term at the end of its first line."""
    text = list(_value(value, path, language, indent))
    text[0] = f"{indent}{json.dumps(key)}: {text[0]}"
    text[-1] += comma
    term = at(path)
    if term is not None:
        text[0] = f"{text[0]:<{_COMMENT_AT}} // {term} {name_of(term, language)}"
    yield from text


def _value(value: Any, path: tuple[str, ...], language: str, indent: str) -> Iterator[str]:
    if isinstance(value, dict):
        yield from _object(value, path, language, indent)
    elif isinstance(value, list):
        yield "["
        for number, inner in enumerate(value, 1):
            first, *rest = _object(inner, path, language, f"{indent}  ")
            yield f"{indent}  {first}"
            yield from rest[:-1]
            yield rest[-1] + ("," if number < len(value) else "")
        yield f"{indent}]"
    else:
        yield json.dumps(value, ensure_ascii=False)
