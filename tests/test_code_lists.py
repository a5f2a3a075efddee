"""Code lists: the codes are the official rules', the labels are of codes that there are, in all languages."""

from __future__ import annotations

import tomllib
from importlib.resources import files
from typing import TYPE_CHECKING

import pytest

from einvoice import code_lists, official
from einvoice.terms import NAMES
from tests import command

if TYPE_CHECKING:
    from pathlib import Path

TABLES = sorted(table for table in files("einvoice").joinpath("code_labels").iterdir() if table.name.endswith(".toml"))


@pytest.mark.parametrize("one", code_lists.LISTS)
def test_every_list_has_codes_and_terms_of_the_norm(one: code_lists.CodeList) -> None:
    assert len(code_lists.codes(one.name)) >= 10
    assert [term for term in one.terms if term not in NAMES] == []


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_labels_are_of_codes_that_the_rules_allow(table: Path) -> None:
    name = table.name.removesuffix(".toml")
    allowed = {code.code for one in ((name, "icd") if name == "eas" else (name,)) for code in code_lists.codes(one)}
    labelled = tomllib.loads(table.read_text("utf-8"))
    assert [code for code in labelled if code not in allowed] == []


def test_a_short_name_is_of_one_code_that_there_is() -> None:
    for name, table in tomllib.loads(files("einvoice").joinpath("short_names.toml").read_text("utf-8")).items():
        assert table.keys() <= {code.code for code in code_lists.codes(name)}
        forms = [form.casefold() for forms in table.values() for form in forms.split()]
        assert len(forms) == len(set(forms))


UNNAMED = {"icd": 22, "eas": 4}
"""codes that are newer than the lists of names that can be had"""


@pytest.mark.parametrize("one", code_lists.LISTS, ids=lambda one: one.name)
def test_every_code_has_labels(one: code_lists.CodeList) -> None:
    codes = code_lists.codes(one.name)
    assert [code.code for code in codes if code.labels and (len(code.labels) != 3 or not all(code.labels))] == []
    assert sum(not code.labels for code in codes) == UNNAMED.get(one.name, 0)


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
        (("unit", "Holzpalette"), "XO7"),
        (("unit", "gram per cubic centimetre"), "23"),
        (("note-subject", "Lieferbedingungen"), "AAR"),
        (("item-classification", "UNSPSC"), "TST"),
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
