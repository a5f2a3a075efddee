"""An invoice as the rules of another syntax, or of another BT-24, want it: the same said in another way."""

from __future__ import annotations

from typing import TYPE_CHECKING

from einvoice import calc, third_parties
from einvoice.arrangement import Arranged, Change
from einvoice.model import ProcessControl
from einvoice.profiles import EN16931, EXTENDED, Syntax
from einvoice.sub_lines import listed, nested, only_counted
from einvoice.syntax import zugferd_1

if TYPE_CHECKING:
    from einvoice.model import Invoice


def arranged_for(invoice: Invoice, syntax: Syntax, specification: str | None) -> Arranged:
    """An invoice with its sub-lines and third party payments as they are said in a syntax, under a BT-24."""
    payments = third_parties.reckoned(invoice, counted=third_parties.count(invoice, syntax, specification))
    return payments.then(_lines_for(payments.invoice, syntax, specification))


def needs_extension(invoice: Invoice, syntax: Syntax) -> bool:
    """Whether an invoice has what in this syntax only XRechnung Extension has a place for."""
    if syntax is Syntax.CII:
        return False
    return bool(invoice.third_party_payments) or any(line.sub_lines for line in nested(invoice).invoice.lines)


def _lines_for(invoice: Invoice, syntax: Syntax, specification: str | None) -> Arranged:
    if syntax is Syntax.UBL:
        return nested(invoice)
    return listed(invoice) if specification == EXTENDED else only_counted(invoice)


def fitted(invoice: Invoice, syntax: Syntax) -> Arranged:
    """An invoice as the rules of another syntax want it."""
    invoice = _with_current_specification(invoice, syntax)
    if syntax is Syntax.UBL:
        return _with_total_vat(invoice)
    single = _without_same_currency(invoice)
    return single.then(_without_idle_breakdowns(single.invoice))


def _with_current_specification(invoice: Invoice, syntax: Syntax) -> Invoice:
    """BT-24 of today in the place of that of ZUGFeRD 1.0, of which EXTENDED holds all and UBL what the norm has."""
    if not (specification_of(invoice) or "").strip().startswith(zugferd_1.SPECIFICATIONS):
        return invoice
    return with_control(invoice, specification=EN16931 if syntax is Syntax.UBL else EXTENDED)


def specification_of(invoice: Invoice) -> str | None:
    """BT-24."""
    return invoice.process_control.specification if invoice.process_control is not None else None


def with_control(invoice: Invoice, **identifiers: str) -> Invoice:
    """The invoice with other identifiers in BG-2, whatever it had there."""
    control = (invoice.process_control or ProcessControl()).model_copy(update=identifiers)
    return invoice.model_copy(update={"process_control": control})


def _with_total_vat(invoice: Invoice) -> Arranged:
    """BT-110, which UBL demands around a VAT breakdown, where it is left out: the sum of BT-117 (BR-CO-14)."""
    amounts = [part.tax_amount for part in invoice.vat_breakdown]
    if not amounts or None in amounts or invoice.totals is None or invoice.totals.vat is not None:
        return Arranged(invoice)
    vat = calc.total(amounts)
    reason = "the sum of the VAT breakdown (BR-CO-14), without which UBL has no place for one"
    totals = invoice.totals.model_copy(update={"vat": vat})
    return Arranged(invoice.model_copy(update={"totals": totals}), changes=(Change("BT-110", "totals.vat", str(vat), reason),))


def _without_same_currency(invoice: Invoice) -> Arranged:
    """Without a BT-6 that says BT-5 again: UBL may have it, in CII it breaks BR-53."""
    code = invoice.vat_accounting_currency_code
    doubled = invoice.totals is not None and invoice.totals.vat_in_accounting_currency is not None
    if code is None or code != invoice.currency_code or doubled:
        return Arranged(invoice)
    reason = "the same as the invoice currency (BT-5); the rules of CII want another"
    return Arranged(invoice.model_copy(update={"vat_accounting_currency_code": None}), {"vat_accounting_currency_code": reason})


def _without_idle_breakdowns(invoice: Invoice) -> Arranged:
    """Without VAT breakdowns of 0 that nothing refers to: UBL may have them, in CII they break BR-E-01 and its like."""
    used = {category for category, _, _ in calc.taxed(invoice)}
    idle = {
        i for i, part in enumerate(invoice.vat_breakdown) if part.category_code not in used and not (part.taxable_amount or part.tax_amount)
    }
    if not idle or len(idle) == len(invoice.vat_breakdown):
        return Arranged(invoice)
    kept = [number for number in range(len(invoice.vat_breakdown)) if number not in idle]
    breakdown = tuple(invoice.vat_breakdown[number] for number in kept)
    reason = "a VAT breakdown of 0 that no line, allowance or charge uses; the rules of CII forbid it"
    return Arranged(
        invoice.model_copy(update={"vat_breakdown": breakdown}),
        {f"vat_breakdown[{number}]": reason for number in sorted(idle)},
        {f"vat_breakdown[{number}]": f"vat_breakdown[{index}]" for index, number in enumerate(kept)},
    )
