"""Prices that are given with VAT: the invoice that asks for exactly their sum.

Net amounts are rounded, so that net and VAT of many lines seldom add up to what the prices with VAT do. Here the gross sum of each
VAT category and rate is the anchor: its base is rounded once, its VAT is what is left, and a cent that rounding leaves over goes to
the largest line. What comes out keeps BR-CO-10 to BR-CO-17 and BR-S-08, -09.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from einvoice import calc
from einvoice.errors import UsageError
from einvoice.model import VatBreakdown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from einvoice.model import Invoice, Line

_DIGITS = Decimal("0.000001")
Key = tuple[str | None, Decimal | None]


def from_gross_prices(draft: Invoice) -> Invoice:
    """The draft with net prices, line nets and VAT breakdown, its prices (BT-146) being taken as with VAT.

    `complete` adds the totals; the total with VAT is then, to the cent, the sum of quantity x price. Raises UsageError for a draft with
    allowances, charges or price discounts, whose VAT nobody could tell, and for a line without quantity, price or VAT category.

    >>> import einvoice
    >>> line = {"quantity": {"value": "3", "unit": "H87"}, "price": {"net": "9.99"}, "vat": {"category_code": "S", "rate": "19"}}
    >>> made = einvoice.complete(from_gross_prices(einvoice.Invoice(lines=[line])))
    >>> made.totals.with_vat, made.totals.without_vat, made.totals.vat
    (Decimal('29.97'), Decimal('25.18'), Decimal('4.79'))
    """
    _refuse(draft)
    groups: dict[Key, list[int]] = {}
    for index, line in enumerate(draft.lines):
        assert line.vat is not None
        groups.setdefault((line.vat.category_code, line.vat.rate), []).append(index)
    lines, breakdown = list(draft.lines), []
    for (category, rate), indexes in groups.items():
        gross = {index: _gross(draft.lines[index], index) for index in indexes}
        nets, base = _nets(gross, 1 + (rate or calc.ZERO) / 100)
        for index, net in nets.items():
            lines[index] = _priced(lines[index], net)
        tax = calc.total(gross.values()) - base
        breakdown.append(VatBreakdown(category_code=category, rate=rate, taxable_amount=base, tax_amount=tax))
    return draft.model_copy(update={"lines": tuple(lines), "vat_breakdown": tuple(breakdown), "totals": None})


def _nets(gross: dict[int, Decimal], factor: Decimal) -> tuple[dict[int, Decimal], Decimal]:
    """The net of each line, and their sum, which is the net of the gross sum."""
    nets = {index: calc.cents(amount / factor) for index, amount in gross.items()}
    base = calc.cents(calc.total(gross.values()) / factor)
    largest = max(gross, key=lambda index: abs(gross[index]))
    nets[largest] += base - calc.total(nets.values())
    return nets, base


def _gross(line: Line, index: int) -> Decimal:
    amount = calc.line_net(line)
    if amount is None:
        raise UsageError(f"lines[{index}]: needs quantity (BT-129) and price (BT-146), which is taken as with VAT")
    return amount


def _priced(line: Line, net: Decimal) -> Line:
    """The line with its net, and the price that makes it of the quantity."""
    assert line.price is not None
    assert line.quantity is not None
    quantity = line.quantity.value or Decimal(1)
    base = line.price.base_quantity.value if line.price.base_quantity is not None else None
    price = (net * (base or 1) / quantity).quantize(_DIGITS).normalize()
    return line.model_copy(update={"net_amount": net, "price": line.price.model_copy(update={"net": price + 0})})


def _refuse(draft: Invoice) -> None:
    found = next(_unclear(draft), None)
    if found is not None:
        raise UsageError(f"{found}: prices with VAT go with plain lines only; state net prices, or put it into the price")


def _unclear(draft: Invoice) -> Iterator[str]:
    yield from ("allowances (BG-20)" for _ in draft.allowances)
    yield from ("charges (BG-21)" for _ in draft.charges)
    for index, line in enumerate(draft.lines):
        if line.allowances or line.charges:
            yield f"lines[{index}]: allowances and charges (BG-27, BG-28)"
        if line.price is not None and (line.price.discount is not None or line.price.gross is not None):
            yield f"lines[{index}].price: discount and gross price (BT-147, BT-148)"
        if line.vat is None or line.vat.category_code is None:
            raise UsageError(f"lines[{index}].vat.category_code (BT-151): is missing; prices with VAT need it, and the rate (BT-152)")
