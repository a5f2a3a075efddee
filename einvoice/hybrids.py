"""ZUGFeRD / Factur-X: make a hybrid of an invoice, or of an invoice and a PDF that is there already."""

from __future__ import annotations

import datetime
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from lxml import etree

from einvoice import document, exchange, profiles
from einvoice.arrangement import Arranged
from einvoice.completion import with_reasons_at_lines
from einvoice.conversion import Loss, left_out_of, losses_of
from einvoice.errors import NotRepresentable, UsageError
from einvoice.fitting import arranged_for, fitted, specification_of, with_control
from einvoice.lacks import lacking
from einvoice.pdf.create import visual_hybrid
from einvoice.pdf.embed import embed_xml
from einvoice.pdf.flavours import Level, level_for, level_of
from einvoice.pdf.visual.page import undrawable
from einvoice.profiles import Kind, Syntax
from einvoice.reduction import fits, reduce
from einvoice.syntax import write as writer
from einvoice.syntax import zugferd_1
from einvoice.syntax.plan import plan

if TYPE_CHECKING:
    from collections.abc import Iterable

    from einvoice.document import Document, Source
    from einvoice.lacks import Lack
    from einvoice.languages import Language
    from einvoice.model import Invoice
    from einvoice.pdf.embed import Embedding
    from einvoice.pdf.extract import Attachment
    from einvoice.pdf.visual.theme import Theme
    from einvoice.profiles import Scenario

#   what users call a profile -> the scenario that judges its XML
PROFILES = {
    "minimum": "facturx-minimum",
    "basicwl": "facturx-basicwl",
    "basic": "facturx-basic",
    "en16931": "facturx-en16931",
    "extended": "facturx-extended",
    "xrechnung": "xrechnung-3.0",
}


@dataclass(frozen=True, slots=True)
class ProfileXml:
    """An invoice as the XML of a profile."""

    xml: bytes
    specification: str
    losses: tuple[Loss, ...]
    """what the profile has no place for"""
    arranged: Arranged
    """how the invoice was said otherwise for it"""


def create_pdf(
    invoice: Invoice, *, profile: str = "en16931", language: Language = "de", theme: Theme | None = None,
    attachments: Iterable[Attachment] = (), accessible: bool = False, when: datetime.datetime | None = None, drop: bool = False,
) -> bytes:  # fmt: skip
    """A ZUGFeRD / Factur-X PDF: pages for people and the XML of a profile inside, PDF/A-3u.

    `profile` is one of minimum, basicwl, basic, en16931, extended, xrechnung; `language` de, en or fr; with `accessible`
    the file is tagged, PDF/A-3a and PDF/UA-1. The same arguments give the same bytes: `when`, the time of creation, is
    noon of the invoice's date if it is not given.

    Raises NotRepresentable where the profile has no place for something of the invoice, unless `drop`; UsageError for an
    unknown profile and for attachments that a hybrid may not have.
    Source: Factur-X 1.08 / ZUGFeRD 2.4; ISO 19005-3:2012; DIN 5008:2020.

    >>> import einvoice
    >>> pdf = einvoice.create_pdf(einvoice.read("fixtures/b2b-ubl.xml").invoice, profile="en16931")
    >>> einvoice.open(pdf).container
    'pdf'
    """
    return made_pdf(
        invoice, profile=profile, language=language, theme=theme, attachments=attachments, accessible=accessible, when=when, drop=drop
    ).data


@dataclass(frozen=True, slots=True)
class Made:
    """A hybrid, and what is not in it."""

    data: bytes
    losses: tuple[Loss, ...]
    undrawable: str
    """characters that no font has: they are in the XML, and shown as a replacement character on the page"""
    arranged: Arranged
    """how the invoice was said otherwise in the XML"""
    completed: Invoice | None = None
    """the draft with its sums; None where they were not computed"""

    @property
    def lacks(self) -> tuple[Lack, ...]:
        """Fields without which a sum could not be computed."""
        return lacking(self.completed) if self.completed is not None else ()


def made_pdf(
    invoice: Invoice, *, profile: str, language: Language = "de", theme: Theme | None = None, attachments: Iterable[Attachment] = (),
    accessible: bool = False, when: datetime.datetime | None = None, drop: bool = False,
) -> Made:  # fmt: skip
    """What `create_pdf` does, with an account of what is missing."""
    written = profile_xml(invoice, profile)
    if not drop:
        refuse(written.losses, f"the profile {profile}")
    data = visual_hybrid(
        invoice, written.xml, level_for(written.specification), language=language, theme=theme, attachments=attachments,
        accessible=accessible, when=when,
    )  # fmt: skip
    return Made(data, written.losses, undrawable(invoice, theme=theme), written.arranged)


def refuse(losses: Iterable[Loss], where: str) -> None:
    """Raise NotRepresentable, naming them by their reasons, if there are any."""
    reasons: dict[str, list[str]] = {}
    for loss in losses:
        reasons.setdefault(loss.reason, []).append(loss.what)
    if reasons:
        lost = "; ".join(f"{', '.join(names)}: {reason}" for reason, names in reasons.items())
        raise NotRepresentable(f"the invoice does not fit into {where}: {lost}; leave it out with --drop")


def pdf_of(
    source: Document, *, profile: str | None = None, language: Language = "de", theme: Theme | None = None, accessible: bool = False
) -> Made:
    """The hybrid of a document: with its own XML if that is CII of some profile, else with its XML in the profile."""
    invoice = exchange.read(source).invoice
    level = level_of(next(iter(source.specifications), ""))
    if profile is None and source.kind is Kind.CII and level is not None:
        data = visual_hybrid(invoice, source.xml, level, language=language, theme=theme, accessible=accessible)
        return Made(data, (), undrawable(invoice, theme=theme), Arranged(invoice))
    fitting = profile or _profile_of(invoice, level)
    fit = fitted(invoice, Syntax.CII)
    made = made_pdf(fit.invoice, profile=fitting, language=language, theme=theme, accessible=accessible, drop=True)
    return replace(made, losses=(*left_out_of(fit), *made.losses), arranged=fit.then(made.arranged))


def _profile_of(invoice: Invoice, level: Level | None) -> str:
    """The profile that holds what a document in another form may say."""
    if (specification_of(invoice) or "").strip() == f"{zugferd_1.RSM}:extended":
        return "extended"
    return "xrechnung" if level is not None and level.name == "XRECHNUNG" else "en16931"


def scenario_of(profile: str) -> Scenario:
    """The scenario of a profile. Raises UsageError for a name that is none."""
    found = profiles.named(PROFILES.get(profile, ""), Kind.CII)
    if found is None:
        raise UsageError(f"{profile}: there is no such profile; there are {', '.join(PROFILES)}")
    return found


def with_specification(invoice: Invoice, specification: str) -> Invoice:
    """The invoice with this BT-24, if it has none."""
    return invoice if specification_of(invoice) is not None else with_control(invoice, specification=specification)


def profile_xml(invoice: Invoice, profile: str) -> ProfileXml:
    """The XML of a profile, BT-24 set to it unless it says more; what the profile has no place for is left out and named."""
    scenario = _narrower(invoice, scenario_of(profile))
    specification = scenario.specifications[0]
    arranged = arranged_for(invoice, Syntax.CII, specification)
    invoice = with_reasons_at_lines(arranged.invoice) if profile == "extended" else arranged.invoice
    written = writer.write(with_control(invoice, specification=specification), plan(scenario.writes))
    losses = losses_of(arranged, written)
    root = etree.fromstring(written.xml)
    if fits(root, scenario):
        return ProfileXml(written.xml, specification, losses, arranged)
    reduced = reduce(root, scenario)
    xml = etree.tostring(root, encoding="UTF-8", xml_declaration=True)
    return ProfileXml(xml, specification, (*losses, *reduced), arranged)


def _narrower(invoice: Invoice, scenario: Scenario) -> Scenario:
    """The scenario that the invoice's own BT-24 asks for, where it is within that of the profile: XRechnung has CVD and Extension."""
    given = specification_of(invoice) or ""
    within = given.startswith(f"{profiles.XRECHNUNG}#") and scenario.specifications == (profiles.XRECHNUNG,)
    return (profiles.detect(Kind.CII, (given,)) if within else None) or scenario


def embed(
    pdf: bytes, xml: Source, *, language: Language = "de", attachments: Iterable[Attachment] = (),
    when: datetime.datetime | None = None, keep_non_conforming: bool = False,
) -> bytes:  # fmt: skip
    """The hybrid of an ordinary PDF and an invoice in CII: PDF/A-3b, its pages looking as they did.

    Missing standard fonts are embedded, scripts, forms and what else PDF/A forbids is removed or made part of the page.
    Raises NotConforming, naming page, object, font and clause of ISO 19005-3, for a PDF that cannot be made to conform;
    with `keep_non_conforming` it is written without the claim to be PDF/A. Raises InputError for what is no PDF or no
    invoice, UsageError for an invoice in UBL.

    >>> import einvoice
    >>> from pathlib import Path
    >>> page = einvoice.create_pdf(einvoice.read("fixtures/b2b-cii.xml").invoice)
    >>> hybrid = einvoice.embed(page, "fixtures/b2b-cii.xml")
    >>> einvoice.open(hybrid).xml == Path("fixtures/b2b-cii.xml").read_bytes()
    True
    """
    opened = document.open(xml)
    return embedding(
        pdf, opened, name="(PDF)", language=language, attachments=attachments, when=when, keep_non_conforming=keep_non_conforming
    ).data


def embedding(
    pdf: bytes, invoice: Document, *, name: str, language: Language = "de", attachments: Iterable[Attachment] = (),
    when: datetime.datetime | None = None, keep_non_conforming: bool = False,
) -> Embedding:  # fmt: skip
    """What `embed` does, with an opened invoice, and an account of what was done to the PDF."""
    if invoice.kind is None:
        raise UsageError(f"{invoice.name}: {invoice.no_invoice}")
    if invoice.kind is not Kind.CII:
        raise UsageError(f"{invoice.name}: a ZUGFeRD / Factur-X PDF holds CII, this is UBL; 'einvoice convert --to cii' makes CII of it")
    return embed_xml(
        pdf, invoice.xml, level_for(next(iter(invoice.specifications), "")), name=name, title=invoice.number or name,
        language=language, day=_day(invoice.issue_date), when=when, attachments=attachments, keep_non_conforming=keep_non_conforming,
    )  # fmt: skip


def _day(text: str | None) -> datetime.date | None:
    try:
        return datetime.date.fromisoformat(text or "")
    except ValueError:
        return None
