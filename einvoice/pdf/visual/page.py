"""Draw an invoice: pages of a PDF that is no PDF/A yet, and the structure of what is on them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from einvoice.pdf.drawing.faces import Faces
from einvoice.pdf.drawing.flow import Block, Pages, Strip, flow
from einvoice.pdf.drawing.sheet import Sheet
from einvoice.pdf.visual import closing, letter
from einvoice.pdf.visual.letter import BOTTOM, BREADTH, TOP, Look
from einvoice.pdf.visual.table import table
from einvoice.pdf.visual.theme import Theme
from einvoice.pdf.visual.words import Words

if TYPE_CHECKING:
    from decimal import Decimal

    from einvoice.languages import Language
    from einvoice.model import Invoice
    from einvoice.pdf.drawing.structure import Element


def draw(invoice: Invoice, *, language: Language = "de", theme: Theme | None = None) -> tuple[bytes, Element]:
    """The pages of an invoice, and their logical structure."""
    look = Look(invoice, theme or Theme(), Words(language))
    sheet = Sheet(Faces(look.theme.fonts))
    start = letter.head(sheet, look)
    blocks = [_intro(sheet, look), table(sheet, look), *closing.closing(sheet, look)]
    pages = Pages(first=start, top=TOP, bottom=BOTTOM)
    flow([block for block in blocks if block.strips], pages)
    for number, placed in enumerate(pages.pages, 1):
        if number > 1:
            sheet.next_page()
        letter.frame(sheet, look, number, len(pages.pages))
        for y, drawing in placed:
            drawing(sheet, y)
    return sheet.finish(), sheet.document


def _intro(sheet: Sheet, look: Look) -> Block[Decimal]:
    if not look.theme.intro:
        return Block([])
    lines = letter.paragraph(sheet, look.theme.intro, look.style(9), sheet.document.add("P"), BREADTH)
    return Block([*lines, Strip(8.0, lambda _sheet, _y: None)])


def undrawable(invoice: Invoice, *, theme: Theme | None = None) -> str:
    """The characters of an invoice that no font of the theme has; they are drawn as a replacement character."""
    faces = Faces((theme or Theme()).fonts)
    return "".join(sorted({character for text in _texts(invoice.model_dump()) for character in faces.missing(text)}))


def _texts(value: object) -> list[str]:
    if isinstance(value, str):
        return [value]
    inside = value.values() if isinstance(value, dict) else value if isinstance(value, list | tuple) else ()
    return [text for child in inside for text in _texts(child)]
