"""Third party payments (BG-DEX-09): the same is due and the document stays valid, however the rules count them."""

from __future__ import annotations

from typing import Any

import pytest

import einvoice
from einvoice.exchange import from_object
from einvoice.fates import loss_report
from einvoice.making import converted, created
from einvoice.profiles import EXTENDED, EXTENSION
from einvoice.third_parties import reckoned

OTHERS = [{"type": "Parking", "amount": "19.96", "description": "Garage A"}, {"type": "Parking", "amount": "10", "description": "Garage B"}]


@pytest.fixture(params=[None, "100.00"])
def draft(request: pytest.FixtureRequest) -> einvoice.Invoice:
    """With nothing and with something paid already."""
    fixture: dict[str, Any] = einvoice.read("fixtures/b2g-cii.xml").invoice.model_dump(
        exclude={"totals": True, "process_control": {"specification"}}
    )
    return from_object(fixture | {"third_party_payments": OTHERS, "totals": {"paid": request.param}}, "draft")


@pytest.fixture
def document(draft: einvoice.Invoice) -> einvoice.Document:
    """In UBL."""
    return einvoice.open(created(draft, "xrechnung-ubl").data)


def totals(data: bytes) -> Any:
    found = einvoice.read(data).invoice.totals
    assert found is not None
    return found


def test_extension_adds_them_to_what_is_due(document: einvoice.Document) -> None:
    sums = totals(document.data)
    assert document.specifications == (EXTENSION,)
    assert sums.due == sums.with_vat - (sums.paid or 0) + einvoice.read(document).invoice.third_party_payments[0].amount + 10
    assert einvoice.validate(document).verdict == "valid"


def test_in_cii_that_much_less_is_paid(document: einvoice.Document) -> None:
    conversion = einvoice.convert(document, to="cii")
    before, after = totals(document.data), totals(conversion.data)
    assert einvoice.validate(conversion.data).verdict == "valid"
    assert (after.due, after.due) == (before.due, after.with_vat - after.paid)
    assert [(change.what, change.text) for change in conversion.changes] == [("BT-113 Paid amount", str(after.paid))]


def test_extended_counts_them_as_the_extension_does(document: einvoice.Document) -> None:
    conversion = converted(document, "zugferd", profile="extended")
    hybrid = einvoice.open(conversion.data)
    assert (hybrid.specifications, conversion.changes) == ((EXTENDED,), ())
    assert einvoice.validate(hybrid).verdict == "valid"
    assert totals(hybrid.data) == totals(document.data)


def test_there_and_back(document: einvoice.Document) -> None:
    back = einvoice.convert(einvoice.convert(document, to="cii").data, to="ubl")
    assert totals(back.data) == totals(document.data)


def test_json_counts_them_whatever_it_was_made_of(document: einvoice.Document) -> None:
    cii = einvoice.convert(document, to="cii").data
    assert einvoice.from_json(einvoice.convert(cii, to="json").data).totals == einvoice.read(document).invoice.totals


def test_sums_that_are_wrong_already_stay(document: einvoice.Document) -> None:
    invoice = einvoice.read(document).invoice
    wrong = invoice.model_copy(update={"totals": totals(document.data).model_copy(update={"due": 1})})
    assert [reckoned(wrong, counted=counted).changes for counted in (True, False)] == [(), ()]


def test_the_report_says_what_was_changed_or_added(document: einvoice.Document) -> None:
    paid = totals(document.data).paid
    report = loss_report(document, einvoice.convert(document, to="cii"), "cii")
    told = [fate for fate in report["fates"] if fate.get("path") == "totals.paid" and "/@" not in fate["location"]]
    assert ([fate["kind"] for fate in told], len(report["added"])) == ((["changed"], 0) if paid else ([], 1))
    assert "(BR-CO-16)" in [*told, *report["added"]][0]["reason"]
