"""Completed drafts never break an arithmetic rule of the official artefacts, in either syntax."""

from __future__ import annotations

import datetime
import json
import os
import re
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import einvoice
from einvoice import templates
from einvoice.exchange import to_json
from einvoice.model import Invoice
from tests import command

if TYPE_CHECKING:
    from pathlib import Path

DRAFTS = int(os.environ.get("EINVOICE_DRAFTS", "60"))
"""`make fuzz-drafts DRAFTS=20000` runs this file with more"""
ARITHMETIC = re.compile(r"BR-CO-1[0-7]|BR-DEC-\d+|BR-[A-Z]{1,2}-0[89]|PEPPOL-EN16931-R(120|040|046)")
HOME = {"line1": "Weg 1", "city": "Berlin", "post_code": "10115", "country_code": "DE"}
PARTY = {"name": "A GmbH", "vat_identifier": "DE123456788", "address": HOME, "electronic_address": {"value": "a@b.de", "scheme": "EM"}}
RATES = st.sampled_from([("S", "19"), ("S", "7"), ("S", "5.5"), ("Z", "0"), ("E", "0"), ("AE", "0"), ("K", "0"), ("G", "0")])
AMOUNT = st.decimals(min_value=0, max_value=99999, places=2)
PERCENT = st.decimals(min_value=0, max_value=50, places=2)


@st.composite
def entries(draw: st.DrawFn, *, vat: tuple[str, str] | None = None) -> dict[str, Any]:
    """An allowance or charge: an amount, or per cent of something."""
    entry: dict[str, Any] = {"reason": "because"}
    if draw(st.booleans()):
        entry["amount"] = draw(AMOUNT)
    else:
        entry["percentage"] = draw(PERCENT)
    if vat is not None:
        entry |= {"vat_category_code": vat[0], "vat_rate": vat[1]}
    return entry


@st.composite
def lines(draw: st.DrawFn, vats: list[tuple[str, str]]) -> dict[str, Any]:
    category, rate = draw(st.sampled_from(vats))
    price: dict[str, Any] = {"net": draw(st.decimals(min_value=0, max_value=9999, places=draw(st.integers(0, 5))))}
    if draw(st.booleans()):
        price["base_quantity"] = {"value": draw(st.sampled_from(["1", "10", "100", "1000"]))}
    return {
        "quantity": {"value": draw(st.decimals(min_value=-999, max_value=9999, places=draw(st.integers(0, 3)))), "unit": "C62"},
        "price": price,
        "vat": {"category_code": category, "rate": rate},
        "item": {"name": "thing"},
        "allowances": draw(st.lists(entries(), max_size=2)),
        "charges": draw(st.lists(entries(), max_size=1)),
    }


@st.composite
def drafts(draw: st.DrawFn) -> Invoice:
    vats = draw(st.lists(RATES, min_size=1, max_size=4, unique=True))
    return Invoice.model_validate(
        {
            "number": "1", "issue_date": datetime.date(2026, 1, 31), "type_code": "380", "currency_code": draw(st.sampled_from(["EUR", "HUF", "JPY"])),
            "due_date": datetime.date(2026, 2, 28), "buyer_reference": "x", "process_control": {"specification": "urn:cen.eu:en16931:2017"},
            "seller": PARTY, "buyer": PARTY, "lines": draw(st.lists(lines(vats), min_size=1, max_size=6)),
            "delivery": {"date": datetime.date(2026, 1, 30), "address": {**HOME, "country_code": "FR"}},
            "allowances": draw(st.lists(entries(vat=vats[0]), max_size=2)), "charges": draw(st.lists(entries(vat=vats[-1]), max_size=2)),
            "totals": {"paid": draw(AMOUNT)} if draw(st.booleans()) else {},
            "vat_breakdown": [{"category_code": "E", "rate": "0", "exemption_reason": "because"}],
        }
    )  # fmt: skip


@settings(max_examples=DRAFTS)
@given(draft=drafts(), syntax=st.sampled_from(einvoice.Syntax))
def test_completed_drafts_keep_the_arithmetic(draft: Invoice, syntax: einvoice.Syntax) -> None:
    invoice = einvoice.complete(draft)
    report = einvoice.validate(einvoice.write(invoice, syntax))
    assert report.scenario is not None
    wrong = [(f.rule, f.found, f.expected, f.location) for f in report.findings if ARITHMETIC.fullmatch(f.rule) or f.layer == "xsd"]
    assert wrong == []
    assert einvoice.complete(invoice) == invoice


def test_what_is_given_stays_unless_it_is_to_be_recomputed() -> None:
    invoice = einvoice.read("fixtures/broken/wrong-total-with-vat-cii.xml").invoice
    assert einvoice.complete(invoice) == invoice
    again = einvoice.complete(invoice, recompute=True)
    assert again.totals is not None
    assert (again.totals.with_vat, again.totals.due) == (Decimal("1381.59"), Decimal("1381.59"))


@pytest.mark.parametrize(
    "fixture", ["b2b-ubl", "two-rates-cii", "reverse-charge-ubl", "allowances-charges-cii", "prepaid-ubl", "intra-community-cii"]
)
def test_fixtures_without_their_sums_come_back(fixture: str) -> None:
    invoice = einvoice.read(f"fixtures/{fixture}.xml").invoice
    bare = invoice.model_copy(
        update={
            "lines": tuple(line.model_copy(update={"net_amount": None}) for line in invoice.lines),
            "totals": invoice.totals.model_copy(update=dict.fromkeys(("lines", "allowances", "charges", "without_vat", "vat", "with_vat", "due"))) if invoice.totals else None,
            "vat_breakdown": tuple(part.model_copy(update={"taxable_amount": None, "tax_amount": None}) for part in invoice.vat_breakdown),
        }
    )  # fmt: skip
    assert einvoice.complete(bare) == invoice


def test_what_is_blank_in_a_draft_is_absent() -> None:
    """As a form sends it; as it is given, it stays."""
    draft = re.sub(r"\s*//.*", "", templates.template("b2b", today=datetime.date(2026, 3, 9)))
    blank = {**json.loads(draft), "contract_reference": "", "payment_terms": " ", "notes": [{"text": ""}], "delivery": {"date": ""}}
    made = [
        command.einvoice("create", "-", "--to", "xrechnung-cii", *options, stdin=json.dumps(blank).encode())
        for options in ((), ("--as-given",))
    ]
    assert made[0].code == 0, made[0].err
    assert einvoice.read(made[0].out.encode()).invoice.contract_reference is None
    assert "delivery.date (BT-72 Actual delivery date): '' is no date" in made[1].err


def test_create_complete_on_the_command_line(tmp_path: Path) -> None:
    invoice = einvoice.read("fixtures/b2b-cii.xml").invoice
    (tmp_path / "draft.json").write_text(to_json(invoice.model_copy(update={"totals": None, "vat_breakdown": ()})), "utf-8")
    made = command.einvoice(
        "create", str(tmp_path / "draft.json"), "--to", "zugferd", "--profile", "xrechnung", "--complete", "-o", str(tmp_path / "a.pdf")
    )
    assert (made.code, made.err) == (0, "")
    assert command.einvoice("validate", str(tmp_path / "a.pdf")).code == 0


@pytest.mark.parametrize(
    ("terms", "more", "due"),
    [
        ("Zahlbar innerhalb von 30 Tagen ohne Abzug.", {}, "2026-12-27"),
        ("2 % Skonto innerhalb von 10 Tagen, 30 Tage netto\n#SKONTO#TAGE=10#PROZENT=2.00#\n", {}, "2026-12-27"),
        ("Net 14", {}, "2026-12-11"),
        ("Paiement à 45 jours", {}, "2027-01-11"),
        ("30 days net from the end of the month", {}, None),
        ("14 Tage nach Erhalt der Ware", {}, None),
        ("7 Tage netto, bei Neukunden 30 Tage netto", {}, None),
        ("30 Tage netto", {"type_code": "381"}, None),
        ("30 Tage netto", {"due_date": "2026-12-01"}, "2026-12-01"),
        ("30 Tage netto", {"issue_date": None}, None),
    ],
)
def test_a_due_date_follows_from_terms_that_say_it_plainly(terms: str, more: dict[str, Any], due: str | None) -> None:
    draft = Invoice.model_validate({"issue_date": "2026-11-27", "payment_terms": terms, **more})
    found = einvoice.complete(draft).due_date
    assert (found and found.isoformat()) == due
