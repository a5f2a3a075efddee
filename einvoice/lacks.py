"""What a draft lacks for its sums: told by field and term, before a rule misses what cannot be computed without it."""

from __future__ import annotations

from dataclasses import dataclass
from operator import attrgetter
from typing import TYPE_CHECKING

from einvoice.terms import titled

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from einvoice.model import AllowanceCharge, Invoice, Line, Record

#   field, its term, what needs it
_NET = (("quantity.value", "BT-129", "BT-131"), ("price.net", "BT-146", "BT-131"))
_VAT = ("vat.category_code", "BT-151"), ("vat.rate", "BT-152")
_ENTRIES = {
    "allowances": (("amount", "BT-92"), ("vat_category_code", "BT-95"), ("vat_rate", "BT-96")),
    "charges": (("amount", "BT-99"), ("vat_category_code", "BT-102"), ("vat_rate", "BT-103")),
}
_WITHOUT_RATE = "O"
"""the category that is not subject to VAT (BR-O-05)"""


@dataclass(frozen=True, slots=True)
class Lack:
    """A field that is missing."""

    path: str
    """where it belongs in the model: `lines[0].price.net`"""
    term: str
    """BT id"""
    needed: str
    """what there is not without it, BT or BG id"""

    def __str__(self) -> str:
        return f"{self.path} ({titled(self.term)}) is missing: without it there is no {titled(self.needed)}"


def lacking(invoice: Invoice) -> tuple[Lack, ...]:
    """The fields that are missing and without which a draft, completed, has no sum or no VAT breakdown; none of one that has all.

    Source: EN 16931-1, BR-CO-10 to BR-CO-18, as `complete` computes them.

    >>> import einvoice
    >>> draft = einvoice.Invoice(lines=[{"quantity": {"value": "2"}, "vat": {"category_code": "S", "rate": "19"}}])
    >>> print(*lacking(draft))
    lines[0].price.net (BT-146 Item net price) is missing: without it there is no BT-131 Invoice line net amount
    """
    return tuple(_lacking(invoice))


def _lacking(invoice: Invoice) -> Iterator[Lack]:
    yield from _lines(invoice.lines, "lines")
    for name, fields in _ENTRIES.items():
        for index, entry in enumerate(getattr(invoice, name)):
            yield from _entry(entry, f"{name}[{index}]", *fields)


def _lines(lines: Sequence[Line], at: str) -> Iterator[Lack]:
    for index, line in enumerate(lines):
        here = f"{at}[{index}]"
        if line.sub_lines:
            yield from _lines(line.sub_lines, f"{here}.sub_lines")
        elif line.net_amount is None:
            yield from (Lack(f"{here}.{field}", term, needed) for field, term, needed in _NET if _value(line, field) is None)
        yield from _taxed(line, here, *_VAT)


def _entry(entry: AllowanceCharge, here: str, amount: tuple[str, str], category: tuple[str, str], rate: tuple[str, str]) -> Iterator[Lack]:
    if entry.amount is None:
        yield Lack(f"{here}.{amount[0]}", amount[1], "BG-22")
    yield from _taxed(entry, here, category, rate)


def _taxed(record: Record, here: str, category: tuple[str, str], rate: tuple[str, str]) -> Iterator[Lack]:
    code = _value(record, category[0])
    if code is None:
        yield Lack(f"{here}.{category[0]}", category[1], "BG-23")
    elif code != _WITHOUT_RATE and _value(record, rate[0]) is None:
        yield Lack(f"{here}.{rate[0]}", rate[1], "BT-117")


def _value(record: Record, field: str) -> object:
    try:
        return attrgetter(field)(record)
    except AttributeError:  # the group above it is not there
        return None
