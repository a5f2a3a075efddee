"""Open bytes: which container, which XML, which syntax, kind and specification.

Nothing is judged here. What a reader of e-invoices should tolerate is tolerated and noted; a DTD never is.
"""

from __future__ import annotations

import codecs
import hashlib
import re
from dataclasses import dataclass, field, replace
from os import PathLike
from pathlib import Path
from typing import IO, TYPE_CHECKING, TypeAlias
from xml.parsers import expat

from lxml import etree

from einvoice.errors import InputError, UsageError
from einvoice.limits import MAX_DEPTH, MAX_SIZE, too_deep, too_large
from einvoice.profiles import Kind, detect
from einvoice.syntax import zugferd_1
from einvoice.syntax.namespaces import CII, SBDH, UBL_CREDIT_NOTE, UBL_INVOICE, UBL_PARTS

if TYPE_CHECKING:
    from einvoice.archives import Member
    from einvoice.pdf.extract import Attachment, Embedded
    from einvoice.profiles import Scenario

ROOTS = {
    f"{{{UBL_INVOICE}}}Invoice": Kind.UBL_INVOICE,
    f"{{{UBL_CREDIT_NOTE}}}CreditNote": Kind.UBL_CREDIT_NOTE,
    f"{{{CII}}}CrossIndustryInvoice": Kind.CII,
}
_RAM = "{urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100}"
_CBC = f"{{{UBL_PARTS['cbc']}}}"
# BT-24, BT-1 and BT-2, needed before any plan is: which scenario, and what to call the document
_UBL_FACTS = (f"{_CBC}CustomizationID", f"{_CBC}ID", f"{_CBC}IssueDate")
_CII_FACTS = (
    f"{{{CII}}}ExchangedDocumentContext/{_RAM}GuidelineSpecifiedDocumentContextParameter/{_RAM}ID",
    f"{{{CII}}}ExchangedDocument/{_RAM}ID",
    f"{{{CII}}}ExchangedDocument/{_RAM}IssueDateTime/*",
)

Source: TypeAlias = "bytes | bytearray | memoryview | str | PathLike[str] | IO[bytes] | Document"
_BYTES = (bytes, bytearray, memoryview)


@dataclass(frozen=True, slots=True, eq=False)
class Document:
    """An opened document.

    `xml` is the invoice as it was sent (or as it was taken out of its container), `root` the same parsed, without
    comments and processing instructions.
    """

    name: str
    data: bytes
    container: str
    """xml, sbdh or pdf"""
    xml: bytes
    root: etree._Element
    kind: Kind | None
    """None: a root element that is no invoice"""
    specifications: tuple[str, ...] = ()
    """the texts of BT-24, untrimmed; a document should have one"""
    number: str | None = None
    issue_date: str | None = None
    attachments: tuple[Attachment, ...] = ()
    """files beside the invoice in a PDF"""
    notices: tuple[tuple[str, str], ...] = field(default=())
    """what was tolerated, as a rule and a text"""
    embedded: Embedded | None = None
    """all that was found in a PDF"""

    @property
    def no_invoice(self) -> str:
        """Why a document without a kind is no invoice, and what to do."""
        root = etree.QName(self.root)
        if self.is_zugferd_1:
            return "this is ZUGFeRD 1.0, which is older than EN 16931 and its rules; 'einvoice convert' makes an invoice of today of it"
        if root.localname in {kind.root for kind in Kind}:
            stated = f"namespace {root.namespace}" if root.namespace else "no namespace"
            return f"the root element {root.localname} has {stated}, so it is no invoice of UBL 2.1 or CII; export it again"
        return f"the root element {root.localname} is no invoice of UBL 2.1 or CII; send one of these"

    @property
    def is_zugferd_1(self) -> bool:
        """Whether it is ZUGFeRD 1.0, which can be read though no rules can judge it."""
        return str(self.root.tag) == zugferd_1.ROOT

    @property
    def model_root(self) -> etree._Element:
        """The tree that the plan of its dialect reads."""
        return zugferd_1.today(self.root) if self.is_zugferd_1 else self.root

    @property
    def dialect(self) -> str:
        """The name of the plan that reads it."""
        if self.is_zugferd_1:
            return "cii-d22b"
        if self.kind is None:
            raise InputError(f"{self.name}: {self.no_invoice}")
        return (self.scenario or self.kind).dialect

    @property
    def scenario(self) -> Scenario | None:
        """The scenario that the document asks for in BT-24."""
        return detect(self.kind, self.specifications, hybrid=self.container == "pdf") if self.kind else None

    @property
    def sha256(self) -> str:
        """Of the bytes that were opened."""
        return hashlib.sha256(self.data).hexdigest()

    @property
    def utf8(self) -> bytes:
        """The invoice as UTF-8 without byte order mark, for Saxon."""
        encoding = (self.root.getroottree().docinfo.encoding or "UTF-8").upper()
        if encoding in {"UTF-8", "ASCII", "US-ASCII"}:
            return self.xml.removeprefix(codecs.BOM_UTF8)
        return self.xml.decode(encoding).removeprefix("\ufeff").encode()


def open(source: Source, *, name: str | None = None, max_size: int = MAX_SIZE) -> Document:  # noqa: A001  einvoice.open is the public name
    """Open an invoice: bytes, the path of a file, or a binary file object; one that is open stays as it is.

    Raises InputError, with one line that says what to do, for a file that cannot be read, bytes that are not
    well-formed XML, XML with a DTD, more than `max_size` bytes, and a PDF without an invoice. An XML document that is no
    invoice is opened, with `kind` None.
    """
    if isinstance(source, Document):
        return source
    data, found = load(source, max_size=max_size)
    return _open(data, name or found)


def load(source: Source, *, max_size: int = MAX_SIZE) -> tuple[bytes, str]:
    """The bytes of a source, and what to call it.

    Raises InputError for a file that cannot be read or has more than `max_size` bytes, UsageError for what is no source.
    """
    name = name_of(source)
    data = _loaded(source, name, max_size + 1)
    if len(data) > max_size:
        raise InputError(f"{name}: {too_large(max_size)}")
    return data, name


def name_of(source: Source) -> str:
    """What to call a source.

    >>> name_of("fixtures/b2b-ubl.xml"), name_of(b"<Invoice/>")
    ('fixtures/b2b-ubl.xml', '(bytes)')
    """
    if isinstance(source, str | PathLike):
        text = str(source)
        return "(text)" if text.lstrip("\ufeff \t\r\n").startswith("<") else text
    return "(bytes)" if isinstance(source, _BYTES) else str(getattr(source, "name", "(stream)"))


def _loaded(source: Source, name: str, size: int) -> bytes:
    if isinstance(source, _BYTES):
        return bytes(source)
    if isinstance(source, Document):
        return source.data
    if isinstance(source, str | PathLike):
        return _read(Path(source), name, size)
    data = source.read(size) if hasattr(source, "read") else None
    if not isinstance(data, bytes):
        given = "a file opened as text, without 'rb'" if isinstance(data, str) else type(source).__name__
        raise UsageError(f"a document is given as bytes, the path of a file or a binary file, not as {given}")
    return data


def _read(path: Path, name: str, size: int) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(size)
    except IsADirectoryError:
        raise InputError(f"{name}: is a folder; name the files in it") from None
    except (OSError, ValueError) as error:
        if name == "(text)":
            raise UsageError("(text): a text is the path of a file; give XML as bytes: text.encode()") from None
        raise InputError(f"{name}: cannot be read: {getattr(error, 'strerror', None) or error}") from None


def _open(data: bytes, name: str) -> Document:
    if not data.strip():
        raise InputError(f"{name}: is empty; export the invoice again")
    if is_pdf(data):
        return _open_pdf(data, name)
    if data.lstrip()[:1].isalnum() or data[:1] == b"\xd0":
        found = _wrapped(data, name)
        if found is not None:
            return found
    root = parse(data, name)
    if root.tag == f"{{{SBDH}}}StandardBusinessDocument":
        return _unwrap(data, root, name)
    return _document(name, data, "xml", data, root)


def is_pdf(data: bytes) -> bool:
    """Whether bytes claim to be a PDF; the claim may stand behind some junk (ISO 32000-1, annex H.3.4.1)."""
    return b"%PDF-" in data[:1024]


def _document(
    name: str,
    data: bytes,
    container: str,
    xml: bytes,
    root: etree._Element,
    attachments: tuple[Attachment, ...] = (),
    notices: tuple[tuple[str, str], ...] = (),
) -> Document:
    kind = ROOTS.get(str(root.tag))
    if kind is None:
        return Document(name, data, container, xml, root, None, attachments=attachments, notices=notices)
    specification, number, issue_date = _CII_FACTS if kind is Kind.CII else _UBL_FACTS
    return Document(
        name, data, container, xml, root, kind,
        specifications=tuple(e.text or "" for e in root.findall(specification)),
        number=root.findtext(number),
        issue_date=_iso(root.findtext(issue_date)),
        attachments=attachments,
        notices=notices,
    )  # fmt: skip


def _iso(text: str | None) -> str | None:
    """A date as CII writes it (20260131) in the form that UBL and the reports have."""
    stripped = (text or "").strip()
    return f"{stripped[:4]}-{stripped[4:6]}-{stripped[6:]}" if len(stripped) == 8 and stripped.isdecimal() else stripped or None


def _unwrap(data: bytes, wrapper: etree._Element, name: str) -> Document:
    """The invoice in a Standard Business Document; blank lines before it keep its line numbers."""
    inner = next((child for child in wrapper if child.tag in ROOTS), None)
    if inner is None:
        raise InputError(f"{name}: the Standard Business Document holds no invoice; send the invoice inside it")
    blank = b"\n" * ((inner.sourceline or 1) - 1)
    xml = blank + etree.tostring(inner, encoding="UTF-8", with_tail=False)
    notice = "The invoice was taken out of a Standard Business Document (SBDH); only the invoice is judged."
    return _document(name, data, "sbdh", xml, parse(xml, name), notices=(("XML-SBDH", notice),))


def _wrapped(data: bytes, name: str) -> Document | None:
    """The one invoice in an e-mail, zip archive or base64; None for other bytes."""
    from einvoice.wrapping import unwrapped  # hardly ever needed, and slow to load

    wrapping = unwrapped(data, name)
    if wrapping is None:
        return None
    invoices = [document for member in wrapping.members if (document := _member(member, name)) is not None]
    if not invoices:
        raise InputError(f"{name}: is {wrapping.kind} without an invoice in it; send the invoice as XML or PDF")
    if len({document.xml for document in invoices}) > 1:
        raise InputError(f"{name}: is {wrapping.kind} with {len(invoices)} invoices; judge them with 'einvoice batch', or send one")
    notice = f"The invoice was taken out of {wrapping.kind}; only the invoice is judged."
    return replace(invoices[0], notices=(*invoices[0].notices, ("XML-WRAPPED", notice)))


def _member(member: Member, name: str) -> Document | None:
    """An invoice, if the file is one; wrappings in wrappings are not looked into."""
    try:
        if is_pdf(member.content):
            found = _open_pdf(member.content, name)
        else:
            found = _document(name, member.content, "xml", member.content, parse(member.content, name))
    except InputError:
        return None
    return found if found.kind is not None else None


def _open_pdf(data: bytes, name: str) -> Document:
    from einvoice.pdf.extract import embedded  # pikepdf takes longer to load than an XML invoice to judge

    found = embedded(data, name)
    invoice = found.invoice(name)
    root = parse(invoice.content, f"{name} ({invoice.name})")
    return replace(_document(name, data, "pdf", invoice.content, root, found.others), embedded=found)


# -- XML ------------------------------------------------------------------------------------------


class _Stop(Exception):  # noqa: N818
    """Ends expat's look at the prologue."""


_IS_DEEP = etree.XPath(f"boolean({'/*' * (MAX_DEPTH + 1)})")
"""whether there are so many levels: everything that walks a document, and says where something stands, relies on it"""


def parse(data: bytes, name: str) -> etree._Element:
    """Well-formed XML without a DTD, comments and processing instructions left out.

    Raises InputError. Entities are never expanded and nothing outside the bytes is ever read.
    """
    _refuse_doctype(data, name)
    parser = etree.XMLParser(
        huge_tree=True,  # attachments are larger than libxml2's default for one text
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        raise InputError(f"{name}: {_explain(data, error)}") from None
    if root.getroottree().docinfo.doctype:
        raise _doctype(name)
    if _IS_DEEP(root):
        raise InputError(f"{name}: {too_deep('elements')}")
    return root


def _doctype(name: str) -> InputError:
    return InputError(f"{name}: has a DOCTYPE, which an invoice must not have (it can read files and grow without bound); remove it")


def _refuse_doctype(data: bytes, name: str) -> None:
    """Look at the prologue with expat, which stops there: a DTD is refused before anything expands it."""

    def doctype(*_: object) -> None:
        raise _doctype(name)

    def stop(*_: object) -> None:
        raise _Stop

    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = doctype
    parser.StartElementHandler = stop
    try:
        parser.Parse(data[: 1 << 16])
    except (_Stop, expat.ExpatError, LookupError, ValueError):
        return


_HTML = re.compile(rb"<(!doctype\s+html|html)\b", re.IGNORECASE)


def _explain(data: bytes, error: etree.XMLSyntaxError) -> str:
    """Why this is no XML, in one line that says what to do."""
    start = data.lstrip(codecs.BOM_UTF8).lstrip()[:512]
    if _HTML.search(start):
        return "is an HTML page, not an invoice; download the file itself"
    if start[:1] in {b"{", b"["}:
        return "is JSON, not XML; 'einvoice create' makes an invoice of it"
    if not start.startswith((b"<", b"\0<", codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "is neither XML nor PDF; send the invoice as XML or as a ZUGFeRD / Factur-X PDF"
    if "Excessive depth" in str(error.msg):
        return too_deep("elements")
    line, column = error.position
    reason = (str(error.msg or "").rpartition(", line ")[0] or str(error.msg)).removesuffix(", use XML_PARSE_HUGE option")
    return f"is not well-formed XML at line {line}, column {column}: {reason}; export the invoice again"
