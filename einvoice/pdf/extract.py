"""Find the invoice in a hybrid PDF among its embedded files."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pikepdf
from lxml import etree

from einvoice.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_SIZE = 256 << 20
"""bytes of one embedded file after decompression"""
_ROOTS = ("CrossIndustryInvoice", "Invoice", "CreditNote", "CrossIndustryDocument")
"""best first: a PDF may hold ZUGFeRD 1 (CrossIndustryDocument) beside ZUGFeRD 2"""
_DAMAGED = re.compile(rf"<(?:\w+:)?({'|'.join(_ROOTS)})\b".encode())


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file in a container."""

    name: str
    content: bytes
    description: str = ""


def extract(data: bytes, name: str) -> tuple[Attachment, tuple[Attachment, ...]]:
    """The invoice of a hybrid PDF and the other files in it.

    Content decides, not the file name: an embedded file is the invoice if it is XML with an invoice's root.
    Raises InputError for a damaged or encrypted PDF, and for one without an invoice.
    """
    try:
        with pikepdf.open(io.BytesIO(data)) as pdf:
            files = list(_files(pdf))
    except pikepdf.PasswordError:
        raise InputError(f"{name}: the PDF needs a password; send it without one") from None
    except (pikepdf.PdfError, ValueError, RecursionError) as error:
        raise InputError(f"{name}: the PDF is damaged: {error}; send it again") from None
    invoices = [(claim, file) for file in files if (claim := _claim(file.content)) in _ROOTS]
    if not invoices:
        embedded = ", ".join(file.name for file in files) or "none"
        raise InputError(f"{name}: the PDF holds no invoice (files in it: {embedded}); ask for the XML or a ZUGFeRD PDF")
    _, invoice = min(invoices, key=lambda found: _ROOTS.index(found[0]))
    return invoice, tuple(file for file in files if file is not invoice)


def _files(pdf: pikepdf.Pdf) -> Iterator[Attachment]:
    for key, specification in pdf.attachments.items():
        embedded = specification.get_file()
        if int(embedded.obj.get("/Length", 0)) <= MAX_SIZE:
            yield Attachment(specification.filename or key, embedded.read_bytes())


def _claim(content: bytes) -> str:
    """The first element's name, however long the comments before it; of damaged XML the root that it seems to have."""
    try:
        parser = etree.iterparse(io.BytesIO(content), events=("start",), resolve_entities=False, no_network=True, load_dtd=False)
        return etree.QName(next(parser)[1]).localname
    except (etree.XMLSyntaxError, StopIteration):
        found = _DAMAGED.search(content.replace(b"\0", b""))
        return found[1].decode() if found else ""
