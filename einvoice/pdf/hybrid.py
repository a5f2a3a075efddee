"""Make an open PDF a hybrid: files, output intent, metadata, and the bytes of PDF/A-3."""

from __future__ import annotations

import hashlib
import io
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pikepdf
from pikepdf import Array, Dictionary, Name, String

from einvoice.errors import UsageError
from einvoice.pdf import icc
from einvoice.pdf.extract import is_invoice, root_of
from einvoice.pdf.flavours import MIME
from einvoice.pdf.packet import PRODUCER, clean, packet
from einvoice.pdf.pdfa.values import dictionary
from einvoice.pdf.streams import recurring

if TYPE_CHECKING:
    import datetime
    from collections.abc import Iterable

    from einvoice.pdf.extract import Attachment
    from einvoice.pdf.flavours import Level
    from einvoice.pdf.packet import Metadata

KINDS = {
    "pdf": "application/pdf", "txt": "text/plain", "csv": "text/csv", "xml": MIME, "json": "application/json", "gif": "image/gif",
    "png": "image/png", "jpg": "image/jpeg", "jpeg": "image/jpeg", "tif": "image/tiff", "tiff": "image/tiff",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "ods": "application/vnd.oasis.opendocument.spreadsheet",
}  # fmt: skip
"""what may be attached, by the end of its name (Factur-X 1.08, 6.4, and the MIME codes of BT-125)"""
RESERVED = ("factur-x.xml", "xrechnung.xml", "zugferd-invoice.xml", "order-x.xml", "factur-xedifact.edi", "factur-xubl.xml")


@dataclass(frozen=True, slots=True)
class _File:
    name: str
    content: bytes
    mime: str
    relationship: str
    description: str


def make_hybrid(pdf: pikepdf.Pdf, xml: bytes, level: Level, metadata: Metadata, *, attachments: Iterable[Attachment] = ()) -> bytes:
    """The bytes of a PDF with the XML in it, its pages as they are.

    Raises UsageError for an attachment that a hybrid may not have. The same input gives the same bytes.
    Source: ISO 19005-3:2012, 6.1, 6.2.3, 6.6, 6.8; Factur-X 1.08, chapter 6.
    """
    invoice = _File(level.file, xml, MIME, level.relationship, "Factur-X/ZUGFeRD invoice")
    files = [invoice, *(_supplement(attachment) for attachment in attachments)]
    names = [file.name.casefold() for file in files]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise UsageError(f"{twice}: two attachments have this name; rename one")
    _attach(pdf, files, metadata.when)
    _output_intent(pdf)
    _describe(pdf, metadata)
    pdf.Root.Metadata = pdf.make_stream(packet(metadata, level), Type=Name.Metadata, Subtype=Name.XML)
    return save(pdf)


def make_archive(pdf: pikepdf.Pdf, metadata: Metadata) -> bytes:
    """The bytes of a PDF/A-3 without any file in it."""
    _output_intent(pdf)
    _describe(pdf, metadata)
    pdf.Root.Metadata = pdf.make_stream(packet(metadata, None), Type=Name.Metadata, Subtype=Name.XML)
    for page in pdf.pages:
        if "/Trans" in page.obj:
            del page.obj["/Trans"]
    return save(pdf)


def _supplement(attachment: Attachment) -> _File:
    suffix = attachment.name.rpartition(".")[2].lower()
    if attachment.name.casefold() in RESERVED:
        raise UsageError(f"{attachment.name}: this name is kept for the invoice; rename the attachment")
    if suffix not in KINDS:
        raise UsageError(f"{attachment.name}: a hybrid may have attachments of the kinds {', '.join(KINDS)}; convert it")
    if is_invoice(root_of(attachment.content)[0]):
        raise UsageError(f"{attachment.name}: is an invoice itself; a hybrid holds one, so that nobody has to guess which one counts")
    return _File(attachment.name, attachment.content, KINDS[suffix], "Supplement", attachment.description or attachment.name)


def pdf_date(when: datetime.datetime) -> String:
    """A date as PDF writes it (ISO 32000-1, 7.9.4)."""
    zone = when.strftime("%z") or "+0000"
    return String(when.strftime("D:%Y%m%d%H%M%S") + f"{zone[:3]}'{zone[3:5]}'")


def _attach(pdf: pikepdf.Pdf, files: list[_File], when: datetime.datetime) -> None:
    """6.8: in the name tree, sorted, and associated with the document; the invoice first."""
    specifications = [(file.name, _specification(pdf, file, when)) for file in files]
    pdf.Root.AF = pdf.make_indirect(Array([specification for _, specification in specifications]))
    tree = sorted(specifications, key=lambda entry: bytes(String(entry[0])))
    names: Any = dictionary(pdf.Root, "/Names")
    if names is None:
        names = Dictionary()
    names["/EmbeddedFiles"] = Dictionary(Names=Array([part for name, held in tree for part in (String(name), held)]))
    pdf.Root.Names = names
    pdf.Root.PageMode = Name.UseAttachments


def _specification(pdf: pikepdf.Pdf, file: _File, when: datetime.datetime) -> Any:
    moment = pdf_date(when)
    checksum = String(hashlib.md5(file.content, usedforsecurity=False).digest())
    parameters = Dictionary(ModDate=moment, CreationDate=moment, Size=len(file.content), CheckSum=checksum)
    embedded = pdf.make_stream(file.content, Type=Name.EmbeddedFile, Subtype=Name("/" + file.mime), Params=parameters)
    return pdf.make_indirect(
        Dictionary(
            Type=Name.Filespec, F=String(file.name), UF=String(file.name), Desc=String(file.description),
            AFRelationship=Name("/" + file.relationship), EF=Dictionary(F=embedded, UF=embedded),
        )
    )  # fmt: skip


def _output_intent(pdf: pikepdf.Pdf) -> None:
    """6.2.3: colours of a device mean sRGB."""
    profile = recurring(pdf, icc.srgb(), N=3, Alternate=Name.DeviceRGB)
    intent = Dictionary(
        Type=Name.OutputIntent, S=Name.GTS_PDFA1, OutputConditionIdentifier=String(icc.CONDITION), Info=String(icc.CONDITION),
        RegistryName=String("http://www.color.org"), DestOutputProfile=profile,
    )  # fmt: skip
    pdf.Root.OutputIntents = Array([pdf.make_indirect(intent)])


def _describe(pdf: pikepdf.Pdf, metadata: Metadata) -> None:
    """DocInfo says what XMP says."""
    moment = pdf_date(metadata.when)
    entries = {
        "Title": metadata.title,
        "Author": metadata.author,
        "Subject": metadata.subject,
        "Creator": metadata.creator,
        "Producer": PRODUCER,
    }
    texts = {"/" + key: String(clean(text)) for key, text in entries.items() if text}
    pdf.trailer["/Info"] = pdf.make_indirect(Dictionary({**texts, "/CreationDate": moment, "/ModDate": moment}))
    pdf.Root.Lang = String(metadata.language)
    pdf.Root.ViewerPreferences = Dictionary(DisplayDocTitle=True)


def save(pdf: pikepdf.Pdf) -> bytes:
    """6.1: a plain file with one cross reference table; the same content gives the same bytes."""
    if "/ID" in pdf.trailer:
        del pdf.trailer["/ID"]  # qpdf would keep its first half
    saved = io.BytesIO()
    pdf.save(
        saved, force_version="1.7", object_stream_mode=pikepdf.ObjectStreamMode.disable, compress_streams=True, deterministic_id=True,
        fix_metadata_version=False, linearize=False,
    )  # fmt: skip
    return saved.getvalue()
