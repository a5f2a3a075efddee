"""Prices with VAT: the total is their sum to the cent, and every official rule of arithmetic holds."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import einvoice
from einvoice import calc
from einvoice.errors import UsageError
from tests.command import einvoice as command

if TYPE_CHECKING:
    from pathlib import Path

    from einvoice.model import Invoice

BASE = einvoice.read("fixtures/b2b-ubl.xml").invoice.model_copy(update={"vat_breakdown": (), "totals": None})
LINES = st.lists(
    st.builds(
        lambda quantity, price, rate: {
            "quantity": {"value": quantity, "unit": "H87"},
            "price": {"net": price},
            "vat": {"category_code": "S", "rate": rate},
            "item": {"name": "Ware"},
        },
        st.decimals("0.1", 200, places=1),
        st.decimals("0.01", 999, places=2),
        st.sampled_from([Decimal(7), Decimal(19), Decimal("5.5")]),
    ),
    min_size=1,
    max_size=12,
)


def draft(lines: list[dict[str, Any]]) -> Invoice:
    return BASE.model_copy(update={"lines": einvoice.Invoice(lines=lines).lines})


@settings(max_examples=150)
@given(LINES)
def test_the_total_is_the_sum_of_the_gross_prices_and_the_rules_hold(lines: list[dict[str, Any]]) -> None:
    given_draft = draft(lines)
    made = einvoice.complete(einvoice.from_gross_prices(given_draft))
    assert made.totals is not None
    assert made.totals.with_vat == sum((calc.line_net(line) or calc.ZERO for line in given_draft.lines), calc.ZERO)
    for syntax in einvoice.Syntax:
        report = einvoice.validate(einvoice.write(made, syntax))
        assert [finding.rule for finding in report.errors] == []


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"price": {"net": "1", "gross": "2"}}, "BT-147, BT-148"),
        ({"allowances": [{"amount": "1"}]}, "BG-27"),
        ({"vat": None}, "BT-151"),
        ({"quantity": None}, "BT-129"),
    ],
)
def test_what_nobody_could_tell_is_refused(change: dict[str, Any], said: str) -> None:
    line = {"quantity": {"value": "1", "unit": "H87"}, "price": {"net": "9.99"}, "vat": {"category_code": "S", "rate": "19"}}
    with pytest.raises(UsageError, match=said):
        einvoice.from_gross_prices(draft([{**line, **change}]))


def test_the_command_makes_it(tmp_path: Path) -> None:
    data = json.loads(einvoice.to_json(BASE))
    data["lines"] = [
        {
            "quantity": {"value": "3", "unit": "H87"},
            "price": {"net": "9.99"},
            "vat": {"category_code": "S", "rate": "19"},
            "item": {"name": "Ware"},
        }
    ]
    (tmp_path / "draft.json").write_text(json.dumps(data), "utf-8")
    made = tmp_path / "made.xml"
    ran = command("create", str(tmp_path / "draft.json"), "--gross-prices", "--to", "xrechnung-ubl", "--output", str(made))
    assert ran.code == 0, ran.err
    totals = einvoice.read(made).invoice.totals
    assert totals is not None
    assert totals.with_vat == Decimal("29.97")
    assert einvoice.validate(made).verdict.value == "valid"
