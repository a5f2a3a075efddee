"""Create, and report: what they cost beside factur-x and drafthorse, and beside validation alone, in one run.

make bench-invoices     (installs factur-x and drafthorse beside the engine)
"""

from __future__ import annotations

import datetime
from decimal import Decimal
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any

import einvoice
from benchmarks import machine, save
from einvoice.report.html import to_html
from einvoice.report.json import to_jsonl
from einvoice.report.text import to_text

if TYPE_CHECKING:
    from collections.abc import Callable

    from einvoice.model import Buyer, Invoice, Seller

ROOT = Path(__file__).resolve().parent.parent
SIZES = {1: 200, 100: 40, 10_000: 3}
"""lines of the invoice -> runs"""
DAY = datetime.date(2026, 3, 9)


def best(work: Callable[[], object], rounds: int) -> float:
    """Seconds of the fastest run, after one that does not count."""
    work()
    times = []
    for _ in range(rounds):
        start = perf_counter()
        work()
        times.append(perf_counter() - start)
    return min(times)


def draft(size: int) -> Invoice:
    """A fixture with so many lines, its sums left out."""
    invoice = einvoice.read(ROOT / "fixtures/b2b-cii.xml").invoice
    line = invoice.lines[0].model_copy(update={"net_amount": None, "identifier": None})
    return invoice.model_copy(update={"lines": (line,) * size, "totals": None, "vat_breakdown": ()})


def _floats(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _floats(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_floats(inner) for inner in value]
    return float(value) if isinstance(value, Decimal) else value


def by_factur_x(invoice: Invoice) -> Callable[[], bytes]:
    """The same invoice, its sums given, in the form that factur-x takes; its checks off."""
    from facturx import generate_cii_xml

    full = einvoice.complete(invoice)
    seller, buyer, totals, part = full.seller, full.buyer, full.totals, full.vat_breakdown[0]
    assert seller is not None
    assert buyer is not None
    assert totals is not None

    def party(who: Seller | Buyer) -> dict[str, Any]:
        assert who.address is not None
        address = {"addr_l1": who.address.line1, "city": who.address.city, "postcode": who.address.post_code, "country_code": "DE"}
        return {"name": who.name, "vat_identifier": who.vat_identifier or "DE123456788", **address}

    data: dict[str, Any] = {
        "BT-1": full.number, "BT-2": full.issue_date, "BT-3": full.type_code, "BT-5": "EUR", "BT-9": full.due_date, "BT-24": "urn:cen.eu:en16931:2017",
        "BG-4": party(seller), "BG-7": party(buyer), "BT-106": totals.lines, "BT-109": totals.without_vat, "BT-110": totals.vat,
        "BT-112": totals.with_vat, "BT-115": totals.due,
        "BG-23": [{"BT-116": part.taxable_amount, "BT-117": part.tax_amount, "BT-118": "S", "BT-119": part.rate}],
        "BG-25": [
            {
                "BT-126": line.identifier, "BT-129": line.quantity and line.quantity.value, "BT-130": "H87", "BT-131": line.net_amount,
                "BT-146": line.price and line.price.net, "BT-151": "S", "BT-152": part.rate, "BT-153": line.item and line.item.name,
            }
            for line in full.lines
        ],
    }  # fmt: skip
    plain = _floats(data)
    return lambda: generate_cii_xml(plain.copy(), level="en16931", check_xsd=False, check_schematron=False)


def by_drafthorse(invoice: Invoice) -> Callable[[], bytes]:
    """The same invoice, its sums given, built and written by drafthorse; its schema check off."""
    from drafthorse.models.accounting import ApplicableTradeTax
    from drafthorse.models.document import Document
    from drafthorse.models.tradelines import LineItem

    full = einvoice.complete(invoice)
    seller, totals, part = full.seller, full.totals, full.vat_breakdown[0]
    assert seller is not None
    assert totals is not None

    def made() -> bytes:
        doc = Document()
        doc.context.guideline_parameter.id = "urn:cen.eu:en16931:2017"
        doc.header.id, doc.header.type_code = full.number, full.type_code
        doc.header.issue_date_time = full.issue_date
        doc.trade.agreement.seller.name = seller.name
        doc.trade.settlement.currency_code = "EUR"
        for number, line in enumerate(full.lines, 1):
            assert line.item is not None
            assert line.price is not None
            assert line.quantity is not None
            item = LineItem()
            item.document.line_id = str(number)
            item.product.name = line.item.name
            item.agreement.net.amount = line.price.net
            item.delivery.billed_quantity = (line.quantity.value, "H87")
            item.settlement.trade_tax.type_code, item.settlement.trade_tax.category_code = "VAT", "S"
            item.settlement.trade_tax.rate_applicable_percent = part.rate
            item.settlement.monetary_summation.total_amount = line.net_amount
            doc.trade.items.add(item)
        tax = ApplicableTradeTax()
        tax.calculated_amount, tax.basis_amount = part.tax_amount, part.taxable_amount
        tax.type_code, tax.category_code, tax.rate_applicable_percent = "VAT", "S", part.rate
        doc.trade.settlement.trade_tax.add(tax)
        doc.trade.settlement.monetary_summation.line_total = totals.lines
        doc.trade.settlement.monetary_summation.due_amount = totals.due or Decimal(0)
        return bytes(doc.serialize(schema=None))

    return made


def creating() -> list[dict[str, Any]]:
    """The engine completes and writes, the others write what is complete; then each reads what it wrote."""
    from drafthorse.models.document import Document
    from facturx import parse_ubl_cii_xml

    rows = []
    for size, rounds in SIZES.items():
        invoice = draft(size)
        write: dict[str, Callable[[], bytes]] = {
            "einvoice": lambda invoice=invoice: einvoice.write(einvoice.complete(invoice), einvoice.Syntax.CII),  # type: ignore[misc]
            "factur-x": by_factur_x(invoice),
            "drafthorse": by_drafthorse(invoice),
        }
        read: dict[str, Callable[[bytes], object]] = {
            "einvoice": einvoice.read,
            "factur-x": lambda xml: parse_ubl_cii_xml(xml, check_xsd=False),
            "drafthorse": lambda xml: Document.parse(xml, strict=False),
        }
        written = {name: best(work, rounds) for name, work in write.items()}
        both = {name: best(lambda name=name, read=read, write=write: read[name](write[name]()), rounds) for name in write}  # type: ignore[misc]
        rows.append({"lines": size, "write, per second": _rates(written), "write and read, per second": _rates(both)})
    return rows


def _rates(seconds: dict[str, float]) -> dict[str, float]:
    mine, *others = seconds.values()
    return {name: round(1 / taken, 2) for name, taken in seconds.items()} | {"times as fast as the faster": round(min(others) / mine, 2)}


def reporting() -> dict[str, Any]:
    """What forms add to validation: of a valid invoice, and of one with 1,000 wrong lines."""
    source = (ROOT / "fixtures/b2b-ubl.xml").read_bytes()
    broken = einvoice.complete(draft(1000))
    lines = tuple(line.model_copy(update={"net_amount": Decimal("1.00")}) for line in broken.lines)
    wrong = einvoice.write(broken.model_copy(update={"lines": lines}), einvoice.Syntax.UBL)
    validated, report, bad = best(lambda: einvoice.validate(source), 100), einvoice.validate(source), einvoice.validate(wrong)
    forms = {
        "text": lambda it: to_text(it), "jsonl": lambda it: to_jsonl(it), "html": lambda it: to_html(it, source if it is report else wrong),
    }  # fmt: skip
    return {
        "validation of a valid invoice, ms": round(validated * 1e3, 3),
        "a report adds, %": {name: round(best(lambda form=form: form(report), 100) / validated * 100, 1) for name, form in forms.items()},
        "findings": len(bad.findings),
        "a report of them, ms per 10": {
            name: round(best(lambda form=form: form(bad), 5) * 1e4 / len(bad.findings), 3) for name, form in forms.items()
        },
    }


if __name__ == "__main__":
    save("invoices", {**machine(), "create": creating(), "report": reporting()})
