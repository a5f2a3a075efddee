"""Three wrong inputs for every right one: each has its exit code and one line that says what to do."""

from __future__ import annotations

import base64
import functools
import io
import json
import zipfile
from email.message import EmailMessage
from pathlib import Path
from typing import TYPE_CHECKING

import pikepdf
import pytest

import einvoice
from einvoice.errors import InputError, UsageError
from tests.command import einvoice as command

if TYPE_CHECKING:
    from collections.abc import Callable

GOOD = Path("fixtures/b2b-ubl.xml")
BOMB = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>\n<x>&b;</x>'
EXTERNAL = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>\n<x>&a;</x>'
XHTML = '<html xmlns="http://www.w3.org/1999/xhtml"><head><title>Login</title></head><body><br></body></html>'


def empty_pdf(path: Path) -> None:
    with pikepdf.new() as pdf:
        pdf.add_blank_page()
        pdf.save(path)


UNREADABLE = {
    "empty": (b"", "is empty"),
    "blank": (b" \n\t", "is empty"),
    "text": (b"Sehr geehrte Damen und Herren", "neither XML nor PDF"),
    "json": (b'{"number": "1"}', "einvoice create"),
    "outlook": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "save the attachment itself"),
    "damaged zip": (b"PK\x03\x04" + b"\0" * 99, "no zip archive that can be read"),
    "mail without an invoice": (b"Subject: Rechnung\nContent-Type: text/plain\n\nanbei", "an e-mail without an invoice"),
    "gzip": (b"\x1f\x8b\x08\x00abc", "neither XML nor PDF"),
    "html": (b"<!DOCTYPE html><html><body>Login", "HTML page"),
    "xhtml": (XHTML.encode(), "HTML page"),
    "entity bomb": (BOMB.encode(), "DOCTYPE"),
    "external entity": (EXTERNAL.encode(), "DOCTYPE"),
    "bomb in UTF-16": (BOMB.encode("utf-16"), "DOCTYPE"),
    "bomb after a long comment": (f"<!--{'x' * 100_000}-->{BOMB}".encode(), "DOCTYPE"),
    "undeclared entity": (b"<x>&nbsp;</x>", "not well-formed"),
    "two roots": (b"<x/><y/>", "not well-formed"),
    "control character": (b"<x>\x01</x>", "not well-formed"),
    "damaged PDF": (b"%PDF-1.7\n1 0 obj<<", "PDF"),
    "wrong encoding": ('<?xml version="1.0" encoding="UTF-8"?><x>ü</x>'.encode("latin-1"), "not well-formed"),
    "unknown encoding": (b'<?xml version="1.0" encoding="x-klingon"?><x/>', "not well-formed"),
}


@pytest.mark.parametrize("name", UNREADABLE)
def test_what_is_no_document_is_said_in_one_line(name: str, tmp_path: Path) -> None:
    content, reason = UNREADABLE[name]
    path = tmp_path / "input.xml"
    path.write_bytes(content)
    ran = command("validate", str(path), "--format", "json")
    assert (ran.code, len(ran.err.splitlines())) == (3, 1)
    assert reason in ran.err
    assert json.loads(ran.out)["verdict"] == "unchecked"
    with pytest.raises(InputError, match=reason):
        einvoice.open(path)


WRONG_SOURCES = {
    "XML as text": (GOOD.read_text("utf-8"), "give XML as bytes"),
    "text file": (io.StringIO("<x/>"), "opened as text"),
    "nothing": (None, "not as NoneType"),
}


@pytest.mark.parametrize("name", WRONG_SOURCES)
@pytest.mark.parametrize("call", [einvoice.validate, einvoice.open, einvoice.read])
def test_what_is_no_source_is_said_in_one_line(name: str, call: Callable[..., object]) -> None:
    source, reason = WRONG_SOURCES[name]
    with pytest.raises(UsageError, match=reason) as raised:
        call(source)
    assert len(str(raised.value)) < 120


def test_any_bytes_and_what_is_open_are_sources() -> None:
    content = GOOD.read_bytes()
    reports = [einvoice.validate(s) for s in (content, bytearray(content), memoryview(content), io.BytesIO(content), einvoice.open(GOOD))]
    assert [report.verdict for report in reports] == ["valid"] * 5


def test_bytes_that_are_too_many_are_not_their_own_name() -> None:
    (report,) = einvoice.validate_many([b"x" * 1000], max_size=10)
    assert report.source.name == "(bytes)"


@pytest.mark.parametrize(("path", "stdin"), [(str(GOOD), b""), ("-", GOOD.read_bytes())])
def test_what_is_too_large_is_not_judged(path: str, stdin: bytes) -> None:
    ran = command("validate", "--max-size", "0.001", path, stdin=stdin)
    assert (ran.code, ran.err.count("\n")) == (3, 1)
    assert "is larger than 0.001 MB; split it, or judge it with a higher --max-size" in ran.err
    assert command("validate", "--max-size", "0.1", path, stdin=stdin).code == 0


def test_truncated_xml_names_the_place(tmp_path: Path) -> None:
    path = tmp_path / "half.xml"
    path.write_bytes(GOOD.read_bytes()[:2000])
    ran = command("validate", str(path))
    assert (ran.code, ran.err.count("\n")) == (3, 1)
    assert "line 41, column 33" in ran.err


def test_a_hundred_megabytes_of_nested_elements_end_soon(tmp_path: Path) -> None:
    path = tmp_path / "deep.xml"
    path.write_bytes(b"<a>" * (100_000_000 // 3))
    ran = command("validate", str(path))
    assert (ran.code, ran.err.count("\n")) == (3, 1)
    assert "more than 100 deep" in ran.err


@pytest.mark.parametrize("arguments", [("validate",), ("convert", "--to", "cii"), ("extract",), ("render",), ("fix",), ("explain",)])
def test_what_is_too_deep_is_refused(arguments: tuple[str, ...], tmp_path: Path) -> None:
    path = tmp_path / "deep.xml"
    path.write_bytes(nested(101))
    ran = command(arguments[0], str(path), *arguments[1:])
    assert (ran.code, ran.err.count("\n")) == (3, 1)
    assert "has elements within elements more than 100 deep" in ran.err
    path.write_bytes(nested(100))
    assert "more than 100" not in command(arguments[0], str(path), *arguments[1:]).err


def nested(levels: int) -> bytes:
    """An invoice with sub-lines down to so many levels of elements."""
    line = GOOD.read_bytes()
    start, end = line.index(b"<cbc:ID>", line.index(b"<cac:InvoiceLine>")), line.index(b"</cac:InvoiceLine>")
    sub = b"<cac:SubInvoiceLine>" + line[start:end]
    extra = levels - 6  # root, line, and from the last sub-line down to the identifier of its tax scheme
    return line[:end] + sub * extra + b"</cac:SubInvoiceLine>" * extra + line[end:]


MANY = {
    "unknown fields": (
        {f"nummer{n}": 1 for n in range(5000)},
        "nummer0: the model has no such field; did you mean number",
        "; and 4,980 more",
    ),
    "levels": (
        {"lines": [{"sub_lines": [functools.reduce(lambda inner, _: {"sub_lines": [inner]}, range(60), {})]}]},
        "more than 100 deep",
        "",
    ),
}


@pytest.mark.parametrize("name", MANY)
def test_json_with_many_faults_is_refused_in_a_line(name: str, tmp_path: Path) -> None:
    draft, first, last = MANY[name]
    path = tmp_path / "draft.json"
    path.write_text(json.dumps(draft), "utf-8")
    ran = command("create", str(path), "--to", "xrechnung-ubl")
    assert (ran.code, ran.err.count("\n")) == (3, 1)
    assert first in ran.err
    assert ran.err.endswith(f"{last}\n")


def test_a_pdf_without_an_invoice(tmp_path: Path) -> None:
    empty_pdf(tmp_path / "letter.pdf")
    ran = command("validate", str(tmp_path / "letter.pdf"))
    assert (ran.code, ran.err.count("\n")) == (3, 1)
    assert "holds no invoice" in ran.err


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    assert (command("validate", "no-such-file.xml").code, command("validate", "/proc/self/mem").code) == (3, 3)
    empty = command("validate", str(tmp_path))
    assert (empty.code, empty.err.count("\n")) == (3, 1)
    assert "no .xml or .pdf" in empty.err


def test_one_unreadable_file_stops_no_other() -> None:
    ran = command("validate", str(GOOD), "no-such-file.xml", "fixtures/broken/no-buyer-reference-ubl.xml", "--format", "jsonl")
    assert ran.code == 3
    assert [json.loads(line)["verdict"] for line in ran.out.splitlines()] == ["valid", "unchecked", "invalid"]


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8-sig", "iso-8859-1", "utf-16-le"])
def test_other_encodings_are_judged(encoding: str) -> None:
    declared = {"utf-8-sig": "UTF-8", "utf-16-le": "UTF-16"}.get(encoding, encoding)
    text = GOOD.read_text("utf-8").replace('encoding="UTF-8"', f'encoding="{declared}"')
    mark = b"\xff\xfe" if encoding == "utf-16-le" else b""
    report = einvoice.validate(mark + text.encode(encoding))
    assert report.verdict.value == "valid"
    assert einvoice.read(mark + text.encode(encoding)) == einvoice.read(GOOD)


def test_an_unknown_root_is_unchecked() -> None:
    ran = command("validate", "fixtures/broken/no-invoice.xml")
    assert ran.code == 4
    assert "the root element order is no invoice" in ran.out


@pytest.mark.parametrize(
    ("xml", "reason"),
    [
        (b"<Invoice/>", "the root element Invoice has no namespace"),
        (b'<Invoice xmlns="urn:x"/>', "the root element Invoice has namespace urn:x"),
        (b'<CrossIndustryDocument xmlns="urn:ferd"/>', "the root element CrossIndustryDocument is no invoice"),
    ],
)
def test_what_looks_like_an_invoice_is_told_apart(xml: bytes, reason: str) -> None:
    report = einvoice.validate(xml)
    assert report.verdict.value == "unchecked"
    assert reason in (report.layers[1].reason or "")
    with pytest.raises(InputError, match=reason):
        einvoice.read(xml)


def test_a_business_document_header_is_taken_off_with_a_notice() -> None:
    report = einvoice.validate("fixtures/broken/in-sbdh-ubl.xml")
    assert (report.verdict.value, [f.rule for f in report.findings]) == ("valid", ["XML-SBDH"])
    assert report.source.container == "sbdh"


WRONG_JSON = {
    '{"number": "1", "sellr": {}}': "sellr: the model has no such field; did you mean seller (BG-4 Seller)?",
    '{"lines": [{"price": {"net": "1,50"}}]}': "lines[0].price.net (BT-146 Item net price): '1,50' is no decimal number",
    '{"issue_date": "31.01.2026"}': "issue_date (BT-2 Invoice issue date): '31.01.2026' is no date; write it as 2026-01-31",
    '{"number": 17}': "number (BT-1 Invoice number): 17 is no text",
    '{"lines": {}}': "lines (BG-25 Invoice line): a list is expected",
    '{"number": "1", "number": "2"}': "stands twice",
    '{"totals": {"due": NaN}}': "NaN is no number",
    "[]": "a JSON object is expected",
    "{": "is not JSON",
    "[" * 100_000: "is not JSON",
}


@pytest.mark.parametrize("text", WRONG_JSON, ids=range(len(WRONG_JSON)))
def test_wrong_json_names_the_path_and_the_term(text: str) -> None:
    ran = command("create", "-", "--to", "xrechnung-ubl", stdin=text.encode())
    assert (ran.code, ran.out, ran.err.count("\n")) == (3, "", 1)
    assert WRONG_JSON[text] in ran.err


def test_what_does_not_fit_the_syntax_is_refused_by_name() -> None:
    text = json.dumps({"number": "1", "preceding_invoices": [{"number": "a"}, {"number": "b"}]})
    ran = command("create", "-", "--to", "xrechnung-cii", stdin=text.encode())
    assert (ran.code, ran.out) == (1, "")
    assert "BG-3 Preceding invoice reference: the syntax holds at most 1" in ran.err


def test_wrong_usage() -> None:
    assert command("validate").code == 2
    assert command("validate", str(GOOD), "--rules", "peppol").code == 2
    assert command("extract", str(GOOD), "vat").code == 2
    assert command("explain", "BT-999").code == 2
    assert command("convert", str(GOOD), "--to", "cii", "--output", "/no/such/folder/x.xml").code == 2


def mail(*attachments: tuple[str, bytes]) -> bytes:
    message = EmailMessage()
    message["Subject"] = "Ihre Rechnung"
    message["From"] = "kontor@example.org"
    message.set_content("anbei die Rechnung")
    for name, content in attachments:
        message.add_attachment(content, maintype="application", subtype="octet-stream", filename=name)
    return bytes(message)


def zipped(*members: tuple[str, bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return file.getvalue()


ONE = (("page.pdf", b"%PDF-1.7 only a page"), ("invoice.xml", GOOD.read_bytes()), ("style.xml", b"<a/>"))
WRAPPED = {
    "an e-mail": mail(*ONE),
    "a zip archive": zipped(*ONE),
    "base64": base64.encodebytes(GOOD.read_bytes()),
    "an e-mail with the hybrid": mail(("r.pdf", Path("fixtures/b2b-zugferd.pdf").read_bytes())),
}


@pytest.mark.parametrize("name", WRAPPED)
def test_an_invoice_is_taken_out_of_what_it_was_sent_in(name: str) -> None:
    report = einvoice.validate(WRAPPED[name])
    said = [finding for finding in report.findings if finding.rule == "XML-WRAPPED"]
    assert (report.verdict.value, len(said)) == ("valid", 1)
    assert name.partition(" with")[0] in said[0].message
    assert einvoice.read(WRAPPED[name]).invoice.number == "R-2026-0117"


@pytest.mark.parametrize("wrap", [mail, zipped])
def test_several_invoices_are_for_a_batch(wrap: Callable[..., bytes]) -> None:
    with pytest.raises(InputError, match=r"with 2 invoices; judge them with 'einvoice batch'"):
        einvoice.open(wrap(("a.xml", GOOD.read_bytes()), ("b.xml", Path("fixtures/b2b-cii.xml").read_bytes())))
