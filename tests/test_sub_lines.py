"""Lines within lines (BG-DEX-01 of XRechnung Extension): added up, written, judged, found again however deep."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import einvoice
from einvoice import fates
from einvoice.completion import complete
from einvoice.exchange import from_object
from einvoice.making import converted, created
from einvoice.sub_lines import listed, nested, only_counted
from einvoice.syntax.locate import Map
from einvoice.syntax.plan import plan

if TYPE_CHECKING:
    from pathlib import Path

    from lxml import etree

    from einvoice.model import Line

EXTENSION = "urn:cen.eu:en16931:2017#compliant#urn:xeinkauf.de:kosit:xrechnung_3.0#conformant#urn:xeinkauf.de:kosit:extension:xrechnung_3.0"
VAT = {"category_code": "S", "rate": "19"}


def work(name: str, *below: dict[str, Any], quantity: str = "1", price: str = "0") -> dict[str, Any]:
    own = {"quantity": {"value": quantity, "unit": "HUR"}, "price": {"net": price}, "vat": VAT, "item": {"name": name}}
    return own | ({"sub_lines": list(below)} if below else {})


def invoice(*lines: dict[str, Any]) -> einvoice.Invoice:
    draft = einvoice.read("fixtures/b2b-ubl.xml").invoice.model_dump(exclude={"lines", "totals", "vat_breakdown", "allowances", "charges"})
    draft["process_control"]["specification"] = EXTENSION
    return complete(from_object(draft | {"lines": list(lines)}, "draft"))


def test_sub_lines_add_up_to_their_line_and_are_numbered() -> None:
    roof = work(
        "Roof", work("Timber", work("Beams", quantity="2", price="10.50"), work("Nails", price="4")), work("Tiles", price="75"), price="100"
    )
    (line,) = invoice(roof).lines
    assert (line.net_amount, line.sub_lines[0].net_amount) == (Decimal("100.00"), Decimal("25.00"))
    assert [sub.identifier for sub in line.sub_lines[0].sub_lines] == ["1.1.1", "1.1.2"]


def test_what_is_added_up_is_valid_in_the_extension() -> None:
    made = invoice(work("Roof", work("Timber", price="25"), work("Tiles", price="75"), price="100"))
    report = einvoice.validate(einvoice.write(made, einvoice.Syntax.UBL))
    assert (report.verdict, report.errors) == (einvoice.Verdict.VALID, ())
    assert report.scenario is not None
    assert report.scenario.id == "xrechnung-3.0-extension-ubl-invoice"


def test_a_list_is_created_as_the_tree_that_it_is() -> None:
    tree = invoice(work("Roof", work("Timber", price="25"), work("Tiles", price="75"), price="100"))
    as_list = listed(tree).invoice
    assert [line.status_reason_code for line in as_list.lines] == ["GROUP", "DETAIL", "DETAIL"]
    made = created(as_list, "xrechnung-ubl")
    assert (made.losses, einvoice.read(made.data).invoice.lines) == ((), tree.lines)
    assert einvoice.validate(made.data).verdict is einvoice.Verdict.VALID


def test_a_sum_that_does_not_fit_is_found() -> None:
    made = invoice(work("Roof", work("Timber", price="25"), work("Tiles", price="70"), price="100"))
    wrong = made.model_copy(update={"lines": (made.lines[0].model_copy(update={"net_amount": Decimal(100)}),)})
    assert "BR-DEX-02" in {f.rule for f in einvoice.validate(einvoice.write(wrong, einvoice.Syntax.UBL)).findings}


def test_every_place_of_a_deep_sub_line_is_known(corpora: Path) -> None:
    name = "documents/xrechnung-testsuite/business-cases/extension/04.03a-INVOICE_ubl.xml"
    document = einvoice.open(corpora / name)
    places = Map(plan("ubl-invoice"), document.root)
    price = leaf(document.root, "3.3.80.", "PriceAmount")
    spot = places.spot(price)
    assert spot is not None
    assert (spot.term, spot.path) == ("BT-146", "lines[0].sub_lines[0].sub_lines[1].sub_lines[1].price.net")
    name_of_it = places.find("BT-153", price)
    assert name_of_it is not None
    assert (name_of_it.element.text, name_of_it.exact) == ("Asphaltfläche aufnehmen", True)


# -- the tree of XRechnung Extension and the list of EXTENDED ---------------------------------------


FLAT = work("Flat", price="40")
ROOF = work("Roof", work("Timber", work("Beams", quantity="2", price="10.50"), work("Nails", price="4")), work("Tiles", price="75"))
TREES = st.recursive(
    st.builds(lambda price: work("part", price=str(price)), st.integers(0, 99)),
    lambda below: st.builds(lambda parts: work("whole", *parts), st.lists(below, min_size=1, max_size=3)),
    max_leaves=12,
)


@given(st.lists(TREES, min_size=1, max_size=3))
def test_a_tree_and_its_list_say_the_same(lines: list[dict[str, Any]]) -> None:
    tree = invoice(*lines)
    flat = listed(tree)
    assert complete(flat.invoice).totals == tree.totals
    assert not any(line.sub_lines for line in flat.invoice.lines)
    assert nested(flat.invoice).invoice == tree


def test_the_list_is_judged_as_the_tree_is() -> None:
    tree = invoice(ROOF, FLAT)
    pdf = einvoice.create_pdf(tree, profile="extended")
    lines = einvoice.read(pdf).invoice.lines
    assert [(line.identifier, line.parent, line.status_reason_code) for line in lines] == [
        ("1", None, "GROUP"), ("1.1", "1", "GROUP"), ("1.1.1", "1.1", "DETAIL"), ("1.1.2", "1.1", "DETAIL"), ("1.2", "1", "DETAIL"),
        ("2", None, None),
    ]  # fmt: skip
    assert einvoice.validate(pdf).verdict is einvoice.Verdict.VALID
    back = einvoice.convert(pdf, to="ubl").data
    assert einvoice.read(back).invoice.lines == tree.lines
    assert einvoice.validate(back, rules="xrechnung-3.0-extension").verdict is einvoice.Verdict.VALID


@pytest.mark.parametrize("to", ["ubl", "zugferd"])
def test_a_group_of_several_rates_makes_way_for_its_lines(to: str) -> None:
    flat = listed(invoice(ROOF, FLAT)).invoice
    lines = tuple(at_seven_percent(line) if line.identifier == "1.2" else line for line in flat.lines)
    mixed = complete(flat.model_copy(update={"lines": lines, "vat_breakdown": (), "totals": None}))
    source = einvoice.open(einvoice.create_pdf(mixed, profile="extended"))
    assert einvoice.validate(source.xml).verdict is einvoice.Verdict.VALID
    conversion = converted(source, to, profile="en16931")
    assert [(loss.what, loss.path) for loss in conversion.losses if loss.path] == [
        ("BG-25 Invoice line", f"lines[{n}]") for n in ((0,) if to == "ubl" else (0, 1))
    ]
    assert [f.rule for f in einvoice.validate(conversion.data, rules="en16931" if to == "ubl" else None).errors] == []
    assert fates.UNEXPLAINED not in {fate.reason for fate in fates.fates(source, conversion, to)}


def at_seven_percent(line: Line) -> Line:
    assert line.vat is not None
    return line.model_copy(update={"vat": line.vat.model_copy(update={"rate": Decimal(7)})})


def test_lines_that_inform_count_nothing_and_stay_only_without_an_amount() -> None:
    lines = invoice(FLAT, work("As agreed"), work("Listed at", price="9")).lines
    told = tuple(line.model_copy(update={"status_reason_code": "INFORMATION", "parent": "1"}) for line in lines[1:])
    flat = invoice(FLAT).model_copy(update={"lines": (lines[0], *told)})
    for arranged in (nested(flat), only_counted(flat)):
        assert [line.identifier for line in arranged.invoice.lines] == ["1", "2"]
        assert [*arranged.left_out] == ["lines[2]"]


def test_lines_that_name_each_other_are_lines_of_their_own() -> None:
    lines = invoice(FLAT, FLAT, FLAT).lines
    above = {"1": "2", "2": "1", "3": "3"}
    circle = tuple(line.model_copy(update={"parent": above[line.identifier or ""], "status_reason_code": "DETAIL"}) for line in lines)
    assert nested(invoice(FLAT).model_copy(update={"lines": circle})).invoice.lines == circle


def test_a_chain_of_thousands_is_no_tree() -> None:
    (line,) = invoice(FLAT).lines
    chain = tuple(
        line.model_copy(update={"identifier": str(n), "parent": str(n - 1), "status_reason_code": "GROUP" if n < 4999 else "DETAIL"})
        for n in range(5000)
    )
    lines = nested(invoice(FLAT).model_copy(update={"lines": chain})).invoice.lines
    assert [(line.identifier, line.sub_lines) for line in lines] == [("4999", ())]


@pytest.mark.parametrize("name", ["04.01a", "04.02a", "04.04a"])
def test_official_trees_lose_nothing_in_extended(name: str, corpora: Path) -> None:
    source = einvoice.open(corpora / f"documents/xrechnung-testsuite/business-cases/extension/{name}-INVOICE_ubl.xml")
    conversion = converted(source, "zugferd", profile="extended")
    assert einvoice.validate(conversion.data).verdict is einvoice.Verdict.VALID
    assert fates.counted(fates.fates(source, conversion, "zugferd"))["lost"] == 0
    assert einvoice.read(einvoice.convert(conversion.data, to="ubl").data).invoice.lines == einvoice.read(source).invoice.lines


def leaf(root: etree._Element, number: str, name: str) -> etree._Element:
    """An element of the line with a number."""
    line = next(e.getparent() for e in root.iter("{*}ID") if e.text == number and "Line" in e.getparent().tag)
    return next(iter(line.iter(f"{{*}}{name}")))
