"""Embed into PDFs that others made: what comes out conforms and looks the same, or is refused with page and clause."""

from __future__ import annotations

import io
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pikepdf
import pytest
from fpdf import FPDF
from pikepdf import Array, Dictionary, Name, String
from reportlab.pdfgen.canvas import Canvas

import einvoice
from einvoice.errors import InputError, NotConforming, UsageError
from einvoice.pdf.embed import Embedding, embed_xml
from einvoice.pdf.flavours import level_for
from einvoice.pdf.opening import opened
from einvoice.pdf.pdfa.check import examine
from einvoice.pdf.repair.standard_fonts import twin_of
from tests import command

if TYPE_CHECKING:
    from collections.abc import Callable

    from tools.verapdf import Verapdf

XML = "fixtures/b2b-cii.xml"


def embedding(data: bytes, *, name: str = "page.pdf", keep: bool = False) -> Embedding:
    return embed_xml(
        data, Path(XML).read_bytes(), level_for("urn:cen.eu:en16931:2017"), name=name, title="Rechnung", keep_non_conforming=keep
    )


def text_of(data: bytes) -> str:
    with opened(data, "x") as pdf:
        return examine(pdf, data).text


def bare(data: bytes) -> bytes:
    """A hybrid made ordinary: no files, no metadata, no output intent, an older version."""
    with pikepdf.open(io.BytesIO(data)) as pdf:
        for key in ("/AF", "/Metadata", "/OutputIntents"):
            if key in pdf.Root:
                del pdf.Root[key]
        if "/Names" in pdf.Root and "/EmbeddedFiles" in pdf.Root.Names:
            del pdf.Root.Names["/EmbeddedFiles"]
        saved = io.BytesIO()
        pdf.save(saved, object_stream_mode=pikepdf.ObjectStreamMode.generate)
        return saved.getvalue()


def test_public_hybrids_made_ordinary_become_hybrids_again(corpora: Path, verapdf: Verapdf, tmp_path: Path) -> None:
    paths = sorted((corpora / "pdf").rglob("*.pdf"))
    assert len(paths) == 149
    for path in paths:
        ordinary = bare(path.read_bytes())
        made = embedding(ordinary, name=path.name).data
        (tmp_path / "made.pdf").write_bytes(made)
        assert verapdf.judge(tmp_path / "made.pdf").rules == (), path.name
        assert text_of(made) == text_of(ordinary), path.name


# -- ordinary PDFs --------------------------------------------------------------------------------

STANDARD = [
    "Courier", "Courier-Bold", "Courier-Oblique", "Courier-BoldOblique", "Helvetica", "Helvetica-Bold", "Helvetica-Oblique",
    "Helvetica-BoldOblique", "Times-Roman", "Times-Bold", "Times-Italic", "Times-BoldItalic", "Symbol", "ZapfDingbats",
]  # fmt: skip


def drawn(draw: Callable[[Canvas], object]) -> bytes:
    made = io.BytesIO()
    canvas = Canvas(made)
    draw(canvas)
    canvas.save()
    return made.getvalue()


def in_font(name: str) -> bytes:
    def draw(canvas: Canvas) -> None:
        canvas.setFont(name, 12)
        canvas.drawString(50, 700, "abc 123 \u2022" if name in {"Symbol", "ZapfDingbats"} else "Müller & Söhne · 1.381,59 € „quoted“")

    return drawn(draw)


def by_fpdf(family: str) -> bytes:
    page = FPDF()
    page.add_page()
    for style in ("", "B", "I", "BI"):
        page.set_font(family, style, 12)
        page.cell(0, 10, f"Rechnung R-1 äöüß {style} 1.381,59", new_x="LMARGIN", new_y="NEXT")
    page.link(10, 10, 50, 10, "https://example.com")
    page.set_fill_color(200, 100, 50)
    page.rect(10, 100, 50, 20, "F")
    return bytes(page.output())


def cmyk(canvas: Canvas) -> None:
    canvas.setFillColorCMYK(1, 0.2, 0, 0.1)
    canvas.rect(50, 500, 100, 50, fill=1)


def form(canvas: Canvas) -> None:
    canvas.drawString(50, 700, "form")
    canvas.acroForm.textfield(name="a", value="filled", x=50, y=600, width=200, height=20)
    canvas.acroForm.checkbox(name="b", checked=True, x=50, y=560)


def changed(data: bytes, change: Callable[[pikepdf.Pdf], object]) -> bytes:
    with pikepdf.open(io.BytesIO(data)) as pdf:
        change(pdf)
        saved = io.BytesIO()
        pdf.save(saved)
        return saved.getvalue()


def scripts(pdf: pikepdf.Pdf) -> None:
    script = Dictionary(S=Name.JavaScript, JS=String("app.alert(1)"))
    pdf.Root.OpenAction, pdf.Root.AA = script, Dictionary(WC=script)
    pdf.Root.Names = Dictionary(JavaScript=Dictionary(Names=Array([String("x"), script])))
    pdf.pages[0].obj.AA = Dictionary(O=script)


def annotations(pdf: pikepdf.Pdf) -> None:
    stream = pdf.make_stream(b"1 0 0 rg 0 0 9 9 re f", Type=Name.XObject, Subtype=Name.Form, BBox=[0, 0, 9, 9])
    kinds = {"Square": {"AP": Dictionary(N=stream, D=stream)}, "Movie": {}, "Text": {"F": 2}, "Link": {"A": Dictionary(S=Name.Launch)}}
    pdf.pages[0].obj.Annots = Array(
        pdf.make_indirect(Dictionary(Type=Name.Annot, Subtype=Name("/" + kind), Rect=[0, 0, 9, 9], **entries))
        for kind, entries in kinds.items()
    )


def every_symbol(canvas: Canvas) -> None:
    """All glyphs of Symbol that have a meaning of their own; 30 are just pieces of big brackets and the like."""
    canvas.setFont("Symbol", 12)
    canvas.drawString(9, 700, "".join(chr(code) for code in (*range(33, 96), *range(97, 127), *range(161, 189))))


def inherited_resources(pdf: pikepdf.Pdf) -> None:
    pdf.Root.Pages.Resources = pdf.pages[0].obj.Resources
    del pdf.pages[0].obj.Resources


def layers(pdf: pikepdf.Pdf) -> None:
    group = pdf.make_indirect(Dictionary(Type=Name.OCG, Name=String("a")))
    pdf.Root.OCProperties = Dictionary(OCGs=Array([group]), D=Dictionary(AS=Array(), Order=Array()))


PAGE = in_font("Helvetica")
ORDINARY: dict[str, Callable[[], bytes]] = {
    **{name: lambda name=name: in_font(name) for name in STANDARD},
    **{f"fpdf2 {family}": lambda family=family: by_fpdf(family) for family in ("Helvetica", "Times", "Courier")},
    "CMYK": lambda: drawn(cmyk),
    "form": lambda: drawn(form),
    "scripts": lambda: changed(PAGE, scripts),
    "annotations": lambda: changed(PAGE, annotations),
    "every symbol": lambda: drawn(every_symbol),
    "inherited resources": lambda: changed(PAGE, inherited_resources),
    "layers": lambda: changed(PAGE, layers),
    "page metadata": lambda: changed(PAGE, lambda pdf: pdf.pages[0].obj.__setitem__("/Metadata", pdf.make_stream(b"x"))),
    "unknown operator": lambda: changed(PAGE, lambda pdf: pdf.pages[0].contents_add(pikepdf.Stream(pdf, b" foo "))),
    "several pages": lambda: drawn(lambda canvas: [(canvas.drawString(9, 9, str(page)), canvas.showPage()) for page in range(30)]),
}


@pytest.mark.parametrize("name", ORDINARY)
def test_ordinary_pdfs_become_hybrids(verapdf: Verapdf, tmp_path: Path, name: str) -> None:
    made = embedding(ORDINARY[name](), name=name)
    (tmp_path / "made.pdf").write_bytes(made.data)
    assert verapdf.judge(tmp_path / "made.pdf").rules == ()
    assert einvoice.open(made.data).xml == Path(XML).read_bytes()
    if name not in {"Symbol", "ZapfDingbats", "every symbol", "form"}:
        assert text_of(made.data) == text_of(ORDINARY[name]())


def test_a_twin_has_the_widths_of_the_standard_font() -> None:
    """reportlab's metrics of the standard fonts are Adobe's; those that we embed must be the same."""
    from reportlab.pdfbase.pdfmetrics import stringWidth

    for name in STANDARD[:12]:
        data = embedding(in_font(name)).data
        with pikepdf.open(io.BytesIO(data)) as pdf:
            fonts = [font for font in pdf.pages[0].obj.Resources.Font.values() if "/FontDescriptor" in font]
            for font in fonts:
                for code, width in enumerate(font.Widths, int(font.FirstChar)):
                    if width:
                        expected = stringWidth(bytes([code]).decode("cp1252"), name, 1000)
                        assert abs(float(width) - expected) <= 1, (name, code)
        assert twin_of(name) is not None


# -- what cannot be a hybrid ----------------------------------------------------------------------


def calibri(pdf: pikepdf.Pdf) -> None:
    for font in pdf.pages[0].obj.Resources.Font.values():
        font.BaseFont = Name.Calibri


def signature(pdf: pikepdf.Pdf) -> None:
    field = pdf.make_indirect(Dictionary(FT=Name.Sig, T=String("s"), V=Dictionary(Type=Name.Sig, Contents=String("x"))))
    pdf.Root.AcroForm = Dictionary(Fields=Array([field]))


def xfa(pdf: pikepdf.Pdf) -> None:
    pdf.Root.AcroForm, pdf.Root.NeedsRendering = Dictionary(Fields=Array(), XFA=Array()), True


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (calibri, r"font Calibri \(\d+ 0\): fonts that draw are embedded \(ISO 19005-3, 6\.2\.11\.4\.1\)"),
        (signature, r"it is signed.*6\.4\.3\); embed before signing"),
        (xfa, r"dynamic form.*6\.4\.2\); print it to PDF first"),
        (lambda pdf: pdf.pages[0].obj.__setitem__("/MediaBox", Array([0, 0, 20000, 20000])), r"page 1: page boxes.*6\.1\.13"),
    ],
)
def test_what_cannot_conform_is_refused_with_its_clause(change: Callable[[pikepdf.Pdf], object], says: str) -> None:
    with pytest.raises(NotConforming, match=says):
        embedding(changed(PAGE, change))


def test_a_file_that_does_not_conform_never_claims_to(verapdf: Verapdf, tmp_path: Path) -> None:
    made = embedding(changed(PAGE, calibri), keep=True)
    assert {breach.rule for breach in made.breaches} >= {"6.2.11.4.1-t1"}
    with pikepdf.open(io.BytesIO(made.data)) as pdf:
        assert b"pdfaid" not in pdf.Root.Metadata.read_bytes()
    assert einvoice.open(made.data).container == "pdf"


def test_other_files_in_the_pdf_stay_and_an_old_invoice_goes() -> None:
    page = einvoice.create_pdf(einvoice.read(XML).invoice, attachments=[einvoice.Attachment("plan.txt", b"plan")])
    made = embedding(page)
    assert made.dropped == ("factur-x.xml",)
    assert [attachment.name for attachment in einvoice.open(made.data).attachments] == ["plan.txt"]


def test_owner_protection_is_removed_and_said() -> None:
    saved = io.BytesIO()
    with pikepdf.open(io.BytesIO(PAGE)) as pdf:
        pdf.save(saved, encryption=pikepdf.Encryption(owner="o", user=""))
    assert "the encryption was removed" in embedding(saved.getvalue()).repairs


@pytest.mark.parametrize(
    ("pdf", "xml", "error", "says"),
    [
        (b"%PDF-1.4 nothing", XML, InputError, "the PDF is damaged: unable to find trailer dictionary"),
        (PAGE, "fixtures/b2b-ubl.xml", UsageError, "holds CII, this is UBL"),
        (PAGE, "Makefile", InputError, "is neither XML nor PDF"),
    ],
)
def test_wrong_input_says_what_to_do(pdf: bytes, xml: str, error: type[Exception], says: str) -> None:
    with pytest.raises(error, match=says):
        einvoice.embed(pdf, xml)


# -- the command line -----------------------------------------------------------------------------


def test_embed_and_extract_on_the_command_line(tmp_path: Path) -> None:
    (tmp_path / "page.pdf").write_bytes(changed(PAGE, scripts))
    ran = command.einvoice("embed", str(tmp_path / "page.pdf"), XML, "--output", str(tmp_path / "made.pdf"))
    assert (ran.code, ran.out) == (0, "")
    assert re.search(r"repaired: Helvetica was embedded as texgyreheros-regular", ran.err)
    taken = command.einvoice("extract", str(tmp_path / "made.pdf"), "--xml")
    assert taken.out == Path(XML).read_text("utf-8")
    judged = command.einvoice("validate", str(tmp_path / "made.pdf"))
    assert judged.code == 0


def test_a_refusal_leaves_no_file(tmp_path: Path) -> None:
    (tmp_path / "page.pdf").write_bytes(changed(PAGE, calibri))
    ran = command.einvoice("embed", str(tmp_path / "page.pdf"), XML, "--output", str(tmp_path / "made.pdf"))
    assert (ran.code, ran.err.count("\n")) == (1, 1)
    assert not (tmp_path / "made.pdf").exists()
    kept = command.einvoice("embed", str(tmp_path / "page.pdf"), XML, "-o", str(tmp_path / "made.pdf"), "--keep-non-conforming")
    assert kept.code == 0
    assert "does not conform to PDF/A-3 and does not claim to" in kept.err


def test_create_zugferd_on_the_command_line(tmp_path: Path) -> None:
    json, pdf = tmp_path / "invoice.json", tmp_path / "invoice.pdf"
    assert command.einvoice("convert", "fixtures/b2b-ubl.xml", "--to", "json", "-o", str(json)).code == 0
    (tmp_path / "note.txt").write_text("delivered", "utf-8")
    for arguments in (
        ["create", str(json), "--to", "zugferd", "--attach", str(tmp_path / "note.txt")],
        ["convert", "fixtures/b2b-ubl.xml", "--to", "zugferd"],
    ):
        ran = command.einvoice(*arguments, "--language", "en", "--accessible", "-o", str(pdf))
        assert (ran.code, ran.err) == (0, "")
        assert command.einvoice("validate", str(pdf)).code == 0
    refused = command.einvoice("create", str(json), "--to", "zugferd", "--profile", "minimum", "-o", str(pdf))
    assert (refused.code, refused.err.count("\n")) == (1, 1)
    dropped = command.einvoice("create", str(json), "--to", "zugferd", "--profile", "minimum", "--drop", "-o", str(pdf))
    assert dropped.code == 0
    assert "lost: BT-9 Payment due date" in dropped.err


@pytest.mark.parametrize("font", ["Helvetica", "Helvetica-Oblique", "Times-Bold", "Times-Italic", "Courier", "Courier-BoldOblique"])
def test_every_character_of_the_standard_fonts_is_embedded(font: str) -> None:
    def draw(canvas: Canvas) -> None:
        canvas.setFont(font, 8)
        for row in range(2, 16):  # all of WinAnsiEncoding, m\u00b2 and \u00b5 among them
            canvas.drawString(40, 800 - 12 * row, bytes(range(16 * row, 16 * row + 16)).decode("cp1252", "ignore"))

    made = einvoice.embed(drawn(draw), XML)
    assert [finding for finding in einvoice.validate(made).findings if finding.severity != "information"] == []
