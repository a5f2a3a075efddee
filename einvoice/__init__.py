"""einvoice: judge, read, write and convert electronic invoices of EN 16931, offline and without Java.

>>> import einvoice
>>> report = einvoice.validate("fixtures/b2b-ubl.xml")
>>> report.verdict.value, report.recommendation
('valid', 'accept')

Everything public is here; `einvoice.errors` has the exceptions, `einvoice.model` all records of the invoice.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from einvoice.version import __version__

if TYPE_CHECKING:
    from einvoice.arrangement import Change
    from einvoice.check.finding import Finding, LayerResult, Report, Verdict
    from einvoice.check.many import avalidate, validate_many
    from einvoice.check.pipeline import validate
    from einvoice.completion import complete
    from einvoice.conversion import Conversion, Loss, convert
    from einvoice.document import Document, open  # noqa: A004
    from einvoice.exchange import from_json, read, to_json, write
    from einvoice.fixing import Fix, Repair, fix
    from einvoice.follow_up import correct, credit_note, final_invoice
    from einvoice.gross_prices import from_gross_prices
    from einvoice.hybrids import create_pdf, embed
    from einvoice.lacks import Lack, lacking
    from einvoice.model import Invoice
    from einvoice.pdf.extract import Attachment
    from einvoice.profiles import Kind, Syntax
    from einvoice.rendering import render
    from einvoice.sections import extract
    from einvoice.skonto import Skonto
    from einvoice.syntax.read import Reading, Unmapped

# loaded when first used: a validation needs neither the model nor pydantic
_HOMES = {
    "arrangement": ("Change",),
    "check.finding": ("Finding", "LayerResult", "Report", "Verdict"),
    "check.many": ("avalidate", "validate_many"),
    "check.pipeline": ("validate",),
    "completion": ("complete",),
    "conversion": ("Conversion", "Loss", "convert"),
    "document": ("Document", "open"),
    "gross_prices": ("from_gross_prices",),
    "follow_up": ("correct", "credit_note", "final_invoice"),
    "skonto": ("Skonto",),
    "fixing": ("Fix", "Repair", "fix"),
    "hybrids": ("create_pdf", "embed"),
    "exchange": ("from_json", "read", "to_json", "write"),
    "lacks": ("Lack", "lacking"),
    "model": ("Invoice",),
    "pdf.extract": ("Attachment",),
    "profiles": ("Kind", "Syntax"),
    "rendering": ("render",),
    "sections": ("extract",),
    "syntax.read": ("Reading", "Unmapped"),
}
_HOME = {name: home for home, names in _HOMES.items() for name in names}

__all__ = [
    "Attachment",
    "Change",
    "Conversion",
    "Document",
    "Finding",
    "Fix",
    "Invoice",
    "Kind",
    "Lack",
    "LayerResult",
    "Loss",
    "Reading",
    "Repair",
    "Report",
    "Skonto",
    "Syntax",
    "Unmapped",
    "Verdict",
    "__version__",
    "avalidate",
    "complete",
    "convert",
    "correct",
    "create_pdf",
    "credit_note",
    "embed",
    "extract",
    "final_invoice",
    "fix",
    "from_gross_prices",
    "from_json",
    "lacking",
    "open",
    "read",
    "render",
    "to_json",
    "validate",
    "validate_many",
    "write",
]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'einvoice' has no attribute {name!r}")
    value = getattr(import_module(f"einvoice.{_HOME[name]}"), name)
    globals()[name] = value
    return value
