"""ZUGFeRD 1.0: never judged, but read and converted like an invoice of today."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

import einvoice
from einvoice.fates import KINDS, UNEXPLAINED, counted, fates
from einvoice.making import converted
from tests.command import einvoice as command

if TYPE_CHECKING:
    from pathlib import Path

    from lxml import etree

COMFORT = "tests/cases/zugferd-1/comfort.xml"
TWIN = "fixtures/b2b-cii.xml"
"""the same invoice in CII D16B"""
READ = 22
SUMS = {"lines": "LineTotalAmount", "without_vat": "TaxBasisTotalAmount", "with_vat": "GrandTotalAmount", "due": "DuePayableAmount"}


def test_it_says_what_its_twin_says() -> None:
    reading, twin = einvoice.read(COMFORT), einvoice.read(TWIN)
    assert reading.unmapped == ()
    told, expected = (invoice.model_dump(exclude={"process_control"}) for invoice in (reading.invoice, twin.invoice))
    differing = {name for name in told if told[name] != expected[name]}
    assert differing == {"purchase_order_date"}  # only the old one has it
    assert str(reading.invoice.purchase_order_date) == "2026-02-20"


def test_it_is_unchecked_and_becomes_a_valid_invoice() -> None:
    judged = command("validate", COMFORT)
    assert judged.code == 4
    assert "ZUGFeRD 1.0" in judged.out
    assert "einvoice convert" in judged.out
    for to in ("ubl", "cii", "zugferd"):
        report = einvoice.validate(converted(einvoice.open(COMFORT), to).data)
        assert (to, report.verdict.value) == (to, "valid")


@pytest.fixture(scope="module")
def hybrids(corpora: Path) -> list[einvoice.Document]:
    opened = [einvoice.open(path) for path in sorted((corpora / "pdf/ZUGFeRDv1").rglob("*.pdf"))]
    return [document for document in opened if document.is_zugferd_1]


def test_the_sums_of_all_hybrids_are_read(hybrids: list[einvoice.Document]) -> None:
    assert len(hybrids) == READ
    for document in hybrids:
        totals = einvoice.read(document).invoice.totals
        assert totals is not None
        for attribute, name in SUMS.items():
            text = document.root.xpath(f"string(//*[local-name()='ApplicableSupplyChainTradeSettlement']/*/*[local-name()='{name}'])")
            assert getattr(totals, attribute) == (Decimal(text) if text else None), (document.name, name)


@pytest.mark.parametrize("to", ["ubl", "cii", "json"])
def test_every_leaf_of_all_hybrids_is_accounted_for(hybrids: list[einvoice.Document], to: str) -> None:
    for document in hybrids:
        found = fates(document, converted(document, to), to)
        assert sum(counted(found)[kind] for kind in KINDS) == leaves(document.root), document.name
        assert [fate.location for fate in found if fate.reason == UNEXPLAINED] == [], document.name


def leaves(root: etree._Element) -> int:
    """Counted without the reader: texts of elements without children, and attributes without a namespace."""
    texts = root.xpath("count(//*[not(*)][normalize-space()])")
    return int(texts + root.xpath("count(//@*[namespace-uri()=''])"))
