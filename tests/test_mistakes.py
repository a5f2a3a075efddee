"""What a report says first is what was done wrong: every fixture broken in every way of `mistakes.py`."""

from __future__ import annotations

from pathlib import Path

import einvoice
from tests.mistakes import Mistake, mistakes


def made() -> dict[str, Mistake]:
    """One of each name: what is done to the first line is done to no other."""
    found: dict[str, Mistake] = {}
    for path in sorted(Path("fixtures").glob("*.xml")):
        for mistake in mistakes(path):
            found.setdefault(mistake.name, mistake)
    return found


def test_the_first_error_or_its_cause_names_the_broken_term() -> None:
    named, other = [], []
    mistakes_made = made()
    for mistake in mistakes_made.values():
        errors = einvoice.validate(mistake.xml).errors
        if not errors:
            continue  # an optional term, or a code that no rule asks for
        first = errors[0]
        (named if mistake.term in first.terms[:1] or mistake.term in (first.cause or "") else other).append(
            f"{mistake.name}: {first.rule} {first.terms}"
        )
    assert len(mistakes_made) > 1600
    assert len(named) + len(other) > 1250
    assert len(named) / (len(named) + len(other)) >= 0.94, other
