"""Judge what an invoice came in: the PDF's own rules, PDF/A-3b, and whether its pages say what the XML says."""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING

from einvoice.check.finding import Finding, LayerResult
from einvoice.pdf import hybrid_rules
from einvoice.pdf.extract import packet_of
from einvoice.pdf.opening import opened
from einvoice.pdf.pdfa.check import examine
from einvoice.pdf.pdfa.clauses import CLAUSES
from einvoice.profiles import Kind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from einvoice.document import Document
    from einvoice.pdf.hybrid_rules import Fault
    from einvoice.pdf.pdfa.breach import Breach
    from einvoice.pdf.pdfa.check import Examination

MAX_PER_RULE = 10
"""findings of one rule of PDF/A: a font can break it with every glyph"""
_READABLE = 100
"""letters and digits that a page must have before one says that something is not on it"""
_RAM = "{urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100}"
_SUMS = f".//{_RAM}SpecifiedTradeSettlementHeaderMonetarySummation/{_RAM}"
_COUNTRY = f"{_RAM}PostalTradeAddress/{_RAM}CountryID"


def judge(document: Document) -> tuple[list[LayerResult], list[Finding]]:
    """The layers hybrid and pdfa of a document that came in a PDF, and advice about what its pages show.

    The XML is the invoice. A fault of its container is a warning, as BR-FX-DE-03 has it for Germany; only a PDF with two
    different invoices is an error, because nobody knows which of them counts.
    """
    assert document.embedded is not None
    with opened(document.data, document.name) as pdf:
        packet, examination = packet_of(pdf), examine(pdf, document.data)
        advice = list(_shown(document, examination))
    faults = list(hybrid_rules.check(packet, document.embedded, _facts(document)))
    findings = [*(_fault(fault) for fault in faults), *_breaches(examination.breaches), *advice]
    layers = [
        LayerResult("hybrid", "failed" if any(fault.fatal for fault in faults) else "passed"),
        LayerResult("pdfa", "failed" if examination.breaches else "passed"),
    ]
    return layers, findings


def _facts(document: Document) -> hybrid_rules.Facts:
    seller, buyer = (document.root.findtext(f".//{_RAM}{party}TradeParty/{_COUNTRY}") for party in ("Seller", "Buyer"))
    return hybrid_rules.Facts(next(iter(document.specifications), ""), seller, buyer)


def _fault(fault: Fault) -> Finding:
    return Finding(
        fault.rule, "error" if fault.ambiguous else "warning", "fatal" if fault.fatal else "warning", "hybrid", fault.message,
        found=fault.found, expected=fault.expected, official=False,
    )  # fmt: skip


def _breaches(breaches: tuple[Breach, ...]) -> Iterator[Finding]:
    seen: dict[str, int] = {}
    for breach in breaches:
        seen[breach.rule] = seen.get(breach.rule, 0) + 1
        if seen[breach.rule] <= MAX_PER_RULE:
            yield _breach(breach.rule, breach.where, breach.detail)
    for rule, count in seen.items():
        if count > MAX_PER_RULE:
            yield _breach(rule, f"{count - MAX_PER_RULE} more places", "")


def _breach(rule: str, where: str, detail: str) -> Finding:
    message = f"PDF/A-3 wants: {CLAUSES[rule]}"
    return Finding(rule, "warning", "fatal", "pdfa", message, location=where, found=detail or None, official=False)


# -- what the pages show --------------------------------------------------------------------------


def _shown(document: Document, examination: Examination) -> Iterator[Finding]:
    """The total with VAT (BT-112) or the amount due (BT-115) must be on a page that can be read."""
    if document.kind is not Kind.CII:
        return
    amounts = [amount for name in ("GrandTotalAmount", "DuePayableAmount") if (amount := _amount(document, name)) is not None]
    text = re.sub(r"[\s'\u2019]", "", examination.text)
    if not amounts or sum(map(str.isalnum, text)) < _READABLE or any(_is_in(text, amount) for amount in amounts):
        return
    sought = " / ".join(dict.fromkeys(f"{amount:.2f}" for amount in amounts))
    yield Finding(
        "ADV-PDF-TOTAL", "information", "information", "advisory",
        "the pages of the PDF show neither the total with VAT (BT-112) nor the amount due (BT-115) of the XML",
        terms=("BT-112", "BT-115"), expected=sought, official=False,
    )  # fmt: skip


def _amount(document: Document, name: str) -> Decimal | None:
    try:
        amount = Decimal((document.root.findtext(_SUMS + name) or "").strip())
    except InvalidOperation:
        return None
    return amount if amount.is_finite() else None


def _is_in(text: str, amount: Decimal) -> bool:
    """Whether a text without blanks has an amount in any usual form: 1234.50, 1.234,50, 1,234.50; 1234 for 1234.00."""
    whole, _, cents = f"{abs(amount):.2f}".partition(".")
    groups = r"[.,]?".join(part for part in re.split(r"(?=(?:\d{3})+$)", whole) if part)
    fraction = rf"[.,]{cents}" if int(cents) else r"(?:[.,](?:00|-|\u2013))?"
    return re.search(rf"(?<![\d]){groups}{fraction}(?!\d)", text) is not None
