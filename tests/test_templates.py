"""Every template becomes an invoice without a finding of severity error, in every profile and syntax that can hold it."""

from __future__ import annotations

import datetime
import re
from typing import TYPE_CHECKING

import pytest

import einvoice
from einvoice import hybrids, templates
from einvoice.exchange import from_json
from einvoice.making import created
from tests import command

if TYPE_CHECKING:
    from pathlib import Path

TODAY = datetime.date(2026, 3, 9)
CVD = "clean-vehicles"
"""a template for one scenario: no other knows its codes"""
TEMPLATES = tuple(name for name in templates.names() if name != CVD)
HOLDS_LITTLE = ("minimum", "basicwl", "basic")
WARNED = {
    "basicwl": r"BR-HYBRID-DE-01",  # no invoice in Germany
}


def draft(name: str) -> einvoice.Invoice:
    return einvoice.complete(from_json(templates.template(name, today=TODAY, language="de")))


def test_there_are_templates() -> None:
    assert len(TEMPLATES) == 16


@pytest.mark.parametrize("syntax", einvoice.Syntax)
@pytest.mark.parametrize("pdf", [False, True])
def test_clean_vehicles_are_a_valid_cvd(syntax: einvoice.Syntax, *, pdf: bool) -> None:
    written = einvoice.create_pdf(draft(CVD), profile="xrechnung") if pdf else einvoice.write(draft(CVD), syntax)
    report = einvoice.validate(written)
    assert report.document is not None
    assert (report.document.profile, report.verdict.value, report.recommendation) == ("xrechnung-3.0-cvd", "valid", "accept")
    assert [(f.rule, f.severity) for f in report.findings] == [("BR-CL-13", "information")]  # KoSIT lowers it: CVD is no list of UNTDID


@pytest.mark.parametrize("name", TEMPLATES)
@pytest.mark.parametrize("syntax", einvoice.Syntax)
@pytest.mark.parametrize("profile", ["xrechnung", "en16931"])
def test_templates_as_xml(name: str, syntax: einvoice.Syntax, profile: str) -> None:
    report = einvoice.validate(
        einvoice.write(hybrids.with_specification(draft(name), hybrids.scenario_of(profile).specifications[0]), syntax)
    )
    assert [(f.rule, f.message) for f in report.findings] == []
    assert (report.verdict.value, report.recommendation) == ("valid", "accept")


@pytest.mark.parametrize("name", TEMPLATES)
def test_templates_for_peppol_are_valid_by_the_norm_and_not_said_to_be_more(name: str) -> None:
    made = created(draft(name), "peppol-bis")
    judged = (einvoice.validate(made.data, rules="en16931").verdict.value, einvoice.validate(made.data).verdict.value)
    assert (judged, made.lacks) == (("valid", "unchecked"), ())


@pytest.mark.parametrize("profile", hybrids.PROFILES)
@pytest.mark.parametrize("name", TEMPLATES)
def test_templates_as_pdf(name: str, profile: str) -> None:
    made = hybrids.made_pdf(draft(name), profile=profile, drop=profile in HOLDS_LITTLE)
    report = einvoice.validate(made.data)
    told = [(f.rule, f.severity) for f in report.findings if f.severity != "information"]
    assert [found for found in told if found[1] != "warning" or not re.fullmatch(WARNED.get(profile, ""), found[0])] == []
    assert report.verdict.value == "valid"


def test_a_draft_with_a_mistake_is_told_by_line_or_term() -> None:
    text = templates.template("b2b", today=TODAY)
    for wrong, told in (
        (text.replace('"95.00"', '"95,00"'), "lines[0].price.net (BT-146 Item net price): '95,00' is no decimal number"),
        (text.replace('"buyer": {', '"buyers": {'), "did you mean buyer (BG-7 Buyer)?"),
        (text.replace('"type_code": "380",', '"type_code": "380"'), "line 6"),
    ):
        with pytest.raises(einvoice.errors.InvoiceJsonError) as caught:
            from_json(wrong)
        assert told in str(caught.value)


def test_what_a_new_user_does(tmp_path: Path) -> None:
    listed = command.einvoice("template")
    assert [line.split()[0] for line in listed.out.splitlines()] == list(templates.names())
    assert command.einvoice("template", "b2g", "-o", str(tmp_path / "i.json")).code == 0
    assert command.einvoice("create", str(tmp_path / "i.json"), "--to", "zugferd", "-o", str(tmp_path / "i.pdf")).code == 0
    assert command.einvoice("validate", str(tmp_path / "i.pdf")).code == 0
    wrong = command.einvoice("template", "b2c")
    assert (wrong.code, "there is no such template" in wrong.err) == (2, True)


@pytest.mark.parametrize("profile", hybrids.PROFILES)
def test_what_a_schema_allows_and_the_rules_do_not_use_is_left_out(profile: str) -> None:
    invoice = einvoice.read("fixtures/b2b-cii.xml").invoice
    assert invoice.buyer is not None
    buyer = invoice.buyer.model_copy(update={"trading_name": "Elbtal"})
    made = hybrids.profile_xml(invoice.model_copy(update={"buyer": buyer, "purchase_order_date": datetime.date(2026, 2, 20)}), profile)
    assert einvoice.validate(made.xml, rules=hybrids.scenario_of(profile).id).verdict.value == "valid"
    assert ("BT-X-147" in {loss.term for loss in made.losses}) is (profile != "extended")
    assert ("BT-45" in {loss.term for loss in made.losses}) is (profile in {"minimum", "basicwl", "basic"})
