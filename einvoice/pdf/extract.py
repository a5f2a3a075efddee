"""Find the invoice in a hybrid PDF among its embedded files, wherever they hang, by what is in them."""

from __future__ import annotations

import hashlib
import io
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

import pikepdf
from lxml import etree

from einvoice.errors import InputError
from einvoice.pdf import xmp
from einvoice.pdf.flavours import BY_NAMESPACE, FILE_NAMES
from einvoice.pdf.opening import damaged, opened
from einvoice.pdf.pdfa.values import (
    TooLarge,
    attempt,
    content,
    dictionary,
    get,
    integer,
    is_dictionary,
    items,
    key_of,
    named,
    one_or_more,
    stream,
    text,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_FILE, MAX_TOTAL, MAX_FILES, MAX_DEPTH = 128 << 20, 512 << 20, 1000, 64
"""bytes of one file and of all after decompression; files; levels of the name tree"""
Reason = Literal["invoice", "zugferd-1", "order", "other-xml", "damaged-xml", "no-xml", "no-file", "unreadable", "too-large"]
_ROOTS: dict[str, Reason] = {
    "CrossIndustryInvoice": "invoice", "Invoice": "invoice", "CreditNote": "invoice", "CrossIndustryDocument": "zugferd-1",
    "SCRDMCCBDACIOMessageStructure": "order", "SCRDMCCBDACIDAMessageStructure": "order",
}  # fmt: skip
_BEST_FIRST = tuple(_ROOTS)
"""a PDF may hold ZUGFeRD 1 (CrossIndustryDocument) beside ZUGFeRD 2"""
_DAMAGED = re.compile(rf"<(?:\w+:)?({'|'.join(_ROOTS)})\b".encode())


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file in a container."""

    name: str
    content: bytes
    description: str = ""


@dataclass(frozen=True, slots=True)
class Candidate:
    """An embedded file, where it hangs, what it says of itself, and what it is."""

    name: str
    """UF, else F, else the key in the name tree"""
    content: bytes
    reason: Reason
    root: str = ""
    """the root element that it has, or seems to have"""
    in_tree: bool = False
    in_af: bool = False
    """associated with the document"""
    names: tuple[str | None, str | None, str | None] = (None, None, None)
    """F, UF and the key in the name tree"""
    relationship: str | None = None
    mime: str | None = None
    modified: str | None = None
    size: int | None = None
    """as Params states it"""
    checksum: bytes | None = None
    description: str = ""

    @property
    def is_invoice(self) -> bool:
        """Whether it is an invoice in XML, damaged or not."""
        return is_invoice(self.root)

    @property
    def digest(self) -> str:
        """What tells its content from another's."""
        return hashlib.sha256(self.content).hexdigest()


@dataclass(frozen=True, slots=True)
class Embedded:
    """All that a PDF has inside."""

    candidates: tuple[Candidate, ...]
    claimed: str | None
    """the name of the invoice's file that XMP states, where there are several"""

    @property
    def invoices(self) -> tuple[Candidate, ...]:
        """The invoices, the one to take first."""
        return tuple(sorted((c for c in self.candidates if c.is_invoice), key=self._order))

    def invoice(self, name: str) -> Candidate:
        """The invoice. Content decides, not the file name: XML with an invoice's root.

        Raises InputError for a PDF without one; `name` is what to call it.
        """
        if not self.invoices:
            listed = ", ".join(f"{candidate.name} ({candidate.reason})" for candidate in self.candidates[:10]) or "none"
            raise InputError(f"{name}: the PDF holds no invoice (files in it: {listed}); ask for the XML or a ZUGFeRD PDF")
        return self.invoices[0]

    @property
    def others(self) -> tuple[Attachment, ...]:
        """The other files that could be read."""
        first = self.invoices[:1]
        kept = (c for c in self.candidates if c not in first and c.reason not in {"no-file", "unreadable", "too-large"})
        return tuple(Attachment(c.name, c.content, c.description) for c in kept)

    def _order(self, candidate: Candidate) -> tuple[object, ...]:
        return (
            candidate.reason == "damaged-xml", _BEST_FIRST.index(candidate.root), candidate.name != self.claimed,
            not (candidate.in_tree and candidate.in_af), candidate.name not in FILE_NAMES, not candidate.in_af,
        )  # fmt: skip


def embedded(data: bytes, name: str) -> Embedded:
    """All embedded files: of the name tree, the document's and pages' associated files, and annotations.

    Raises InputError for a damaged or encrypted PDF.
    """
    with opened(data, name) as pdf:
        return held_by(pdf, name)


def held_by(pdf: pikepdf.Pdf, name: str) -> Embedded:
    """What `embedded` gives, of an open file."""
    try:
        candidates = tuple(_Collector(pdf).candidates())
        several = sum(candidate.is_invoice for candidate in candidates) > 1
        return Embedded(candidates, _claimed(pdf) if several else None)
    except (pikepdf.PdfError, ValueError, RecursionError) as error:
        raise damaged(name, error) from None


def _claimed(pdf: pikepdf.Pdf) -> str | None:
    """What XMP calls the invoice's file."""
    packet = packet_of(pdf)
    names = (packet.value(namespace, "DocumentFileName") for namespace in BY_NAMESPACE) if packet else ()
    return next((name.strip() for name in names if name), None)


def packet_of(pdf: pikepdf.Pdf) -> xmp.Packet | None:
    """The document's XMP, if it can be read."""
    data = attempt(stream(pdf.Root, "/Metadata"))
    try:
        return xmp.read(data) if data else None
    except xmp.XmpError:
        return None


@dataclass(slots=True)
class _Held:
    """A file specification and where it was found."""

    specification: Any
    key: str | None = None
    in_tree: bool = False
    in_af: bool = False


@dataclass(slots=True)
class _Collector:
    pdf: pikepdf.Pdf
    held: dict[object, _Held] = field(default_factory=dict)
    total: int = 0

    def candidates(self) -> Iterator[Candidate]:
        root = self.pdf.Root
        for key, specification in _name_tree(get(get(root, "/Names"), "/EmbeddedFiles")):
            self.note(specification, key=key, in_tree=True)
        for specification in one_or_more(get(root, "/AF")):
            self.note(specification, in_af=True)
        for page in self.pdf.pages:
            for specification in one_or_more(get(page.obj, "/AF")):
                self.note(specification, in_af=True)
            for annotation in items(get(page.obj, "/Annots")):
                if named(annotation, "/Subtype") == "FileAttachment":
                    self.note(get(annotation, "/FS"))
        for held in list(self.held.values())[:MAX_FILES]:
            yield self.candidate(held)

    def note(self, specification: Any, *, key: str | None = None, in_tree: bool = False, in_af: bool = False) -> None:
        if not is_dictionary(specification):
            return  # a name without a file
        held = self.held.setdefault(key_of(specification), _Held(specification))
        held.key = held.key or key
        held.in_tree |= in_tree
        held.in_af |= in_af

    def candidate(self, held: _Held) -> Candidate:
        specification = held.specification
        plain, unicode = text(get(specification, "/F")), text(get(specification, "/UF"))
        files = dictionary(specification, "/EF")
        source = stream(files, "/UF") or stream(files, "/F")
        parameters = get(source, "/Params")
        data, failed = self.read(source)
        root, damaged = root_of(data)
        reason = failed or ("damaged-xml" if damaged else _ROOTS.get(root, "other-xml" if root else "no-xml"))
        size, checksum = get(parameters, "/Size"), get(parameters, "/CheckSum")
        return Candidate(
            name=unicode or plain or held.key or "",
            content=data,
            reason=reason,
            root=root,
            in_tree=held.in_tree,
            in_af=held.in_af,
            names=(plain, unicode, held.key),
            relationship=named(specification, "/AFRelationship"),
            mime=named(source, "/Subtype"),
            modified=text(get(parameters, "/ModDate")),
            size=None if size is None else integer(size, -1),
            checksum=bytes(checksum) if isinstance(checksum, pikepdf.String) else None,
            description=text(get(specification, "/Desc")) or "",
        )

    def read(self, source: pikepdf.Stream | None) -> tuple[bytes, Reason | None]:
        """The content of a file, or why there is none."""
        if source is None:
            return b"", "no-file"
        try:
            data = content(source, min(MAX_FILE, MAX_TOTAL - self.total))
        except TooLarge:
            return b"", "too-large"
        except (ValueError, pikepdf.PdfError, MemoryError):
            return b"", "unreadable"
        self.total += len(data)
        return data, None


def is_invoice(root: str) -> bool:
    """Whether an XML with this root is an invoice."""
    return root in _ROOTS and _ROOTS[root] != "order"


def _name_tree(root: object) -> Iterator[tuple[str, Any]]:
    """Keys and values of a name tree (ISO 32000-1, 7.9.6), whatever its shape."""
    stack, seen = [(root, 0)], set[object]()
    while stack:
        node, depth = stack.pop()
        if not is_dictionary(node) or depth > MAX_DEPTH or key_of(node) in seen:
            continue
        seen.add(key_of(node))
        entries = items(get(node, "/Names"))
        for key, value in zip(entries[::2], entries[1::2], strict=False):
            yield text(key) or "", value
        stack += [(kid, depth + 1) for kid in reversed(items(get(node, "/Kids")))]


def root_of(data: bytes) -> tuple[str, bool]:
    """The root element's name, and whether the XML is damaged; of damaged XML the name that it seems to have."""
    parser = etree.XMLParser(huge_tree=True, resolve_entities=False, no_network=True, load_dtd=False)
    try:
        return etree.QName(etree.fromstring(data, parser)).localname, False
    except (etree.XMLSyntaxError, ValueError):
        pass
    try:
        first = next(etree.iterparse(io.BytesIO(data), events=("start",), resolve_entities=False, no_network=True, load_dtd=False))
        return etree.QName(first[1]).localname, True
    except (etree.XMLSyntaxError, StopIteration):
        found = _DAMAGED.search(data.replace(b"\0", b""))
        return (found[1].decode(), True) if found else ("", False)
