"""What follows the table: totals, VAT by rate, payment, notes."""

from __future__ import annotations

from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING

from einvoice.pdf.drawing.flow import Block, Strip
from einvoice.pdf.drawing.sheet import MM
from einvoice.pdf.visual.girocode import girocode
from einvoice.pdf.visual.letter import BREADTH, LEFT, RIGHT, address_lines, grouped, paragraph
from einvoice.pdf.visual.words import MEANS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from einvoice.model import AllowanceCharge
    from einvoice.pdf.drawing.sheet import Sheet, Style
    from einvoice.pdf.drawing.structure import Element
    from einvoice.pdf.visual.letter import Look

_TOTALS_LEFT = LEFT + 92 * MM
_AMOUNT = RIGHT - 1.5 * MM
_CODE = 30 * MM
_LABEL = 38 * MM


def closing(sheet: Sheet, look: Look) -> list[Block[Decimal]]:
    """All blocks after the lines, in reading order."""
    blocks = [totals(sheet, look), breakdown(sheet, look), payment(sheet, look), remarks(sheet, look)]
    return [block for block in blocks if block.strips]


# -- totals ---------------------------------------------------------------------------------------


def totals(sheet: Sheet, look: Look) -> Block[Decimal]:
    """The totals as the invoice says them."""
    rows = [*_sums(look)]
    element = sheet.document.add("Table") if rows else None
    strips = [_gap(4)] if rows else []
    for label, amount, strong in rows:
        assert element
        strips.append(_total(look, element.add("TR"), label, amount, strong=strong))
    return Block([Strip(strip.height, strip.draw, keep=strip is not strips[-1]) for strip in strips])


def _sums(look: Look) -> Iterator[tuple[str, Decimal, bool]]:
    """Label, amount, and whether it is the sum of those above."""
    sums, words = look.invoice.totals, look.words
    if sums is None:
        return
    if look.invoice.allowances or look.invoice.charges:
        yield from ((words["lines"], amount, False) for amount in (sums.lines,) if amount is not None)
    yield from ((_reason(look, entry, "allowance"), -(entry.amount or Decimal(0)), False) for entry in look.invoice.allowances)
    yield from ((_reason(look, entry, "charge"), entry.amount or Decimal(0), False) for entry in look.invoice.charges)
    foreign = f"{words['vat_accounting']} {look.invoice.vat_accounting_currency_code or ''}".rstrip()
    rows: tuple[tuple[str, Decimal | None, bool], ...] = (
        (words["net"], sums.without_vat, False),
        *_rates(look),
        (words["gross"], sums.with_vat, False),
        (words["paid"], None if sums.paid is None else -sums.paid, False),
        (words["rounding"], sums.rounding, False),
        (words["payable"], sums.due, True),
        (foreign, sums.vat_in_accounting_currency, False),
    )
    yield from ((label, amount, strong) for label, amount, strong in rows if amount is not None)


def _rates(look: Look) -> Iterator[tuple[str, Decimal | None, bool]]:
    """VAT rate by rate; the sum where the invoice has no breakdown."""
    label, parts = look.words["vat"], look.invoice.vat_breakdown
    if not parts and look.invoice.totals is not None:
        yield label, look.invoice.totals.vat, False
    yield from (
        (f"{label} {look.words.number(part.rate.normalize() + 0)} %", part.tax_amount, False) for part in parts if part.rate is not None
    )


def _reason(look: Look, entry: AllowanceCharge, key: str) -> str:
    percentage = f" {look.words.number(entry.percentage.normalize() + 0)} %" if entry.percentage is not None else ""
    return (entry.reason or look.words[key]) + percentage


def _total(look: Look, row: Element, label: str, amount: Decimal, *, strong: bool) -> Strip[Decimal]:
    cells = row.add("TH", scope="Row"), row.add("TD")
    size = 10.0 if strong else 8.5
    style = look.style(size, bold=strong)
    value = f"{look.words.amount(amount)} {look.currency}" if strong else look.words.amount(amount)

    def draw(sheet: Sheet, y: float) -> None:
        if strong:
            sheet.rule(_TOTALS_LEFT, y + 2, RIGHT - _TOTALS_LEFT, colour=look.theme.accent, weight=0.7)
        base = y + (13 if strong else 9)
        short = sheet.faces.wrap(label, style.face, size, 48 * MM)[0]
        sheet.text(_TOTALS_LEFT, base, short, style, element=cells[0])
        sheet.text(_AMOUNT, base, value, style, element=cells[1], align="right")

    return Strip(18.0 if strong else 12.5, draw)


def _gap(height: float) -> Strip[Decimal]:
    return Strip(height, lambda _sheet, _y: None, keep=True)


# -- VAT by rate ----------------------------------------------------------------------------------

_BREAKDOWN = (("category", LEFT), ("rate", LEFT + 30 * MM), ("taxable", LEFT + 58 * MM), ("tax", LEFT + 84 * MM))


def breakdown(sheet: Sheet, look: Look) -> Block[Decimal]:
    """BG-23, where a total line for each rate does not say it all: several rates, or a reason for an exemption."""
    parts = look.invoice.vat_breakdown
    reasons = any(part.exemption_reason or part.exemption_reason_code for part in parts)
    if len(parts) < 2 and not reasons:
        return Block([])
    title = heading(sheet, look, "breakdown")
    table = sheet.document.add("Table")
    strips = [title, _cells(look, table.add("TR"), [look.words[key] for key, _ in _BREAKDOWN], look.quiet(7.5), header=True)]
    for part in parts:
        rate = f"{look.words.number(part.rate.normalize() + 0)} %" if part.rate is not None else ""
        amounts = [look.words.amount(value) if value is not None else "" for value in (part.taxable_amount, part.tax_amount)]
        strips.append(_cells(look, table.add("TR"), [part.category_code or "", rate, *amounts], look.style(8.5)))
    for part in parts:
        reason = " · ".join(text for text in (part.category_code, part.exemption_reason or part.exemption_reason_code) if text)
        if part.exemption_reason or part.exemption_reason_code:
            strips += paragraph(sheet, reason, look.style(8), sheet.document.add("P"), BREADTH)
    return Block(strips)


def _cells(look: Look, row: Element, texts: list[str], style: Style, *, header: bool = False) -> Strip[Decimal]:
    cells = [row.add("TH", scope="Column") if header else row.add("TD") for _ in texts]

    def draw(sheet: Sheet, y: float) -> None:
        for number, ((_, edge), text, cell) in enumerate(zip(_BREAKDOWN, texts, cells, strict=True)):
            sheet.text(edge, y + 9, text, style, element=cell, align="right" if number else "left")
        if header:
            sheet.rule(LEFT, y + 12, _BREAKDOWN[-1][1] - LEFT, colour=look.theme.muted, weight=0.3)

    return Strip(13.5 if header else 12.0, draw, keep=header)


# -- payment --------------------------------------------------------------------------------------


def payment(sheet: Sheet, look: Look) -> Block[Decimal]:
    """Terms, accounts, and a code to scan."""
    facts = [*_payment_facts(look)]
    terms = look.invoice.payment_terms
    if not facts and not terms:
        return Block([])
    strips = [heading(sheet, look, "payment")]
    if terms:
        strips += paragraph(sheet, terms, look.style(8.5), sheet.document.add("P"), BREADTH - _CODE - 8 * MM)
    for label, value in facts:
        strips += _fact(sheet, look, label, value)
    code = girocode(look.invoice)
    if code is not None:
        strips = _beside(sheet, look, code, strips)
    return Block(strips)


def _payment_facts(look: Look) -> Iterator[tuple[str, str]]:
    invoice, words = look.invoice, look.words
    instructions = invoice.payment_instructions
    if invoice.payee is not None and invoice.payee.name:
        yield words["payee"], invoice.payee.name
    if instructions is None:
        return
    means = words.label(MEANS, instructions.means_code)
    found: list[tuple[str, str | None]] = [(words["means"], instructions.means_text or means)]
    for transfer in instructions.credit_transfers:
        account = " · ".join(part for part in (grouped(transfer.account_identifier), transfer.service_provider_identifier) if part)
        found += [("IBAN" if account[:2].isalpha() else words["debited"].split()[-1], account), (words["account"], transfer.account_name)]
    if instructions.card is not None:
        holder = " · ".join(part for part in (instructions.card.primary_account_number, instructions.card.holder_name) if part)
        found.append((words["card"], holder))
    if instructions.direct_debit is not None:
        debit = instructions.direct_debit
        found += [(words["mandate"], debit.mandate_reference), (words["creditor"], debit.creditor_identifier)]
        found.append((words["debited"], grouped(debit.debited_account_identifier)))
    found.append((words["remittance"], instructions.remittance_information))
    yield from ((label, value) for label, value in found if value)


def _beside(sheet: Sheet, look: Look, code: list[list[int]], strips: list[Strip[Decimal]]) -> list[Strip[Decimal]]:
    """The code at the right of the payment's lines, all on one page."""
    figure = sheet.document.add("Figure", alt=look.words["girocode_alt"])
    caption = sheet.document.add("P")

    def draw(sheet: Sheet, y: float) -> None:
        left = RIGHT - _CODE
        sheet.squares(left, y + 6, _CODE, code, element=figure)
        sheet.text(left + _CODE / 2, y + 6 + _CODE + 6, look.words["girocode"], look.quiet(6.5), element=caption, align="centre")

    height = sum(strip.height for strip in strips)
    rest = max(0.0, _CODE + 16 - height)
    kept: list[Strip[Decimal]] = [Strip(strip.height, strip.draw, keep=True) for strip in strips]
    return [Strip(0.0, draw, keep=True), *kept, Strip(rest, lambda _sheet, _y: None)]


def _fact(sheet: Sheet, look: Look, label: str, value: str) -> list[Strip[Decimal]]:
    element = sheet.document.add("P")
    lines = sheet.faces.wrap(value, "regular", 8.5, BREADTH - _LABEL - _CODE - 8 * MM)

    def draw(at: int, line: str, sheet: Sheet, y: float) -> None:
        if at == 0:
            sheet.text(LEFT, y + 9, label, look.quiet(8), element=element)
        sheet.text(LEFT + _LABEL, y + 9, line, look.style(8.5), element=element)

    return [Strip(12.0, partial(draw, at, line)) for at, line in enumerate(lines)]


# -- notes ----------------------------------------------------------------------------------------


def remarks(sheet: Sheet, look: Look) -> Block[Decimal]:
    """Notes, the place of delivery, the tax representative, supporting documents, the theme's last words."""
    invoice = look.invoice
    strips: list[Strip[Decimal]] = []
    for key, texts in (
        ("notes", [note.text for note in invoice.notes if note.text]),
        ("deliver_to", [_place(look)]),
        ("representative", [_representative(look)]),
        ("attachments", [_document(document.reference, document.description) for document in invoice.supporting_documents]),
    ):
        shown = [text for text in texts if text]
        if shown:
            strips.append(heading(sheet, look, key))
        for text in shown:
            strips += paragraph(sheet, text, look.style(8.5), sheet.document.add("P"), BREADTH)
    if look.theme.closing:
        strips += [_gap(8), *paragraph(sheet, look.theme.closing, look.style(9), sheet.document.add("P"), BREADTH)]
    return Block(strips)


def _place(look: Look) -> str:
    delivery = look.invoice.delivery
    if delivery is None:
        return ""
    return ", ".join([*([delivery.party_name] if delivery.party_name else []), *address_lines(delivery.address)])


def _representative(look: Look) -> str:
    agent = look.invoice.seller_tax_representative
    if agent is None:
        return ""
    number = f"{look.words['vat_id']} {agent.vat_identifier}" if agent.vat_identifier else ""
    return ", ".join([part for part in (agent.name, number) if part] + list(address_lines(agent.address)))


def _document(reference: str | None, description: str | None) -> str:
    return " · ".join(part for part in (reference, description) if part)


def heading(sheet: Sheet, look: Look, key: str) -> Strip[Decimal]:
    """The title of a block, which stays with what follows."""
    element = sheet.document.add("H2")
    return Strip(24.0, lambda sheet, y: sheet.text(LEFT, y + 18, look.words[key], look.strong(9.5), element=element), keep=True)
