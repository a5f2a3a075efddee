"""Explain a term or a rule: what it is, where it stands in both syntaxes, and what a document has there."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from einvoice import official, terms
from einvoice.check.causes import causes
from einvoice.check.expectations import sum_of
from einvoice.check.placing import terms_in
from einvoice.errors import UsageError
from einvoice.rows import Group, Term
from einvoice.syntax.locate import Map, routes
from einvoice.syntax.plan import plan
from einvoice.term_names import name_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from einvoice.check.finding import Report
    from einvoice.document import Document
    from einvoice.languages import Language
    from einvoice.schematron.load_xslt import Published
    from einvoice.syntax.locate import Route

SHOWN_DIALECTS = {"ubl-invoice": "UBL Invoice", "ubl-credit-note": "UBL CreditNote", "cii-d16b": "CII"}


def is_term(name: str) -> bool:
    """Whether a name is one of a business term or group."""
    return name.upper() in terms.NAMES


def explain(name: str, language: str = "en") -> Iterator[str]:
    """Lines that say what a BT, BG or rule is, names and causes in a language. Raises UsageError for a name that is neither."""
    if is_term(name):
        return _term(name.upper(), language)
    found = [(a.id, rule) for a in official.manifest() if a.kind == "rules" for rule in _rules(a.id, name)]
    if not found:
        raise UsageError(f"{name}: is neither a term (as BT-31, BG-4) nor a rule (as BR-CO-15); 'einvoice rules show cen-ubl' lists rules")
    return _rule(found, language)


def _rules(artefact: str, name: str) -> Iterator[Published]:
    return (rule for rule in official.assertions(artefact) if rule.id.upper() == name.upper())


def _term(name: str, language: str) -> Iterator[str]:
    row = terms.BY_ID[name]
    yield f"{name} {name_of(name, language)}"
    if row.attribute:
        kind = row.type.name if isinstance(row, Term) else "group"
        yield f"  {kind}, {row.card}; in the model: {terms.PATH_OF[row.id]}"
    for dialect, label in SHOWN_DIALECTS.items():
        for route in _places(dialect, name):
            yield f"  {label}: {route.xpath}"
    if isinstance(row, Group):
        held = ", ".join(f"{inner.id} {name_of(inner.id, language)}" for inner in row.rows)
        yield f"  holds {'what the group around it holds, itself too' if row.nests else held}"


def _places(dialect: str, name: str) -> tuple[Route, ...]:
    return routes(plan(dialect), name)


def _rule(found: list[tuple[str, Published]], language: str) -> Iterator[str]:
    name, message = found[0][1].id, found[0][1].message
    yield name
    about = dict.fromkeys(term for _, rule in found for term in terms_in(rule.message))
    yield from (f"  about {term} {name_of(term, language)}" for term in about)
    arithmetic = sum_of(name, message)
    if arithmetic is not None:
        yield f"  in short: {arithmetic.term} is {arithmetic.how}"
    for cause in causes():
        if name in cause.rules:
            yield f"  often because: {cause.text('…', language)}"
    for artefact, rule in found:
        yield f"  {artefact} {official.artefact(artefact).version}, {rule.flag}: {rule.message}"
        yield f"    at   {rule.context}"
        yield f"    test {' '.join(rule.test.split())}"


def in_document(term: str, document: Document) -> Iterator[str]:
    """Lines that say what a document has at a term."""
    xml = Map(plan(document.dialect), document.model_root)
    spots = list(xml.all(term.upper()))
    if not spots:
        yield f"{document.name} has no {term.upper()}"
    for spot in spots:
        text = (spot.element.text or "").strip() if len(spot.element) == 0 else "(group)"
        yield f"line {spot.element.sourceline}: {spot.path} = {text}"


def in_full(report: Report, language: Language = "en") -> Iterator[str]:
    """Lines that explain every finding of a report: what stands where, what should, why, and what the rule is about."""
    from einvoice.report.text import to_text

    yield from to_text(replace(report, findings=()), language=language).rstrip("\n").splitlines()
    for finding in report.findings:
        line = f", line {finding.line}" if finding.line else ""
        yield ""
        yield f"{finding.severity} {finding.rule}{line}"
        yield f"  says: {finding.message}"
        if finding.explanation:
            yield f"  that is: {finding.explanation}"
        yield from (f"  about {term} {name_of(term, language)}" for term in finding.terms)
        for label, value in (("found", finding.found), ("expected", finding.expected), ("hint", finding.hint), ("cause", finding.cause)):
            if value is not None:
                yield f"  {label}: {value}"
        if finding.location:
            yield f"  at {finding.location}{f' ({finding.path})' if finding.path else ''}"


def in_report(rule: str, report: Report) -> Iterator[str]:
    """Lines that say what a rule found in a document."""
    findings = [f for f in report.findings if f.rule.upper() == rule.upper()]
    if not findings:
        yield f"{report.source.name}: {rule} found nothing ({report.verdict.value})"
    for finding in findings:
        found = f", found {finding.found!r}" if finding.found is not None else ""
        yield f"line {finding.line}: {finding.location}{found}"
