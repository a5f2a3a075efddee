"""Check digits, which Schematron cannot work out: IBAN, VAT identifiers of the EU, GLN and GTIN, Leitweg-ID.

Advice only: a wrong number is the likely reason of a payment or delivery that never arrives, but no official rule
demands a right one. The arithmetic is python-stdnum's; it is loaded when there is a number to check.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from importlib import import_module
from typing import TYPE_CHECKING

from einvoice.syntax.location import qualified

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from lxml import etree


@dataclass(frozen=True, slots=True)
class Number:
    """A kind of number: what it is called, what it looks like, what checks it."""

    rule: str
    name: str
    shape: re.Pattern[str]
    module: str
    """of python-stdnum; its `validate` knows"""


EU = "AT|BE|BG|CY|CZ|DE|DK|EE|EL|ES|FI|FR|HR|HU|IE|IT|LT|LU|LV|MT|NL|PL|PT|RO|SE|SI|SK|XI"
IBAN = Number("ADV-IBAN", "IBAN", re.compile(r"[A-Za-z]{2}\d{2}[0-9A-Za-z]{8,30}"), "stdnum.iban")
VAT = Number("ADV-VATID", "VAT identifier", re.compile(rf"(?:{EU})[0-9A-Z+*]{{2,13}}"), "stdnum.eu.vat")
GLN = Number("ADV-GLN", "GLN", re.compile(r".+"), "stdnum.ean")
GTIN = Number("ADV-GTIN", "GTIN", re.compile(r".+"), "stdnum.ean")
LEITWEG = Number("ADV-LEITWEG", "Leitweg-ID", re.compile(r"\d{2,12}-[0-9A-Za-z]{0,30}-?\d{2}"), "stdnum.de.leitweg")
SCHEMES = {"0088": GLN, "0160": GTIN, "0204": LEITWEG, "9930": VAT}

#   element -> which number it holds
PLACES: dict[str, Callable[[etree._Element], Number | None]] = {
    "cbc:ID": lambda e: IBAN if _parent(e).endswith("FinancialAccount") else _by_scheme(e),
    "cbc:CompanyID": lambda e: VAT if _parent(e) == "PartyTaxScheme" and _is_vat(e) else _by_scheme(e),
    "cbc:EndpointID": lambda e: _by_scheme(e),
    "cbc:BuyerReference": lambda _: LEITWEG,
    "ram:IBANID": lambda _: IBAN,
    "ram:ID": lambda e: VAT if _parent(e) == "SpecifiedTaxRegistration" and e.get("schemeID") == "VA" else _by_scheme(e),
    "ram:GlobalID": lambda e: _by_scheme(e),
    "ram:URIID": lambda e: _by_scheme(e),
    "ram:BuyerReference": lambda _: LEITWEG,
}
_NUMBERS = {qualified(name): number for name, number in PLACES.items()}
_SCHEME_ID = f"{qualified('cac:TaxScheme')}/{qualified('cbc:ID')}"


@dataclass(frozen=True, slots=True)
class WrongNumber:
    """A number whose check digits do not fit."""

    rule: str
    element: etree._Element
    message: str


def wrong_numbers(root: etree._Element) -> Iterator[WrongNumber]:
    """The numbers of an invoice that have the shape of their kind and fail its check.

    >>> from lxml import etree
    >>> iban = etree.fromstring(f'<a xmlns:r="{qualified("ram:ID")[1:-3]}"><r:IBANID>DE02120300000000202052</r:IBANID></a>')
    >>> [wrong.message for wrong in wrong_numbers(iban)]
    ['DE02120300000000202052 is not a valid IBAN: a digit is wrong, missing, or in another place.']
    """
    for element in root.iter(*_NUMBERS):
        number = _NUMBERS[str(element.tag)](element)
        if number is None:
            continue
        text = "".join((element.text or "").split())
        if number.shape.fullmatch(text) and not _is_right(number.module, text):
            why = "a digit is wrong, missing, or in another place"
            yield WrongNumber(number.rule, element, f"{text} is not a valid {number.name}: {why}.")


@lru_cache(maxsize=4096)  # sellers and their buyers come again
def _is_right(module: str, text: str) -> bool:
    from stdnum.exceptions import ValidationError

    try:
        import_module(module).validate(text)
    except ValidationError:
        return False
    return True


def _parent(element: etree._Element) -> str:
    parent = element.getparent()
    return "" if parent is None else str(parent.tag).rpartition("}")[2]


def _is_vat(element: etree._Element) -> bool:
    parent = element.getparent()
    return parent is not None and (parent.findtext(_SCHEME_ID) or "").strip().upper() == "VAT"


def _by_scheme(element: etree._Element) -> Number | None:
    return SCHEMES.get(element.get("schemeID", ""))
