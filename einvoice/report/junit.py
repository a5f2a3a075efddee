"""Reports as JUnit XML: a suite for each document, a case for each layer, so that build servers count and show them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lxml import etree

if TYPE_CHECKING:
    from collections.abc import Iterable

    from einvoice.check.finding import Finding, LayerResult, Report


def to_junit(reports: Iterable[Report]) -> str:
    """All reports; an error is a failure, what broke off an error, what did not run is skipped, the rest is output."""
    suites = etree.Element("testsuites", name="einvoice")
    for report in reports:
        suites.append(_suite(report))
    for attribute in ("tests", "failures", "errors", "skipped"):
        suites.set(attribute, str(sum(int(suite.get(attribute, "0")) for suite in suites)))
    etree.indent(suites)
    return etree.tostring(suites, encoding="unicode") + "\n"


def _suite(report: Report) -> etree._Element:
    suite = etree.Element("testsuite", name=clean(report.source.name))
    for layer in report.layers:
        suite.append(_case(report, layer))
    for attribute, child in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
        suite.set(attribute, str(sum(case.find(child) is not None for case in suite)))
    suite.set("tests", str(len(suite)))
    return suite


def _case(report: Report, layer: LayerResult) -> etree._Element:
    case = etree.Element("testcase", classname=clean(report.source.name), name=layer.name)
    findings = [finding for finding in report.findings if finding.layer == layer.name]
    for finding in findings:
        if finding.severity == "error":
            failure = etree.SubElement(case, "failure", message=clean(finding.message), type=clean(finding.rule))
            failure.text = _text(finding)
    if layer.status == "error":
        etree.SubElement(case, "error", message=clean(layer.reason or ""))
    elif layer.status == "skipped":
        etree.SubElement(case, "skipped", message=clean(layer.reason or ""))
    notes = [_text(finding) for finding in findings if finding.severity != "error"]
    if notes:
        etree.SubElement(case, "system-out").text = "\n\n".join(notes)
    return case


def _text(finding: Finding) -> str:
    facts = (
        ("severity", finding.severity), ("rule", finding.rule), ("terms", " ".join(finding.terms)), ("line", finding.line),
        ("found", finding.found), ("expected", finding.expected), ("explanation", finding.explanation), ("message", finding.message),
        ("hint", finding.hint), ("at", finding.location),
    )  # fmt: skip
    return clean("\n".join(f"{name}: {value}" for name, value in facts if value not in (None, "")))


def clean(text: str) -> str:
    """A text without the characters that XML forbids."""
    return "".join(c if c in "\t\n\r" or " " <= c <= "\ud7ff" or "\ue000" <= c <= "\ufffd" or c > "\uffff" else "\ufffd" for c in text)
