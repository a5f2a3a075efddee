"""The command line on right input: forms, folders, standard input, and the README's examples as they are printed."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

import einvoice
from tests.command import Ran
from tests.command import einvoice as command

B2B = "fixtures/b2b-ubl.xml"


def test_forms_carry_the_same_report() -> None:
    one, line = command("validate", B2B, "--format", "json"), command("validate", B2B, "--format", "jsonl")
    assert json.loads(one.out) == json.loads(line.out)
    assert (one.err, line.out.count("\n")) == ("", 1)
    assert command("validate", B2B).out.startswith(f"{B2B}: VALID, KoSIT recommendation: accept\n")


def test_standard_input_and_output_file(tmp_path: Path) -> None:
    ran = command("validate", "-", "--format", "json", "--output", str(tmp_path / "r.json"), stdin=Path(B2B).read_bytes())
    assert (ran.code, ran.out, ran.err) == (0, "", "")
    assert json.loads((tmp_path / "r.json").read_text("utf-8"))["source"]["name"] == "-"


def test_a_folder_gives_one_report_per_document_and_the_worst_exit_code(tmp_path: Path) -> None:
    ran = command("validate", "fixtures/broken", "--output", str(tmp_path))
    assert ran.code == 4
    assert len(list(tmp_path.iterdir())) == len(list(Path("fixtures/broken").glob("*.xml")))


def test_warnings_count_when_asked_to() -> None:
    path = "fixtures/broken/wrong-iban-cii.xml"
    assert (command("validate", path).code, command("validate", path, "--fail-on", "warning").code) == (0, 1)


def test_rules_by_name() -> None:
    assert command("validate", "fixtures/broken/old-specification-cii.xml").code == 4
    assert command("validate", "fixtures/broken/old-specification-cii.xml", "--rules", "en16931").code == 0


def test_convert_there_and_back(tmp_path: Path) -> None:
    cii, again = tmp_path / "cii.xml", tmp_path / "ubl.xml"
    assert command("convert", B2B, "--to", "cii", "--output", str(cii)).code == 0
    assert command("convert", str(cii), "--to", "ubl", "--output", str(again)).code == 0
    assert einvoice.read(again) == einvoice.read(B2B)


def test_convert_lists_what_is_lost(tmp_path: Path) -> None:
    source = Path(B2B).read_text("utf-8").replace("<cbc:DueDate>", "<cbc:AccountingCostCode>7</cbc:AccountingCostCode><cbc:DueDate>")
    (tmp_path / "in.xml").write_text(source, "utf-8")
    ran = command("convert", str(tmp_path / "in.xml"), "--to", "cii", "--loss-report", str(tmp_path / "lost.json"))
    assert [fate["text"] for fate in json.loads((tmp_path / "lost.json").read_text("utf-8"))["fates"] if fate["kind"] == "lost"] == ["7"]
    assert command("convert", str(tmp_path / "in.xml"), "--to", "cii").err.startswith("lost: /Invoice[1]/cbc:AccountingCostCode[1] '7'")
    assert ran.err == ""


def test_create_makes_what_convert_took_apart(tmp_path: Path) -> None:
    command("convert", B2B, "--to", "json", "--output", str(tmp_path / "i.json"))
    assert command("create", str(tmp_path / "i.json"), "--to", "xrechnung-ubl").out == Path(B2B).read_text("utf-8")


@pytest.mark.parametrize("to", ["xrechnung-ubl", "xrechnung-cii", "zugferd"])
def test_create_judges_what_it_made(tmp_path: Path, to: str) -> None:
    """An invoice that lacks something is made, and what it lacks is told by field and term."""
    draft, made = tmp_path / "draft.json", tmp_path / "made"
    text = command("template", "b2b").out
    without = text.replace('"name": "Kunde AG",', "")
    assert without != text
    draft.write_text(without, "utf-8")
    result = command("create", str(draft), "--to", to, "--output", str(made))
    assert (result.code, result.out) == (1, "")
    assert "BT-44 Buyer name" in result.err
    assert made.stat().st_size > 1000
    draft.write_text(text, "utf-8")
    assert command("create", str(draft), "--to", to, "--output", str(made)) == Ran(0, "", "")


LACKING = {
    ("price", "net"): "BT-146 Item net price",
    ("quantity", "value"): "BT-129 Invoiced quantity",
    ("vat", "category_code"): "BT-151 Invoiced item VAT category code",
    ("vat", "rate"): "BT-152 Invoiced item VAT rate",
}


@pytest.mark.parametrize("to", ["xrechnung-ubl", "xrechnung-cii", "zugferd"])
@pytest.mark.parametrize("field", LACKING, ids=".".join)
def test_create_tells_what_a_sum_lacks(tmp_path: Path, field: tuple[str, str], to: str) -> None:
    draft = json.loads(re.sub(r"\s*//.*", "", command("template", "b2b").out))
    del draft["lines"][0][field[0]][field[1]]
    result = command("create", "-", "--to", to, "--output", str(tmp_path / "made"), stdin=json.dumps(draft).encode())
    assert (result.code, result.out) == (1, "")
    assert f"lines[0].{'.'.join(field)} ({LACKING[field]}) is missing" in result.err


def test_extract_gives_all_sections_and_saves_attachments(tmp_path: Path) -> None:
    assert list(json.loads(command("extract", B2B).out)) == [
        "seller",
        "buyer",
        "lineitems",
        "taxes",
        "paymentterms",
        "paymentmeans",
        "delivery",
    ]
    assert command("extract", "fixtures/attachment-cii.xml", "--attachments", str(tmp_path)).code == 0
    assert (tmp_path / "stundenzettel-kw10.pdf").read_bytes().startswith(b"%PDF")


def test_an_attachment_cannot_leave_its_folder(tmp_path: Path) -> None:
    hostile = Path("fixtures/attachment-cii.xml").read_text("utf-8").replace("stundenzettel-kw10.pdf", "../../evil.pdf")
    assert command("extract", "-", "--attachments", str(tmp_path / "a"), stdin=hostile.encode()).code == 0
    assert [p.name for p in (tmp_path / "a").iterdir()] == ["evil.pdf"]


def test_explain_a_term_and_a_rule_in_a_document() -> None:
    assert "line 27: seller.vat_identifier = DE287654324" in command("explain", "BT-31", B2B).out
    ran = command("explain", "BR-DE-15", "fixtures/broken/no-buyer-reference-ubl.xml")
    assert "about BT-10 Buyer reference" in ran.out
    assert ran.out.endswith("line 2: /Invoice[1]\n")


EXAMPLE = re.compile(r"```console\n\$ (.*?)\n(.*?)```", re.DOTALL)


PAGES = [Path(name).read_text("utf-8") for name in ("README.md", "docs/tutorial.md")]


@pytest.mark.parametrize("example", [example for page in PAGES for example in EXAMPLE.findall(page)], ids=lambda e: e[0])
def test_the_examples_print_what_the_page_says(example: tuple[str, str]) -> None:
    line, printed = example
    arguments = shlex.split(line)
    assert arguments[0] == "einvoice"
    assert command(*arguments[1:]).out == printed


@pytest.mark.parametrize("page", PAGES, ids=["README", "tutorial"])
def test_the_library_examples_run(page: str) -> None:
    code = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    assert len(code) == 1
    done = subprocess.run([sys.executable, "-c", code[0]], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
