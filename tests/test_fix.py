"""Repairs mend how an invoice is written and leave what it says."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import einvoice
from einvoice.fixing import patch
from tests import command
from tests.invoices import INVOICES

if TYPE_CHECKING:
    from pathlib import Path

    from einvoice.model import Invoice

#   what, fixture, text -> text that is only written wrongly
SLIPS = {
    "order": ("b2b-ubl.xml", [("<cbc:IssueDate>2026-03-09</cbc:IssueDate>\n  ", ""), ("<cbc:BuyerReference>", "<cbc:IssueDate>2026-03-09</cbc:IssueDate><cbc:BuyerReference>")]),
    "currency": ("b2b-ubl.xml", [('<cbc:TaxAmount currencyID="EUR">', "<cbc:TaxAmount>")]),
    "currency in CII": ("b2b-cii.xml", [('<ram:TaxTotalAmount currencyID="EUR">', "<ram:TaxTotalAmount>")]),
    "date": ("b2b-ubl.xml", [("<cbc:IssueDate>2026-03-09<", "<cbc:IssueDate>20260309<")]),
    "German date": ("b2b-ubl.xml", [("<cbc:DueDate>2026-04-08<", "<cbc:DueDate>08.04.2026<")]),
    "German number": ("b2b-ubl.xml", [(">1161.00</cbc:LineExtensionAmount>", ">1.161,00</cbc:LineExtensionAmount>"), (">189.50<", ">189,50<")]),
    "number in CII": ("b2b-cii.xml", [("<ram:GrandTotalAmount>1381.59<", "<ram:GrandTotalAmount>1 381,59<")]),
    "date in CII": ("b2b-cii.xml", [(">20260309<", ">2026-03-09<")]),
    "blanks": ("b2b-ubl.xml", [("<cbc:DocumentCurrencyCode>EUR<", "<cbc:DocumentCurrencyCode> EUR\n<")]),
    "Skonto": ("skonto-ubl.xml", [(".00#", "#")]),
    "zeros": ("b2b-ubl.xml", [('<cbc:TaxInclusiveAmount currencyID="EUR">1381.59<', '<cbc:TaxInclusiveAmount currencyID="EUR">1381.59000<')]),
    "specification": ("b2b-ubl.xml", [("urn:xeinkauf.de:kosit:xrechnung_3.0<", "urn:xeinkauf.de:KoSIT:xrechnung_3.0 <")]),
}  # fmt: skip


@pytest.mark.parametrize("name", SLIPS)
def test_a_slip_is_repaired(root: Path, name: str) -> None:
    fixture, changes = SLIPS[name]
    good = (root / "fixtures" / fixture).read_text("utf-8")
    text = good
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    before = einvoice.validate(text.encode())
    made = einvoice.fix(text.encode())
    assert before.verdict is not einvoice.Verdict.VALID
    assert made.repairs
    assert made.report.verdict is einvoice.Verdict.VALID, [(f.rule, f.found) for f in made.report.errors]
    assert einvoice.read(made.xml).invoice == einvoice.read(good.encode()).invoice
    assert made.patch.startswith("--- ")
    assert einvoice.fix(made.xml).repairs == ()


def test_good_invoices_stay_as_they_are(root: Path) -> None:
    paths = sorted((root / "fixtures").glob("*-*.xml"))
    assert len(paths) > 30
    for path in paths:
        made = einvoice.fix(path)
        assert (made.repairs, made.xml, made.patch) == ((), path.read_bytes(), ""), path.name


@settings(max_examples=25)
@given(invoice=INVOICES)
def test_a_repair_never_changes_what_an_invoice_says(invoice: Invoice) -> None:
    from einvoice.exchange import write_lossy

    xml = write_lossy(invoice, einvoice.Kind.CII).xml
    fixed = einvoice.read(einvoice.fix(xml).xml).invoice
    assert fixed.totals == einvoice.read(xml).invoice.totals
    assert [line.net_amount for line in fixed.lines] == [line.net_amount for line in invoice.lines]


def test_a_wrong_sum_is_left_alone() -> None:
    made = einvoice.fix("fixtures/broken/wrong-total-with-vat-cii.xml")
    assert (made.repairs, made.report.verdict) == ((), einvoice.Verdict.INVALID)


def test_fix_on_the_command_line(tmp_path: Path, root: Path) -> None:
    path = tmp_path / "invoice.xml"
    path.write_bytes((root / "fixtures/broken/skonto-without-line-feed-ubl.xml").read_bytes())
    shown = command.einvoice("fix", str(path))
    assert shown.code == 0
    assert "+    <cbc:Note>#SKONTO#TAGE=7#PROZENT=2.00#" in shown.out
    assert path.read_bytes() == (root / "fixtures/broken/skonto-without-line-feed-ubl.xml").read_bytes()
    assert command.einvoice("fix", str(path), "--write").code == 0
    assert command.einvoice("validate", str(path)).code == 0
    assert command.einvoice("fix", "-", "--write", stdin=b"<a/>").code == 2


LINES = st.lists(st.sampled_from("abc") | st.integers(0, 9).map(str), max_size=80)


@given(LINES, LINES)
def test_a_patch_makes_the_new_of_the_old(old: list[str], new: list[str]) -> None:
    assert applied(old, patch("\n".join(old).encode(), "\n".join(new).encode(), "x").splitlines()) == new


def applied(old: list[str], lines: list[str]) -> list[str]:
    """Old lines with a unified diff applied, as `patch` does it."""
    made, at = [], 0
    for line in lines[2:]:
        head = re.fullmatch(r"@@ -(\d+)(?:,(\d+))? \+\d+(?:,\d+)? @@", line)
        if head:
            start = int(head[1]) - (head[2] != "0")
            made, at = made + old[at:start], start
        elif line[0] == "+":
            made.append(line[1:])
        else:
            assert old[at] == line[1:]
            made, at = made + ([old[at]] if line[0] == " " else []), at + 1
    return made + old[at:]
