"""Hybrids that we make, of any invoice: veraPDF accepts them, so does our own check, and the XML comes out again."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

import einvoice
from einvoice import hybrids
from einvoice.errors import NotRepresentable, UsageError
from einvoice.model import Invoice
from einvoice.pdf.extract import Attachment
from einvoice.pdf.pdfa.check import check
from einvoice.pdf.visual import theme as themes
from einvoice.pdf.visual.girocode import epc
from einvoice.pdf.visual.theme import Theme
from einvoice.pdf.visual.words import LANGUAGES, WORDS
from tests.invoices import INVOICES

if TYPE_CHECKING:
    from pathlib import Path

    from tools.verapdf import Verapdf

HYBRIDS = int(os.environ.get("EINVOICE_HYBRIDS", "40"))
"""`make fuzz-pdf HYBRIDS=2000` runs this file with more"""
MODES = {"RGB": "PNG", "RGBA": "PNG", "L": "PNG", "LA": "PNG", "P": "GIF", "1": "PNG", "CMYK": "JPEG", "I;16": "PNG"}
COLOURS = st.tuples(*[st.floats(0, 1).map(lambda value: round(value, 3))] * 3)


@st.composite
def logos(draw: st.DrawFn) -> bytes:
    mode = draw(st.sampled_from(sorted(MODES)))
    size = draw(st.tuples(st.integers(1, 40), st.integers(1, 40)))
    pixels = draw(st.binary(min_size=size[0] * size[1] * 4, max_size=size[0] * size[1] * 4))
    saved = io.BytesIO()
    Image.frombytes("RGBA", size, pixels).convert("L" if mode == "I;16" else mode).convert(mode).save(saved, MODES[mode])
    return saved.getvalue()


LINES = st.one_of(st.integers(1, 12), st.sampled_from([1, 40, 150, 600]))
THEMES = st.builds(Theme, accent=COLOURS, text=COLOURS, logo=st.none() | logos(), intro=st.text(max_size=60), closing=st.text(max_size=60))
NAMES = st.sampled_from(["a.txt", "plan.pdf", "Zeiten März.csv", "bild.png"])
ATTACHMENTS = st.lists(st.builds(Attachment, NAMES, st.binary(max_size=200)), max_size=3, unique_by=lambda a: a.name)


def longer(invoice: Invoice, count: int) -> Invoice:
    lines = [invoice.lines[at % len(invoice.lines)].model_copy(update={"identifier": str(at + 1)}) for at in range(count)]
    return invoice.model_copy(update={"lines": tuple(lines)})


@settings(max_examples=HYBRIDS)
@given(
    invoice=INVOICES, count=LINES, profile=st.sampled_from(list(hybrids.PROFILES)), language=st.sampled_from(LANGUAGES), theme=THEMES,
    attachments=ATTACHMENTS, accessible=st.booleans(),
)  # fmt: skip
def test_any_hybrid_is_what_it_claims_to_be(
    verapdf: Verapdf, tmp_path_factory: pytest.TempPathFactory, invoice: Invoice, count: int, accessible: bool, **options: Any
) -> None:
    made = hybrids.made_pdf(longer(invoice, count), **options, accessible=accessible, drop=True)
    path = tmp_path_factory.getbasetemp() / "hybrid.pdf"
    path.write_bytes(made.data)
    for flavour in ("3a", "ua1") if accessible else ("3b", "3u"):
        assert verapdf.judge(path, flavour).rules == ()
        assert verapdf.judge(path, flavour).status == "pass"
    assert check(made.data) == ()
    opened = einvoice.open(made.data)
    assert opened.xml == hybrids.profile_xml(longer(invoice, count), options["profile"]).xml
    assert {a.name: a.content for a in opened.attachments} == {a.name: a.content for a in options["attachments"]}


@pytest.fixture
def invoice() -> Invoice:
    return einvoice.read("fixtures/allowances-charges-cii.xml").invoice


def test_a_hybrid_of_thousands_of_lines(verapdf: Verapdf, tmp_path: Path, invoice: Invoice) -> None:
    (tmp_path / "long.pdf").write_bytes(einvoice.create_pdf(longer(invoice, 3000)))
    assert verapdf.judge(tmp_path / "long.pdf", "3u").status == "pass"


@pytest.mark.parametrize("profile", hybrids.PROFILES)
def test_every_profile_is_valid(profile: str, invoice: Invoice) -> None:
    report = einvoice.validate(einvoice.create_pdf(invoice, profile=profile, drop=True))
    assert report.verdict is einvoice.Verdict.VALID
    statuses = {layer.name: layer.status for layer in report.layers}
    assert statuses["pdfa"] == "passed"
    # BASIC WL between two companies in Germany is no invoice; of MINIMUM the buyer's country is not known
    assert statuses["hybrid"] == ("failed" if profile == "basicwl" else "passed")


def test_what_a_profile_cannot_hold_is_refused_by_name(invoice: Invoice) -> None:
    with pytest.raises(NotRepresentable, match=r"BT-9 Payment due date.*--drop"):
        einvoice.create_pdf(invoice, profile="minimum")


def test_the_same_invoice_gives_the_same_bytes() -> None:
    code = (
        "import sys, einvoice; sys.stdout.buffer.write(einvoice.create_pdf(einvoice.read('fixtures/b2b-cii.xml').invoice, accessible=True))"
    )
    made = [
        subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, env={**os.environ, **changed}).stdout
        for changed in ({"PYTHONHASHSEED": "1", "TZ": "UTC"}, {"PYTHONHASHSEED": "2", "TZ": "Asia/Tokyo", "LANG": "de_DE.UTF-8"})
    ]
    assert made[0].startswith(b"%PDF-1.7")
    assert made[0] == made[1]


def test_the_pages_show_what_the_xml_says(invoice: Invoice) -> None:
    wrong = invoice.model_copy(
        update={"totals": invoice.totals.model_copy(update={"with_vat": Decimal("98765.43"), "due": Decimal("98765.43")})}
    )  # type: ignore[union-attr]
    xml = hybrids.profile_xml(wrong, "en16931").xml
    page = einvoice.create_pdf(invoice)
    rules = [finding.rule for finding in einvoice.validate(einvoice.embed(page, xml)).findings]
    assert "ADV-PDF-TOTAL" in rules
    assert "ADV-PDF-TOTAL" not in [finding.rule for finding in einvoice.validate(page).findings]


def test_a_character_that_no_font_has_is_named() -> None:
    invoice = Invoice.model_validate({"number": "漢字", "lines": []})
    assert hybrids.made_pdf(invoice, profile="en16931", drop=True).undrawable == "字漢"


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("factur-x.xml", b"<a/>", "kept for the invoice"),
        ("macro.exe", b"MZ", "may have attachments of the kinds"),
        ("second.xml", b"<Invoice/>", "is an invoice itself"),
        ("noname", b"", "may have attachments of the kinds"),
    ],
)
def test_attachments_that_a_hybrid_may_not_have(invoice: Invoice, name: str, content: bytes, says: str) -> None:
    with pytest.raises(UsageError, match=says):
        einvoice.create_pdf(invoice, attachments=[Attachment(name, content)])


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('accent = "blue"', r"accent: 'blue' is no colour; write it as \"#104577\""),
        ('akzent = "#000000"', "akzent: there is no such setting; did you mean accent"),
        ('logo = "none.png"', "none.png: the logo cannot be read"),
        ('logo = "theme.toml"', "the logo cannot be used"),
        ("accent =", "is not TOML"),
        ('[fonts]\nregular = "theme.toml"', "cannot be used as a font"),
        ('[fonts]\nbld = "x.ttf"', "write a table with regular, bold, italic"),
        ("intro = 3", "3 is no text"),
    ],
)
def test_a_wrong_theme_says_what_to_write(tmp_path: Path, invoice: Invoice, text: str, says: str) -> None:
    (tmp_path / "theme.toml").write_text(text)
    with pytest.raises(UsageError, match=says):
        einvoice.create_pdf(invoice, theme=themes.load(tmp_path / "theme.toml"))


def test_every_word_is_there_in_every_language() -> None:
    assert [key for key, words in WORDS.items() if len(words) != len(LANGUAGES) or not all(words)] == []


def test_the_girocode_asks_for_what_is_due() -> None:
    payload = epc(einvoice.read("fixtures/b2b-ubl.xml").invoice)
    assert payload is not None
    assert payload.split("\n") == [
        "BCD", "002", "1", "SCT", "", "Wandrahm Kontor GmbH", "DE02120300000000202051", "EUR1381.59", "", "", "R-2026-0117",
    ]  # fmt: skip
