"""`rules diff`: what would change under other rules; and stylesheets of users that read a file of codes beside them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.command import einvoice as command

if TYPE_CHECKING:
    from pathlib import Path

RULES = """<schema xmlns="http://purl.oclc.org/dsdl/schematron" queryBinding="xslt2">
<ns prefix="ubl" uri="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2"/>
<ns prefix="cbc" uri="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2"/>
<pattern><rule context="/ubl:Invoice">{asserts}</rule></pattern></schema>"""
KEPT = '<assert id="KEPT" flag="fatal" test="cbc:Nothing">Nothing must be there</assert>'


def assertion(rule: str, flag: str, element: str, text: str) -> str:
    return f'<assert id="{rule}" flag="{flag}" test="cbc:{element}">{text}</assert>'


OLD = KEPT + assertion("A-1", "fatal", "Absent", "[A-1]-Absent must be there") + assertion("GONE", "fatal", "Old", "old")
NEW = KEPT + assertion("B-1", "warning", "Absent", "[B-1]-Absent must be there") + assertion("COME", "fatal", "New", "new")
UBL = "fixtures/b2b-ubl.xml"


@pytest.fixture
def two_sets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EINVOICE_RULES", str(tmp_path / "rules"))
    for name, asserts in (("old", OLD), ("new", NEW)):
        (tmp_path / f"{name}.sch").write_text(RULES.format(asserts=asserts), "utf-8")
        assert command("rules", "add", str(tmp_path / f"{name}.sch")).code == 0


@pytest.mark.usefixtures("two_sets")
def test_findings_that_go_come_and_are_renamed() -> None:
    ran = command("rules", "diff", "old", "new", UBL, "--format", "json")
    (change,) = json.loads(ran.out)
    assert ran.code == 1
    assert [finding["rule"] for finding in change["gone"]] == ["GONE"]
    assert [finding["rule"] for finding in change["new"]] == ["COME"]
    assert [(pair["old"]["rule"], pair["new"]["rule"], pair["new"]["severity"]) for pair in change["renamed"]] == [
        ("A-1", "B-1", "warning")
    ]
    assert "1 documents: 1 with changes, 0 with another verdict" in ran.err
    assert "+ error COME" in command("rules", "diff", "old", "new", UBL).out


@pytest.mark.usefixtures("two_sets")
def test_no_change_and_wrong_names() -> None:
    same = command("rules", "diff", "old", "old", UBL)
    assert (same.code, same.out) == (0, "")
    assert command("rules", "diff", "old", "nonsense", UBL).code == 2
    assert command("rules", "diff", "old", "new", "absent.xml").code == 3
    assert command("rules", "diff", "old").code == 2


STYLESHEET = """<xsl:stylesheet xmlns:xsl="http://www.w3.org/1999/XSL/Transform" xmlns:svrl="http://purl.oclc.org/dsdl/svrl"
 xmlns:cbc="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2" version="2.0">
<xsl:template match="/"><svrl:schematron-output><xsl:apply-templates select="/" mode="M1"/></svrl:schematron-output></xsl:template>
<xsl:template match="//cbc:DocumentCurrencyCode" priority="1000" mode="M1">
<svrl:fired-rule context="//cbc:DocumentCurrencyCode"/>
<xsl:variable name="code" select="."/>
<xsl:choose><xsl:when test="document('codes.xml')/codedb/cl[@id = 1]/enumeration[@value = $code]"/><xsl:otherwise>
<svrl:failed-assert test="document('codes.xml')/codedb/cl[@id = 1]/enumeration[@value = $code]">
<xsl:attribute name="id">CODE</xsl:attribute>
<xsl:attribute name="flag">fatal</xsl:attribute>
<svrl:text>not a code</svrl:text></svrl:failed-assert></xsl:otherwise></xsl:choose>
<xsl:apply-templates select="*" mode="M1"/></xsl:template>
<xsl:template match="text()" mode="M1"/>
<xsl:template match="@*|node()" priority="-2" mode="M1">
<xsl:apply-templates select="*" mode="M1"/></xsl:template>
</xsl:stylesheet>"""


def test_a_stylesheet_with_its_file_of_codes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EINVOICE_RULES", str(tmp_path / "rules"))
    (tmp_path / "house.xsl").write_text(STYLESHEET, "utf-8")
    missing = command("rules", "add", str(tmp_path / "house.xsl"))
    assert (missing.code, "codes.xml, which cannot be read beside it" in missing.err) == (3, True)
    (tmp_path / "codes.xml").write_text('<codedb><cl id="1"><enumeration value="CHF"/></cl></codedb>', "utf-8")
    assert command("rules", "add", str(tmp_path / "house.xsl")).code == 0
    assert "CODE" in command("validate", UBL, "--rules", "house").out
