"""Find the invoice in a hybrid PDF among its embedded files."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pikepdf

from einvoice.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_SIZE = 256 << 20
"""bytes of one embedded file after decompression"""
_ROOTS = (b"CrossIndustryInvoice", b"CrossIndustryDocument", b":Invoice-2", b":CreditNote-2")


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file in a container."""

    name: str
    content: bytes


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
    invoices = [file for file in files if _is_invoice(file.content)]
    if not invoices:
        embedded = ", ".join(file.name for file in files) or "none"
        raise InputError(f"{name}: the PDF holds no invoice (files in it: {embedded}); ask for the XML or a ZUGFeRD PDF")
    return invoices[0], tuple(file for file in files if file is not invoices[0])


def _files(pdf: pikepdf.Pdf) -> Iterator[Attachment]:
    for key, specification in pdf.attachments.items():
        embedded = specification.get_file()
        if int(embedded.obj.get("/Length", 0)) <= MAX_SIZE:
            yield Attachment(specification.filename or key, embedded.read_bytes())


def _is_invoice(content: bytes) -> bool:
    head = content[:4096].replace(b"\0", b"")  # UTF-16 as well
    return b"<" in head and any(root in head for root in _ROOTS)
