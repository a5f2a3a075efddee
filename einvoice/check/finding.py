"""What judging says: findings, layers, and the report that holds them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Literal

Severity = Literal["error", "warning", "information"]
Status = Literal["passed", "failed", "skipped", "error"]
Layer = Literal["xml", "xsd", "en16931", "xrechnung", "facturx", "custom", "hybrid", "pdfa", "advisory"]
LAYERS: tuple[Layer, ...] = ("xml", "xsd", "en16931", "xrechnung", "facturx", "custom", "hybrid", "pdfa", "advisory")
"""in the order of a report; "custom", users' own rules, is in it only when they were run"""
SCHEMA = "einvoice-report/1"
RULE_LAYERS: tuple[Layer, ...] = ("en16931", "xrechnung", "facturx")


class Verdict(StrEnum):
    """Three answers, never two: what was not checked is not valid."""

    VALID = "valid"
    INVALID = "invalid"
    UNCHECKED = "unchecked"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that one layer has to say about one place of the document."""

    rule: str
    severity: Severity
    """after the scenario's customLevel"""
    flag: str
    """the artefact's own severity: fatal, warning or information"""
    layer: Layer
    message: str
    location: str = ""
    line: int | None = None
    terms: tuple[str, ...] = ()
    """BT and BG ids, the one it is about first"""
    path: str | None = None
    """where the model has it: `lines[1].price.net`"""
    found: str | None = None
    expected: str | None = None
    hint: str | None = None
    cause: str | None = None
    language: str = "en"
    official: bool = True
    """the message is the artefact's own text"""
    explanation: str | None = None
    """what the rule wants, in our words and in the language that was asked for, where the message is in another"""


@dataclass(frozen=True, slots=True)
class ArtefactUsed:
    """What a layer judged with."""

    id: str
    version: str
    sha256: str


@dataclass(frozen=True, slots=True)
class LayerResult:
    """How far one layer came."""

    name: Layer
    status: Status
    artefact: ArtefactUsed | None = None
    reason: str | None = None
    """why it was skipped, or could not be run"""


@dataclass(frozen=True, slots=True)
class Source:
    """The bytes that were judged."""

    name: str
    sha256: str
    size: int
    container: str


@dataclass(frozen=True, slots=True)
class About:
    """What the document says it is."""

    syntax: str
    type: str
    specification: str | None
    profile: str | None
    number: str | None
    issue_date: str | None


@dataclass(frozen=True, slots=True)
class ScenarioUsed:
    """Which scenario judged the document."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Engine:
    """Who judged."""

    name: str
    version: str
    rules: str


@dataclass(frozen=True, slots=True)
class Report:
    """Everything that is known about one document."""

    schema: str
    source: Source
    document: About | None
    scenario: ScenarioUsed | None
    verdict: Verdict
    recommendation: Literal["accept", "reject"] | None
    """KoSIT's: accept, or reject also where no scenario matches; None for a document that KoSIT does not judge"""
    layers: tuple[LayerResult, ...]
    findings: tuple[Finding, ...]
    engine: Engine

    @property
    def readable(self) -> bool:
        """Whether there was a document to judge at all."""
        return all(layer.status != "failed" for layer in self.layers if layer.name == "xml")

    @property
    def errors(self) -> tuple[Finding, ...]:
        """The findings of severity error."""
        return tuple(f for f in self.findings if f.severity == "error")

    def named(self, name: str) -> Report:
        """The same report under another name of the source."""
        return replace(self, source=replace(self.source, name=name))
