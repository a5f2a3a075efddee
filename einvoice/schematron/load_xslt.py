"""Recover a Schematron from the XSLT that it was compiled to.

Strategy: SchXslt (EN 16931, XRechnung) and the ISO skeleton (Factur-X) both write one `xsl:template` per rule, the
first rule with the highest priority, and in it, per assertion, the test, the id, the flag and the text of the message.
The two dialects differ in how the test is wrapped and how patterns are kept apart, so one walk reads both.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lxml import etree

from einvoice.schematron.rule_set import Assertion, Let, Pattern, Rule, RuleSet, tested_attribute
from einvoice.schematron.xpath import Call, Expression, parse

if TYPE_CHECKING:
    from collections.abc import Iterator

XSLT = "http://www.w3.org/1999/XSL/Transform"
XSL = f"{{{XSLT}}}"
SVRL = "{http://purl.oclc.org/dsdl/svrl}"
SCHXSLT = "{https://doi.org/10.5281/zenodo.1495494}"
REPORT = f"{SVRL}successful-report"
ASSERTIONS = (f"{SVRL}failed-assert", REPORT)
FIRED_RULE = f"{SVRL}fired-rule"
_OWN_PARAMETERS = re.compile(r"schxslt\.|archive(Dir|Name)Parameter|file(Dir|Name)Parameter|document-uri")
_IDENTICAL = f"{XSL}function", f"{XSL}key"


@dataclass(frozen=True, slots=True)
class Published:
    """One assert or report as an official rule file publishes it."""

    id: str
    flag: str
    context: str
    test: str
    message: str
    line: int
    """line of the assertion in the stylesheet, 1-based; Saxon's errors name such lines"""


def published(stylesheet: bytes) -> tuple[Published, ...]:
    """All assertions of a Schematron that was compiled to XSLT, in document order.

    Raises `lxml.etree.XMLSyntaxError` when the stylesheet is not XML.
    """
    return tuple(_published(node) for node in _root(stylesheet).iter(*ASSERTIONS))


def load(stylesheet: bytes) -> RuleSet:
    """The rule set that was compiled to this XSLT.

    Raises `lxml.etree.XMLSyntaxError` when the stylesheet is not XML, XPathError for an expression that is not XPath.
    """
    root = _root(stylesheet)
    groups: dict[str, list[etree._Element]] = {}
    for template in root.iterchildren(f"{XSL}template"):
        if template.find(f".//{FIRED_RULE}") is not None:
            groups.setdefault(_pattern(template), []).append(template)
    variables = [v for v in root.iterchildren(f"{XSL}variable", f"{XSL}param") if not _OWN_PARAMETERS.match(v.get("name", ""))]
    return RuleSet(
        patterns=tuple(Pattern(tuple(map(_rule, sorted(g, key=_priority, reverse=True)))) for g in groups.values()),
        lets=tuple(Let(v.get("name", ""), parse(v.get("select", ""))) for v in variables if v.get("select")),
        namespaces=namespaces(root),
        functions=tuple(_verbatim(f) for f in root.iterchildren(*_IDENTICAL) if not f.get("name", "").startswith("schxslt:")),
        codes={k: c for v in variables if not v.get("select") for k, c in _code_lists(v)},
    )


def _root(stylesheet: bytes) -> etree._Element:
    return etree.fromstring(stylesheet, etree.XMLParser(huge_tree=True, resolve_entities=False, no_network=True))


def namespaces(root: etree._Element) -> dict[str, str]:
    """The prefixes that expressions may use; of two for one URI both stay."""
    return {prefix: uri for prefix, uri in root.nsmap.items() if prefix and uri not in {XSLT, SVRL[1:-1], SCHXSLT[1:-1]}}


def _pattern(template: etree._Element) -> str:
    """SchXslt runs all patterns in one mode and names the pattern beside the rule; the skeleton has a mode for each."""
    rule = template.find(f".//{SCHXSLT}rule")
    return rule.get("pattern", "") if rule is not None else template.get("mode", "")


def _priority(template: etree._Element) -> float:
    return float(template.get("priority", "0.5"))


def _verbatim(element: etree._Element) -> str:
    return etree.tostring(element, encoding="unicode", with_tail=False)


def _code_lists(variable: etree._Element) -> Iterator[tuple[str, frozenset[str]]]:
    """The code lists of Factur-X, by the expression that the rules name them with."""
    for listed in variable.iter("cl"):
        path = f"${variable.get('name')}/codedb/cl[@id = {listed.get('id')}]/enumeration"
        yield path, frozenset(e.get("value", "") for e in listed.iter("enumeration"))


# -- rules ------------------------------------------------------------------------------------------


def _rule(template: etree._Element) -> Rule:
    return Rule(
        context=parse(template.get("match", "")),
        lets=tuple(Let(v.get("name", ""), parse(v.get("select", "''"))) for v in _lets(template)),
        assertions=tuple(_assertion(node) for node in template.iter(*ASSERTIONS)),
    )


def _lets(template: etree._Element) -> list[etree._Element]:
    return [v for v in template.iter(f"{XSL}variable") if v.get("name") != "documentUri"]


def _assertion(node: etree._Element) -> Assertion:
    said, test = _published(node), _executed(node)
    return Assertion(said.id, said.flag, test, _message(node), tested_attribute(test))


def _executed(node: etree._Element) -> Expression:
    """What decides, as an assert: the test of the `xsl:when` before the skeleton's assert, or of the `xsl:if` around."""
    around = node.getparent()
    assert around is not None
    if around.tag != f"{XSL}if":
        when = around.getprevious()
        assert when is not None
        return parse(when.get("test", ""))
    fires = parse(around.get("test", ""))
    match fires:
        case Call("not", (test,)):
            return test
    return Call("not", (fires,))


def _published(node: etree._Element) -> Published:
    context, test = _context(node), _attribute(node, "test") or ""
    return Published(
        id=_attribute(node, "id") or unnamed(context, test),
        flag=flag(_attribute(node, "flag"), _attribute(node, "role")),
        context=context,
        test=test,
        message=" ".join("".join(p if isinstance(p, str) else f"{{{p}}}" for p in _message(node)).split()),
        line=_first_line(node),
    )


def flag(flag: str | None, role: str | None) -> str:
    """The artefact's own severity: fatal, warning or information.

    Factur-X mostly publishes none; KoSIT reads a message without one as an error.
    """
    stated = flag or role or "fatal"
    return stated if stated in {"warning", "information"} else "fatal"


def unnamed(context: str, test: str) -> str:
    """An id for an assertion that the artefact publishes without one (Factur-X, "marked as not used").

    >>> unnamed("/rsm:CrossIndustryInvoice/rsm:ExchangedDocument/ram:ID", "@schemeID")
    'FX-NOTUSED:/CrossIndustryInvoice/ExchangedDocument/ID/@schemeID'
    """
    path = " ".join(re.sub(r"\b(rsm|ram|udt|qdt):", "", context).split())
    return f"FX-NOTUSED:{path}/{test}" if test.startswith("@") else f"FX-NOTUSED:{path}"


def _context(node: etree._Element) -> str:
    template = next(node.iterancestors(f"{XSL}template"))
    fired = next(template.iter(FIRED_RULE))
    return _attribute(fired, "context") or ""


def _attribute(node: etree._Element, name: str) -> str | None:
    """An attribute that stands there as such or as an `xsl:attribute`; both dialects write both."""
    if (value := node.get(name)) is not None:
        return value
    element = node.find(f"{XSL}attribute[@name='{name}']")
    return None if element is None else "".join(element.itertext())


def _message(node: etree._Element) -> tuple[str | Expression, ...]:
    text = node.find(f"{SVRL}text")
    return () if text is None else message(text)


def message(element: etree._Element) -> tuple[str | Expression, ...]:
    """The text of a message: strings, and the expressions of its computed parts (`value-of`, `name`)."""
    parts: list[str | Expression] = [element.text or ""]
    for child in element.iterchildren("*"):
        name = etree.QName(child).localname
        if name == "value-of":
            parts.append(parse(child.get("select", "")))
        elif name == "name":
            parts.append(Call("name", (parse(child.get("path", ".")),)))
        else:
            parts.append("".join(child.itertext()))
        parts.append(child.tail or "")
    return tuple(part for part in parts if part != "")


def _first_line(node: etree._Element) -> int:
    """Where the element that tests begins: `xsl:if`, or the skeleton's `xsl:choose` with its `xsl:when`."""
    parent = node.getparent()
    assert parent is not None
    test = parent if parent.tag == f"{XSL}if" else parent.getprevious()
    return int((test if test is not None else parent).sourceline or 0)
