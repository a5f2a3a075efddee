"""Convert: from any document to another syntax or to JSON, every loss named."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from einvoice import calc, document
from einvoice.errors import UsageError
from einvoice.exchange import kind_of, read, to_json, write_lossy
from einvoice.keeping import with_unmapped
from einvoice.model import ProcessControl
from einvoice.profiles import EN16931, EXTENDED, SCHEMAS, Syntax
from einvoice.sub_lines import Arranged, listed, nested, only_counted
from einvoice.syntax import zugferd_1
from einvoice.syntax.plan import plan
from einvoice.terms import NAMES, at

if TYPE_CHECKING:
    from collections.abc import Mapping

    from einvoice.document import Document, Source
    from einvoice.model import Invoice
    from einvoice.syntax.read import Unmapped
    from einvoice.syntax.write import Written

TARGETS = ("ubl", "cii", "json")


@dataclass(frozen=True, slots=True)
class Loss:
    """Something of the source that is not in the result."""

    reason: str
    term: str | None = None
    """the term that the target has no place for"""
    location: str | None = None
    """where it stands in the source, for what is no term of the model"""
    line: int | None = None
    text: str | None = None
    path: str | None = None
    """where the model of the source has what was left out"""

    @property
    def what(self) -> str:
        """The thing that is lost, for a person."""
        if self.term is not None:
            return f"{self.term} {NAMES.get(self.term, '')}".rstrip()
        return f"{self.location} {self.text!r}"


@dataclass(frozen=True, slots=True)
class Conversion:
    """The result, and what it lacks."""

    data: bytes
    losses: tuple[Loss, ...]
    moves: Mapping[str, str] = field(default_factory=dict)
    """path in the model of the source -> in that of the result, for records that stand elsewhere there"""


def convert(source: Source, to: str, *, keep_unmapped: bool = False) -> Conversion:
    """Convert a document to "ubl", "cii" or "json".

    `.data` is the new document in UTF-8; `.losses` lists everything of the source that it does not hold, each with its
    reason. With `keep_unmapped`, what is no term of the model stays where it was, if the document is in that syntax already.
    Raises InputError for what is no invoice, UsageError for another target, NotRepresentable for a text with a
    character that XML does not allow.

    >>> import einvoice
    >>> conversion = einvoice.convert("fixtures/b2b-ubl.xml", to="cii")
    >>> einvoice.open(conversion.data).kind, conversion.losses
    (<Kind.CII: 'cii'>, ())
    """
    return convert_document(document.open(source), to, keep_unmapped=keep_unmapped)


def convert_document(opened: Document, to: str, *, keep_unmapped: bool = False) -> Conversion:
    """What `convert` does, with a document that is open already."""
    if to not in TARGETS:
        raise UsageError(f"{to}: there is no such target; there are {', '.join(TARGETS)}")
    reading = read(opened)
    unmapped = [_unmapped(piece) for piece in reading.unmapped]
    if to == "json":
        return Conversion(to_json(reading.invoice).encode(), tuple(unmapped))
    syntax = Syntax(to.upper())
    fit = fitted(reading.invoice, syntax)
    kind = kind_of(fit.invoice, syntax)
    arranged = fit if kind is opened.kind else fit.then(arranged_for(fit.invoice, syntax, specification_of(fit.invoice)))
    written = write_lossy(arranged.invoice, syntax)
    losses = losses_of(arranged, written)
    if not (keep_unmapped and kind is opened.kind):
        return Conversion(written.xml, (*unmapped, *losses), arranged.moves)
    xml, lost = with_unmapped(opened.root, reading, written.xml, plan(kind.dialect), SCHEMAS[kind])
    return Conversion(xml, (*map(_unmapped, lost), *losses))


def losses_of(arranged: Arranged, written: Written) -> tuple[Loss, ...]:
    """What was left out of an invoice, and what a writer then found no place for."""
    return (*left_out_of(arranged), *(Loss(u.reason, term=u.term) for u in written.unwritten))


def left_out_of(arranged: Arranged) -> tuple[Loss, ...]:
    """The records that have no place in the new form."""
    return tuple(Loss(reason, term=at((path.partition("[")[0],)), path=path) for path, reason in arranged.left_out.items())


def arranged_for(invoice: Invoice, syntax: Syntax, specification: str | None) -> Arranged:
    """An invoice with its sub-lines as they are said in a syntax, under a BT-24."""
    if syntax is Syntax.UBL:
        return nested(invoice)
    return listed(invoice) if specification == EXTENDED else only_counted(invoice)


def _unmapped(piece: Unmapped) -> Loss:
    return Loss(piece.reason, location=piece.location, line=piece.line, text=piece.text)


def fitted(invoice: Invoice, syntax: Syntax) -> Arranged:
    """An invoice as the rules of another syntax want it."""
    invoice = _with_current_specification(invoice, syntax)
    if syntax is Syntax.UBL:
        return Arranged(_with_total_vat(invoice))
    single = _without_same_currency(invoice)
    return single.then(_without_idle_breakdowns(single.invoice))


def _with_current_specification(invoice: Invoice, syntax: Syntax) -> Invoice:
    """BT-24 of today in the place of that of ZUGFeRD 1.0, of which EXTENDED holds all and UBL what the norm has."""
    if not (specification_of(invoice) or "").strip().startswith(zugferd_1.SPECIFICATIONS):
        return invoice
    return with_control(invoice, specification=EN16931 if syntax is Syntax.UBL else EXTENDED)


def specification_of(invoice: Invoice) -> str | None:
    """BT-24."""
    return invoice.process_control.specification if invoice.process_control is not None else None


def with_control(invoice: Invoice, **identifiers: str) -> Invoice:
    """The invoice with other identifiers in BG-2, whatever it had there."""
    control = (invoice.process_control or ProcessControl()).model_copy(update=identifiers)
    return invoice.model_copy(update={"process_control": control})


def _with_total_vat(invoice: Invoice) -> Invoice:
    """BT-110, which UBL demands around a VAT breakdown, where it is left out: the sum of BT-117 (BR-CO-14)."""
    amounts = [part.tax_amount for part in invoice.vat_breakdown]
    if not amounts or None in amounts or invoice.totals is None or invoice.totals.vat is not None:
        return invoice
    return invoice.model_copy(update={"totals": invoice.totals.model_copy(update={"vat": calc.total(amounts)})})


def _without_same_currency(invoice: Invoice) -> Arranged:
    """Without a BT-6 that says BT-5 again: UBL may have it, in CII it breaks BR-53."""
    code = invoice.vat_accounting_currency_code
    doubled = invoice.totals is not None and invoice.totals.vat_in_accounting_currency is not None
    if code is None or code != invoice.currency_code or doubled:
        return Arranged(invoice)
    reason = "the same as the invoice currency (BT-5); the rules of CII want another"
    return Arranged(invoice.model_copy(update={"vat_accounting_currency_code": None}), {"vat_accounting_currency_code": reason})


def _without_idle_breakdowns(invoice: Invoice) -> Arranged:
    """Without VAT breakdowns of 0 that nothing refers to: UBL may have them, in CII they break BR-E-01 and its like."""
    used = {category for category, _, _ in calc.taxed(invoice)}
    idle = {
        i for i, part in enumerate(invoice.vat_breakdown) if part.category_code not in used and not (part.taxable_amount or part.tax_amount)
    }
    if not idle or len(idle) == len(invoice.vat_breakdown):
        return Arranged(invoice)
    kept = [number for number in range(len(invoice.vat_breakdown)) if number not in idle]
    breakdown = tuple(invoice.vat_breakdown[number] for number in kept)
    reason = "a VAT breakdown of 0 that no line, allowance or charge uses; the rules of CII forbid it"
    return Arranged(
        invoice.model_copy(update={"vat_breakdown": breakdown}),
        {f"vat_breakdown[{number}]": reason for number in sorted(idle)},
        {f"vat_breakdown[{number}]": f"vat_breakdown[{index}]" for index, number in enumerate(kept)},
    )
