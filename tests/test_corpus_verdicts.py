"""The official verdict on every public invoice, against what the official artefacts said when run by others."""

from __future__ import annotations

import json
import lzma
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest

from einvoice import validate_many
from einvoice.check.finding import Report, Verdict
from einvoice.check.pipeline import layer_of
from einvoice.profiles import SCENARIOS, Scenario
from tests.corpus import ORACLE, expected, path_of, schema_key

if TYPE_CHECKING:
    from pathlib import Path

BY_ID = {scenario.id: scenario for scenario in SCENARIOS}
SEVERITY = {"fatal": "error"}


@pytest.fixture(scope="module")
def judged(corpora: Path) -> list[tuple[dict[str, Any], Report]]:
    entries = list(expected(corpora))
    return list(zip(entries, validate_many([path_of(e) for e in entries]), strict=True))


@pytest.fixture(scope="module")
def forced(corpora: Path) -> list[tuple[dict[str, Any], Report]]:
    entries = list(expected(corpora))
    return list(zip(entries, validate_many([path_of(e) for e in entries], rules="en16931"), strict=True))


def layer(report: Report, name: str) -> Any:
    return next(layer for layer in report.layers if layer.name == name)


def differences(entry: dict[str, Any], report: Report, scenario: Scenario) -> list[str]:
    """What of schema and rules is not as the official artefacts have it."""
    valid = entry["xsd"][schema_key(scenario.schema)] is True
    if (layer(report, "xsd").status == "passed") is not valid:
        return [f"{entry['file']}: schema"]
    return [text for rules in scenario.rules if valid for text in rule_differences(entry, report, scenario, rules)]


def rule_differences(entry: dict[str, Any], report: Report, scenario: Scenario, rules: str) -> list[str]:
    run = entry["runs"][ORACLE.get(rules, rules)]
    if run.get("fired") is None:
        said = layer(report, layer_of(rules)).status == "error" and report.verdict is not Verdict.VALID
        return [] if said else [f"{entry['file']}: {rules} died, and the report does not say so"]
    wanted = {(rule, scenario.levels.get(rule, SEVERITY.get(flag, flag)), where) for rule, flag, where in run["fired"]}
    found = {(f.rule, f.severity, f.location) for f in report.findings if f.layer == layer_of(rules)}
    return [f"{entry['file']}: {rules}: {sorted(wanted ^ found)[:3]}"] if wanted != found else []


def test_every_document_that_a_scenario_covers_is_judged_as_officially(judged: list[tuple[dict[str, Any], Report]]) -> None:
    covered = [(e, r, BY_ID[r.scenario.id]) for e, r in judged if r.scenario is not None]
    assert [text for e, r, scenario in covered for text in differences(e, r, scenario)] == []
    assert len(covered) == 702


def test_recommendation_and_scenario_are_those_of_kosit(judged: list[tuple[dict[str, Any], Report]]) -> None:
    assert len(judged) == 1552
    wrong = [e["file"] for e, r in judged if r.recommendation != e["kosit"]["recommendation"]]
    kosit = {e["file"]: BY_ID[r.scenario.id].kosit if r.scenario else None for e, r in judged}
    assert wrong == []
    assert [e["file"] for e, _ in judged if kosit[e["file"]] != e["kosit"]["scenario"]] == []


def test_all_samples_of_the_xrechnung_test_suite_are_accepted(judged: list[tuple[dict[str, Any], Report]]) -> None:
    suite = [r for e, r in judged if e["corpus"] == "xrechnung-testsuite"]
    assert Counter((r.verdict, r.recommendation) for r in suite) == {(Verdict.VALID, "accept"): 86}


def test_without_a_scenario_nothing_is_called_valid(judged: list[tuple[dict[str, Any], Report]]) -> None:
    others = [r for _, r in judged if r.scenario is None]
    assert {(r.verdict, r.recommendation) for r in others} == {(Verdict.UNCHECKED, "reject")}
    assert len(others) == 850


def test_asked_to_every_document_is_judged_against_en16931(forced: list[tuple[dict[str, Any], Report]]) -> None:
    scenarios = [BY_ID[r.scenario.id] for _, r in forced if r.scenario is not None]
    assert len(scenarios) == 1552
    assert [text for (e, r), scenario in zip(forced, scenarios, strict=True) for text in differences(e, r, scenario)] == []


def test_the_witnesses_fire_what_they_were_made_for(corpora: Path) -> None:
    with lzma.open(corpora / "cases/witness.jsonl.xz", "rt", encoding="utf-8") as lines:
        witnesses = [{**json.loads(line), "file": str(number)} for number, line in enumerate(lines)]
    compared = [
        text or rules
        for witness, report in zip(witnesses, validate_many([w["xml"].encode() for w in witnesses]), strict=True)
        if report.scenario is not None and layer(report, "xsd").status == "passed"
        for rules in BY_ID[report.scenario.id].rules
        if ORACLE.get(rules, rules) in witness["runs"]
        for text in rule_differences(witness, report, BY_ID[report.scenario.id], rules) or [""]
    ]
    assert [text for text in compared if ":" in text] == []
    assert len(compared) == 1750


def test_every_finding_has_a_line_and_nearly_every_one_a_term(judged: list[tuple[dict[str, Any], Report]]) -> None:
    findings = [f for _, r in judged for f in r.findings]
    assert all(f.line is not None for f in findings)
    assert sum(1 for f in findings if f.terms) > 0.95 * len(findings)
