"""The Schematron compiler: what it reads, what each pass may change, and that a document's own stylesheet says the same."""

from __future__ import annotations

import json
from importlib import resources
from typing import TYPE_CHECKING

import pytest
from lxml import etree

import einvoice
from einvoice import custom, document, official
from einvoice.check import compiled, saxon
from einvoice.check.finding import Verdict
from einvoice.errors import UsageError, XPathError
from einvoice.profiles import SCENARIOS
from einvoice.schematron import load_sch, load_xslt
from einvoice.schematron.assemble import assembled
from einvoice.schematron.compile import PASSES
from einvoice.schematron.compile import compiled as compile_rules
from einvoice.schematron.tokens import tokens
from einvoice.schematron.xpath import parse

if TYPE_CHECKING:
    from pathlib import Path

    from einvoice.schematron.rule_set import RuleSet
    from einvoice.schematron.xpath import Expression

RULES = tuple(a.id for a in official.manifest() if a.kind == "rules")


def expressions(rules: RuleSet) -> list[Expression]:
    found: list[Expression] = []
    rules.mapped(lambda e: found.append(e) or e)  # type: ignore[func-returns-value]
    return found


@pytest.mark.parametrize("name", RULES)
def test_every_expression_of_the_official_rules_is_printed_as_it_was_read(name: str) -> None:
    for expression in expressions(load_xslt.load(official.stylesheet(name))):
        assert parse(str(expression)) == expression


@pytest.mark.parametrize("name", RULES)
def test_the_tree_of_a_rule_set_has_every_assertion_that_is_published(name: str) -> None:
    tree = load_xslt.load(official.stylesheet(name))
    in_tree = sorted((a.id, a.flag) for p in tree.patterns for r in p.rules for a in r.assertions)
    assert in_tree == sorted((a.id, a.flag) for a in official.assertions(name))


def test_the_official_rules_hold_as_many_expressions_as_ever() -> None:
    assert sum(len(expressions(load_xslt.load(official.stylesheet(name)))) for name in RULES) == 7_522


@pytest.mark.parametrize("text", ["", "a b", "a[", "not(", "'x", "(: x", "for $a return 1", "a/", "1 +", "@"])
def test_what_is_not_xpath_is_named(text: str) -> None:
    with pytest.raises(XPathError):
        parse(text)


# -- two loaders ------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["ubl", "cii"])
def test_a_schematron_and_what_the_iso_skeleton_makes_of_it_are_the_same_tree(root: Path, name: str) -> None:
    """The skeleton is the one that lxml ships; it asks for XSLT 1, in which our rules are no less well-formed."""
    path = root / f"schematron/advisory/{name}.sch"
    skeleton = resources.files("lxml.isoschematron") / "resources/xsl/iso-schematron-xslt1/iso_svrl_for_xslt1.xsl"
    schema = etree.fromstring(path.read_bytes(), etree.XMLParser(remove_comments=True))
    del schema.attrib["queryBinding"]
    made = bytes(etree.XSLT(etree.parse(str(skeleton)))(schema))
    assert simple(load_xslt.load(made)) == simple(load_sch.load(path))


def simple(rules: RuleSet) -> list[object]:
    """A tree without what the skeleton cannot keep: white space of messages, and where a variable was declared."""
    return [
        (str(rule.context), [(a.id, a.flag, str(a.test), "".join(map(str, a.message)).split(), a.attribute) for a in rule.assertions])
        for pattern in rules.patterns
        for rule in pattern.rules
    ]


@pytest.fixture
def written(root: Path) -> Path:
    return root / "tests/cases/schematron/own.sch"


def test_phases_abstract_rules_and_patterns_of_a_schematron(written: Path) -> None:
    assert ids(load_sch.load(written)) == ["R1", "R2", "R3"]
    assert ids(load_sch.load(written, "#ALL")) == ["R1", "R2", "R3", "R4", "R5"]
    with pytest.raises(UsageError, match="there is no phase large; there are small"):
        load_sch.load(written, "large")


def ids(rules: RuleSet) -> list[str]:
    return [a.id for p in rules.patterns for r in p.rules for a in r.assertions]


def test_own_rules_judge_when_they_are_asked_for(written: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EINVOICE_RULES", str(tmp_path / "rules"))
    assert [c.name for c in custom.add(written, name="house")] == ["house"]
    report = einvoice.validate("fixtures/b2b-ubl.xml", rules="house")
    found = [(f.rule, f.severity, f.official) for f in report.findings if f.layer == "custom"]
    assert found == [("R3", "error", False)]
    assert report.verdict is Verdict.INVALID
    assert einvoice.validate("fixtures/b2b-ubl.xml", rules="house", reference=True).verdict is Verdict.INVALID
    assert einvoice.validate("fixtures/b2b-ubl.xml").verdict is Verdict.VALID


@pytest.mark.parametrize("times", [0, 1])
def test_keys_are_there_for_what_uses_them(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, times: int) -> None:
    """Also where an assertion dies, here of a second note, and the guarded sheet is asked."""
    monkeypatch.setenv("EINVOICE_RULES", str(tmp_path / "rules"))
    custom.add(root / "tests/cases/schematron/keyed.sch", name=f"keyed-{times}")
    note = "<cbc:Note>one</cbc:Note>"
    content = (root / "fixtures/b2b-ubl.xml").read_text("utf-8").replace("</cbc:InvoiceTypeCode>", "</cbc:InvoiceTypeCode>" + note * times)
    found = [(f.rule, f.severity) for f in einvoice.validate(content.encode(), rules=f"keyed-{times}").findings if f.layer == "custom"]
    assert found == [("K1", "error"), *([("K2", "information")] if times else [])]


def test_own_rules_read_embedded_files_and_elements_of_any_name(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EINVOICE_RULES", str(tmp_path / "rules"))
    custom.add(root / "tests/cases/schematron/attached.sch", name="attached")
    once, anew = (einvoice.validate("fixtures/attachment-ubl.xml", rules="attached", reference=reference) for reference in (False, True))
    found, wanted = ([(f.rule, f.location, f.message) for f in r.findings if f.layer == "custom"] for r in (once, anew))
    assert found == wanted
    assert {rule for rule, *_ in found} >= {"A1", "A2"}


def test_own_rules_of_which_one_is_about_another_document_element_judge_all_the_same(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EINVOICE_RULES", str(tmp_path / "rules"))
    custom.add(root / "tests/cases/schematron/attached.sch", name="attached")
    for reference in (False, True):
        report = einvoice.validate("fixtures/credit-note-ubl.xml", rules="attached", reference=reference)
        assert [layer.status for layer in report.layers if layer.name == "custom"] == ["failed"]


# -- passes -----------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def ubl() -> dict[str, RuleSet]:
    return {name: load_xslt.load(official.stylesheet(name)) for name in ("cen-ubl", "xr-ubl")}


BROKEN = ("wrong-vat-amount-ubl", "no-vat-identifier-reverse-charge-ubl", "unknown-unit-ubl", "skonto-without-line-feed-ubl")


def fired(sheet: str, name: str, asserts: list[list[str]]) -> set[tuple[str, str]]:
    opened = document.open(f"fixtures/broken/{name}.xml")
    output = saxon.run(lambda p: p.run([sheet[-40:] + str(hash(sheet))], opened.utf8, lambda _: sheet.encode(), 60)[0])
    assert isinstance(output, bytes)
    lines = [line.split("\t") for line in output.decode().split("\n")[1:] if not line.startswith("+")]
    return {(asserts[int(number)][1], where) for number, where, *_ in lines}


@pytest.mark.parametrize("off", ["nothing", *PASSES])
def test_each_pass_can_be_switched_off_and_changes_no_finding(ubl: dict[str, RuleSet], off: str) -> None:
    parts = compile_rules(ubl, passes=tuple(p for p in PASSES if p != off))
    plain = compile_rules(ubl, passes=())
    for name in BROKEN:
        assert fired(assembled(parts), name, parts["asserts"]) == fired(assembled(plain), name, plain["asserts"]) != set()


def test_the_stylesheet_of_a_document_is_a_fraction_of_the_whole() -> None:
    opened = document.open("fixtures/b2b-ubl.xml")
    parts = official.compiled(("cen-ubl", "xr-ubl"))
    own = assembled(parts, tokens(opened.root, parts["sheet"]["leaves"]))
    assert len(own) < len(assembled(parts)) / 5


def test_what_is_compiled_says_of_what_and_how(root: Path) -> None:
    for rules in {s.rules for s in SCENARIOS}:
        parts = json.loads((root / f"einvoice/artefacts/{official.sheet_name(rules)}.json").read_bytes())
        assert set(rules) <= set(parts["sources"]) | {"advisory"}
        assert parts["passes"] == list(PASSES)


# -- documents on which a rule dies -------------------------------------------------------------------


def test_a_rule_that_dies_costs_itself_alone() -> None:
    report = einvoice.validate("fixtures/broken/two-seller-names-ubl.xml")
    assert {(f.rule, f.severity) for f in report.findings} >= {("BR-06", "information"), ("UBL-SR-09", "error")}
    assert report.verdict is Verdict.INVALID
    assert next(layer for layer in report.layers if layer.name == "en16931").status == "error"
    assert einvoice.validate("fixtures/broken/two-seller-names-ubl.xml", reference=True).verdict is Verdict.UNCHECKED


def test_attachments_are_cut_for_the_rules_and_nothing_else() -> None:
    long = b"QUJD" * 1000
    start, end = b"<cbc:EmbeddedDocumentBinaryObject>", b"</cbc:EmbeddedDocumentBinaryObject>"
    assert compiled.without_attachments(start + long + end) == start + b"QUJD" + end
    for left in (b"", b" " * 100, b"QUJD", b"<![CDATA[" + long + b"]]>", b"\xc3\xa4" * 100):
        assert compiled.without_attachments(start + left + end) == start + left + end


def test_an_element_counts_by_its_namespace_whatever_its_prefix() -> None:
    cbc, ubl = (
        "urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2",
        "urn:oasis:names:specification:ubl:schema:xsd:Invoice-2",
    )
    root = etree.fromstring(f'<Invoice xmlns="{ubl}" xmlns:a="{cbc}" xmlns:b="{cbc}"><a:ID>A&amp;B</a:ID><b:ID/><xml:x>1</xml:x></Invoice>')
    found = tokens(root, ["cbc:ID"])
    assert {"ubl:Invoice", "cbc:ID", "cbc:ID*2", "cbc:ID=A&B", "=A&B", "x", "#empty"} <= found
    assert "ubl:Invoice*2" not in found
