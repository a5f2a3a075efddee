"""Complete: from what somebody knows to an invoice whose sums fit, by the norm's arithmetic (`calc.py`)."""

from __future__ import annotations

import datetime
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from einvoice import calc
from einvoice.codes import CREDIT_NOTE_TYPES
from einvoice.model import AllowanceCharge, LineAllowanceCharge, Price, Totals, VatBreakdown
from einvoice.skonto import net_days

if TYPE_CHECKING:
    from collections.abc import Iterator
    from decimal import Decimal

    from einvoice.model import Invoice, Line

Entry = TypeVar("Entry", AllowanceCharge, LineAllowanceCharge)

#   category -> VATEX code and reason, where the category itself says why (BR-AE-10, BR-IC-10, BR-G-10, BR-O-10)
_REASONS = {
    "AE": ("VATEX-EU-AE", "Reverse charge"),
    "K": ("VATEX-EU-IC", "Intra-community supply"),
    "G": ("VATEX-EU-G", "Export outside the EU"),
    "O": ("VATEX-EU-O", "Not subject to VAT"),
}


def complete(draft: Invoice, *, recompute: bool = False) -> Invoice:
    """The invoice with all sums: amounts of allowances and charges, line nets, VAT breakdown, totals, line numbers.

    What is given stays, and what follows is computed from it; with `recompute` every sum is computed anew. A due date
    follows from payment terms that say it in plain words ("30 Tage netto", `skonto.net_days`). Nothing else is guessed:
    VAT categories, rates and reasons for category E are the author's. Amounts are rounded to two decimals, a half upwards,
    as the official rules do.
    Source: EN 16931-1, BR-CO-10 to BR-CO-17, BR-S-08 and its like.

    >>> import einvoice
    >>> line = {"quantity": {"value": "2", "unit": "HUR"}, "price": {"net": "10"}, "vat": {"category_code": "S", "rate": "19"}}
    >>> made = complete(einvoice.Invoice(lines=[line]))
    >>> made.totals.due, made.vat_breakdown[0].tax_amount, made.lines[0].identifier
    (Decimal('23.80'), Decimal('3.80'), '1')
    """
    keep = _Keep(recompute)
    lines = _lines(draft.lines, keep)
    invoice = draft.model_copy(update={"lines": lines})
    base = calc.lines_total(invoice)
    entries = {"allowances": _entries(invoice.allowances, base, keep), "charges": _entries(invoice.charges, base, keep)}
    invoice = invoice.model_copy(update=entries)
    invoice = invoice.model_copy(update={"vat_breakdown": tuple(_breakdown(invoice, keep))})
    return _due(_totals(invoice, keep))


def _due(invoice: Invoice) -> Invoice:
    """BT-9, where BT-20 says in how many days after BT-2; nobody has to pay a credit note."""
    if invoice.due_date is not None or invoice.issue_date is None or invoice.type_code in CREDIT_NOTE_TYPES:
        return invoice
    days = net_days(invoice.payment_terms)
    return invoice if days is None else invoice.model_copy(update={"due_date": invoice.issue_date + datetime.timedelta(days)})


@dataclass(frozen=True, slots=True)
class _Keep:
    """Whether what is given stays."""

    recompute: bool

    def __call__(self, given: Decimal | None, computed: Decimal | None) -> Decimal | None:
        return computed if given is None or (self.recompute and computed is not None) else given


def _lines(lines: tuple[Line, ...], keep: _Keep, above: str = "") -> tuple[Line, ...]:
    return tuple(_line(line, f"{above}{number}", keep) for number, line in enumerate(lines, 1))


def _line(line: Line, number: str, keep: _Keep) -> Line:
    """One copy where there is nothing to do but the sum: invoices have thousands of lines."""
    if line.sub_lines:
        return _with_sub_lines(line, line.identifier or number, keep)
    if line.allowances or line.charges or (line.price is not None and line.price.net is None):
        line = _priced(line, keep)
    return line.model_copy(update={"identifier": line.identifier or number, "net_amount": keep(line.net_amount, calc.line_net(line))})


def _with_sub_lines(line: Line, identifier: str, keep: _Keep) -> Line:
    """The sub-lines add up to the line (BR-DEX-02)."""
    line = line.model_copy(update={"identifier": identifier, "sub_lines": _lines(line.sub_lines, keep, f"{identifier}.")})
    return line.model_copy(update={"net_amount": keep(line.net_amount, calc.sub_lines_total(line))})


def _priced(line: Line, keep: _Keep) -> Line:
    """The line with its net price, and the amounts of its allowances and charges."""
    line = line.model_copy(update={"price": _price(line.price)})
    base = calc.line_net(line.model_copy(update={"allowances": (), "charges": ()})) or calc.ZERO
    return line.model_copy(update={"allowances": _entries(line.allowances, base, keep), "charges": _entries(line.charges, base, keep)})


def _price(price: Price | None) -> Price | None:
    """BT-146 follows from BT-148 and BT-147."""
    if price is None or price.net is not None or price.gross is None:
        return price
    return price.model_copy(update={"net": price.gross - (price.discount or calc.ZERO)})


def _entries(entries: tuple[Entry, ...], base: Decimal, keep: _Keep) -> tuple[Entry, ...]:
    return tuple(_entry(entry, base, keep) for entry in entries)


def _entry(entry: Entry, base: Decimal, keep: _Keep) -> Entry:
    """An allowance or charge in per cent of its base, which is the sum before it where none is given."""
    if entry.percentage is None or (entry.amount is not None and entry.base_amount is None and not keep.recompute):
        return entry
    stated = entry.base_amount if entry.base_amount is not None else base
    amount = keep(entry.amount, calc.share(stated, entry.percentage))
    return entry.model_copy(update={"base_amount": stated, "amount": amount})


def _breakdown(invoice: Invoice, keep: _Keep) -> Iterator[VatBreakdown]:
    """BG-23: the groups that are given, and one for each category and rate that is used and has none."""
    used = dict.fromkeys((category, rate) for category, rate, _ in calc.taxed(invoice))
    given = [part for part in invoice.vat_breakdown if not keep.recompute or (part.category_code, part.rate) in used]
    stated = {(part.category_code, part.rate) for part in given}
    missing = [VatBreakdown(category_code=category, rate=rate) for category, rate in used if (category, rate) not in stated]
    sums = calc.taxable_sums(invoice)
    for part in (*given, *missing):
        summed = part.model_copy(update={"taxable_amount": keep(part.taxable_amount, calc.taxable(sums, part))})
        yield _reasoned(summed.model_copy(update={"tax_amount": keep(summed.tax_amount, calc.tax(summed))}))


def _reasoned(part: VatBreakdown) -> VatBreakdown:
    code, reason = _REASONS.get(part.category_code or "", (None, None))
    if code is None or part.exemption_reason or part.exemption_reason_code:
        return part
    return part.model_copy(update={"exemption_reason_code": code, "exemption_reason": reason})


def _totals(invoice: Invoice, keep: _Keep) -> Invoice:
    """BG-22 from top to bottom, each sum from those before it."""
    totals = invoice.totals or Totals()
    for attribute, compute in (
        ("lines", calc.lines_total),
        ("allowances", lambda one: calc.allowances_total(one) if one.allowances else None),
        ("charges", lambda one: calc.charges_total(one) if one.charges or one.logistics_charges else None),
        ("without_vat", calc.without_vat),
        ("vat", calc.vat),
        ("with_vat", calc.with_vat),
        ("due", calc.due),
    ):
        stated = keep(getattr(totals, attribute), compute(invoice.model_copy(update={"totals": totals})))
        totals = totals.model_copy(update={attribute: stated})
    return invoice.model_copy(update={"totals": totals})


# -- EXTENDED -------------------------------------------------------------------------------------


def with_reasons_at_lines(invoice: Invoice) -> Invoice:
    """The reasons of the VAT breakdown at each line, allowance and charge too, as EXTENDED wants them (BR-FXEXT-E-08rev).

    Only where a category and rate has one reason, and where none is given.
    """
    stated = Counter((part.category_code, part.rate) for part in invoice.vat_breakdown)
    reasons = {
        (part.category_code, part.rate): (part.exemption_reason, part.exemption_reason_code)
        for part in invoice.vat_breakdown
        if stated[part.category_code, part.rate] == 1 and (part.exemption_reason or part.exemption_reason_code)
    }
    if not reasons:
        return invoice
    at_lines = tuple(_line_with_reason(line, reasons) for line in invoice.lines)
    entries = {name: tuple(_entry_with_reason(entry, reasons) for entry in getattr(invoice, name)) for name in ("allowances", "charges")}
    return invoice.model_copy(update={"lines": at_lines, **entries})


Reasons = dict[tuple["str | None", "Decimal | None"], tuple["str | None", "str | None"]]


def _line_with_reason(line: Line, reasons: Reasons) -> Line:
    vat = line.vat
    found = reasons.get((vat.category_code, vat.rate)) if vat is not None else None
    if vat is None or found is None or vat.exemption_reason or vat.exemption_reason_code:
        return line
    return line.model_copy(update={"vat": vat.model_copy(update={"exemption_reason": found[0], "exemption_reason_code": found[1]})})


def _entry_with_reason(entry: AllowanceCharge, reasons: Reasons) -> AllowanceCharge:
    found = reasons.get((entry.vat_category_code, entry.vat_rate))
    if found is None or entry.vat_exemption_reason or entry.vat_exemption_reason_code:
        return entry
    return entry.model_copy(update={"vat_exemption_reason": found[0], "vat_exemption_reason_code": found[1]})
