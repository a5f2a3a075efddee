"""Credit notes, corrections, final invoices and Skonto: what is made of an invoice is judged valid."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

import einvoice
from einvoice import Skonto
from einvoice.errors import UsageError
from einvoice.skonto import from_terms, to_terms

if TYPE_CHECKING:
    from einvoice.model import Invoice

DAY = datetime.date(2026, 4, 1)
INVOICES = (
    "b2b-ubl",
    "b2g-cii",
    "two-rates-ubl",
    "allowances-charges-cii",
    "reverse-charge-ubl",
    "exempt-cii",
    "skonto-ubl",
    "prepaid-cii",
)


def invoice(name: str) -> Invoice:
    return einvoice.read(f"fixtures/{name}.xml").invoice


def valid(made: Invoice) -> None:
    for syntax in einvoice.Syntax:
        report = einvoice.validate(einvoice.write(made, syntax))
        assert [(f.rule, f.message) for f in report.errors] == []
        assert report.verdict is einvoice.Verdict.VALID


@pytest.mark.parametrize("name", INVOICES)
def test_credit_note_of_a_whole_invoice(name: str) -> None:
    before = invoice(name)
    note = einvoice.credit_note(before, number="G-1", issue_date=DAY)
    valid(note)
    assert before.totals is not None
    assert note.totals is not None
    assert (note.totals.with_vat, note.totals.due) == (before.totals.with_vat, before.totals.with_vat)


@pytest.mark.parametrize("name", INVOICES)
def test_credit_note_of_a_part(name: str) -> None:
    before = invoice(name)
    line = before.lines[0]
    assert line.identifier is not None
    note = einvoice.credit_note(before, number="G-1", issue_date=DAY, quantities={line.identifier: Decimal(1)})
    valid(note)
    assert [one.quantity.value for one in note.lines if one.quantity is not None] == [Decimal(1)]


def test_more_than_was_invoiced_cannot_be_credited() -> None:
    for quantities, told in (({"1": Decimal(10**6)}, "cannot be credited"), ({"77": Decimal(1)}, "the invoice has no such line; it has 1")):
        with pytest.raises(UsageError, match=told):
            einvoice.credit_note(invoice("b2b-ubl"), number="G-1", issue_date=DAY, quantities=quantities)


@pytest.mark.parametrize("name", INVOICES)
def test_correction(name: str) -> None:
    made = einvoice.correct(invoice(name), number="K-1", issue_date=DAY)
    valid(made)
    assert [(one.number, made.type_code) for one in made.preceding_invoices] == [(invoice(name).number, "384")]


def test_final_invoice_deducts_its_deposits() -> None:
    whole, deposit = invoice("two-rates-ubl"), invoice("exempt-cii")
    made = einvoice.final_invoice(whole, deposits=(deposit,))
    valid(made)
    assert whole.totals is not None and deposit.totals is not None and made.totals is not None  # noqa: PT018
    assert whole.totals.with_vat is not None and deposit.totals.with_vat is not None  # noqa: PT018
    assert made.totals.due == whole.totals.with_vat - deposit.totals.with_vat
    with pytest.raises(UsageError, match="is in HUF, the invoice in EUR"):
        einvoice.final_invoice(whole, deposits=(deposit.model_copy(update={"currency_code": "HUF"}),))


PERCENT = st.decimals(min_value=0, max_value=100, places=2)
BASE = st.none() | st.decimals(min_value=-99999, max_value=99999, places=2)
OFFERS = st.lists(st.builds(Skonto, st.integers(0, 365), PERCENT, BASE), min_size=1, max_size=3)
TEXT = st.text("abc 1,2.\n", max_size=30).map(str.strip)


@given(offers=OFFERS, text=TEXT)
def test_skonto_there_and_back(offers: list[Skonto], text: str) -> None:
    assert from_terms(to_terms(*offers, text=text)) == tuple(offers)


@given(offers=OFFERS, text=TEXT)
def test_skonto_keeps_br_de_18(offers: list[Skonto], text: str) -> None:
    made = invoice("b2g-ubl").model_copy(update={"payment_terms": to_terms(*offers, text=text)})
    assert [f.rule for f in einvoice.validate(einvoice.write(made, einvoice.Syntax.CII)).errors] == []


def test_no_skonto_below_zero() -> None:
    with pytest.raises(UsageError, match="days are 0 or more"):
        Skonto(-1, Decimal(2))
    assert from_terms(None) == from_terms("#SKONTO#TAGE=x#") == ()
