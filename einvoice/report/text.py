"""The report for a person at a terminal: the verdict, then each finding with its field, line, value and text."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from einvoice.check.finding import Verdict

if TYPE_CHECKING:
    from einvoice.check.finding import Finding, Report

Paint = Callable[[str, str], str]
"""text and the name of a colour -> text"""

COLOURS = {"valid": "green", "invalid": "red", "unchecked": "yellow", "error": "red", "warning": "yellow", "information": "blue"}


def plain(text: str, colour: str) -> str:  # noqa: ARG001
    """No colour."""
    return text


_CONTAINER = {"hybrid": "ZUGFeRD / Factur-X", "pdfa": "PDF/A-3b"}


def to_text(report: Report, *, paint: Paint = plain) -> str:
    """The report as text, ending in a line feed."""
    return "\n".join(_lines(report, paint)) + "\n"


def _lines(report: Report, paint: Paint) -> Iterator[str]:
    verdict = report.verdict.value
    recommendation = f", KoSIT recommendation: {report.recommendation}" if report.recommendation else ""
    yield f"{report.source.name}: {paint(verdict.upper(), COLOURS[verdict])}{recommendation}"
    if report.document is not None:
        about = report.document
        yield f"  {about.syntax} {about.type} {about.number or '(no number)'}{f' of {about.issue_date}' if about.issue_date else ''}"
    if report.scenario is not None:
        yield f"  judged as {report.scenario.name}: {', '.join(_artefacts(report))}"
    container = [f"{name} {layer.status}" for layer in report.layers if (name := _CONTAINER.get(layer.name)) and layer.status != "skipped"]
    if container:
        yield f"  the PDF: {', '.join(container)}"
    if report.verdict is Verdict.UNCHECKED:
        yield from (f"  not checked: {reason}" for reason in _reasons(report))
    if not report.readable:  # the reason is all there is to say
        return
    if report.findings:
        yield f"  {_counts(report.findings)}"
    for finding in report.findings:
        yield ""
        yield from _finding(finding, paint)


def _artefacts(report: Report) -> Iterator[str]:
    for layer in report.layers:
        if layer.artefact is not None:
            yield f"{layer.artefact.id} {layer.artefact.version} {layer.status}"


def _reasons(report: Report) -> list[str]:
    """Why, each reason once: of the layers that broke, else of the first that did not run."""
    broken = [layer.reason for layer in report.layers if layer.status in {"failed", "error"} and layer.reason]
    skipped = [layer.reason for layer in report.layers if layer.status == "skipped" and layer.reason]
    return list(dict.fromkeys(broken)) or skipped[:1]


def _counts(findings: tuple[Finding, ...]) -> str:
    counts = Counter(f.severity for f in findings)
    names = {"error": ("error", "errors"), "warning": ("warning", "warnings"), "information": ("information", "informations")}
    return ", ".join(f"{counts[s]} {names[s][counts[s] != 1]}" for s in ("error", "warning", "information") if counts[s])


def _finding(finding: Finding, paint: Paint) -> Iterator[str]:
    from einvoice.terms import NAMES

    line = f", line {finding.line}" if finding.line else ""
    subject = f"  {finding.terms[0]} {NAMES[finding.terms[0]]}" if finding.terms else ""
    yield f"  {paint(finding.severity, COLOURS[finding.severity])} {finding.rule}{subject}{line}"
    if finding.found is not None:
        yield f"    found:    {finding.found!r}"
    if finding.expected is not None:
        yield f"    expected: {finding.expected}"
    yield f"    {finding.message}"
    if finding.cause:
        yield f"    cause:    {finding.cause}"
    if finding.location:
        yield f"    at {finding.location}{f' ({finding.path})' if finding.path else ''}"
