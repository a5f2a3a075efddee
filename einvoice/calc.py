"""The arithmetic of EN 16931-1: sums, VAT breakdown, line nets, as BR-CO-* and BR-*-08/09 want them.

Every function takes what the invoice says and gives what should follow; None where something is missing that it needs.
"""

from __future__ import annotations

from collections import defaultdict
from decimal import ROUND_FLOOR, Decimal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from einvoice.model import AllowanceCharge, Invoice, Line, LogisticsCharge, VatBreakdown

ZERO = Decimal(0)
_CENT, _HALF = Decimal("0.01"), Decimal("0.005")
_LARGEST = 24
"""power of ten beyond which a number is no money, and has no place for cents in Python's 28 digits"""


def cents(value: Decimal) -> Decimal:
    """Rounded to two decimals, a half upwards, as XPath's round does in the official rules.

    >>> cents(Decimal("2.345")), cents(Decimal("-2.345"))
    (Decimal('2.35'), Decimal('-2.34'))
    """
    if value.adjusted() > _LARGEST:
        return value
    return (value + _HALF).quantize(_CENT, ROUND_FLOOR)


def total(values: Iterable[Decimal | None]) -> Decimal:
    """The sum of what is there."""
    return sum((value for value in values if value is not None), ZERO)


def lines_total(invoice: Invoice) -> Decimal:
    """BT-106: the sum of BT-131 (BR-CO-10)."""
    return cents(total(line.net_amount for line in counted(invoice.lines)))


def counted(lines: Iterable[Line]) -> Iterator[Line]:
    """Lines that add up to the invoice: EXTENDED has others that group them or inform (BR-FXEXT-CO-10)."""
    return filter(counts, lines)


def counts(line: Line) -> bool:
    """Whether a line is one of them (BT-X-8)."""
    return line.status_reason_code in {None, "DETAIL"}


def allowances_total(invoice: Invoice) -> Decimal:
    """BT-107: the sum of BT-92 (BR-CO-11)."""
    return cents(total(entry.amount for entry in invoice.allowances))


def charges_total(invoice: Invoice) -> Decimal:
    """BT-108: the sum of BT-99 (BR-CO-12), and of BT-X-272 in EXTENDED (BR-FXEXT-CO-12)."""
    return cents(total(entry.amount for entry in all_charges(invoice)))


def all_charges(invoice: Invoice) -> tuple[AllowanceCharge | LogisticsCharge, ...]:
    """What counts as a charge on document level."""
    return (*invoice.charges, *invoice.logistics_charges)


def share(base: Decimal, percentage: Decimal) -> Decimal:
    """An allowance or charge in per cent of its base."""
    return cents(base * percentage / 100)


def without_vat(invoice: Invoice) -> Decimal | None:
    """BT-109: BT-106 - BT-107 + BT-108 (BR-CO-13)."""
    totals = invoice.totals
    if totals is None or totals.lines is None:
        return None
    return cents(totals.lines - (totals.allowances or ZERO) + (totals.charges or ZERO))


def vat(invoice: Invoice) -> Decimal:
    """BT-110: the sum of BT-117 (BR-CO-14)."""
    return cents(total(part.tax_amount for part in invoice.vat_breakdown))


def with_vat(invoice: Invoice) -> Decimal | None:
    """BT-112: BT-109 + BT-110 (BR-CO-15)."""
    totals = invoice.totals
    if totals is None or totals.without_vat is None:
        return None
    return cents(totals.without_vat + (totals.vat or ZERO))


def due(invoice: Invoice) -> Decimal | None:
    """BT-115: BT-112 - BT-113 + BT-114 (BR-CO-16), and what third parties are paid through this invoice (BR-DEX-09)."""
    totals = invoice.totals
    if totals is None or totals.with_vat is None:
        return None
    others = total(payment.amount for payment in invoice.third_party_payments)
    return cents(totals.with_vat - (totals.paid or ZERO) + (totals.rounding or ZERO) + others)


_BY_RATE = {"S", "L", "M"}
"""categories whose breakdown is one for each rate (BR-S-08, BR-AF-08, BR-AG-08)"""


Category = tuple["str | None", "Decimal | None"]
"""a VAT category and its rate; no rate where rates do not matter"""


def category(code: str | None, rate: Decimal | None) -> Category:
    """What a VAT breakdown is made for."""
    return code, rate if code in _BY_RATE else None


def taxed(invoice: Invoice) -> Iterator[tuple[str | None, Decimal | None, Decimal]]:
    """Category, rate and amount of all that is taxed: the nets of lines, allowances as negative amounts, charges."""
    yield from ((line.vat.category_code, line.vat.rate, line.net_amount or ZERO) for line in counted(invoice.lines) if line.vat is not None)
    yield from ((entry.vat_category_code, entry.vat_rate, -(entry.amount or ZERO)) for entry in invoice.allowances)
    yield from ((entry.vat_category_code, entry.vat_rate, entry.amount or ZERO) for entry in all_charges(invoice))


def taxable_sums(invoice: Invoice) -> Mapping[Category, Decimal]:
    """BT-116 of each category, all in one walk over the lines."""
    sums: defaultdict[Category, Decimal] = defaultdict(Decimal)
    for code, rate, amount in taxed(invoice):
        sums[category(code, rate)] += amount
    return sums


def taxable(sums: Mapping[Category, Decimal], part: VatBreakdown) -> Decimal:
    """BT-116 of a group, out of the sums of all."""
    return cents(sums.get(category(part.category_code, part.rate), ZERO))


def sub_lines_total(line: Line) -> Decimal:
    """BT-131 of a line that has sub-lines: the sum of theirs (BR-DEX-02)."""
    return cents(total(sub.net_amount for sub in line.sub_lines))


def lines_with_depth(lines: Iterable[Line], depth: int = 0) -> Iterator[tuple[Line, int]]:
    """Lines, each with the sub-lines below it behind it, and how deep they stand: 0 is the invoice's own."""
    for line in lines:
        yield line, depth
        yield from lines_with_depth(line.sub_lines, depth + 1)


def tax(part: VatBreakdown) -> Decimal | None:
    """BT-117: BT-116 x BT-119 (BR-CO-17); 0 in categories without VAT (BR-Z-09, BR-E-09 ...)."""
    if part.category_code not in _BY_RATE:
        return cents(ZERO)
    if part.taxable_amount is None or part.rate is None:
        return None
    return cents(part.taxable_amount * part.rate / 100)


def rate(part: VatBreakdown) -> Decimal | None:
    """BT-119 as BT-116 and BT-117 have it, in percent; 0 in categories without VAT."""
    if part.category_code not in _BY_RATE:
        return ZERO
    if part.tax_amount is None or not part.taxable_amount:
        return None
    return abs(cents(part.tax_amount / part.taxable_amount * 100))


def line_net(line: Line) -> Decimal | None:
    """BT-131: quantity x price / base quantity, plus charges, less allowances (PEPPOL-EN16931-R120)."""
    price = line.price
    if price is None or price.net is None or line.quantity is None or line.quantity.value is None:
        return None
    base = (price.base_quantity and price.base_quantity.value) or Decimal(1)
    gross = line.quantity.value * price.net / base
    return cents(gross + total(entry.amount for entry in line.charges) - total(entry.amount for entry in line.allowances))
