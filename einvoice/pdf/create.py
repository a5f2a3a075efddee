"""Create: from an invoice to a ZUGFeRD / Factur-X PDF, the page that people read and the XML that programs read."""

from __future__ import annotations

import datetime
import io
from typing import TYPE_CHECKING

import pikepdf

from einvoice.pdf.drawing import structure
from einvoice.pdf.hybrid import make_hybrid
from einvoice.pdf.packet import Metadata
from einvoice.pdf.visual.page import draw
from einvoice.pdf.visual.words import TYPES, Words

if TYPE_CHECKING:
    from collections.abc import Iterable

    from einvoice.languages import Language
    from einvoice.model import Invoice
    from einvoice.pdf.extract import Attachment
    from einvoice.pdf.flavours import Level
    from einvoice.pdf.visual.theme import Theme


def visual_hybrid(
    invoice: Invoice, xml: bytes, level: Level, *, language: Language = "de", theme: Theme | None = None,
    attachments: Iterable[Attachment] = (), accessible: bool = False, when: datetime.datetime | None = None,
) -> bytes:  # fmt: skip
    """A PDF/A-3u with the invoice on its pages and its XML inside; with `accessible` PDF/A-3a and PDF/UA-1.

    `when` is written as the time of creation; without it noon of the invoice's date, so that the same invoice gives
    the same bytes.
    """
    pages, document = draw(invoice, language=language, theme=theme)
    metadata = metadata_of(invoice, language=language, accessible=accessible, when=when)
    with pikepdf.open(io.BytesIO(pages)) as pdf:
        _settle(pdf)
        if accessible:
            structure.write(pdf, document)
        return make_hybrid(pdf, xml, level, metadata, attachments=attachments)


def metadata_of(invoice: Invoice, *, language: Language, accessible: bool, when: datetime.datetime | None = None) -> Metadata:
    """What a file with the pages of an invoice says of itself."""
    words = Words(language)
    kind = words.label(TYPES, invoice.type_code) if invoice.type_code in TYPES else words["invoice"]
    title = f"{kind} {invoice.number or ''}".strip()
    buyer = (invoice.buyer and invoice.buyer.name) or ""
    return Metadata(
        title=title,
        author=(invoice.seller and invoice.seller.name) or "",
        subject=f"{title}, {buyer}".strip(" ,"),
        when=when or noon(invoice.issue_date),
        language=language,
        conformance="A" if accessible else "U",
        accessible=accessible,
    )


def noon(day: datetime.date | None) -> datetime.datetime:
    """A time for a document that has only a date."""
    return datetime.datetime.combine(day or datetime.date(2000, 1, 1), datetime.time(12), datetime.UTC)


def _settle(pdf: pikepdf.Pdf) -> None:
    """What reportlab leaves that PDF/A does not want, or does not need."""
    for page in pdf.pages:
        for key in ("/Trans",):
            if key in page.obj:
                del page.obj[key]
    for key in ("/Outlines", "/PageMode"):
        if key in pdf.Root:
            del pdf.Root[key]
