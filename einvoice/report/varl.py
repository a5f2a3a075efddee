"""Reports as VARL, the XML of the KoSIT validator, with the element paths that scripts made for it read."""

from __future__ import annotations

import base64
import re
from typing import TYPE_CHECKING

from lxml import etree

from einvoice.report.junit import clean
from einvoice.syntax.namespaces import CII_PARTS, UBL_CREDIT_NOTE, UBL_INVOICE, UBL_PARTS
from einvoice.version import __version__

if TYPE_CHECKING:
    from einvoice.check.finding import Finding, LayerResult, Report

REP, SCENARIOS = "http://www.xoev.de/de/validator/varl/1", "http://www.xoev.de/de/validator/framework/1/scenarios"
_STEP = re.compile(r"/(?:(\w+):)?(\w+)")
_NAMESPACES = UBL_PARTS | CII_PARTS
_STEPS = {"xml": "val-xml", "xsd": "val-xsd"}


def to_varl(report: Report) -> str:
    """One report. What KoSIT has no place for, the PDF and advice, stands in steps of its own that never fail."""
    valid = report.recommendation == "accept"
    root = etree.Element(f"{{{REP}}}report", varlVersion="1.0.0", valid=_truth(yes=valid), nsmap={"rep": REP, "s": SCENARIOS})
    _add(_add(root, REP, "engine"), REP, "name", f"einvoice {__version__}")
    _identification(root, report)
    if report.scenario is None:
        matched = _add(root, REP, "noScenarioMatched")
    else:
        matched = _add(root, REP, "scenarioMatched")
        _add(_add(matched, SCENARIOS, "scenario"), SCENARIOS, "name", report.scenario.name)
        _data(matched, report)
    _steps(matched, report)
    assessment = _add(root, REP, "assessment")
    _add(_add(assessment, REP, "accept" if valid else "reject"), REP, "explanation", report.verdict.value)
    etree.indent(root)
    return etree.tostring(root, encoding="unicode") + "\n"


def _add(parent: etree._Element, namespace: str, name: str, text: str | None = None) -> etree._Element:
    child = etree.SubElement(parent, f"{{{namespace}}}{name}")
    child.text = None if text is None else clean(text)
    return child


def _truth(*, yes: bool) -> str:
    return "true" if yes else "false"


def _identification(root: etree._Element, report: Report) -> None:
    identification = _add(root, REP, "documentIdentification")
    digest = _add(identification, REP, "documentHash")
    _add(digest, REP, "hashAlgorithm", "SHA-256")
    _add(digest, REP, "hashValue", base64.b64encode(bytes.fromhex(report.source.sha256)).decode())
    _add(identification, REP, "documentReference", report.source.name)


def _data(matched: etree._Element, report: Report) -> None:
    data = _add(matched, REP, "documentData")
    if report.document is not None:
        _add(data, REP, "id", report.document.number or "")
        _add(data, REP, "issueDate", report.document.issue_date or "")


def _steps(matched: etree._Element, report: Report) -> None:
    """The schema, then the rule sets by number, then the XML itself, as KoSIT orders them."""
    rules = 0
    for layer in sorted((one for one in report.layers if one.status != "skipped"), key=lambda one: one.name == "xml"):
        if layer.name not in _STEPS:
            rules += 1
        _step(matched, report, layer, _STEPS.get(layer.name, f"val-sch.{rules}"))


def _step(matched: etree._Element, report: Report, layer: LayerResult, identity: str) -> None:
    findings = [finding for finding in report.findings if finding.layer == layer.name]
    broken = layer.status == "error" or any(finding.severity == "error" for finding in findings)
    step = _add(matched, REP, "validationStepResult")
    step.set("id", identity)
    step.set("valid", _truth(yes=not broken))
    if layer.artefact is not None:
        resource = _add(step, SCENARIOS, "resource")
        _add(resource, SCENARIOS, "name", f"{layer.artefact.id} {layer.artefact.version}")
    for number, finding in enumerate(findings, 1):
        _message(step, finding, f"{identity}.{number}")


def _message(step: etree._Element, finding: Finding, identity: str) -> None:
    message = _add(step, REP, "message", finding.message)
    message.set("id", identity)
    message.set("level", finding.severity)
    if finding.layer in _STEPS and finding.line:
        message.set("lineNumber", str(finding.line))
    elif finding.location:
        message.set("xpathLocation", clean(qualified(finding.location)))
    message.set("code", clean(finding.rule))


def qualified(location: str) -> str:
    """A location with its namespaces written out, as Saxon's path() does.

    >>> qualified("/Invoice[1]/cbc:ID[1]")[:57]
    '/Q{urn:oasis:names:specification:ubl:schema:xsd:Invoice-2'
    """

    def step(found: re.Match[str]) -> str:
        root = {"Invoice": UBL_INVOICE, "CreditNote": UBL_CREDIT_NOTE}.get(found[2], "")
        return f"/Q{{{_NAMESPACES.get(found[1], root) if found[1] else root}}}{found[2]}"

    return _STEP.sub(step, location)
