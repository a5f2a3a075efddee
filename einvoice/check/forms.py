"""How a number, a date or a yes or no is written: what people write instead, in the form that its type wants.

A German spreadsheet says 1.161,00 and 9.3.2026. EN 16931 wants 1161.00 and 2026-03-09, in CII 20260309.
"""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING

from einvoice import calc
from einvoice.datatypes import DECIMAL, Date
from einvoice.rows import Term
from einvoice.terms import BY_ID

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_KINDS = {"Amount": "number", "Percentage": "number", "Quantity": "number", "Date": "date", "Indicator": "truth"}
_XSD_KINDS = {"decimal": "number", "date": "date", "boolean": "truth"}
_XSD_TYPE = re.compile(r"'xs:(\w+)'")
_TWO_DECIMALS = re.compile(r"-DEC-\d+$|^UBL-DT-01$")
_NO_DIGITS = re.compile(r"[\s'\u2019€$£%]|\b(?:EUR|USD|GBP|CHF)\b")
_GROUPED = re.compile(r"(?P<whole>[+-]?\d{1,3}(?P<mark>[.,])\d{3}(?:(?P=mark)\d{3})*)(?!(?P=mark))[.,](?P<decimals>\d+)")
_THOUSANDS = re.compile(r"[+-]?\d{1,3}(?P<mark>[.,])\d{3}(?:(?P=mark)\d{3})+")
_COMMA = re.compile(r"[+-]?\d+,(?:\d{1,2}|\d{4,})")
_DATES = (
    re.compile(r"(?P<year>\d{4})-(?P<month>\d\d?)-(?P<day>\d\d?)(?:T.*|Z|[+-]\d\d:\d\d)?"),
    re.compile(r"(?P<year>\d{4})(?P<month>\d\d)(?P<day>\d\d)"),
    re.compile(r"(?P<day>\d\d?)\.(?P<month>\d\d?)\.(?P<year>\d{4})"),
    re.compile(r"(?P<year>\d{4})/(?P<month>\d\d?)/(?P<day>\d\d?)"),
)
_TRUTHS = {
    **dict.fromkeys("true yes ja j y wahr oui vrai".split(), "true"),
    **dict.fromkeys("false no nein n falsch non faux".split(), "false"),
}


def kind_of(term: str | None, message: str = "") -> str | None:
    """Number, date or truth: by the type of a term, else by what a schema's message says of it.

    >>> kind_of("BT-2"), kind_of(None, "'ja' is not a valid value of the atomic type 'xs:boolean'"), kind_of("BT-1")
    ('date', 'truth', None)
    """
    row = BY_ID.get(term or "")
    stated = _XSD_TYPE.search(message)
    return _KINDS.get(row.type.name) if isinstance(row, Term) else _XSD_KINDS.get(stated[1]) if stated else None


def proper(kind: str | None, text: str, syntax: str) -> str | None:
    """What was meant, in its form; None where the text has it already, or where it could mean several things.

    >>> proper("number", "1.161,00 €", "UBL"), proper("date", "9.3.2026", "CII"), proper("number", "1,161", "UBL")
    ('1161.00', '20260309', None)
    >>> proper(None, " DE123456789", "UBL")
    'DE123456789'
    """
    bare = text.strip()
    meant = _READ[kind](bare, syntax) if kind in _READ else bare
    return None if meant == (bare if kind in _READ else text) else meant


def rounded(rule: str, text: str) -> str | None:
    """An amount with two decimals, where a rule says that it has more.

    >>> rounded("BR-DEC-12", "1161.005"), rounded("BR-CO-13", "1161.005")
    ('1161.01', None)
    """
    try:
        return f"{calc.cents(Decimal(text)):f}" if _TWO_DECIMALS.search(rule) else None
    except InvalidOperation:
        return None


def _number(text: str, _: str) -> str | None:
    bare = _NO_DIGITS.sub("", text)
    if _COMMA.fullmatch(bare):
        return bare.replace(",", ".")
    if grouped := _GROUPED.fullmatch(bare):
        return f"{_ungrouped(grouped['whole'])}.{grouped['decimals']}"
    if _THOUSANDS.fullmatch(bare):
        return _ungrouped(bare)
    return bare if DECIMAL.fullmatch(bare) else None


def _ungrouped(digits: str) -> str:
    return re.sub("[.,]", "", digits)


def _date(text: str, syntax: str) -> str | None:
    found = next((match for form in _DATES if (match := form.fullmatch(text))), None)
    try:
        day = date(*(int(found[part]) for part in ("year", "month", "day"))) if found else None
    except ValueError:  # no such day
        return None
    codec = Date.cii if syntax == "CII" else Date.ubl
    return codec.write(day, {})[0] if day is not None else None


def _truth(text: str, _: str) -> str | None:
    return _TRUTHS.get(text.casefold())


_READ: Mapping[str | None, Callable[[str, str], str | None]] = {"number": _number, "date": _date, "truth": _truth}
