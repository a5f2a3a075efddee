"""Every rule of EN 16931 and XRechnung, and our own, says what it wants in English, German and French."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

import einvoice
from einvoice import official, profiles
from einvoice.check.placing import language_of
from einvoice.languages import LANGUAGES
from einvoice.pdf.pdfa.clauses import CLAUSES
from einvoice.rule_texts import _table, explanation
from einvoice.term_names import TRANSLATED


def rules(*, factur_x: bool = False) -> dict[tuple[str, str], str]:
    """(rule, language of its text) -> the text; those of Factur-X are not all explained."""
    found = {}
    for scenario in profiles.SCENARIOS:
        for name, rule, _, _, message in official.compiled(scenario.rules)["asserts"]:
            if factur_x or not name.startswith("fx"):
                text = "".join(part if part is not None else "…" for part in message)
                found[rule, language_of(text)] = text
    return found


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_rule_is_without_words_in_a_language(language: str) -> None:
    missing = [rule for (rule, own), text in rules().items() if own != language and explanation(rule, text, language) is None]
    assert missing == []
    assert len(rules()) > 1600


def test_the_sentences_are_whole() -> None:
    for (rule, _), text in rules().items():
        for language in LANGUAGES:
            said = explanation(rule, text, language)
            if said is not None:
                assert said[0].isupper() or said[0] in "@/" or re.match(r"[\w.-]*(?::|[a-z][A-Z])", said), said
                assert said.endswith("."), said
                assert not re.search(r"\{\d\}|\(\)|  ", said), said


def test_every_form_and_rule_of_the_table_is_used_and_speaks_three_languages() -> None:
    table = _table()
    used = Counter(stated[0] for stated in table["rules"].values())
    used.update(form for entry in table["vat"].values() for form in entry["forms"])
    used.update(entry["form"] for entry in table["patterns"])
    used.update("misplaced absent-element no-attribute bad-value bad-number bad-date bad-truth pdfa".split())  # of schemas, of PDF/A
    assert set(table["forms"]) == set(used)
    assert all(set(sentence) - {"about"} == set(LANGUAGES) for sentence in table["forms"].values())
    known = {rule for rule, _ in rules(factur_x=True)} | ours()
    assert {rule for rule in (*table["rules"], *table["free"]) if rule not in known} == set()


def ours() -> set[str]:
    """The rules that no stylesheet has: those of the PDF, of check digits, and notices."""
    texts = "".join(
        Path(f"einvoice/{name}.py").read_text("utf-8") for name in ("document", "pdf/hybrid_rules", "check/digits", "check/container")
    )
    return set(re.findall(r'"((?:BR-HYBRID|HYBRID|ADV|XML)-[A-Z0-9-]+)"', texts))


@pytest.mark.parametrize("language", LANGUAGES)
def test_our_own_rules_and_the_clauses_of_pdfa_speak_it_too(language: str) -> None:
    assert {rule for rule in (*ours(), *CLAUSES) if explanation(rule, "", language) is None} == set()
    assert len(ours()) > 18


def test_the_terms_of_the_table_are_terms() -> None:
    places = " ".join(place for stated in _table()["rules"].values() for place in stated[1:])
    named = set(re.findall(r"\b(?:BT|BG)-\d+(?:-\d+)?", places))
    assert len(named) > 100
    assert named - set(TRANSLATED) == set()


def test_a_report_has_them_where_the_official_text_is_of_another_language() -> None:
    broken = "fixtures/broken/no-buyer-reference-ubl.xml"
    said = {language: einvoice.validate(broken, language=language).findings[0] for language in LANGUAGES}
    assert all(finding.message.startswith("[BR-DE-15] Das Element") and finding.official for finding in said.values())
    assert said["de"].explanation is None  # the official text is German
    assert said["en"].explanation == "Buyer reference (BT-10) is missing."
    assert said["fr"].explanation == "Référence de l'acheteur (BT-10) manque."
