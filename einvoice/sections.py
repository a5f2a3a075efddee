"""Sections: the parts of an invoice that people ask for by name, as JSON-ready values."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from einvoice.errors import UsageError
from einvoice.exchange import read
from einvoice.model import Invoice

if TYPE_CHECKING:
    from einvoice.document import Source

#   section -> the attributes of the invoice that make it up; one alone is given as it is
SECTIONS: dict[str, tuple[str, ...]] = {
    "seller": ("seller",),
    "buyer": ("buyer",),
    "lineitems": ("lines",),
    "taxes": (
        "vat_breakdown",
        "totals",
        "tax_point_date",
        "tax_point_date_code",
        "vat_accounting_currency_code",
        "seller_tax_representative",
    ),
    "paymentterms": ("due_date", "payment_terms"),
    "paymentmeans": ("payment_instructions", "payee"),
    "delivery": ("delivery", "despatch_advice_reference", "receiving_advice_reference"),
}


def extract(source: Source | Invoice, *sections: str) -> Any:
    """Sections of an invoice: one name gives that section, none or several give a dict by name.

    Values are what JSON knows (amounts and dates as text), absent terms are left out; a section that the invoice does
    not have is None, or an empty list for line items. Raises UsageError for a name that is no section, InputError
    for what is no invoice.

    >>> import einvoice
    >>> einvoice.extract("fixtures/b2b-ubl.xml", "seller")["name"]
    'Wandrahm Kontor GmbH'
    """
    for name in sections:
        if name not in SECTIONS:
            raise UsageError(f"{name}: there is no such section; there are {', '.join(SECTIONS)}")
    invoice = source if isinstance(source, Invoice) else read(source).invoice
    if len(sections) == 1:
        return _section(invoice, sections[0])
    return {name: _section(invoice, name) for name in sections or SECTIONS}


def _section(invoice: Invoice, name: str) -> Any:
    attributes = SECTIONS[name]
    found = invoice.model_dump(mode="json", exclude_defaults=True, include=set(attributes))
    if len(attributes) == 1:
        empty: list[Any] | None = [] if Invoice.model_fields[attributes[0]].default == () else None
        return found.get(attributes[0], empty)
    return {attribute: found[attribute] for attribute in attributes if attribute in found} or None
