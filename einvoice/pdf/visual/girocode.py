"""The payment as a QR code: EPC069-12, version 002, known as GiroCode."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from einvoice.model import Invoice

_TRANSFERS = {"30", "42", "58"}
_MIN, _MAX = Decimal("0.01"), Decimal("999999999.99")
_NAME, _TEXT = 70, 140
"""characters of the beneficiary's name and of unstructured remittance information"""


def girocode(invoice: Invoice) -> list[list[int]] | None:
    """The modules of the code, with a quiet zone; None where a transfer in euro is not what the invoice asks for."""
    payload = epc(invoice)
    if payload is None:
        return None
    import segno

    code = segno.make(payload, error="m", encoding="utf-8", micro=False)
    return [list(row) for row in code.matrix_iter(border=4)]


def epc(invoice: Invoice) -> str | None:
    """The lines of the code (EPC069-12, 2.2).

    >>> from einvoice.exchange import read
    >>> epc(read("fixtures/b2b-ubl.xml").invoice).splitlines()[:2]
    ['BCD', '002']
    """
    instructions, totals = invoice.payment_instructions, invoice.totals
    if instructions is None or totals is None or totals.due is None or instructions.means_code not in _TRANSFERS:
        return None
    account = next((transfer for transfer in instructions.credit_transfers if _iban(transfer.account_identifier)), None)
    name = (account and account.account_name) or (invoice.payee and invoice.payee.name) or (invoice.seller and invoice.seller.name)
    if account is None or not name or invoice.currency_code != "EUR" or not _MIN <= totals.due <= _MAX:
        return None
    iban = _iban(account.account_identifier)
    bic = (account.service_provider_identifier or "").replace(" ", "").upper()
    remittance = instructions.remittance_information or invoice.number or ""
    lines = ["BCD", "002", "1", "SCT", bic if re.fullmatch(r"[A-Z0-9]{8}([A-Z0-9]{3})?", bic) else "", _line(name, _NAME), iban]
    return "\n".join([*lines, f"EUR{totals.due:.2f}", "", "", _line(remittance, _TEXT)]).rstrip("\n")


def _iban(account: str | None) -> str:
    """The account if it is an IBAN, else nothing."""
    from stdnum import iban

    plain = (account or "").replace(" ", "").upper()
    return plain if iban.is_valid(plain) else ""


def _line(text: str, limit: int) -> str:
    return " ".join(text.split())[:limit]
