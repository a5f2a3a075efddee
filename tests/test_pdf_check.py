"""Our check of PDF/A-3b against veraPDF: public hybrids, files broken on purpose, hazards."""

from __future__ import annotations

import io
import time
import zlib
from collections import Counter
from typing import TYPE_CHECKING

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name, String

import einvoice
from einvoice.errors import InputError
from einvoice.pdf.extract import embedded
from einvoice.pdf.pdfa.check import check
from einvoice.pdf.pdfa.clauses import CLAUSES
from fuzz.breaks import broken
from fuzz.font_breaks import broken_fonts
from fuzz.program_breaks import broken_programs

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from tools.verapdf import Verapdf

BASE = "fixtures/b2b-zugferd.pdf"
STRICTER = ["font Subtype"] * 2
"""broken files that we refuse and veraPDF passes, none the other way round: a Subtype that does not exist (6.2.11.2)"""


def test_public_hybrids_get_the_same_verdict(corpora: Path, verapdf: Verapdf) -> None:
    paths = sorted((corpora / "pdf").rglob("*.pdf"))
    different = [path.name for path in paths if (verapdf.judge(path).status == "pass") != (not check(path.read_bytes()))]
    assert different == []
    assert len(paths) == 149


def test_files_broken_on_purpose_get_the_same_verdict(root: Path, verapdf: Verapdf, tmp_path: Path) -> None:
    """Two hybrids, each broken in all ways; veraPDF cannot read ten of them, signatures above all."""
    tagged = einvoice.create_pdf(einvoice.read("fixtures/skonto-ubl.xml").invoice, language="fr", accessible=True)
    counts, stricter = judged((*broken((root / BASE).read_bytes()), *broken(tagged)), verapdf, tmp_path)
    assert stricter == STRICTER
    assert counts == {"pass": 568, "fail": 772, "error": 10, "same rule": 768}


def test_fonts_of_every_kind_broken_on_purpose_get_the_same_verdict(verapdf: Verapdf, tmp_path: Path) -> None:
    counts, stricter = judged(broken_fonts(), verapdf, tmp_path)
    assert stricter == []
    assert counts == {"pass": 137, "fail": 133, "error": 9, "same rule": 124}


def test_font_programs_damaged_on_purpose_get_the_same_verdict(verapdf: Verapdf, tmp_path: Path) -> None:
    counts, stricter = judged(broken_programs(), verapdf, tmp_path)
    assert stricter == [
        "TrueType: without head",
        "CIDFontType2: without head",
        "CIDFontType2: half of cmap",
    ]  # which fontTools cannot do without
    assert counts == {"pass": 28, "fail": 67, "error": 1, "same rule": 34}


def judged(files: Iterable[tuple[str, bytes]], verapdf: Verapdf, folder: Path) -> tuple[Counter[str], list[str]]:
    """How many pass, and how often both name a rule; then the files that we alone refuse. None may pass here alone."""
    counts: Counter[str] = Counter()
    stricter = []
    for name, data in files:
        (folder / "broken.pdf").write_bytes(data)
        theirs, ours = verapdf.judge(folder / "broken.pdf"), {breach.rule for breach in check(data)}
        counts[theirs.status] += 1
        if theirs.status == "fail":
            assert ours, f"{name}: we pass what veraPDF fails for {theirs.rules}"
            counts["same rule"] += bool(ours & set(theirs.rules))
        elif theirs.status == "pass" and ours:
            stricter.append(name)
    return counts, stricter


def test_every_rule_of_the_profile_has_its_words() -> None:
    assert len(CLAUSES) == 146 + 3
    assert all(CLAUSES.values())


# -- hazards --------------------------------------------------------------------------------------


def changed(change: Callable[[pikepdf.Pdf], object], **options: object) -> bytes:
    with pikepdf.open(BASE) as pdf:
        change(pdf)
        saved = io.BytesIO()
        pdf.save(saved, **options)  # type: ignore[arg-type]
        return saved.getvalue()


def specification(pdf: pikepdf.Pdf, name: str, stream: pikepdf.Object) -> pikepdf.Object:
    return pdf.make_indirect(
        Dictionary(Type=Name.Filespec, F=String(name), UF=String(name), AFRelationship=Name.Data, EF=Dictionary(F=stream, UF=stream))
    )


def only(pdf: pikepdf.Pdf, held: pikepdf.Object) -> None:
    pdf.Root.Names.EmbeddedFiles = Dictionary(Names=Array([String("factur-x.xml"), held]))
    pdf.Root.AF = Array([held])


def bomb(pdf: pikepdf.Pdf, *, layers: int) -> None:
    raw = zlib.compress(b"\0" * (1 << 28), 9)
    for _ in range(layers - 1):
        raw = zlib.compress(raw, 9)
    stream = pikepdf.Stream(pdf, raw)
    stream.stream_dict = Dictionary(Type=Name.EmbeddedFile, Subtype=Name("/text/xml"), Filter=Array([Name.FlateDecode] * layers))
    only(pdf, specification(pdf, "factur-x.xml", pdf.make_indirect(stream)))


def extra(pdf: pikepdf.Pdf, name: str, content: bytes) -> None:
    held = specification(pdf, name, pdf.make_stream(content, Type=Name.EmbeddedFile, Subtype=Name("/text/xml")))
    names = pdf.Root.Names.EmbeddedFiles.Names
    names.append(String(name))
    names.append(held)
    pdf.Root.AF.append(held)


def cyclic(pdf: pikepdf.Pdf) -> None:
    node = pdf.make_indirect(Dictionary())
    node.Kids = Array([node])
    pdf.Root.Names.EmbeddedFiles = node
    del pdf.Root["/AF"]


def deep(pdf: pikepdf.Pdf) -> None:
    node = pdf.make_indirect(Dictionary(Names=pdf.Root.Names.EmbeddedFiles.Names))
    for _ in range(2000):
        node = pdf.make_indirect(Dictionary(Kids=Array([node])))
    pdf.Root.Names.EmbeddedFiles = node


def annotation(pdf: pikepdf.Pdf) -> None:
    held = pdf.Root.AF[0]
    del pdf.Root["/AF"], pdf.Root["/Names"]
    pdf.pages[0].obj.Annots = Array(
        [pdf.make_indirect(Dictionary(Type=Name.Annot, Subtype=Name.FileAttachment, Rect=[0, 0, 9, 9], FS=held))]
    )


def page_only(pdf: pikepdf.Pdf) -> None:
    pdf.pages[0].obj.AF = pdf.Root.AF
    del pdf.Root["/AF"], pdf.Root["/Names"]


def rewritten(content: bytes) -> Callable[[pikepdf.Pdf], object]:
    return lambda pdf: pdf.Root.AF[0].EF.F.write(content)


PLAIN = b"<Invoice xmlns='urn:oasis:names:specification:ubl:schema:xsd:Invoice-2'/>"
UTF_16 = f'<?xml version="1.0" encoding="UTF-16"?>{PLAIN.decode()}'.encode("utf-16")
ENTITIES = b'<!DOCTYPE a [<!ENTITY x "&y;&y;"><!ENTITY y "aaa">]><Invoice>&x;</Invoice>'
HAZARDS: dict[str, tuple[Callable[[], bytes], str | None]] = {
    "path in the name": (lambda: changed(lambda pdf: extra(pdf, "../../etc/cron.d/x", b"<a/>")), "xrechnung.xml"),
    "drive and NUL in the name": (lambda: changed(lambda pdf: extra(pdf, "C:\\temp\\factur-x.xml\0.exe", b"<a/>")), "xrechnung.xml"),
    "bomb": (lambda: changed(lambda pdf: bomb(pdf, layers=1)), None),
    "double bomb": (lambda: changed(lambda pdf: bomb(pdf, layers=2)), None),
    "six filters": (lambda: changed(lambda pdf: bomb(pdf, layers=6)), None),
    "two invoices of one name": (lambda: changed(lambda pdf: extra(pdf, "xrechnung.xml", PLAIN)), "xrechnung.xml"),
    "cyclic name tree": (lambda: changed(cyclic), None),
    "name tree of 2000 levels": (lambda: changed(deep), "xrechnung.xml"),
    "F and UF differ": (lambda: changed(lambda pdf: pdf.Root.AF[0].__setitem__("/F", String("readme.txt"))), "xrechnung.xml"),
    "a string for a file": (lambda: changed(lambda pdf: pdf.Root.AF.append(String("x"))), "xrechnung.xml"),
    "no AF": (lambda: changed(lambda pdf: pdf.Root.__delitem__("/AF")), "xrechnung.xml"),
    "no name tree": (lambda: changed(lambda pdf: pdf.Root.__delitem__("/Names")), "xrechnung.xml"),
    "an annotation only": (lambda: changed(annotation), "xrechnung.xml"),
    "a page's AF only": (lambda: changed(page_only), "xrechnung.xml"),
    "user password": (lambda: changed(lambda _: None, encryption=pikepdf.Encryption(owner="o", user="u")), None),
    "owner password": (lambda: changed(lambda _: None, encryption=pikepdf.Encryption(owner="o", user="")), "xrechnung.xml"),
    "truncated": (lambda: (data := changed(lambda _: None))[: int(len(data) * 0.6)], "xrechnung.xml"),
    "junk before it": (lambda: b"HTTP/1.1 200 OK\r\n\r\n" + changed(lambda _: None), "xrechnung.xml"),
    "no startxref": (lambda: changed(lambda _: None).replace(b"startxref", b"startxxxx"), "xrechnung.xml"),
    "object streams": (lambda: changed(lambda _: None, object_stream_mode=pikepdf.ObjectStreamMode.generate), "xrechnung.xml"),
    "entities": (lambda: changed(rewritten(ENTITIES)), "xrechnung.xml"),
    "UTF-16": (lambda: changed(rewritten(UTF_16)), "xrechnung.xml"),
    "not XML": (lambda: changed(rewritten(b"\x89PNG")), None),
}  # fmt: skip


@pytest.mark.parametrize("name", HAZARDS)
def test_hazards_end_soon_and_give_the_invoice_or_the_reason(name: str) -> None:
    make, file = HAZARDS[name]
    data, started = make(), time.process_time()
    if file is None:
        with pytest.raises(InputError, match=f"^{name}: [^\n]*$"):
            embedded(data, name).invoice(name)
    else:
        assert embedded(data, name).invoice(name).name == file
        report = einvoice.validate(data, name=name)
        assert report.readable == (name != "entities")
    assert time.process_time() - started < 10


def test_two_different_invoices_are_an_error() -> None:
    with pikepdf.open(BASE) as pdf:
        first = pdf.Root.AF[0].EF.F.read_bytes()
    report = einvoice.validate(changed(lambda pdf: extra(pdf, "factur-x.xml", first.replace(b"R-2026-0117", b"R-2026-0118"))))
    assert ("BR-HYBRID-13", "error") in {(finding.rule, finding.severity) for finding in report.findings}
    assert report.verdict is einvoice.Verdict.INVALID
    twice = einvoice.validate(changed(lambda pdf: extra(pdf, "factur-x.xml", first)))
    assert ("BR-HYBRID-13", "warning") in {(finding.rule, finding.severity) for finding in twice.findings}


def test_the_fixture_holds_its_xml_and_conforms(root: Path) -> None:
    data = (root / BASE).read_bytes()
    assert embedded(data, BASE).invoice(BASE).content == (root / "fixtures/b2b-cii.xml").read_bytes()
    assert check(data) == ()
