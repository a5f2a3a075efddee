"""The data types of EN 16931-1, 6.5, each with its lexical form in UBL and in CII.

A codec is a pair: `read(element, context)` gives a plain value (a record comes back as a dict of its attributes),
`write(value, currencies)` gives text and XML attributes. Every exception to "the text is the value" lives here.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from lxml import etree


class ReadContext(Protocol):
    """What a codec may ask and say while an invoice is read."""

    @property
    def terms(self) -> Mapping[str, str | None]:
        """Values of the terms that other places refer to (`$BT-5`)."""

    def lose(self, element: etree._Element, reason: str, part: str = "", text: str | None = None) -> None:
        """List something of the element that the model cannot hold."""


Terms = Mapping[str, str | None]
Attributes = Mapping[str, str | None]
Read = Callable[["etree._Element", ReadContext], Any]
Write = Callable[[Any, Terms], tuple[str, Attributes]]
NONE: Attributes = {}


@dataclass(frozen=True, slots=True)
class Codec:
    """How one syntax writes one data type."""

    read: Read
    write: Write
    attributes: frozenset[str] = frozenset()
    """the XML attributes that `read` takes; any other is listed as unmapped"""


@dataclass(frozen=True, slots=True)
class DataType:
    """A data type with its codec per syntax."""

    name: str
    ubl: Codec
    cii: Codec
    parts: Mapping[str, str] = field(default_factory=dict)
    """XML attribute -> suffix of the term's id: a scheme identifier is BT-29-1"""


def same(name: str, codec: Codec, parts: Mapping[str, str] = NONE) -> DataType:  # type: ignore[assignment]
    """A type that both syntaxes write alike."""
    return DataType(name, codec, codec, parts)


# -- text, codes, identifiers ---------------------------------------------------------------------


def _verbatim(el: etree._Element, _: ReadContext) -> str:
    # xsd:string keeps its white space, and BR-DE-18 (Skonto) turns on a line feed
    return el.text or ""


def _token(el: etree._Element, _: ReadContext) -> str:
    # xsd:token and xsd:normalizedString: white space around a code or identifier is not part of it
    return (el.text or "").strip()


def _plain(value: Any, _: Terms) -> tuple[str, Attributes]:
    return value, NONE


Text = same("Text", Codec(_verbatim, _plain))
Code = same("Code", Codec(_token, _plain))
Reference = same("Document reference", Codec(_token, _plain))


def _truth(el: etree._Element, _: ReadContext) -> bool:
    text = (el.text or "").strip()
    if text not in {"true", "1", "false", "0"}:
        raise ValueError("true or false is expected")
    return text in {"true", "1"}


Indicator = same("Indicator", Codec(_truth, lambda value, _: (str(value).lower(), NONE)))


def _identifier(**names: str) -> Codec:
    """An identifier whose scheme and version stand in the named XML attributes."""
    pairs = tuple(names.items())

    def read(el: etree._Element, _: ReadContext) -> dict[str, str | None]:
        return {"value": (el.text or "").strip(), **{key: el.get(name) for key, name in pairs}}

    def write(value: Any, _: Terms) -> tuple[str, Attributes]:
        return value.value or "", {name: getattr(value, key) for key, name in pairs}

    return Codec(read, write, frozenset(names.values()))


Identifier = same("Identifier", _identifier(scheme="schemeID"), {"schemeID": "-1"})
Classification = same(
    "Identifier",
    _identifier(scheme="listID", version="listVersionID"),
    {"listID": "-1", "listVersionID": "-2"},
)

_IBAN = re.compile(r"[A-Z]{2}\d{2}[A-Z0-9]{11,30}")


def has_scheme(value: Any) -> bool:
    """CII: an identifier with a scheme is a GlobalID, one without an ID."""
    return value.scheme is not None


def looks_like_iban(value: str) -> bool:
    """CII: an IBAN is an IBANID, any other account a ProprietaryID.

    >>> looks_like_iban("DE75 5121 0800 1245 1261 99"), looks_like_iban("12451261")
    (True, False)
    """
    return _IBAN.fullmatch(value.replace(" ", "")) is not None


# -- numbers --------------------------------------------------------------------------------------

DECIMAL = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)")  # xsd:decimal: no exponent, no infinity


def decimal(text: str | None) -> Decimal:
    """The lexical space of xsd:decimal, and nothing more.

    >>> decimal(" 119.00 ")
    Decimal('119.00')
    """
    stripped = (text or "").strip()
    if not DECIMAL.fullmatch(stripped):
        raise ValueError("a decimal number with a point is expected")
    return Decimal(stripped)


def _number(el: etree._Element, _: ReadContext) -> Decimal:
    return decimal(el.text)


def _fixed_point(value: Decimal, _: Terms) -> tuple[str, Attributes]:
    return format(value, "f"), NONE


Percentage = same("Percentage", Codec(_number, _fixed_point))


def _amount(currency: str, *, write_currency: bool) -> Codec:
    def read(el: etree._Element, context: ReadContext) -> Decimal:
        stated = el.get("currencyID")
        if stated is not None and stated.strip() != context.terms.get(currency):
            context.lose(el, f"another currency than {currency}", "/@currencyID", stated)
        return decimal(el.text)

    def write(value: Decimal, terms: Terms) -> tuple[str, Attributes]:
        return format(value, "f"), {"currencyID": terms.get(currency)}

    return Codec(read, write if write_currency else _fixed_point, frozenset({"currencyID"}))


def amount_in(currency: str, *, stated_in_cii: bool = False) -> DataType:
    """An amount in the currency of a term: UBL states it on each amount, CII only on BT-110 and BT-111."""
    return DataType("Amount", _amount(currency, write_currency=True), _amount(currency, write_currency=stated_in_cii))


Amount = amount_in("BT-5")


def _read_quantity(el: etree._Element, _: ReadContext) -> dict[str, Any]:
    return {"value": decimal(el.text), "unit": el.get("unitCode")}


def _write_quantity(value: Any, _: Terms) -> tuple[str, Attributes]:
    return format(value.value, "f") if value.value is not None else "", {"unitCode": value.unit}


Quantity = same("Quantity", Codec(_read_quantity, _write_quantity, frozenset({"unitCode"})), {"unitCode": "-1"})


# -- dates ----------------------------------------------------------------------------------------

_ISO = re.compile(r"(\d{4})-(\d\d)-(\d\d)(Z|[+-]\d\d:\d\d)?")
_BASIC = re.compile(r"(\d{4})(\d\d)(\d\d)")


def _read_iso(el: etree._Element, context: ReadContext) -> date:
    match = _ISO.fullmatch((el.text or "").strip())
    if match is None:
        raise ValueError("a date as YYYY-MM-DD is expected")
    if match[4]:
        context.lose(el, "a date has no time zone", text=match[4])
    return date(int(match[1]), int(match[2]), int(match[3]))


def _read_basic(el: etree._Element, _: ReadContext) -> date:
    stated = el.get("format", "102")
    match = _BASIC.fullmatch((el.text or "").strip())
    if stated != "102" or match is None:
        raise ValueError(f"a date as YYYYMMDD in format 102 is expected, the format stated is {stated}")
    return date(int(match[1]), int(match[2]), int(match[3]))


def _write_basic(value: date, _: Terms) -> tuple[str, Attributes]:
    return f"{value.year:04}{value.month:02}{value.day:02}", {"format": "102"}


Date = DataType(
    "Date",
    Codec(_read_iso, lambda value, _: (value.isoformat(), NONE)),
    Codec(_read_basic, _write_basic, frozenset({"format"})),
)


# -- types of one term ----------------------------------------------------------------------------


def _read_binary(el: etree._Element, _: ReadContext) -> dict[str, Any]:
    try:
        content = base64.b64decode("".join((el.text or "").split()), validate=True)
    except binascii.Error as error:
        raise ValueError(f"base64 is expected: {error}") from error
    return {"content": content, "mime_code": el.get("mimeCode"), "filename": el.get("filename")}


def _write_binary(value: Any, _: Terms) -> tuple[str, Attributes]:
    encoded = base64.b64encode(value.content).decode("ascii")
    return encoded, {"mimeCode": value.mime_code, "filename": value.filename}


Binary = same(
    "Binary object",
    Codec(_read_binary, _write_binary, frozenset({"mimeCode", "filename"})),
    {"mimeCode": "-1", "filename": "-2"},
)

# BT-8: UNTDID 2005 in UBL, UNTDID 2475 in CII, for the same three meanings; the model holds UNTDID 2005.
_TO_CII = {"3": "5", "35": "29", "432": "72"}
_TO_UBL = {cii: ubl for ubl, cii in _TO_CII.items()}


def _read_tax_point(el: etree._Element, context: ReadContext) -> str:
    code = _token(el, context)
    if code in _TO_CII:
        raise ValueError("a code of UNTDID 2475 is expected, this one is of UNTDID 2005")
    return _TO_UBL.get(code, code)


TaxPointCode = DataType(
    "Code",
    Codec(_token, _plain),
    Codec(_read_tax_point, lambda value, _: (str(_TO_CII.get(value, value)), NONE)),
)

# BG-1: UBL writes the subject code (BT-21) in front of the text (BT-22) between two #; CII has an element for each.
_SUBJECT = re.compile(r"#([^#\s]{1,3})#(.*)", re.DOTALL)


def _read_note(el: etree._Element, _: ReadContext) -> dict[str, str]:
    text = el.text or ""
    match = _SUBJECT.fullmatch(text)
    return {"subject_code": match[1], "text": match[2]} if match else {"text": text}


def _write_note(value: Any, _: Terms) -> tuple[str, Attributes]:
    subject = f"#{value.subject_code}#" if value.subject_code is not None else ""
    return subject + (value.text or ""), NONE


NoteText = same("Text", Codec(_read_note, _write_note))
