"""Code lists: the codes are the official rules', the labels are of codes that there are, in all languages."""

from __future__ import annotations

import tomllib
from importlib.resources import files

import pytest

from einvoice import code_lists, official
from einvoice.terms import NAMES
from tests import command

LABELLED = tomllib.loads(files("einvoice").joinpath("code_labels.toml").read_text("utf-8"))


@pytest.mark.parametrize("one", code_lists.LISTS)
def test_every_list_has_codes_and_terms_of_the_norm(one: code_lists.CodeList) -> None:
    assert len(code_lists.codes(one.name)) >= 10
    assert [term for term in one.terms if term not in NAMES] == []


@pytest.mark.parametrize("name", LABELLED)
def test_labels_are_of_codes_that_the_rules_allow(name: str) -> None:
    allowed = {code.code for code in code_lists.codes(name)}
    assert [code for code in LABELLED[name] if code not in allowed] == []
    assert [code for code, labels in LABELLED[name].items() if len(labels) != 3 or not all(labels)] == []


WHOLE = "country currency vat-category vatex invoice-type payment-means allowance-reason charge-reason"


@pytest.mark.parametrize("name", WHOLE.split())
def test_every_code_of_the_shorter_lists_has_labels(name: str) -> None:
    assert [code.code for code in code_lists.codes(name) if len(code.labels) != 3] == []


def test_countries_and_currencies_speak_all_languages() -> None:
    assert {code.code: code.labels for code in code_lists.codes("country")}["DE"] == ("Deutschland", "Germany", "Allemagne")
    assert {code.code: code.labels for code in code_lists.codes("currency")}["CHF"][0] == "Schweizer Franken"


@pytest.mark.parametrize(
    ("arguments", "first"),
    [
        (("unit", "Stück"), "C62"),
        (("unit", "heure"), "HUR"),
        (("BT-130", "kg"), "KGM"),
        (("country", "Osterreich"), "AT"),
        (("vatex", "ausfuhr"), "VATEX-EU-G"),
    ],
)
def test_a_text_finds_its_code(arguments: tuple[str, ...], first: str) -> None:
    assert command.einvoice("codes", *arguments).out.split()[0] == first


@pytest.mark.parametrize(
    ("arguments", "told"),
    [(("units",), "there are unit, country"), (("unit", "Quux"), "no code of unit is so named"), (("BT-1",), "no such code list")],
)
def test_wrong_names_are_told(arguments: tuple[str, ...], told: str) -> None:
    ended = command.einvoice("codes", *arguments)
    assert (ended.code, told in ended.err) == (2, True)


def test_the_overview_says_how_many_codes_there_are_and_of_which_rules() -> None:
    lines = command.einvoice("codes").out.splitlines()
    assert [line.split()[:2] for line in lines if line.startswith("vat-category")] == [["vat-category", "10"]]
    assert lines[-1] == f"as in EN 16931 rules for UBL {official.artefact('cen-ubl').version}, in force since 2026-05-15"
