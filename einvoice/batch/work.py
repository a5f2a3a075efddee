"""What is done with each document of a batch: judged, converted, or made of JSON. A value that a worker gets whole."""

from __future__ import annotations

from dataclasses import dataclass, field
from hashlib import sha256
from typing import TYPE_CHECKING, Any, ClassVar, Protocol

from einvoice.batch import inputs
from einvoice.batch.inputs import DRAFTS
from einvoice.check.pipeline import How, attempt, stopped, unreadable
from einvoice.errors import EngineError, InputError
from einvoice.files import DOCUMENTS
from einvoice.limits import MAX_SIZE
from einvoice.report.json import as_line, as_object, to_jsonl

if TYPE_CHECKING:
    from einvoice.batch.inputs import Item
    from einvoice.check.finding import Report
    from einvoice.conversion import Loss
    from einvoice.languages import Language

MADE = "einvoice-made/1"


@dataclass(frozen=True, slots=True)
class Done:
    """What came of one document."""

    line: str
    """for the results: a JSON object"""
    file: str = ""
    """name of the document that was made"""
    content: bytes = b""
    seconds: float = 0.0


class Work(Protocol):
    """What can be done with a document."""

    __dataclass_fields__: ClassVar[dict[str, Any]]
    suffixes: ClassVar[frozenset[str]]
    """of the files that it can be done with"""

    @property
    def max_size(self) -> int:
        """Bytes that a document may have."""

    def do(self, item: Item) -> Done:
        """Do it; what is wrong with the document is in the result."""

    def stopped(self, item: Item, reason: str) -> Done:
        """The result for a document that could not be worked on to the end."""


@dataclass(frozen=True, slots=True)
class Judge:
    """A report of each document, as `validate --format jsonl` writes it."""

    suffixes: ClassVar[frozenset[str]] = DOCUMENTS
    how: How = field(default_factory=How)

    @property
    def max_size(self) -> int:
        """Bytes that a document may have."""
        return self.how.max_size

    def do(self, item: Item) -> Done:
        """Judge it."""
        try:
            data = inputs.content(item, self.max_size)
        except InputError as error:
            return Done(to_jsonl(unreadable(b"", item.name, error)))
        return Done(to_jsonl(attempt(data, self.how, item.name)))

    def stopped(self, item: Item, reason: str) -> Done:
        """An unchecked document."""
        return Done(to_jsonl(stopped(item.name, reason)))


@dataclass(frozen=True, slots=True)
class _Made:
    """A document that was made."""

    content: bytes
    losses: tuple[Loss, ...] = ()
    lacks: tuple[str, ...] = ()
    """what a draft lacks for its sums"""
    report: Report | None = None
    """of a new document; of one in another form its sender has one"""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Making:
    """What both ways of making have; the data they are given is an invoice or a draft."""

    to: str
    profile: str | None = None
    language: Language = "de"
    accessible: bool = False
    max_size: int = MAX_SIZE

    def do(self, item: Item) -> Done:
        """Make it, and say what is lost."""
        source: dict[str, Any] = {"name": item.name, "sha256": None, "size": None}
        try:
            data = inputs.content(item, self.max_size)
            source |= {"sha256": sha256(data).hexdigest(), "size": len(data)}
            made = self.make(data, item.name)
        except EngineError as error:
            return _failed(source, str(error))
        from einvoice.making import suffix

        name = f"{item.name}{suffix(self.to)}"
        return Done(_entry(source, made, output=name), name, made.content)

    def make(self, data: bytes, name: str) -> _Made:
        """The document."""
        raise NotImplementedError

    def stopped(self, item: Item, reason: str) -> Done:
        """A document that was not made."""
        return _failed({"name": item.name, "sha256": None, "size": None}, reason)


@dataclass(frozen=True, slots=True, kw_only=True)
class Convert(_Making):
    """Each document in another form."""

    suffixes: ClassVar[frozenset[str]] = DOCUMENTS

    def make(self, data: bytes, name: str) -> _Made:
        """In the other form."""
        from einvoice import document, making

        opened = document.open(data, name=name)
        conversion = making.converted(opened, self.to, profile=self.profile, language=self.language, accessible=self.accessible)
        return _Made(conversion.data, tuple(conversion.losses))


@dataclass(frozen=True, slots=True, kw_only=True)
class Create(_Making):
    """A document of each JSON draft, judged as `create` judges it."""

    suffixes: ClassVar[frozenset[str]] = DRAFTS
    complete: bool = True
    gross_prices: bool = False
    drop: bool = False

    def make(self, data: bytes, name: str) -> _Made:
        """Of JSON."""
        from einvoice import exchange, making

        made = making.created(
            exchange.from_json(data, name=name, draft=self.complete), self.to, complete=self.complete, gross_prices=self.gross_prices,
            profile=self.profile or "en16931", language=self.language, accessible=self.accessible, drop=self.drop,
        )  # fmt: skip
        report = None if self.to in making.UNCHECKED else attempt(made.data, How())
        return _Made(made.data, tuple(made.losses), tuple(map(str, made.lacks)), report)


def _failed(source: dict[str, Any], error: str) -> Done:
    return Done(_entry(source, _Made(b""), error=error))


def _entry(source: dict[str, Any], made: _Made, *, output: str | None = None, error: str | None = None) -> str:
    judged = as_object(made.report) if made.report is not None else {"verdict": None, "findings": []}
    return as_line(
        {
            "schema": MADE,
            "source": source,
            "output": output,
            "losses": [{"what": loss.what, "reason": loss.reason} for loss in made.losses],
            "verdict": judged["verdict"],
            "lacks": made.lacks,
            "findings": judged["findings"],
            "error": error,
        }
    )
