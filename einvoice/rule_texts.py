"""What a rule wants, in our words, in English, German or French: sentences of `rule_texts.toml` with the terms' names in them."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from einvoice.languages import LANGUAGES
from einvoice.term_names import TRANSLATED, name_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from einvoice.languages import Language

_TERM = re.compile(r"\b(?:BT|BG)-(?:DEX-)?\d+(?:-\d+)?")
_CHILD = re.compile(r"[a-z]+:\w+")
_OWN_NAME = re.compile(r"^\s*\[[^\]]*\]\s*-?\s*")
_OF_VAT = re.compile(r"BR-([A-Z]{1,2})-(\d\d)$")
_CLAUSE = re.compile(r"(6(?:\.\d+)+)-")
_NAME_OF_CODE = re.compile(r"[\w.-]*(?::|[a-z][A-Z])")
"""cbc:ID, schemeID: written as they are"""
_VAT_FORM = {1: 0, 2: 1, 3: 1, 4: 1, 5: 2, 6: 2, 7: 2, 8: 3, 9: 4, 10: 5}
_VAT_PLACE = {2: "BG-25", 3: "BG-20", 4: "BG-21", 5: "BT-152", 6: "BT-96", 7: "BT-103"}


def explanation(rule: str, official_text: str, language: Language) -> str | None:
    """What a rule wants, for people; None for one that we say nothing of.

    `official_text` is what the rule says itself, in English: many rules say the same of different elements.

    >>> explanation("BR-02", "", "de")
    'Rechnungsnummer (BT-1) fehlt.'
    >>> explanation("UBL-CR-003", "[UBL-CR-003]-A UBL invoice should not include the ProfileExecutionID", "fr")
    "ProfileExecutionID n'a pas sa place dans une facture EN 16931 ; à supprimer."
    """
    free: dict[str, str] = _table()["free"].get(rule, {})
    if language in free:
        return free[language]
    found = _form_of(rule, official_text, language)
    if found is None:
        return None
    form, places = found
    return sentence(form, places, language)


def sentence(form: str, places: Sequence[str], language: Language) -> str:
    """A form of the table with its places filled.

    >>> sentence("missing", ["BT-1"], "en")
    'Invoice number (BT-1) is missing.'
    """
    text: str = _table()["forms"][form][language]
    said = text.format(*(_named(place, language) for place in places))
    return said if _NAME_OF_CODE.match(said) else said[0].upper() + said[1:]


def subject(rule: str) -> str | None:
    """The term that a rule is about, where the table says so: of a missing child the child, not the group that the rule stands on.

    >>> subject("BR-09"), subject("BR-S-05"), subject("UBL-CR-003")
    ('BT-40', 'BT-152', None)
    """
    about = _about(rule).partition(" + ")[0]
    return about if _TERM.fullmatch(about) and about in TRANSLATED else None


def about_child(rule: str) -> tuple[str, ...]:
    """The child of its node that a rule is about, where the table says that and no term.

    >>> about_child("CII-DT-037"), about_child("BR-09")
    (('ram:TypeCode',), ())
    """
    about = _about(rule)
    return (about,) if _CHILD.fullmatch(about) else ()


@cache
def _about(rule: str) -> str:
    """What stands in the place of a rule's sentence that it is about."""
    found = _form_of(rule, "", "en")
    return found[1][_table()["forms"][found[0]].get("about", 0)] if found is not None else ""


@cache
def _table() -> dict[str, Any]:
    return tomllib.loads(files("einvoice").joinpath("rule_texts.toml").read_text("utf-8"))


def _form_of(rule: str, official_text: str, language: Language) -> tuple[str, list[str]] | None:
    stated = _table()["rules"].get(rule)
    if stated:
        return stated[0], stated[1:]
    clause = _CLAUSE.match(rule)
    if clause:
        return "pdfa", [_chapter(clause[1], language)]
    of_vat = _OF_VAT.fullmatch(rule)
    if of_vat and of_vat[1] in _table()["vat"] and int(of_vat[2]) in _VAT_FORM:
        return _of_vat(of_vat[1], int(of_vat[2]), language)
    text = _OWN_NAME.sub("", " ".join(official_text.split())).rstrip(". ")
    for pattern, form in _patterns():
        match = pattern.fullmatch(text)
        if match:
            return form, [match[1]]
    return None


def _chapter(clause: str, language: Language) -> str:
    """The nearest chapter of PDF/A that has a name."""
    chapters = _table()["pdfa"]
    while clause not in chapters:
        clause = clause.rpartition(".")[0]
    name: str = chapters[clause]["names"][LANGUAGES.index(language)]
    return name


def _of_vat(category: str, number: int, language: Language) -> tuple[str, list[str]]:
    entry = _table()["vat"][category]
    return entry["forms"][_VAT_FORM[number]], [entry["names"][LANGUAGES.index(language)], _VAT_PLACE.get(number, "")]


@cache
def _patterns() -> list[tuple[re.Pattern[str], str]]:
    return [(re.compile(entry["text"]), entry["form"]) for entry in _table()["patterns"]]


def _named(place: str, language: Language) -> str:
    """A single term with its name; of several, and in formulas, only the ids."""
    if _TERM.fullmatch(place) and (place in TRANSLATED):
        return f"{name_of(place, language)} ({place})"
    return place
