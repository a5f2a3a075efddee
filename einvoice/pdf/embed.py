"""Embed: an ordinary PDF and an invoice become a hybrid, or it is said why not."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from einvoice.errors import NotConforming
from einvoice.pdf.create import noon
from einvoice.pdf.extract import Attachment, held_by
from einvoice.pdf.hybrid import KINDS, RESERVED, make_hybrid
from einvoice.pdf.opening import opened
from einvoice.pdf.packet import Metadata
from einvoice.pdf.pdfa.check import inherited
from einvoice.pdf.pdfa.values import dictionary, get, text
from einvoice.pdf.repair.repair import blocked, explain, repair

if TYPE_CHECKING:
    import datetime
    from collections.abc import Iterable

    import pikepdf

    from einvoice.pdf.flavours import Level
    from einvoice.pdf.pdfa.breach import Breach


@dataclass(frozen=True, slots=True)
class Embedding:
    """A hybrid, and what was done to the PDF for it."""

    data: bytes
    repairs: tuple[str, ...]
    dropped: tuple[str, ...] = ()
    """files in the PDF that a hybrid may not have, and old invoices"""
    breaches: tuple[Breach, ...] = ()
    """what still breaks PDF/A-3; then the hybrid does not claim to be one"""


def embed_xml(
    data: bytes, xml: bytes, level: Level, *, name: str, title: str, author: str = "", language: str = "de",
    day: datetime.date | None = None, when: datetime.datetime | None = None, attachments: Iterable[Attachment] = (),
    keep_non_conforming: bool = False,
) -> Embedding:  # fmt: skip
    """The hybrid of a PDF and an XML, PDF/A-3b.

    Raises InputError for what is no PDF, NotConforming for one that cannot be made to conform: it names page, object,
    font and clause. With `keep_non_conforming` such a file is written without the claim to be PDF/A.
    """
    metadata = Metadata(title, when or noon(day), author, title, language, conformance="B")
    with opened(data, name) as pdf:
        kept, dropped = _carried(pdf, name)
        reason = blocked(pdf)
        if reason is not None:
            raise NotConforming(f"{name}: cannot become a hybrid: {reason}")
        _forget_files(pdf)
        repairs = repair(pdf)
        if pdf.is_encrypted:
            repairs.append("the encryption was removed")
        given = [*kept, *attachments]
        made = make_hybrid(pdf, xml, level, _with_title(pdf, metadata), attachments=given)
        breaches = inherited(made)
        if not breaches:
            return Embedding(made, tuple(repairs), dropped)
        if not keep_non_conforming:
            raise NotConforming(
                f"{name}: cannot be made PDF/A-3: {explain(breaches)}; print it to PDF/A with the program that made it, "
                "or keep it as it is with --keep-non-conforming"
            )
        made = make_hybrid(pdf, xml, level, replace(_with_title(pdf, metadata), conformance=None), attachments=given)
        return Embedding(made, tuple(repairs), dropped, breaches)


def _carried(pdf: pikepdf.Pdf, name: str) -> tuple[list[Attachment], tuple[str, ...]]:
    """The files of the PDF that stay with it, and the names of those that cannot."""
    kept, dropped, taken = [], [], set()
    for candidate in held_by(pdf, name).candidates:
        plain = candidate.name.replace("\\", "/").rpartition("/")[2]
        usable = candidate.content and plain.rpartition(".")[2].lower() in KINDS and plain.casefold() not in taken
        if candidate.is_invoice or plain.casefold() in RESERVED or not usable:
            dropped.append(candidate.name)
            continue
        taken.add(plain.casefold())
        kept.append(Attachment(plain, candidate.content, candidate.description))
    return kept, tuple(dropped)


def _forget_files(pdf: pikepdf.Pdf) -> None:
    for holder in (pdf.Root, *(page.obj for page in pdf.pages)):
        if "/AF" in holder:
            del holder["/AF"]
    names = dictionary(pdf.Root, "/Names")
    if names is not None and "/EmbeddedFiles" in names:
        del names["/EmbeddedFiles"]


def _with_title(pdf: pikepdf.Pdf, metadata: Metadata) -> Metadata:
    """The title and author that the PDF had, where it had some."""
    title, author = (text(get(get(pdf.trailer, "/Info"), key)) for key in ("/Title", "/Author"))
    return replace(metadata, title=(title or "").strip() or metadata.title, author=(author or "").strip() or metadata.author)
