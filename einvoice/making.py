"""What `create` and `convert` do with one document; the command line and batches give it their files."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from einvoice import exchange, hybrids, profiles
from einvoice.conversion import Conversion, convert_document, losses_of
from einvoice.errors import NotRepresentable
from einvoice.fitting import arranged_for, needs_extension, specification_of, with_control
from einvoice.hybrids import Made
from einvoice.lacks import lacking
from einvoice.profiles import EXTENSION, PEPPOL_BILLING, PEPPOL_BIS, XRECHNUNG, Syntax
from einvoice.syntax import write as writer
from einvoice.syntax.plan import plan

if TYPE_CHECKING:
    from collections.abc import Iterable

    from einvoice.document import Document
    from einvoice.languages import Language
    from einvoice.model import Invoice
    from einvoice.pdf.extract import Attachment
    from einvoice.pdf.visual.theme import Theme

CREATES = {"xrechnung-ubl": Syntax.UBL, "xrechnung-cii": Syntax.CII, "peppol-bis": Syntax.UBL, "zugferd": None}
"""what can be made of JSON; None: a PDF"""
UNCHECKED = {"peppol-bis": "Peppol's own rules are not in this installation: 'einvoice validate --rules en16931' judges by EN 16931 alone"}
"""what has no scenario of its own to be judged by"""


def suffix(to: str) -> str:
    """What the name of a file in this form ends with.

    >>> suffix("xrechnung-ubl"), suffix("zugferd")
    ('.xml', '.pdf')
    """
    return {"json": ".json", "zugferd": ".pdf"}.get(to, ".xml")


def converted(
    document: Document,
    to: str,
    *,
    profile: str | None = None,
    language: Language = "de",
    theme: Theme | None = None,
    accessible: bool = False,
    keep_unmapped: bool = False,
) -> Conversion:
    """A document in another form; `profile`, `language`, `theme` and `accessible` are for a PDF, `keep_unmapped` for XML.

    Raises what `convert` and `create_pdf` raise.
    """
    if to != "zugferd":
        return convert_document(document, to, keep_unmapped=keep_unmapped)
    made = hybrids.pdf_of(document, profile=profile, language=language, theme=theme, accessible=accessible)
    return Conversion(made.data, made.losses, made.arranged.changes, made.arranged.moves)


def created(
    invoice: Invoice, to: str, *, gross_prices: bool = False, complete: bool = True, profile: str = "en16931",
    language: Language = "de", theme: Theme | None = None,
    attachments: Iterable[Attachment] = (), accessible: bool = False, drop: bool = False,
) -> Made:  # fmt: skip
    """A document of an invoice, with the sums that it does not give computed unless `complete` is off.

    With `gross_prices` the prices are taken as with VAT.

    Raises what `write` and `create_pdf` raise; where that is because a sum could not be computed, what it lacks for it.
    """
    if gross_prices:
        from einvoice.gross_prices import from_gross_prices

        invoice = from_gross_prices(invoice)
    if complete:
        from einvoice.completion import complete as completed

        invoice = completed(invoice)
    syntax = CREATES[to]
    try:
        made = _made_xml(invoice, to, syntax, drop=drop) if syntax is not None else hybrids.made_pdf(
            invoice, profile=profile, language=language, theme=theme, attachments=attachments, accessible=accessible, drop=drop
        )  # fmt: skip
    except NotRepresentable as error:
        lacks = lacking(invoice) if complete else ()
        if not lacks:
            raise
        raise NotRepresentable("; ".join(map(str, lacks))) from error
    return replace(made, completed=invoice) if complete else made


def _made_xml(invoice: Invoice, to: str, syntax: Syntax, *, drop: bool) -> Made:
    if to == "peppol-bis":
        addressed = with_control(invoice, specification=PEPPOL_BIS, business_process=PEPPOL_BILLING)
    else:
        addressed = hybrids.with_specification(invoice, EXTENSION if needs_extension(invoice, syntax) else XRECHNUNG)
    arranged = arranged_for(addressed, syntax, specification_of(addressed))
    addressed = arranged.invoice
    kind = exchange.kind_of(addressed, syntax)
    scenario = profiles.detect(kind, (specification_of(addressed) or "",))
    written = writer.write(addressed, plan(scenario.writes if scenario is not None else kind.dialect))
    losses = losses_of(arranged, written)
    if not drop:
        hybrids.refuse(losses, to)
    return Made(written.xml, losses, "", arranged)
