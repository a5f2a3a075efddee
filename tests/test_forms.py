"""Numbers and dates as people write them: the report says what should stand there instead."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

import einvoice

if TYPE_CHECKING:
    from pathlib import Path

UBL, CII = "b2b-ubl.xml", "b2b-cii.xml"
TOTAL, DUE = ">1161.00</cbc:TaxExclusiveAmount>", "<cbc:DueDate>2026-04-08<"
VAT_ID = ">DE287654324<"
#   fixture, what stands there, with what it is replaced -> the term, what should stand there
WRITTEN = {
    "comma": (UBL, "1161.00", "1161,00", TOTAL, "BT-109", "1161.00"),
    "marks of thousands": (UBL, "1161.00", "1.161,00", TOTAL, "BT-109", "1161.00"),
    "marks in English": (UBL, "1161.00", "1,161.00", TOTAL, "BT-109", "1161.00"),
    "marks in Swiss": (UBL, "1161.00", "1\u2019161.00", TOTAL, "BT-109", "1161.00"),
    "currency": (UBL, "1161.00", "1.161,00 \N{EURO SIGN}", TOTAL, "BT-109", "1161.00"),
    "more decimals": (UBL, "1161.00", "1161.0001", TOTAL, "BT-109", "1161.00"),
    "comma that may be either": (UBL, "1161.00", "1,161", TOTAL, "BT-109", None),
    "no number": (UBL, "1161.00", "viel", TOTAL, "BT-109", None),
    "per cent": (UBL, "19", "19 %", "<cbc:Percent>19<", "BT-152", "19"),
    "comma in CII": (CII, "1381.59", "1381,59", "<ram:GrandTotalAmount>1381.59<", "BT-112", "1381.59"),
    "German date": (UBL, "2026-04-08", "8.4.2026", DUE, "BT-9", "2026-04-08"),
    "date of CII": (UBL, "2026-04-08", "20260408", DUE, "BT-9", "2026-04-08"),
    "date with a time": (UBL, "2026-04-08", "2026-04-08T00:00:00", DUE, "BT-9", "2026-04-08"),
    "no such day": (UBL, "2026-04-08", "2026-02-30", DUE, "BT-9", None),
    "German date in CII": (CII, "20260309", "09.03.2026", ">20260309<", "BT-2", "20260309"),
    "date of UBL in CII": (CII, "20260309", "2026-03-09", ">20260309<", "BT-2", "20260309"),
    "blank before an identifier": (CII, "DE", " DE", VAT_ID, "BT-31", "DE287654324"),
}


@pytest.mark.parametrize("name", WRITTEN)
def test_the_report_says_how_it_is_written(root: Path, name: str) -> None:
    fixture, old, new, place, term, expected = WRITTEN[name]
    text = (root / "fixtures" / fixture).read_text("utf-8")
    assert place in text
    report = einvoice.validate(text.replace(place, place.replace(old, new)).encode())
    about = [f for f in report.errors if f.terms and f.terms[0] == term]
    assert about
    assert {f.expected for f in about} == {expected}
    assert all(new in (f.found or "") for f in about)


NAMES = {
    "unit in UBL": (UBL, 'unitCode="HUR"', "Std.", "BR-CL-23", "HUR"),
    "unit in CII": (CII, 'unitCode="HUR"', "Stunden", "BR-CL-23", "HUR"),
    "country": (UBL, ">DE</cbc:IdentificationCode>", "Deutschland", "BR-CL-14", "DE"),
    "country in French": (CII, ">DE</ram:CountryID>", "Allemagne", "BR-CL-14", "DE"),
    "currency": (UBL, ">EUR</cbc:DocumentCurrencyCode>", "Euro", "BR-CL-04", "EUR"),
    "no name": (UBL, 'unitCode="HUR"', "Kram", "BR-CL-23", None),
}


@pytest.mark.parametrize("name", NAMES)
def test_a_code_is_found_by_its_name(root: Path, name: str) -> None:
    fixture, place, called, rule, code = NAMES[name]
    text = (root / "fixtures" / fixture).read_text("utf-8")
    assert place in text
    stated = "HUR" if "HUR" in place else place[1 : place.index("<")]
    report = einvoice.validate(text.replace(place, place.replace(stated, called)).encode())
    found = {(f.found, f.expected) for f in report.findings if f.rule == rule}
    assert found
    assert all(one[0] == called and (one[1] == code or code is None) for one in found), found


def test_a_code_of_a_factur_x_profile_is_found_by_its_name(root: Path) -> None:
    invoice = einvoice.read(root / "fixtures" / CII).invoice
    xml = einvoice.open(einvoice.create_pdf(invoice, profile="en16931")).xml
    assert b'unitCode="HUR"' in xml
    report = einvoice.validate(xml.replace(b'unitCode="HUR"', b'unitCode="Std"'))
    assert [(f.terms[0], f.found, f.expected) for f in report.errors] == [("BT-130", "Std", "HUR")]


def test_a_truth_is_written_in_english(root: Path) -> None:
    text = (root / "fixtures/allowances-charges-ubl.xml").read_text("utf-8")
    report = einvoice.validate(text.replace(">false</cbc:ChargeIndicator>", ">nein</cbc:ChargeIndicator>").encode())
    assert {(f.found, f.expected) for f in report.errors} == {("nein", "false")}
