"""Third party payments (BG-DEX-09): what the seller collects for others, part of what is due and of no other total.

XRechnung Extension (BR-DEX-09, UBL) and Factur-X EXTENDED (BR-FXEXT-CO-16, CII) add them to the amount due. By all other rules
that is BT-112 - BT-113 + BT-114 (BR-CO-16) and nothing else: there, so much less is paid already, and the same is due.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from einvoice import calc
from einvoice.arrangement import Arranged, Change
from einvoice.codes import CREDIT_NOTE_TYPES
from einvoice.profiles import EXTENDED, EXTENSION, Syntax

if TYPE_CHECKING:
    from decimal import Decimal

    from einvoice.model import Invoice

_COUNT = {(Syntax.UBL, EXTENSION), (Syntax.CII, EXTENDED)}


def count(invoice: Invoice, syntax: Syntax, specification: str | None) -> bool:
    """Whether the rules of a syntax and a BT-24 add third party payments to the amount due; a credit note in UBL has none."""
    return (syntax, specification) in _COUNT and not (syntax is Syntax.UBL and invoice.type_code in CREDIT_NOTE_TYPES)


def reckoned(invoice: Invoice, *, counted: bool) -> Arranged:
    """The invoice with third party payments as part of the amount due or of what is paid, whatever it was; BT-115 stays."""
    others, totals, due = calc.total(p.amount for p in invoice.third_party_payments), invoice.totals, calc.due(invoice)
    if totals is None or due is None or not others or totals.due != (due - others if counted else due):
        return Arranged(invoice)
    paid = (totals.paid or calc.ZERO) + (others if counted else -others)
    changed = invoice.model_copy(update={"totals": totals.model_copy(update={"paid": paid or None})})
    return Arranged(changed, changes=(Change("BT-113", "totals.paid", str(paid), _reason(others, counted=counted)),))


def _reason(others: Decimal, *, counted: bool) -> str:
    if counted:
        return f"the rules here add third party payments ({others}) to the amount due (BR-DEX-09)"
    return f"the rules here do not add third party payments ({others}) to the amount due (BR-CO-16), so that much less is paid"
