"""The invoices that follow an invoice: its credit note, its correction, the final one after deposits."""

from __future__ import annotations

from typing import TYPE_CHECKING

from einvoice import calc
from einvoice.completion import Entry, complete
from einvoice.errors import UsageError
from einvoice.model import PrecedingInvoice, Totals

if TYPE_CHECKING:
    import datetime
    from collections.abc import Mapping
    from decimal import Decimal

    from einvoice.model import Invoice, Line


def credit_note(invoice: Invoice, *, number: str, issue_date: datetime.date, quantities: Mapping[str, Decimal] | None = None) -> Invoice:
    """The credit note (type 381) for a whole invoice, or for some quantities of some lines, by line identifier.

    Amounts stay positive: the type says that they are credited. It names the invoice (BG-3) and has no due date. Of a
    part of an invoice all sums are computed anew; allowances and charges stay where they are in per cent, fixed ones
    have no part and are left out. Raises UsageError for a line that is not there and for more than was invoiced.
    Source: EN 16931-1 BT-3, BG-3; UNTDID 1001.

    >>> import datetime, einvoice
    >>> invoice = einvoice.read("fixtures/b2b-ubl.xml").invoice
    >>> note = credit_note(invoice, number="G-1", issue_date=datetime.date(2026, 4, 1))
    >>> note.type_code, note.preceding_invoices[0].number, note.totals.with_vat == invoice.totals.with_vat
    ('381', 'R-2026-0117', True)
    """
    note = _following(invoice, number, issue_date, "381").model_copy(update={"due_date": None, "payment_terms": None})
    if quantities is not None:
        return _part(note, quantities)
    totals = (note.totals or Totals()).model_copy(update={"paid": None, "due": None})
    return complete(note.model_copy(update={"totals": totals}))


def correct(invoice: Invoice, *, number: str, issue_date: datetime.date) -> Invoice:
    """The corrected invoice (type 384) in place of another, naming it in BG-3; what was wrong in it is yours to change.

    Source: EN 16931-1 BT-3, BG-3; XRechnung 3.0, BR-DE-26.
    """
    return _following(invoice, number, issue_date, "384")


def final_invoice(invoice: Invoice, *, deposits: tuple[Invoice, ...]) -> Invoice:
    """The invoice with deposits deducted: named in BG-3, their totals with VAT (BT-112) paid (BT-113), BT-115 computed.

    Raises UsageError for a deposit in another currency or without a total.
    """
    stranger = next((one for one in deposits if one.currency_code != invoice.currency_code), None)
    if stranger is not None:
        raise UsageError(f"deposit {stranger.number}: is in {stranger.currency_code}, the invoice in {invoice.currency_code}")
    amounts = [one.totals.with_vat for one in deposits if one.totals is not None and one.totals.with_vat is not None]
    if len(amounts) < len(deposits):
        raise UsageError("a deposit has no total with VAT (BT-112): complete it first")
    totals = (invoice.totals or Totals()).model_copy(update={"paid": calc.total(amounts), "due": None})
    named = (*invoice.preceding_invoices, *map(_reference, deposits))
    return complete(invoice.model_copy(update={"totals": totals, "preceding_invoices": named}))


def _reference(invoice: Invoice) -> PrecedingInvoice:
    """BG-3."""
    return PrecedingInvoice(number=invoice.number, issue_date=invoice.issue_date)


def _following(invoice: Invoice, number: str, issue_date: datetime.date, type_code: str) -> Invoice:
    new = {"number": number, "issue_date": issue_date, "type_code": type_code, "preceding_invoices": (_reference(invoice),)}
    return invoice.model_copy(update=new)


def _part(note: Invoice, quantities: Mapping[str, Decimal]) -> Invoice:
    there = {line.identifier: line for line in note.lines if line.identifier is not None}
    unknown = next((identifier for identifier in quantities if identifier not in there), None)
    if unknown is not None:
        raise UsageError(f"line {unknown}: the invoice has no such line; it has {', '.join(there)}")
    lines = tuple(_lessened(there[identifier], quantity) for identifier, quantity in quantities.items())
    part = {"lines": lines, "allowances": _in_per_cent(note.allowances), "charges": _in_per_cent(note.charges), "totals": Totals()}
    return complete(note.model_copy(update=part), recompute=True)


def _lessened(line: Line, quantity: Decimal) -> Line:
    """A line with less of it; its allowances and charges in per cent of what is left."""
    invoiced = line.quantity.value if line.quantity is not None else None
    if line.quantity is None or invoiced is None or abs(quantity) > abs(invoiced):
        raise UsageError(f"line {line.identifier}: {quantity} cannot be credited, {invoiced} was invoiced")
    return line.model_copy(
        update={
            "quantity": line.quantity.model_copy(update={"value": quantity}),
            "allowances": _in_per_cent(line.allowances),
            "charges": _in_per_cent(line.charges),
        }
    )


def _in_per_cent(entries: tuple[Entry, ...]) -> tuple[Entry, ...]:
    """Those in per cent, of whatever the sum is now."""
    return tuple(entry.model_copy(update={"base_amount": None}) for entry in entries if entry.percentage is not None)
