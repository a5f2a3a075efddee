"""Recover Schematron rules from the XSLT that they were compiled to.

Strategy: SchXslt (EN 16931, XRechnung) and the ISO skeleton (Factur-X) both write one `xsl:template` per rule, and in
it, per assertion, the test, the id, the flag and the text of the message. The two dialects differ only in how the test
is wrapped, so one walk over `svrl:failed-assert` and `svrl:successful-report` reads both.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lxml import etree

if TYPE_CHECKING:
    from collections.abc import Iterator

XSL = "{http://www.w3.org/1999/XSL/Transform}"
SVRL = "{http://purl.oclc.org/dsdl/svrl}"
ASSERTIONS = (f"{SVRL}failed-assert", f"{SVRL}successful-report")


@dataclass(frozen=True, slots=True)
class Assertion:
    """One assert or report of an official rule file."""

    id: str
    flag: str
    context: str
    test: str
    message: str
    line: int
    """line of the assertion in the stylesheet, 1-based; Saxon's errors name such lines"""


def load(stylesheet: bytes) -> tuple[Assertion, ...]:
    """All assertions of a Schematron that was compiled to XSLT, in document order.

    Raises `lxml.etree.XMLSyntaxError` when the stylesheet is not XML.
    """
    root = etree.fromstring(stylesheet, etree.XMLParser(huge_tree=True, resolve_entities=False, no_network=True))
    return tuple(_assertions(root))


def _assertions(root: etree._Element) -> Iterator[Assertion]:
    for node in root.iter(*ASSERTIONS):
        context = _context(node)
        test = _attribute(node, "test") or ""
        yield Assertion(
            id=_attribute(node, "id") or unnamed(context, test),
            flag=flag(_attribute(node, "flag"), _attribute(node, "role")),
            context=context,
            test=test,
            message=_message(node),
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
    fired = next(template.iter(f"{SVRL}fired-rule"))
    return _attribute(fired, "context") or ""


def _attribute(node: etree._Element, name: str) -> str | None:
    """An attribute that stands there as such or as an `xsl:attribute`; both dialects write both."""
    if (value := node.get(name)) is not None:
        return value
    element = node.find(f"{XSL}attribute[@name='{name}']")
    return None if element is None else "".join(element.itertext())


def _message(node: etree._Element) -> str:
    """The text with its computed parts as `{expression}`."""
    text = node.find(f"{SVRL}text")
    if text is None:
        return ""
    parts = [text.text or ""]
    for child in text:
        parts += [f"{{{child.get('select')}}}" if child.get("select") else "", child.tail or ""]
    return " ".join("".join(parts).split())


def _first_line(node: etree._Element) -> int:
    """Where the element that tests begins: `xsl:if`, or the skeleton's `xsl:choose` with its `xsl:when`."""
    parent = node.getparent()
    assert parent is not None
    test = parent if parent.tag == f"{XSL}if" else parent.getprevious()
    return int((test if test is not None else parent).sourceline or 0)
