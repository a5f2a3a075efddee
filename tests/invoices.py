"""Whole random invoices, made of the table's rows: every term can be there, every cardinality is kept.

What one of the syntaxes cannot hold is not made here; `fit` says which and why.
"""

from __future__ import annotations

import datetime
from dataclasses import replace
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from einvoice import datatypes, rows, terms
from einvoice.model import Invoice
from einvoice.syntax.plan import plan

PRINTABLE = st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Cn"), exclude_characters="#\ufffe\uffff")
TEXT = st.text(st.one_of(PRINTABLE, st.sampled_from("\n\t\r&<>\"'")), min_size=1, max_size=30)
TOKEN = st.text(st.characters(min_codepoint=33, max_codepoint=0x17F, exclude_categories=("Cc", "Zs")), min_size=1, max_size=12)
NUMBER = st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**9), max_value=10**9, places=4)
DATE = st.dates(min_value=datetime.date(1000, 1, 1))
SCHEME = st.from_regex(r"[0-9]{4}", fullmatch=True)

TYPES: dict[str, st.SearchStrategy[Any]] = {
    "Text": TEXT,
    "Code": TOKEN,
    "Document reference": TOKEN,
    "Indicator": st.booleans(),
    "Percentage": NUMBER,
    "Amount": NUMBER,
    "Date": DATE,
    "Quantity": st.fixed_dictionaries({"value": NUMBER, "unit": TOKEN}),
    "Binary object": st.fixed_dictionaries({"content": st.binary(min_size=1, max_size=64), "mime_code": TOKEN, "filename": TOKEN}),
}
IDENTIFIER = st.fixed_dictionaries({"value": TOKEN}, optional={"scheme": SCHEME})
CLASSIFICATION = st.fixed_dictionaries({"value": TOKEN}, optional={"scheme": TOKEN, "version": TOKEN})
SPECIAL = {
    "BT-8": st.sampled_from(["3", "35", "432"]),
    "BT-21": st.from_regex(r"[A-Z]{3}", fullmatch=True),
    "BT-147": NUMBER.filter(bool),  # UBL writes 0 where there is a gross price and no discount
}


def value(row: rows.Term) -> st.SearchStrategy[Any]:
    if row.id in SPECIAL:
        return SPECIAL[row.id]
    if row.type is datatypes.Classification:
        return CLASSIFICATION
    return IDENTIFIER if row.type is datatypes.Identifier else TYPES[row.type.name]


def record(group: rows.Group) -> st.SearchStrategy[dict[str, Any]]:
    rows = {row.attribute: row for row in two_deep(group)}
    required = {name: content(row) for name, row in rows.items() if row.card.startswith("1")}
    optional = {name: content(row) for name, row in rows.items() if not row.card.startswith("1")}
    made = st.fixed_dictionaries(required, optional=optional)
    return made if required else made.filter(bool)


def two_deep(group: rows.Group) -> list[rows.Row]:
    """The rows of a group; one that nests has those of the group, itself not among them."""
    flat = tuple(row for row in group.rows if not (isinstance(row, rows.Group) and row.nests))
    return [replace(row, rows=flat, nests=False) if isinstance(row, rows.Group) and row.nests else row for row in group.rows]


def placeless(dialect: str) -> set[str]:
    """Terms and groups that a dialect has no place for: the writer names them."""
    return {term for node in plan(dialect).root.nodes() for term, _ in node.placeless}


def content(row: rows.Row) -> st.SearchStrategy[Any]:
    one = record(row) if isinstance(row, rows.Group) else value(row)
    return st.lists(one, min_size=1, max_size=3) if row.card.endswith("n") else one


def fit(data: dict[str, Any]) -> dict[str, Any]:
    """Take back what a syntax has no place for, or cannot tell apart."""
    data.setdefault("payment_instructions", {"means_code": "58"})  # UBL: BT-83, BT-9 of a credit note live in BG-16
    data["totals"].setdefault("vat", Decimal(0))  # UBL: the breakdown stands in the element of BT-110
    if data.get("vat_accounting_currency_code") == data["currency_code"]:
        del data["vat_accounting_currency_code"]
    if "vat_accounting_currency_code" not in data:  # BT-111 is the amount in that currency
        data["totals"].pop("vat_in_accounting_currency", None)
    data["preceding_invoices"] = data.get("preceding_invoices", [])[:1]  # CII D16B holds one
    data["seller"].setdefault("identifiers", []).sort(key=lambda identifier: "scheme" in identifier)  # CII: ID before GlobalID
    if "payment_terms" not in data:  # CII: the first terms are those of the invoice
        data.pop("further_payment_terms", None)
    fit_identifiers(data)
    fit_contacts(data)
    for holder in (data, *data["lines"]):
        if "buyer_accounting_reference" not in holder:  # CII: its type stands beside it
            holder.pop("buyer_accounting_reference_type_code", None)
    for line in data["lines"]:
        fit_line(line, accounting="vat_accounting_currency_code" in data)
    return data


def fit_identifiers(data: dict[str, Any]) -> None:
    for party, first in (("buyer", "identifier"), ("payee", "identifier"), ("delivery", "location_identifier")):
        if first not in data.get(party, {}):  # CII: a GlobalID alone is the first
            data.get(party, {}).pop("global_identifier", None)


def fit_contacts(data: Any) -> None:
    """CII: a department alone is read as the person."""
    for inner in data.values() if isinstance(data, dict) else data if isinstance(data, list) else ():
        fit_contacts(inner)
    contact = data.get("contact") if isinstance(data, dict) else None
    if contact and "name" not in contact and contact.pop("department", None) and not contact:
        del data["contact"]


def fit_line(line: dict[str, Any], *, accounting: bool) -> None:
    if not accounting:
        line.pop("vat_amount_in_accounting_currency", None)
    if "gross" not in line["price"]:  # CII: the discount stands in the element of the gross price
        for name in ("discount", "discount_percentage", "discount_base_amount", "discount_reason", "discount_reason_code", "charges"):
            line["price"].pop(name, None)


INVOICES: st.SearchStrategy[Invoice] = record(terms.INVOICE).map(fit).map(Invoice.model_validate)
