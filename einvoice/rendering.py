"""Render: the invoice for a person, as a web page or PDF, with every value that the document has."""

from __future__ import annotations

import datetime
import io
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Literal

from einvoice import calc, document, exchange
from einvoice.errors import UsageError
from einvoice.model import Attachment, Identifier, Quantity, Record
from einvoice.pdf.visual.words import LANGUAGES, MEANS, TYPES, UNITS, Words
from einvoice.report.pages import template
from einvoice.rows import Group, nested
from einvoice.term_names import name_of
from einvoice.terms import INVOICE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from einvoice.document import Document, Source
    from einvoice.languages import Language
    from einvoice.model import Invoice
    from einvoice.pdf.visual.theme import Theme
    from einvoice.rows import Term

Format = Literal["html", "pdf"]


def render(source: Source, *, format: Format = "html", language: Language = "de", theme: Theme | None = None) -> bytes:  # noqa: A002
    """The invoice as people read it: a web page (UTF-8), or a PDF/A-3 of letter pages without the XML.

    Nothing is hidden: the page ends with every term that the document has and with what no term names. Raises InputError for
    what is no invoice, UsageError for another format or language.

    >>> import einvoice
    >>> b"Wandrahm Kontor GmbH" in einvoice.render("fixtures/b2b-ubl.xml", language="en")
    True
    """
    if language not in LANGUAGES:
        raise UsageError(f"{language}: there is no such language; there are {', '.join(LANGUAGES)}")
    opened = document.open(source)
    if format == "pdf":
        return _pdf(exchange.read(opened).invoice, language, theme)
    if format != "html":
        raise UsageError(f"{format}: there is no such format; there are html and pdf")
    return _html(opened, language)


def _pdf(invoice: Invoice, language: Language, theme: Theme | None) -> bytes:
    import pikepdf

    from einvoice.pdf.create import metadata_of
    from einvoice.pdf.drawing import structure
    from einvoice.pdf.hybrid import make_archive
    from einvoice.pdf.visual.page import draw

    pages, tags = draw(invoice, language=language, theme=theme)
    with pikepdf.open(io.BytesIO(pages)) as pdf:
        structure.write(pdf, tags)
        return make_archive(pdf, metadata_of(invoice, language=language, accessible=True))


# -- the web page ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Value:
    """A term that the document has."""

    term: str
    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Section:
    """A group that the document has, with what is in it."""

    term: str
    name: str
    values: tuple[Value, ...]
    sections: tuple[Section, ...]


@dataclass(frozen=True, slots=True)
class Total:
    """A sum as the document says it, and as it follows from the rest where that is different."""

    label: str
    said: str
    computed: str | None


def _html(opened: Document, language: Language) -> bytes:
    reading = exchange.read(opened)
    invoice, words = reading.invoice, Words(language)
    page = template("invoice.html.jinja").render(
        invoice=invoice,
        words=words,
        language=language,
        title=f"{words.label(TYPES, invoice.type_code) or words['invoice']} {invoice.number or ''}".strip(),
        lines=calc.lines_with_depth(invoice.lines),
        unit=lambda code: words.label(UNITS, code) or "",
        means=lambda code: words.label(MEANS, code) or "",
        totals=list(totals(invoice, words)),
        everything=section(INVOICE, invoice, words),
        unmapped=reading.unmapped,
        files=[attachment.name for attachment in opened.attachments],
        rest=_REST[language],
        terms_label=name_of("BT-20", language),
    )
    return page.encode()


_REST = {
    "de": ("Alle Angaben der Rechnung", "Angaben ohne Begriff in EN 16931", "Dateien neben der Rechnung", "errechnet"),
    "en": ("Everything that the invoice says", "What no term of EN 16931 names", "Files beside the invoice", "computed"),
    "fr": ("Toutes les données de la facture", "Données sans terme dans EN 16931", "Fichiers joints à la facture", "calculé"),
}


def totals(invoice: Invoice, words: Words) -> Iterator[Total]:
    """BG-22 row by row."""
    said = invoice.totals
    if said is None:
        return
    rows = (
        ("lines", said.lines, calc.lines_total(invoice)), ("allowance", said.allowances, calc.allowances_total(invoice)),
        ("charge", said.charges, calc.charges_total(invoice)), ("net", said.without_vat, calc.without_vat(invoice)),
        ("vat", said.vat, calc.vat(invoice) if invoice.vat_breakdown else None), ("gross", said.with_vat, calc.with_vat(invoice)),
        ("paid", said.paid, None), ("rounding", said.rounding, None), ("payable", said.due, calc.due(invoice)),
    )  # fmt: skip
    for key, stated, computed in rows:
        if stated is not None:
            differs = computed is not None and computed != stated
            yield Total(words[key], words.amount(stated), words.amount(computed) if differs and computed is not None else None)


def section(group: Group, record: Record, words: Words) -> Section:
    """All that a group of the document holds, in the table's order."""
    values: list[Value] = []
    sections: list[Section] = []
    for row in group.rows:
        found = getattr(record, row.attribute)
        for one in found if isinstance(found, tuple) else (found,):
            if isinstance(row, Group):
                sections += [section(nested(group, row), one, words)] if one is not None else []
            elif one is not None:
                values.append(_value(row, one, words))
    return Section(group.id, name_of(group.id, words.language), tuple(values), tuple(sections))


def _value(row: Term, value: Any, words: Words) -> Value:
    return Value(row.id, name_of(row.id, words.language), shown(value, words))


def shown(value: Any, words: Words) -> str:
    """A value as text."""
    if isinstance(value, datetime.date):
        return words.date(value)
    if isinstance(value, Decimal):
        return words.number(value)
    if isinstance(value, Identifier):
        scheme = " ".join(part for part in (value.scheme, value.version) if part)
        return f"{value.value or ''}{f' ({scheme})' if scheme else ''}"
    if isinstance(value, Quantity):
        return f"{words.number(value.value) if value.value is not None else ''} {words.label(UNITS, value.unit) or ''}".strip()
    if isinstance(value, Attachment):
        return f"{value.filename or ''} ({value.mime_code or '?'}, {len(value.content)} bytes)".strip()
    return str(value)
