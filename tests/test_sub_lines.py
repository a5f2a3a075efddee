"""Lines within lines (BG-DEX-01 of XRechnung Extension): added up, written, judged, found again however deep."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

import einvoice
from einvoice.completion import complete
from einvoice.exchange import from_object
from einvoice.syntax.locate import Map
from einvoice.syntax.plan import plan

if TYPE_CHECKING:
    from pathlib import Path

    from lxml import etree

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


def leaf(root: etree._Element, number: str, name: str) -> etree._Element:
    """An element of the line with a number."""
    line = next(e.getparent() for e in root.iter("{*}ID") if e.text == number and "Line" in e.getparent().tag)
    return next(iter(line.iter(f"{{*}}{name}")))
