"""Check a PDF against PDF/A-3b, all rules, without changing it."""

from __future__ import annotations

import io
import logging
from typing import TYPE_CHECKING

import pikepdf

from einvoice.pdf.pdfa import catalog, files, fonts, metadata, objects, pages, syntax
from einvoice.pdf.pdfa.breach import Breach
from einvoice.pdf.pdfa.content import Content

if TYPE_CHECKING:
    from collections.abc import Iterator

logging.getLogger("pikepdf").setLevel(logging.CRITICAL)  # what qpdf repairs is a breach of syntax, found there


def check(data: bytes) -> tuple[Breach, ...]:
    """All breaches of PDF/A-3b in a file, sorted; none: it conforms.

    Raises pikepdf.PdfError for bytes that are no PDF, pikepdf.PasswordError for one that needs a password.
    Source: ISO 19005-3:2012, conformance level B.

    >>> from einvoice.pdf.pdfa.check import check
    >>> check(open("fixtures/zugferd.pdf", "rb").read())
    ()
    """
    with pikepdf.open(io.BytesIO(data), inherit_page_attributes=False) as pdf:
        return tuple(sorted(set(_breaches(pdf, data))))


def _breaches(pdf: pikepdf.Pdf, data: bytes) -> Iterator[Breach]:
    yield from syntax.check(data)
    yield from catalog.check(pdf, data)
    yield from objects.check(pdf)
    yield from files.check(pdf)
    yield from metadata.check(pdf)
    content = Content(catalog.output_space(pdf.Root))
    yield from pages.check(pdf, content)
    yield from content.breaches
    for shown in content.fonts.values():
        if shown.codes:
            yield from fonts.check(shown)
    yield from _repairs(pdf)


def _repairs(pdf: pikepdf.Pdf) -> Iterator[Breach]:
    """What qpdf had to guess: an integer too large for it, or any other damage."""
    for warning in pdf.get_warnings():
        text = str(warning)
        yield Breach("6.1.13-t1" if "overflow" in text else "6.1-damaged", detail=text.rpartition(": ")[2])
