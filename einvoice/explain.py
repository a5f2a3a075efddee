"""Explain a term or a rule: what it is, where it stands in both syntaxes, and what a document has there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from einvoice import official, terms
from einvoice.check.placing import terms_in
from einvoice.errors import UsageError
from einvoice.syntax.locate import Map, routes
from einvoice.syntax.plan import plan

if TYPE_CHECKING:
    from collections.abc import Iterator

    from einvoice.check.finding import Report
    from einvoice.document import Document
    from einvoice.schematron.load_xslt import Published
    from einvoice.syntax.locate import Route

SHOWN_DIALECTS = {"ubl-invoice": "UBL Invoice", "ubl-credit-note": "UBL CreditNote", "cii-d16b": "CII"}


def is_term(name: str) -> bool:
    """Whether a name is one of a business term or group."""
    return name.upper() in terms.NAMES


def explain(name: str) -> Iterator[str]:
    """Lines that say what a BT, BG or rule is. Raises UsageError for a name that is neither."""
    if is_term(name):
        return _term(name.upper())
    found = [(a.id, rule) for a in official.manifest() if a.kind == "rules" for rule in _rules(a.id, name)]
    if not found:
        raise UsageError(f"{name}: is neither a term (as BT-31, BG-4) nor a rule (as BR-CO-15); 'einvoice rules show cen-ubl' lists rules")
    return _rule(found)


def _rules(artefact: str, name: str) -> Iterator[Published]:
    return (rule for rule in official.assertions(artefact) if rule.id.upper() == name.upper())


def _term(name: str) -> Iterator[str]:
    row = terms.BY_ID[name]
    yield f"{name} {terms.NAMES[name]}"
    if row.attribute:
        kind = row.type.name if isinstance(row, terms.Term) else "group"
        yield f"  {kind}, {row.card}; in the model: {terms.PATH_OF[row.id]}"
    for dialect, label in SHOWN_DIALECTS.items():
        for route in _places(dialect, name):
            yield f"  {label}: {route.xpath}"
    if isinstance(row, terms.Group):
        yield f"  holds {', '.join(f'{inner.id} {inner.name}' for inner in row.rows)}"


def _places(dialect: str, name: str) -> tuple[Route, ...]:
    return routes(plan(dialect), name)


def _rule(found: list[tuple[str, Published]]) -> Iterator[str]:
    yield found[0][1].id
    about = dict.fromkeys(term for _, rule in found for term in terms_in(rule.message))
    yield from (f"  about {term} {terms.NAMES[term]}" for term in about)
    for artefact, rule in found:
        yield f"  {artefact} {official.artefact(artefact).version}, {rule.flag}: {rule.message}"
        yield f"    at   {rule.context}"
        yield f"    test {' '.join(rule.test.split())}"


def in_document(term: str, document: Document) -> Iterator[str]:
    """Lines that say what a document has at a term."""
    xml = Map(plan(document.dialect), document.root)
    spots = list(xml.all(term.upper()))
    if not spots:
        yield f"{document.name} has no {term.upper()}"
    for spot in spots:
        text = (spot.element.text or "").strip() if len(spot.element) == 0 else "(group)"
        yield f"line {spot.element.sourceline}: {spot.path} = {text}"


def in_report(rule: str, report: Report) -> Iterator[str]:
    """Lines that say what a rule found in a document."""
    findings = [f for f in report.findings if f.rule.upper() == rule.upper()]
    if not findings:
        yield f"{report.source.name}: {rule} found nothing ({report.verdict.value})"
    for finding in findings:
        found = f", found {finding.found!r}" if finding.found is not None else ""
        yield f"line {finding.line}: {finding.location}{found}"
