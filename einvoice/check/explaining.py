"""Findings in the language that was asked for: what is behind them, and what their rules want."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from einvoice.check import causes
from einvoice.rule_texts import explanation

if TYPE_CHECKING:
    from lxml import etree

    from einvoice.check.finding import Finding
    from einvoice.languages import Language


def explained(findings: list[Finding], root: etree._Element, syntax: str, language: Language) -> list[Finding]:
    """The same findings, each with its cause, and with our words where its own are of another language.

    An official message stays as it is and gets an explanation beside it; a message of ours is said in the language itself.
    """
    behind = causes.explain({finding.rule for finding in findings}, root, syntax)
    told = []
    for finding in findings:
        if finding.rule in behind:
            cause, values = behind[finding.rule]
            finding = replace(finding, cause=cause.text(values, language))
        told.append(finding if finding.language == language else _in(language, finding))
    return told


def _in(language: Language, finding: Finding) -> Finding:
    text = explanation(finding.rule, finding.message, language)
    if text is None:
        return finding
    if finding.official or finding.layer == "pdfa":  # a clause is said exactly, in English, with what it means beside it
        return replace(finding, explanation=text)
    return replace(finding, message=text, language=language)
