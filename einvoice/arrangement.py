"""What comes of an invoice that is said in another way: the invoice, and what became of its records."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from einvoice.terms import titled

if TYPE_CHECKING:
    from collections.abc import Mapping

    from einvoice.model import Invoice


@dataclass(frozen=True, slots=True)
class Change:
    """A value that is another in the result, or was not there before."""

    term: str
    path: str
    text: str
    """what the result says"""
    reason: str

    @property
    def what(self) -> str:
        """The term, for a person."""
        return titled(self.term)


@dataclass(frozen=True, slots=True)
class Arranged:
    """An invoice with some of its records in another form or order."""

    invoice: Invoice
    left_out: Mapping[str, str] = field(default_factory=dict)
    """path of what has no place -> why"""
    moves: Mapping[str, str] = field(default_factory=dict)
    """path of a record, or of what it says -> where that is now; nothing, where the structure says it"""
    changes: tuple[Change, ...] = ()

    def then(self, further: Arranged) -> Arranged:
        """What came of both, in turn, each with other records."""
        return Arranged(
            further.invoice, {**self.left_out, **further.left_out}, {**self.moves, **further.moves}, (*self.changes, *further.changes)
        )
