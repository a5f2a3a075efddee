"""A report as one HTML page that needs nothing else: findings beside the source, jumps both ways, search, dark mode, print."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from itertools import groupby
from typing import TYPE_CHECKING, Any

from einvoice.report.pages import template
from einvoice.report.words import layer_names, reason_in, words
from einvoice.term_names import name_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from einvoice.check.finding import Finding, Report
    from einvoice.languages import Language

WHOLE_SOURCE = 4000
"""lines of a source that is shown whole; of a longer one what is around findings"""
MANY = 1000
"""lines with findings beyond which nothing around them is shown: browsers take seconds for a hundred thousand rows"""
AROUND = 3
MAX_LINE = 400
"""characters of a source line: attachments are longer"""
MAX_PLACES = 200
"""places of one rule that are listed one by one"""


@dataclass(frozen=True, slots=True)
class SourceLine:
    """A line of the source, or a gap."""

    number: int
    text: str
    findings: tuple[int, ...] = ()
    """numbers of the findings that stand here"""
    skipped: int = 0
    """lines left out before this one"""


def to_html(report: Report, xml: bytes = b"", *, language: Language = "en") -> str:
    """The page. `xml` is the invoice as it was judged; without it there is no source beside the findings.

    Everything that comes from the document is escaped, and the page forbids itself to load anything.
    """
    numbered = list(enumerate(report.findings, 1))
    return template("report.html.jinja").render(
        report=report,
        groups=list(_groups(numbered)),
        runs=[(quiet, list(run)) for quiet, run in groupby(source_lines(xml, numbered), _is_quiet)],
        rows=_rows,
        words=words(language),
        layers=layer_names(language),
        name_of=name_of,
        reason_in=reason_in,
        language=language,
        counts=_counts(report),
    )


def _is_quiet(line: SourceLine) -> bool:
    return bool(line.number) and not line.findings and not line.skipped


def _rows(run: list[SourceLine]) -> str:
    """Lines of which nothing is said, escaped and made as one piece: they are most of a page, and of its time."""
    return "\n".join(
        f'<div class="row" id="l{line.number}"><span class="n">{line.number}</span><span>{escape(line.text)}</span></div>' for line in run
    )


def _counts(report: Report) -> dict[str, int]:
    severities = [finding.severity for finding in report.findings]
    return {severity: severities.count(severity) for severity in ("error", "warning", "information")}


_WORST = ("error", "warning", "information")


def _groups(numbered: list[tuple[int, Finding]]) -> Iterator[dict[str, Any]]:
    """Findings of one rule together, rules of one cause beside each other, the worst first: a mistake may be made in every line."""
    first: dict[str, int] = {}
    for number, finding in numbered:
        first.setdefault(finding.cause or finding.rule, number)

    def order(entry: tuple[int, Finding]) -> tuple[Any, ...]:
        number, finding = entry
        return _WORST.index(finding.severity), first[finding.cause or finding.rule], finding.rule, number

    told: set[str] = set()
    for _, entries in groupby(sorted(numbered, key=order), key=lambda entry: (entry[1].severity, entry[1].rule)):
        group = list(entries)
        cause = group[0][1].cause
        yield {
            "rule": group[0][1].rule, "first": group[0][1], "entries": group[:MAX_PLACES], "more": max(0, len(group) - MAX_PLACES),
            "cause": cause if cause not in told else None,
        }  # fmt: skip
        told |= {cause} if cause else set()


def source_lines(xml: bytes, numbered: list[tuple[int, Finding]]) -> Iterator[SourceLine]:
    """The source with the findings of each line; of a long one only what is around them."""
    texts = xml.decode("utf-8", "replace").splitlines()
    at: dict[int, list[int]] = {}
    for number, finding in numbered:
        if finding.line:
            at.setdefault(finding.line, []).append(number)
    around = AROUND if len(at) <= MANY else 0
    near = {line + step for line in at for step in range(-around, around + 1)}
    skipped = 0
    for number, text in enumerate(texts, 1):
        if len(texts) > WHOLE_SOURCE and number not in near:
            skipped += 1
            continue
        shown = text if len(text) <= MAX_LINE else f"{text[:MAX_LINE]}\N{HORIZONTAL ELLIPSIS}"
        yield SourceLine(number, shown, tuple(at.get(number, ())), skipped)
        skipped = 0
    if skipped:
        yield SourceLine(0, "", (), skipped)
