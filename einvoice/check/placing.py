"""Where a finding stands: its element, line, terms, place in the model, and the value that is there.

An official rule names a node and, in its text, the terms it is about. The term that a finding is about first is the
one of its own node, if that node is a value; else the first term of the text.
"""

from __future__ import annotations

import re
from functools import cache
from string import ascii_lowercase, ascii_uppercase
from typing import TYPE_CHECKING, Any

from lxml import etree

from einvoice import official
from einvoice.check import forms
from einvoice.check.expectations import REFUSED, sum_of
from einvoice.check.finding import Finding
from einvoice.rows import Term
from einvoice.rule_texts import about_child, explanation, sentence, subject
from einvoice.syntax.locate import Map, Spot
from einvoice.syntax.location import Finder, Locator, step_name
from einvoice.syntax.namespaces import RULE_PREFIXES
from einvoice.syntax.plan import plan
from einvoice.terms import BY_ID, NAMES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from einvoice.check.digits import WrongNumber
    from einvoice.check.finding import Layer, Severity
    from einvoice.check.rules import Dead, Fired
    from einvoice.check.xsd import SchemaError
    from einvoice.languages import Language

_NOT = re.compile(r"not\s*\((.*)\)", re.DOTALL)
_ONCE = re.compile(r"\(?count\s*\((.*)\)\s*<?=\s*1\)?", re.DOTALL)
_CAPITALS = re.compile(r"([\w:/]+)/upper-case\(([\w:]+)\)"), rf"translate(\1/\2, '{ascii_lowercase}', '{ascii_uppercase}')"
"""what the rules say in XPath 2, and how it is said in XPath 1"""
_PREFIXES = {prefix: uri for uri, prefix in RULE_PREFIXES.items()}
_TERM = re.compile(r"\bB[TG]-\d+(?:-\d)?\b")
_CONTENT = re.compile(
    r"(?P<unexpected>This element is not expected)?\.?(?:Missing child element\(s\)\.)?"
    r"(?: Expected is (?:one of )?\( (?P<expected>[^)]*) \))?\.$"
)
_ATTRIBUTE = re.compile(r"The attribute '([^']+)' is required but missing")
_GERMAN = re.compile(r"\b(?:muss|müssen|soll|sollen|sollte|darf|dürfen|wenn|werden|kann)\b")  # most of XRechnung's own rules
SEVERITIES: Mapping[str, Severity] = {"fatal": "error", "warning": "warning", "information": "information"}


def terms_in(message: str) -> tuple[str, ...]:
    """The terms that a text names, values before groups.

    >>> terms_in("Each Invoice line (BG-25) shall have an Invoice line identifier (BT-126).")
    ('BT-126', 'BG-25')
    """
    found = dict.fromkeys(term for term in _TERM.findall(message) if term in NAMES)
    return tuple(sorted(found, key=lambda term: term.startswith("BG")))


def language_of(message: str) -> Language:
    """Of an official text: the rules of XRechnung are German, but for those that it took over.

    >>> language_of('[BR-DE-15] Das Element "Buyer reference" (BT-10) muss übermittelt werden.')
    'de'
    """
    return "de" if _GERMAN.search(message) else "en"


class Placer:
    """Makes findings of one document."""

    def __init__(self, root: etree._Element, dialect: str, language: Language = "en") -> None:
        self._map = Map(plan(dialect), root, nearest=True)
        self._find = Finder(root)
        self._locate = Locator()
        self._root = root
        self._language = language

    def fired(self, fired: Fired, layer: Layer, levels: Mapping[str, str], rules: str = "") -> Finding:
        """The finding of a rule, with the severity that the scenario gives it."""
        element = self._find(fired.location)
        if element is not None and len(element) and not terms_in(fired.message):
            element = self._wrong(element, rules, fired.rule)
        refused = REFUSED.search(fired.message)
        attribute = fired.attribute or (refused and refused["attribute"]) or ""
        return Finding(
            rule=fired.rule,
            severity=levels.get(fired.rule) or SEVERITIES[fired.flag],  # type: ignore[arg-type]
            flag=fired.flag,
            layer=layer,
            message=fired.message,
            location=fired.location,
            official=layer not in {"advisory", "custom"},
            language=language_of(fired.message),
            **self._place(element if element is not None else self._root, fired.message, attribute, rule=fired.rule),
        )

    def _wrong(self, element: etree._Element, rules: str, rule: str) -> etree._Element:
        """Of a rule that is about a child of its node, or forbids something somewhere below it: that; else the node."""
        for path in (*about_child(rule), *forbidden(rules, rule)):
            try:
                found = element.xpath(path, namespaces=_PREFIXES)
            except (etree.XPathError, ValueError):  # more than XPath 1 can say
                continue
            nodes = found if isinstance(found, list) else []
            first = next(
                (node if isinstance(node, etree._Element) else node.getparent() for node in nodes if hasattr(node, "getparent")), None
            )
            if first is not None:
                return first
        return element

    def dead(self, dead: Dead, layer: Layer) -> Finding:
        """The finding that a rule could not be evaluated: it says nothing about whether the document keeps it."""
        element = self._find(dead.location)
        place = self._place(element if element is not None else self._root, dead.rule)
        message = f"{dead.rule} could not be evaluated here, so nothing is known about it: {dead.reason}"
        return Finding(dead.rule, "information", "information", layer, message, dead.location, official=False, **place)

    def advice(self, wrong: WrongNumber) -> Finding:
        """The finding of a number with wrong check digits."""
        location = self._locate(wrong.element)
        place = self._place(wrong.element, "")
        return Finding(wrong.rule, "warning", "warning", "advisory", wrong.message, location, official=False, **place)

    def schema(self, error: SchemaError) -> Finding:
        """The finding of a schema violation, in the terms of the norm as far as the elements have some."""
        element = error.element if error.element is not None else self._root
        place = self._place(element, "")
        badly = _written_badly(error, place["terms"])
        term, explanation = self._explained(error, element, place["terms"], badly or "value")
        place["terms"] = tuple(dict.fromkeys((*([term] if term else []), *place["terms"])))
        return Finding(
            rule=f"XSD-{error.code}",
            severity="error",
            flag="fatal",
            layer="xsd",
            message=error.message,
            location=error.location,
            explanation=explanation,
            expected=forms.proper(badly, place["found"] or "", "UBL"),  # a schema's dates are UBL's, in CII too
            **{**place, "line": error.line or place["line"]},
        )

    def _explained(self, error: SchemaError, element: etree._Element, terms: tuple[str, ...], kind: str) -> tuple[str | None, str | None]:
        """The term that is missing or wrong by a schema's message, and that in words; `kind` is what a badly written value is."""
        here = terms[0] if terms else step_name(str(element.tag))
        if error.code == "DATATYPE-VALID":
            return None, sentence(f"bad-{kind}", [here], self._language)
        absent = _ATTRIBUTE.search(error.message)
        if absent is not None:
            return _part(terms[0], absent[1]) if terms else None, sentence("no-attribute", [here, absent[1]], self._language)
        content = _CONTENT.search(error.message)
        if content is None:
            return None, None
        unexpected, expected = content["unexpected"] is not None, (content["expected"] or "").split(", ")[-1].strip()
        parent = element.getparent() if unexpected else element
        if parent is None:
            return None, None
        own = step_name(str(element.tag))
        if unexpected and any(step_name(str(child.tag)) == own for child in element.itersiblings(preceding=True)):
            return None, sentence("once", [here], self._language)
        if not expected:
            return None, sentence("no-place", [here], self._language) if unexpected else None
        if any(step_name(str(child.tag)) == expected for child in parent):
            return None, sentence("misplaced", [here, expected], self._language)
        missing = self._map.child(parent, expected)
        named = missing or expected
        return missing, sentence("absent-element", [named, here], self._language) if unexpected else sentence(
            "missing", [named], self._language
        )

    def _summed(self, term: str, element: etree._Element, terms: tuple[str, ...]) -> dict[str, Any]:
        spot = self._map.find(term, element)
        there = spot is not None and spot.exact
        return {
            "line": (spot.element if spot is not None and there else element).sourceline,
            "terms": tuple(dict.fromkeys((term, *terms))),
            "path": spot.path if spot is not None else None,
            "found": _text(spot.element) if spot is not None and there else None,
        }

    def _place(self, element: etree._Element, message: str, attribute: str = "", *, rule: str = "") -> dict[str, Any]:
        own = self._map.spot(element)
        value = len(element) == 0
        said = element.get(attribute) if attribute and value else None
        if attribute == "format" and said == "102":  # the date itself is what is wrong (BR-TMP-7)
            said = None
        part = _part(own.term, attribute) if own is not None and value else None
        if own is not None and part is not None:
            return {"line": element.sourceline, "terms": (part, own.term), "path": own.path, "found": said}
        terms = terms_in(message)
        about = subject(rule)
        if about is not None and not value:
            terms = tuple(dict.fromkeys((about, *terms)))
        around = (own.term,) if own is not None else ()
        arithmetic = sum_of(rule, message, around)
        if arithmetic is not None:  # the term that is wrong, wherever the rule stands
            return self._summed(arithmetic.term, element, terms or around)
        if own is not None and (value or not terms or (own.term in terms and not own.term.startswith("BG"))):
            terms = tuple(dict.fromkeys((own.term, *terms)))
        terms = terms or terms_in(explanation(rule, message, "en") or "")
        is_own = own is not None and terms[:1] == (own.term,) and (value or not own.exact)
        spot = own if is_own else self._map.find(terms[0], element) if terms else None
        return {
            "line": (spot.element if spot is not None and spot.exact and not value else element).sourceline,
            "terms": terms,
            "path": spot.path if spot is not None else None,
            "found": said if said is not None else _found(element, spot),
        }


def _written_badly(error: SchemaError, terms: tuple[str, ...]) -> str | None:
    """What a value is that a schema refuses: number, date or truth."""
    return forms.kind_of(next(iter(terms), None), error.message) if error.code == "DATATYPE-VALID" else None


@cache
def forbidden(rules: str, rule: str) -> tuple[str, ...]:
    """The paths to what a rule says must not be there: all of a path if its test is `not(path)`, the second if `count(path) <= 1`."""
    tests = [assertion.test.strip() for assertion in official.assertions(rules) if assertion.id == rule] if rules else []
    none = (found[1] for test in tests if (found := _NOT.fullmatch(test)))
    twice = (f"({found[1]})[2]" for test in tests if (found := _ONCE.fullmatch(test)))
    return tuple(_CAPITALS[0].sub(_CAPITALS[1], path) for path in (*none, *twice))


def _part(term: str, attribute: str) -> str | None:
    """The term of an XML attribute of a term: the scheme, the unit."""
    row = BY_ID[term]
    return row.parts.get(attribute) if isinstance(row, Term) else None


def _found(element: etree._Element, spot: Spot | None) -> str | None:
    """What stands at an element, or at the place of a term in or beside it."""
    if spot is None or len(element) == 0:
        return _text(element)
    return _text(spot.element) if spot.exact else None


def _text(element: etree._Element) -> str | None:
    """The value of an element, cut to what a person can read; None of one with children. Blanks around it may be what is wrong."""
    if len(element):
        return None
    text = element.text or ""
    text = text.strip() if "\n" in text or text.isspace() else text
    return text if len(text) <= 200 else f"{text[:199]}…"
