"""What is written is read again, unchanged, and the schema accepts it."""

from __future__ import annotations

import datetime
import re
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from lxml import etree

import einvoice
from einvoice import official, profiles, rows, terms
from einvoice.check import xsd
from einvoice.exchange import from_json, to_json, write_lossy
from einvoice.model import Invoice
from einvoice.profiles import Kind
from einvoice.syntax.locate import Map
from einvoice.syntax.plan import plan
from einvoice.syntax.read import read
from einvoice.syntax.write import write
from tests.invoices import INVOICES, fit, placeless, two_deep

if TYPE_CHECKING:
    from collections.abc import Iterator

    from einvoice.syntax.plan import Node

XS = "{http://www.w3.org/2001/XMLSchema}"

SAMPLES: dict[str, Any] = {
    "Amount": Decimal("12.34"),
    "Percentage": Decimal(19),
    "Indicator": True,
    "Date": datetime.date(2026, 1, 31),
    "Quantity": {"value": Decimal(2), "unit": "HUR"},
    "Binary object": {"content": b"%PDF", "mime_code": "application/pdf", "filename": "a.pdf"},
}
EXACT: dict[str, Any] = {"BT-8": "35", "BT-21": "AAI", "BT-29": {"value": "BT-29", "scheme": "0088"}}
"""terms that do not hold any text"""


@pytest.mark.parametrize("kind", Kind)
@settings(max_examples=60)
@given(invoice=INVOICES)
def test_any_invoice_comes_back_unchanged_and_is_valid_xml(kind: Kind, invoice: Invoice) -> None:
    invoice = held(invoice, kind.dialect)
    written = write_lossy(invoice, kind)
    document = einvoice.open(written.xml)
    assert written.unwritten == ()
    assert xsd.validate(document.root, profiles.named("en16931", kind).schema) == ()  # type: ignore[union-attr]
    assert einvoice.read(document) == einvoice.Reading(invoice)


@pytest.mark.parametrize("dialect", ["ubl-invoice", "cii-d16b", "cii-en16931"])
@settings(max_examples=30)
@given(invoice=INVOICES)
def test_whatever_has_no_place_is_named(dialect: str, invoice: Invoice) -> None:
    nowhere, data = placeless(dialect), invoice.model_dump(exclude_defaults=True)
    inside = without(data, ("lines", "sub_lines")) if "BG-DEX-01" in nowhere else data  # named as a whole
    outermost = {path for path in terms.PATHS if not any(terms.PATHS[path[:length]] in nowhere for length in range(1, len(path)))}
    wanted = ((path, terms.PATHS[path]) for path in outermost if terms.PATHS[path] in nowhere)
    places = ((path, term, data if term == "BG-DEX-01" else inside) for path, term in wanted)
    missing = {term for path, term, within in places if anywhere(within, path)}
    assert missing == {lost.term for lost in write(invoice, plan(dialect)).unwritten if "no place" in lost.reason}


def anywhere(data: Any, path: tuple[str, ...]) -> bool:
    """Whether something is at a path, in any of the records of a list on the way, in the sub-lines of lines too."""
    if isinstance(data, list | tuple):
        return any(anywhere(one, path) for one in data)
    if not path:
        return True
    nested = path[0] != "sub_lines" and anywhere(data.get("sub_lines", []), path)
    return nested or (path[0] in data and anywhere(data[path[0]], path[1:]))


@settings(max_examples=30)
@given(invoice=INVOICES)
def test_any_invoice_comes_back_from_d22b(invoice: Invoice) -> None:
    invoice = held(invoice, "cii-d22b")
    written = write(invoice, plan("cii-d22b"))
    assert read(einvoice.open(written.xml).root, plan("cii-d22b")).invoice == invoice


@settings(max_examples=30)
@given(invoice=INVOICES)
def test_any_invoice_comes_back_from_json(invoice: Invoice) -> None:
    assert from_json(to_json(invoice)) == invoice


@pytest.mark.parametrize("dialect", ["ubl-invoice", "ubl-credit-note", "cii-d16b", "cii-d22b"])
def test_an_invoice_with_every_term_of_the_norm_keeps_each(dialect: str) -> None:
    invoice = Invoice.model_validate(fit(full(terms.INVOICE)))
    data = invoice.model_dump()
    assert [path for path, term in terms.PATHS.items() if term[0] == "B" and not holds(data, path)] == []
    told = {lost.term for lost in write(invoice, plan(dialect)).unwritten}
    assert told == placeless(dialect)
    invoice = held(invoice, dialect)
    written = write(invoice, plan(dialect))
    assert written.unwritten == ()
    assert read(einvoice.open(written.xml).root, plan(dialect)) == einvoice.Reading(invoice)


def held(invoice: Invoice, dialect: str) -> Invoice:
    """The invoice without what the syntax has no place for at all."""
    nowhere = placeless(dialect)
    data = invoice.model_dump(exclude_defaults=True)
    for path in (path for path, term in terms.PATHS.items() if term in nowhere):
        data = without(data, path)
    return Invoice.model_validate(data)


def without(data: Any, path: tuple[str, ...]) -> Any:
    """Records without what is at a path, in the sub-lines of a line too, and without records that are empty then."""
    if isinstance(data, list | tuple):
        return [without(one, path) for one in data]
    name, *rest = path
    kept = {key: without(value, path) if key == "sub_lines" != name else value for key, value in data.items()}
    value = kept.pop(name, None)
    inner = without(value, tuple(rest)) if rest and value is not None else None
    return kept | ({name: inner} if inner else {})


def full(group: rows.Group) -> dict[str, Any]:
    """A record with a value for every row."""
    return {row.attribute: [one] if row.card.endswith("n") else one for row in two_deep(group) for one in [sample(row)]}


def sample(row: rows.Row) -> Any:
    if isinstance(row, rows.Group):
        return full(row)
    if row.id in EXACT:
        return EXACT[row.id]
    return SAMPLES.get(row.type.name, row.id) if row.type.name != "Identifier" else {"value": row.id}


def holds(data: Any, path: tuple[str, ...]) -> bool:
    for name in path:
        data = data[0] if isinstance(data, list | tuple) else data
        data = data[name]
    return data not in (None, ())


def test_extended_has_a_term_for_what_its_schema_holds() -> None:
    places = {"/" + "/".join(names) for names in leaf_names(plan("cii-d22b").root)}
    rules = (rule for _, rule, *_ in official.compiled(("fx-extended",))["asserts"])
    unused = {re.sub(r"\[[^]]*\]", "", rule.removeprefix("FX-NOTUSED:")) for rule in rules if rule.startswith("FX-NOTUSED:/")}
    elements = [path for path in schema_leaves() if not any(path == out or path.startswith(f"{out}/") for out in unused)]
    assert len(elements) == 732
    assert [path.rpartition("/")[2] for path in elements if path not in places] == ["ClassName"]  # BT-X-13


def leaf_names(node: Node, above: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    here = (*above, node.name.rpartition(":")[2])
    if node.leaf is not None or node.constant is not None:
        yield here
    for child in node.below:
        yield from leaf_names(child, here)


def schema_leaves() -> Iterator[str]:
    """The elements of EXTENDED's schema that hold texts, as paths."""
    folder = official.schema_path("fx-extended-xsd/Factur-X_EXTENDED.xsd").parent
    schemas = [etree.parse(path) for path in folder.glob("*.xsd")]
    kinds = {kind.get("name"): kind.findall(f".//{XS}element") for one in schemas for kind in one.iter(f"{XS}complexType")}

    def below(path: str, kind: str) -> Iterator[str]:
        if not kinds.get(kind):
            yield path
        for element in kinds.get(kind, ()):
            yield from below(f"{path}/{element.get('name')}", (element.get("type") or "").rpartition(":")[2])

    return below("/CrossIndustryInvoice", "CrossIndustryInvoiceType")


SECOND = '<ram:ID>K-7</ram:ID><ram:GlobalID schemeID="0088">4000001987658</ram:GlobalID>'
BOTH = {
    "buyer": (r"(<ram:BuyerTradeParty>)\s*<ram:ID>[^<]*</ram:ID>", rf"\1{SECOND}"),
    "delivery": ("(<ram:ApplicableHeaderTradeDelivery>)", rf"\1<ram:ShipToTradeParty>{SECOND}</ram:ShipToTradeParty>"),
    "payee": ("(</ram:InvoiceCurrencyCode>)", rf"\1<ram:PayeeTradeParty>{SECOND}<ram:Name>P</ram:Name></ram:PayeeTradeParty>"),
}


@pytest.mark.parametrize("party", BOTH)
def test_a_second_identifier_is_a_term_of_its_own(party: str) -> None:
    source = re.sub(*BOTH[party], Path("fixtures/b2b-cii.xml").read_text("utf-8")).encode()
    reading = einvoice.read(source)
    assert reading.unmapped == ()
    found = getattr(reading.invoice, party)
    first = found.location_identifier if party == "delivery" else found.identifier
    second = found.global_identifier
    assert (first.value, first.scheme, second.value, second.scheme) == ("K-7", None, "4000001987658", "0088")
    root = etree.fromstring(source)
    spot = Map(plan("cii-d16b"), root).spot(next(e for e in root.iter("{*}GlobalID") if e.text == second.value))
    assert spot is not None
    assert spot.path == f"{party}.global_identifier"
    assert einvoice.read(einvoice.write(reading.invoice, einvoice.Syntax.CII)).invoice == reading.invoice
    assert [loss.term for loss in einvoice.convert(source, to="ubl").losses] == [spot.term]
    alone = getattr(einvoice.read(source.replace(b"<ram:ID>K-7</ram:ID>", b"")).invoice, party)
    assert alone.global_identifier is None
    assert (alone.location_identifier if party == "delivery" else alone.identifier) == second
