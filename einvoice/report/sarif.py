"""Reports as SARIF 2.1.0 (OASIS), for code hosts and editors that show findings beside the source."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from einvoice.version import __version__

if TYPE_CHECKING:
    from collections.abc import Iterable

    from einvoice.check.finding import Finding, Report

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_LEVELS = {"error": "error", "warning": "warning", "information": "note"}


def to_sarif(reports: Iterable[Report]) -> str:
    """One run with the findings of all reports. The same reports give the same bytes."""
    listed = list(reports)
    rules = sorted({finding.rule for report in listed for finding in report.findings})
    at = {rule: index for index, rule in enumerate(rules)}
    run = {
        "tool": {"driver": {"name": "einvoice", "version": __version__, "rules": [{"id": rule} for rule in rules]}},
        "artifacts": [_artifact(report) for report in listed],
        "results": [_result(report, finding, at[finding.rule]) for report in listed for finding in report.findings],
        "columnKind": "unicodeCodePoints",
    }
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2, ensure_ascii=False) + "\n"


def _artifact(report: Report) -> dict[str, Any]:
    return {
        "location": {"uri": _uri(report.source.name)},
        "length": report.source.size,
        "hashes": {"sha-256": report.source.sha256},
        "properties": {"verdict": report.verdict.value, "recommendation": report.recommendation},
    }


def _result(report: Report, finding: Finding, index: int) -> dict[str, Any]:
    place: dict[str, Any] = {"artifactLocation": {"uri": _uri(report.source.name)}}
    if finding.line:
        place["region"] = {"startLine": finding.line}
    location: dict[str, Any] = {"physicalLocation": place}
    if finding.location:
        location["logicalLocations"] = [{"fullyQualifiedName": finding.location}]
    facts: dict[str, Any] = {"layer": finding.layer, "terms": list(finding.terms), "path": finding.path, "found": finding.found}
    facts |= {
        "expected": finding.expected,
        "hint": finding.hint,
        "flag": finding.flag,
        "explanation": finding.explanation,
        "official": finding.official,
    }
    return {
        "ruleId": finding.rule,
        "ruleIndex": index,
        "level": _LEVELS[finding.severity],
        "message": {"text": finding.message},
        "locations": [location],
        "properties": {key: value for key, value in facts.items() if value not in (None, [])},
    }


def _uri(name: str) -> str:
    """A relative reference (RFC 3986): blanks and other marks escaped."""
    from urllib.parse import quote

    return quote(name.replace("\\", "/"))
