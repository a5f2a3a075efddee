"""Read a Schematron as it is written (ISO/IEC 19757-3), with the XPath 2 or 3 query binding.

Includes, `extends`, abstract rules and patterns, phases, lets, keys and functions are worked out here, so that what
comes out is what SchXslt would compile: the tree of `rule_set.py`, equal to that of `load_xslt.py`.
"""

from __future__ import annotations

import re
from copy import deepcopy
from typing import TYPE_CHECKING

from lxml import etree

from einvoice.errors import InputError, UsageError
from einvoice.schematron.load_xslt import XSL, flag, message, unnamed
from einvoice.schematron.rule_set import Assertion, Let, Pattern, Rule, RuleSet, tested_attribute
from einvoice.schematron.xpath import Call, Expression, parse

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

SCH = "{http://purl.oclc.org/dsdl/schematron}"
_FUNCTIONS = (f"{XSL}function", f"{XSL}key")
_DEPTH = 20
"""includes within includes"""


def load(path: Path, phase: str | None = None) -> RuleSet:
    """The rule set that a Schematron file holds; `phase` is the one to use instead of the file's own default.

    Raises InputError for a file that cannot be read, UsageError for what is named but not there (a phase, an abstract
    pattern or rule), XPathError for an expression that is not XPath.
    """
    root = _included(_parsed(path), path, 0)
    patterns = [_instance(root, p) for p in root.iter(f"{SCH}pattern") if p.get("abstract") != "true"]
    active = _active(root, phase or root.get("defaultPhase") or "#ALL")
    namespaces = {n.get("prefix", ""): n.get("uri", "") for n in root.iter(f"{SCH}ns") if n.get("prefix")}
    used = [p for p in patterns if active is None or p.get("id") in active]
    return RuleSet(
        patterns=tuple(Pattern(tuple(_rule(root, r) for r in p.iterchildren(f"{SCH}rule") if r.get("abstract") != "true")) for p in used),
        lets=tuple(_let(n) for n in _global_lets(root, used)),
        namespaces=namespaces,
        functions=tuple(_declaring(f, namespaces) for f in root.iterchildren(*_FUNCTIONS)),
    )


def _declaring(element: etree._Element, namespaces: Mapping[str, str]) -> str:
    """The XML of a function or key, which is written with prefixes that `sch:ns` declares, with its own declarations."""
    alone = etree.Element(element.tag, dict(element.attrib), nsmap=dict(namespaces) | element.nsmap)
    alone.text = element.text
    alone.extend(deepcopy(child) for child in element)
    return etree.tostring(alone, encoding="unicode")


def _parsed(path: Path) -> etree._Element:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, remove_comments=True, remove_pis=True)
    try:
        root = etree.fromstring(path.read_bytes(), parser)
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror or error}") from None
    except etree.XMLSyntaxError as error:
        raise InputError(f"{path}: is not well-formed XML: {error}") from None
    if not str(root.tag).startswith(SCH):
        raise InputError(f"{path}: is no Schematron; its root element is {etree.QName(root).localname}")
    return root


def _included(element: etree._Element, path: Path, depth: int) -> etree._Element:
    """The tree with every `include` replaced by the root element of the file it names, beside the including one."""
    if depth > _DEPTH:
        raise InputError(f"{path}: includes itself")
    for include in list(element.iter(f"{SCH}include")):
        target = path.parent / include.get("href", "")
        parent = include.getparent()
        assert parent is not None
        parent.replace(include, _included(_parsed(target), target, depth + 1))
    for extension in list(element.iter(f"{SCH}extends")):
        if extension.get("href"):
            target = path.parent / extension.get("href", "")
            _put_in_place(extension, list(_included(_parsed(target), target, depth + 1)))
    return element


def _put_in_place(old: etree._Element, new: list[etree._Element]) -> None:
    for element in new:
        old.addprevious(deepcopy(element))
    parent = old.getparent()
    assert parent is not None
    parent.remove(old)


def _active(root: etree._Element, phase: str) -> set[str | None] | None:
    """The ids of the patterns of a phase; None for all."""
    if phase == "#ALL":
        return None
    chosen = next((p for p in root.iter(f"{SCH}phase") if p.get("id") == phase), None)
    if chosen is None:
        raise UsageError(f"there is no phase {phase}; there are {', '.join(p.get('id', '') for p in root.iter(f'{SCH}phase')) or 'none'}")
    return {a.get("pattern") for a in chosen.iterchildren(f"{SCH}active")}


def _instance(root: etree._Element, pattern: etree._Element) -> etree._Element:
    """A pattern that is an instance of an abstract one, with its parameters put in (ISO/IEC 19757-3, 6.3)."""
    if not pattern.get("is-a"):
        return pattern
    abstract = next((p for p in root.iter(f"{SCH}pattern") if p.get("abstract") == "true" and p.get("id") == pattern.get("is-a")), None)
    if abstract is None:
        raise UsageError(f"there is no abstract pattern {pattern.get('is-a')}")
    parameters = {p.get("name", ""): p.get("value", "") for p in pattern.iterchildren(f"{SCH}param")}
    instance = deepcopy(abstract)
    for node in instance.iter("*"):
        for name, value in node.attrib.items():
            node.set(name, _with_parameters(str(value), parameters))
    instance.set("id", pattern.get("id", ""))
    return instance


def _with_parameters(text: str, parameters: dict[str, str]) -> str:
    """The longest name first: `$BT-1` is a part of `$BT-10`.

    >>> _with_parameters("$BR-1 and $BR-10", {"BR-1": "a", "BR-10": "b"})
    'a and b'
    """
    names = sorted(parameters, key=len, reverse=True)
    return re.sub("|".join(rf"\$({re.escape(n)})" for n in names), lambda m: parameters[m[0][1:]], text) if names else text


def _global_lets(root: etree._Element, patterns: list[etree._Element]) -> Iterator[etree._Element]:
    """Those of the schema and of the patterns: SchXslt makes both global."""
    yield from root.iterchildren(f"{SCH}let")
    for pattern in patterns:
        yield from pattern.iterchildren(f"{SCH}let")


def _let(element: etree._Element) -> Let:
    value = element.get("value")
    if value is None:
        raise UsageError(f"let {element.get('name')}: only values are supported, not content")
    return Let(element.get("name", ""), parse(value))


def _rule(root: etree._Element, rule: etree._Element) -> Rule:
    members = list(_members(root, rule, 0))
    return Rule(
        context=parse(rule.get("context", "")),
        lets=tuple(_let(m) for m in members if m.tag == f"{SCH}let"),
        assertions=tuple(_assertion(m, rule.get("context", "")) for m in members if m.tag in {f"{SCH}assert", f"{SCH}report"}),
    )


def _members(root: etree._Element, rule: etree._Element, depth: int) -> Iterator[etree._Element]:
    """The children of a rule, those of the abstract rules it extends in their place."""
    for member in rule.iterchildren("*"):
        if member.tag != f"{SCH}extends":
            yield member
            continue
        name = member.get("rule")
        abstract = next((r for r in root.iter(f"{SCH}rule") if r.get("abstract") == "true" and r.get("id") == name), None)
        if abstract is None or depth > _DEPTH:
            raise UsageError(f"there is no abstract rule {name}, or it extends itself")
        yield from _members(root, abstract, depth + 1)


def _assertion(element: etree._Element, context: str) -> Assertion:
    text = element.get("test", "")
    test = parse(text)
    asserted: Expression = Call("not", (test,)) if element.tag == f"{SCH}report" else test
    return Assertion(
        id=element.get("id") or unnamed(context, text),
        flag=flag(element.get("flag"), element.get("role")),
        test=asserted,
        message=message(element),
        attribute=tested_attribute(test),
    )
