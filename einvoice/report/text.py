"""The report for a person at a terminal: the verdict, then each finding with its field, line, value and text."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from einvoice.check.finding import Verdict
from einvoice.report.words import reason_in, words

if TYPE_CHECKING:
    from einvoice.check.finding import Finding, LayerResult, Report, Severity
    from einvoice.languages import Language

Paint = Callable[[str, str], str]
"""text and the name of a colour -> text"""

COLOURS = {"valid": "green", "invalid": "red", "unchecked": "yellow", "error": "red", "warning": "yellow", "information": "blue"}


def plain(text: str, colour: str) -> str:  # noqa: ARG001
    """No colour."""
    return text


_CONTAINER = {"hybrid": "ZUGFeRD / Factur-X", "pdfa": "PDF/A-3b"}


def to_text(report: Report, *, language: Language = "en", paint: Paint = plain) -> str:
    """The report as text, ending in a line feed."""
    return "\n".join(_lines(report, words(language), language, paint)) + "\n"


def _lines(report: Report, say: dict[str, str], language: Language, paint: Paint) -> Iterator[str]:
    verdict = report.verdict.value
    recommendation = f", {say[f'{report.recommendation}_short']}" if report.recommendation else ""
    yield f"{report.source.name}: {paint(say[verdict].upper(), COLOURS[verdict])}{recommendation}"
    if report.document is not None:
        about = report.document
        dated = f" {say['of_date']} {about.issue_date}" if about.issue_date else ""
        yield f"  {about.syntax} {about.type} {about.number or say['no_number']}{dated}"
    if report.scenario is not None:
        yield f"  {say['judged_as']} {report.scenario.name}: {', '.join(_artefacts(report, say))}"
    container = [
        f"{_CONTAINER[layer.name]} {_status(layer, say)}"
        for layer in report.layers
        if layer.name in _CONTAINER and layer.status != "skipped"
    ]
    if container:
        yield f"  {say['the_pdf']}: {', '.join(container)}"
    if report.verdict is Verdict.UNCHECKED:
        yield from (f"  {say['not_checked']}: {reason}" for reason in _reasons(report, language))
    if not report.readable:  # the reason is all there is to say
        return
    if report.findings:
        yield f"  {_counts(report.findings, say)}"
    for finding in report.findings:
        yield ""
        yield from _finding(finding, say, language, paint)


def _status(layer: LayerResult, say: dict[str, str]) -> str:
    return say["error_status" if layer.status == "error" else layer.status]


def _artefacts(report: Report, say: dict[str, str]) -> Iterator[str]:
    for layer in report.layers:
        if layer.artefact is not None:
            yield f"{layer.artefact.id} {layer.artefact.version} {_status(layer, say)}"


def _reasons(report: Report, language: Language) -> list[str]:
    """Why, each reason once: of the layers that broke, else of the first that did not run."""
    broken = [layer.reason for layer in report.layers if layer.status in {"failed", "error"} and layer.reason]
    skipped = [layer.reason for layer in report.layers if layer.status == "skipped" and layer.reason]
    return [reason_in(reason, language) for reason in list(dict.fromkeys(broken)) or skipped[:1]]


def _counts(findings: tuple[Finding, ...], say: dict[str, str]) -> str:
    counts = Counter(f.severity for f in findings)
    severities: tuple[Severity, ...] = ("error", "warning", "information")
    return ", ".join(f"{counts[s]} {say[s if counts[s] == 1 else f'{s}s']}" for s in severities if counts[s])


def _finding(finding: Finding, say: dict[str, str], language: Language, paint: Paint) -> Iterator[str]:
    from einvoice.term_names import name_of

    line = f", {say['line']} {finding.line}" if finding.line else ""
    subject = f"  {finding.terms[0]} {name_of(finding.terms[0], language)}" if finding.terms else ""
    yield f"  {paint(say[finding.severity], COLOURS[finding.severity])} {finding.rule}{subject}{line}"
    width = max(len(say[label]) for label in ("found", "expected", "because")) + 1
    if finding.found is not None:
        yield f"    {say['found'] + ':':<{width}} {finding.found!r}"
    if finding.expected is not None:
        yield f"    {say['expected'] + ':':<{width}} {finding.expected}"
    if finding.explanation:
        yield f"    {finding.explanation}"
    yield f"    {finding.message}"
    if finding.cause:
        yield f"    {say['because'] + ':':<{width}} {finding.cause}"
    if finding.location:
        yield f"    {say['at']} {finding.location}{f' ({finding.path})' if finding.path else ''}"
