"""The frame of a business letter: DIN 5008:2020, form B (address window at 45 mm, fold marks at 105 and 210 mm)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from einvoice.pdf.drawing.flow import Strip
from einvoice.pdf.drawing.sheet import HEIGHT, MM, WIDTH, Style
from einvoice.pdf.visual.theme import picture
from einvoice.pdf.visual.words import TYPES

if TYPE_CHECKING:
    import datetime
    from collections.abc import Iterator
    from decimal import Decimal

    from einvoice.model import Buyer, Invoice, PostalAddress, PrecedingInvoice, Seller
    from einvoice.pdf.drawing.sheet import Sheet
    from einvoice.pdf.drawing.structure import Element
    from einvoice.pdf.visual.theme import Theme
    from einvoice.pdf.visual.words import Words

LEFT, RIGHT = 25 * MM, WIDTH - 20 * MM
BREADTH = RIGHT - LEFT
TOP, BOTTOM = 28 * MM, HEIGHT - 37 * MM
"""of the content on later pages, and on all"""
_WINDOW_LEFT, _WINDOW_TOP, _WINDOW_WIDTH = 25 * MM, 45 * MM, 80 * MM
_NOTE_ZONE = 17.7 * MM
_INFO_LEFT, _INFO_TOP, _INFO_LABEL = 125 * MM, 50 * MM, 27 * MM
_SUBJECT = 103.5 * MM
_LOGO_WIDTH, _LOGO_HEIGHT, _LOGO_TOP = 60 * MM, 24 * MM, 12 * MM
_FOLDS = (105 * MM, 148.5 * MM, 210 * MM)
_GREY = (0.6, 0.6, 0.6)


@dataclass(frozen=True, slots=True)
class Look:
    """What every part of the page needs: the invoice, how it looks, in which words."""

    invoice: Invoice
    theme: Theme
    words: Words

    def style(self, size: float = 9.0, *, bold: bool = False, italic: bool = False) -> Style:
        """A style in the theme's text colour."""
        return Style(size, "bold" if bold else "italic" if italic else "regular", self.theme.text)

    def quiet(self, size: float = 7.5) -> Style:
        """A style for what is less important."""
        return Style(size, "regular", self.theme.muted)

    def strong(self, size: float) -> Style:
        """A style for headings."""
        return Style(size, "bold", self.theme.accent)

    @property
    def title(self) -> str:
        """The kind of document and its number."""
        kind = self.words.label(TYPES, self.invoice.type_code) if self.invoice.type_code in TYPES else self.words["invoice"]
        return f"{kind} {self.invoice.number or ''}".rstrip()

    @property
    def currency(self) -> str:
        """BT-5."""
        return self.invoice.currency_code or ""


def address_lines(address: PostalAddress | None, home: str | None = None) -> Iterator[str]:
    """An address as it stands on an envelope; the country only if it is not the sender's."""
    if address is None:
        return
    yield from (line for line in (address.line1, address.line2, address.line3) if line)
    place = " ".join(part for part in (address.post_code, address.city) if part)
    if place:
        yield place
    if address.country_subdivision:
        yield address.country_subdivision
    if address.country_code and address.country_code != home:
        yield address.country_code


def head(sheet: Sheet, look: Look) -> float:
    """The first page down to its title; gives where the content begins."""
    _logo(sheet, look)
    _window(sheet, look)
    end = _information(sheet, look)
    title = max(_SUBJECT, end + 9 * MM)
    heading = sheet.document.add("H1")
    lines = sheet.faces.wrap(look.title, "bold", 15, BREADTH)
    for number, line in enumerate(lines):
        sheet.text(LEFT, title + number * 19, line, look.strong(15), element=heading)
    return title + (len(lines) - 1) * 19 + 8 * MM


def _logo(sheet: Sheet, look: Look) -> None:
    seller = (look.invoice.seller and look.invoice.seller.name) or ""
    if look.theme.logo is None:
        for number, line in enumerate(sheet.faces.wrap(seller, "bold", 14, BREADTH)[:2]):
            sheet.text(RIGHT, _LOGO_TOP + 8 * MM + number * 17, line, look.strong(14), align="right", element=sheet.document.add("P"))
        return
    image = picture(look.theme.logo)
    scale = min(_LOGO_WIDTH / image.width, _LOGO_HEIGHT / image.height)
    width, height = image.width * scale, image.height * scale
    figure = sheet.document.add("Figure", alt=f"{look.words['logo']} {seller}")
    sheet.image(RIGHT - width, _LOGO_TOP, width, height, image, element=figure)


def _window(sheet: Sheet, look: Look) -> None:
    """Sender in small type, then the buyer; lines that do not fit into the window are joined to the last."""
    seller, buyer = look.invoice.seller, look.invoice.buyer
    home = seller.address.country_code if seller and seller.address else None
    sender = " · ".join([*([seller.name] if seller and seller.name else []), *address_lines(seller.address if seller else None, home)])
    line = sheet.faces.wrap(sender, "regular", 6.5, _WINDOW_WIDTH)[0]
    sheet.text(_WINDOW_LEFT, _WINDOW_TOP + _NOTE_ZONE - 5, line, look.quiet(6.5), element=sheet.document.add("P"))
    recipient = sheet.document.add("P")
    y = _WINDOW_TOP + _NOTE_ZONE + 9
    wrapped = [part for text in _recipient(buyer, home) for part in sheet.faces.wrap(text, "regular", 10, _WINDOW_WIDTH)]
    for part in wrapped[:8]:
        sheet.text(_WINDOW_LEFT, y, part, look.style(10), element=recipient)
        y += 12


def _recipient(buyer: Buyer | None, home: str | None) -> Iterator[str]:
    if buyer is None:
        return
    names = dict.fromkeys(name for name in (buyer.name, buyer.trading_name, buyer.contact and buyer.contact.name) if name)
    yield from names
    yield from address_lines(buyer.address, home)


def _information(sheet: Sheet, look: Look) -> float:
    """The block of references beside the window."""
    y = _INFO_TOP
    for label, value in _facts(look):
        element = sheet.document.add("P")
        sheet.text(_INFO_LEFT, y, look.words[label], look.quiet(7.5), element=element)
        for line in sheet.faces.wrap(value, "regular", 8.5, RIGHT - _INFO_LEFT - _INFO_LABEL):
            sheet.text(_INFO_LEFT + _INFO_LABEL, y, line, look.style(8.5), element=element)
            y += 11
        y += 1
    return y


def _facts(look: Look) -> Iterator[tuple[str, str]]:
    invoice, words = look.invoice, look.words
    buyer, delivery = invoice.buyer, invoice.delivery
    period = delivery.invoicing_period if delivery else None
    dates = [words.date(day) for day in (period.start_date, period.end_date) if day] if period else []
    contact = invoice.seller.contact if invoice.seller else None
    found: tuple[tuple[str, str | None], ...] = (
        ("number", invoice.number),
        ("date", _day(look, invoice.issue_date)),
        ("due", _day(look, invoice.due_date)),
        ("delivery", _day(look, delivery.date) if delivery else None),
        ("period", " \N{EN DASH} ".join(dates)),
        ("buyer_reference", invoice.buyer_reference),
        ("customer", buyer.identifier.value if buyer and buyer.identifier else None),
        ("buyer_vat", buyer.vat_identifier if buyer else None),
        ("order", invoice.purchase_order_reference),
        ("sales_order", invoice.sales_order_reference),
        ("contract", invoice.contract_reference),
        ("project", invoice.project_reference),
        ("despatch", invoice.despatch_advice_reference),
        *(("preceding", _preceding(look, before)) for before in invoice.preceding_invoices),
        ("contact", "\n".join(part for part in (contact.name, contact.telephone, contact.email) if part) if contact else None),
    )
    yield from ((label, value) for label, value in found if value)


def _day(look: Look, day: datetime.date | None) -> str:
    return look.words.date(day) if day else ""


def _preceding(look: Look, before: PrecedingInvoice) -> str:
    return " · ".join(part for part in (before.number, _day(look, before.issue_date)) if part)


# -- every page -----------------------------------------------------------------------------------


def frame(sheet: Sheet, look: Look, page: int, pages: int) -> None:
    """What stands around the content: fold marks, running head, footer. For readers that speak, none of it is content."""
    if page == 1:
        for y in _FOLDS:
            sheet.rule(5 * MM, y, 4 * MM, colour=_GREY, weight=0.3)
    else:
        seller = (look.invoice.seller and look.invoice.seller.name) or ""
        sheet.text(LEFT, 18 * MM, look.title, look.quiet(8))
        sheet.text(RIGHT, 18 * MM, sheet.faces.wrap(seller, "regular", 8, BREADTH / 2)[0], look.quiet(8), align="right")
        sheet.rule(LEFT, 20.5 * MM, BREADTH, colour=look.theme.accent, weight=0.7)
    _footer(sheet, look)
    sheet.text(RIGHT, HEIGHT - 8 * MM, look.words["page"].format(page=page, pages=pages), look.quiet(7.5), align="right")
    sheet.text(LEFT, HEIGHT - 8 * MM, look.words["electronic"], look.quiet(6.5))


def _footer(sheet: Sheet, look: Look) -> None:
    columns = look.theme.footer or tuple("\n".join(column) for column in seller_columns(look) if column)
    if not columns:
        return
    top, breadth = HEIGHT - 31 * MM, BREADTH / len(columns)
    sheet.rule(LEFT, top, BREADTH, colour=look.theme.accent, weight=0.7)
    for number, column in enumerate(columns):
        lines = [line for text in column.splitlines() for line in sheet.faces.wrap(text, "regular", 7, breadth - 8)]
        for at, line in enumerate(lines[:6]):
            sheet.text(LEFT + number * breadth, top + 10 + at * 8.6, line, look.quiet(7))


def seller_columns(look: Look) -> list[list[str]]:
    """What the invoice says of the seller, as columns: address, contact, numbers, account."""
    seller = look.invoice.seller
    if seller is None:
        return []
    contact = seller.contact
    numbers = (("vat_id", seller.vat_identifier), ("tax_id", seller.tax_registration_identifier), ("register", _registration(seller)))
    transfers = look.invoice.payment_instructions.credit_transfers if look.invoice.payment_instructions else ()
    account = [
        part for transfer in transfers[:1] for part in (grouped(transfer.account_identifier), transfer.service_provider_identifier) if part
    ]
    return [
        [*([seller.name] if seller.name else []), *address_lines(seller.address)],
        [part for part in (contact.name, contact.telephone, contact.email) if part] if contact else [],
        [f"{look.words[label]} {value}" for label, value in numbers if value]
        + ([seller.additional_legal_information] if seller.additional_legal_information else []),
        account,
    ]


def _registration(seller: Seller) -> str | None:
    return seller.legal_registration_identifier.value if seller.legal_registration_identifier else None


def grouped(account: str | None) -> str:
    """An IBAN in groups of four; any other account as it is."""
    plain = (account or "").replace(" ", "")
    return " ".join(plain[at : at + 4] for at in range(0, len(plain), 4)) if plain[:2].isalpha() else plain


def paragraph(sheet: Sheet, text: str, style: Style, element: Element, width: float) -> list[Strip[Decimal]]:
    """A text as strips, one for each line."""

    def draw(line: str, sheet: Sheet, y: float) -> None:
        sheet.text(LEFT, y + style.size, line, style, element=element)

    return [Strip(style.leading, partial(draw, line)) for line in sheet.faces.wrap(text, style.face, style.size, width)]
