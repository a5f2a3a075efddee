"""Convert: from any document to another syntax or to JSON, every loss named."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from einvoice import document
from einvoice.errors import UsageError
from einvoice.exchange import kind_of, read, to_json, write_lossy
from einvoice.fitting import arranged_for, fitted, specification_of
from einvoice.keeping import with_unmapped
from einvoice.profiles import SCHEMAS, Syntax
from einvoice.syntax.plan import plan
from einvoice.terms import at, titled
from einvoice.third_parties import reckoned

if TYPE_CHECKING:
    from collections.abc import Mapping

    from einvoice.arrangement import Arranged, Change
    from einvoice.document import Document, Source
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
            return titled(self.term)
        return f"{self.location} {self.text!r}"


@dataclass(frozen=True, slots=True)
class Conversion:
    """The result, and what it lacks."""

    data: bytes
    losses: tuple[Loss, ...]
    changes: tuple[Change, ...] = ()
    """what it says otherwise than the source, or says and the source did not"""
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
        whole = reckoned(reading.invoice, counted=True)
        return Conversion(to_json(whole.invoice).encode(), tuple(unmapped), whole.changes)
    syntax = Syntax(to.upper())
    fit = fitted(reading.invoice, syntax)
    kind = kind_of(fit.invoice, syntax)
    arranged = fit if kind is opened.kind else fit.then(arranged_for(fit.invoice, syntax, specification_of(fit.invoice)))
    written = write_lossy(arranged.invoice, syntax)
    losses = losses_of(arranged, written)
    if not (keep_unmapped and kind is opened.kind):
        return Conversion(written.xml, (*unmapped, *losses), arranged.changes, arranged.moves)
    xml, lost = with_unmapped(opened.root, reading, written.xml, plan(kind.dialect), SCHEMAS[kind])
    return Conversion(xml, (*map(_unmapped, lost), *losses), arranged.changes)


def losses_of(arranged: Arranged, written: Written) -> tuple[Loss, ...]:
    """What was left out of an invoice, and what a writer then found no place for."""
    return (*left_out_of(arranged), *(Loss(u.reason, term=u.term) for u in written.unwritten))


def left_out_of(arranged: Arranged) -> tuple[Loss, ...]:
    """The records that have no place in the new form."""
    return tuple(Loss(reason, term=at((path.partition("[")[0],)), path=path) for path, reason in arranged.left_out.items())


def _unmapped(piece: Unmapped) -> Loss:
    return Loss(piece.reason, location=piece.location, line=piece.line, text=piece.text)
