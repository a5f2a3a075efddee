"""Two rule sets over the same documents: what would change, before a new version of the rules counts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from einvoice.check.pipeline import validate

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from einvoice.check.finding import Finding, Report


@dataclass(frozen=True, slots=True)
class Change:
    """One document under both."""

    name: str
    before: str
    """its verdict by the old rules"""
    after: str
    gone: tuple[Finding, ...]
    """what only the old rules find"""
    new: tuple[Finding, ...]
    renamed: tuple[tuple[Finding, Finding], ...]
    """the same text at the same place under another id or severity"""

    @property
    def changed(self) -> bool:
        """Whether anything is different."""
        return self.before != self.after or bool(self.gone or self.new or self.renamed)


def changes(sources: Iterable[str], old: str, new: str) -> Iterator[Change]:
    """Judge documents by two rule sets that `validate(rules=…)` knows, and compare what they find.

    Raises InputError for a file that cannot be read, UsageError for rules that are not known.
    """
    for source in sources:
        yield compared(source, validate(source, rules=old), validate(source, rules=new))


def compared(name: str, old: Report, new: Report) -> Change:
    """What two reports on a document differ in; layers may be named differently."""
    before, after = ({_key(finding): finding for finding in report.findings if finding.layer != "advisory"} for report in (old, new))
    gone = [finding for key, finding in before.items() if key not in after]
    added = [finding for key, finding in after.items() if key not in before]
    renamed = []
    for finding in tuple(gone):
        twin = next((other for other in added if _said(other) == _said(finding)), None)
        if twin is not None:
            gone.remove(finding)
            added.remove(twin)
            renamed.append((finding, twin))
    return Change(name, old.verdict.value, new.verdict.value, tuple(gone), tuple(added), tuple(renamed))


def _key(finding: Finding) -> tuple[Any, ...]:
    return finding.rule, finding.severity, finding.location


def _said(finding: Finding) -> tuple[str, str]:
    """Place and text, without the name of the rule in front of it."""
    return finding.location, finding.message.rpartition("]-")[2].strip() or finding.message


def as_object(change: Change) -> dict[str, Any]:
    """In values that JSON knows."""
    listed = {name: [_brief(finding) for finding in getattr(change, name)] for name in ("gone", "new")}
    renamed = [{"old": _brief(old), "new": _brief(new)} for old, new in change.renamed]
    return {"document": change.name, "before": change.before, "after": change.after, **listed, "renamed": renamed}


def _brief(finding: Finding) -> dict[str, Any]:
    return {name: getattr(finding, name) for name in ("rule", "severity", "location", "line", "message")}
