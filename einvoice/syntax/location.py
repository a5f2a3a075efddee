"""Locations: where a node stands, as the reports write it.

    /Invoice[1]/cac:InvoiceLine[2]/cbc:ID[1]

Prefixes are fixed (`namespaces.py`), a UBL root has none, each step counts the siblings of the same name.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from lxml import etree

from einvoice.syntax.namespaces import CII_PARTS, PREFIXES, UBL_PARTS

if TYPE_CHECKING:
    from collections.abc import Iterator

_STEP = re.compile(r"/(?:(?P<prefix>\w+):)?(?P<name>[^\[\]/:]+)\[(?P<index>\d+)\]")
_EXPANDED = re.compile(r"Q\{([^}]*)\}")  # SchXslt: /Q{urn:…}Invoice[1]
_SKELETON = re.compile(r"\*:([^\[\]/]+)\[namespace-uri\(\)='([^']*)'\]")  # ISO skeleton: /*:Invoice[namespace-uri()='…'][1]


def step_name(tag: Any) -> str:
    """`{namespace}local` as a step of a location.

    >>> step_name("{urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2}ID")
    'cbc:ID'
    """
    return _step_name(str(tag))


@lru_cache(maxsize=4096)
def _step_name(tag: str) -> str:
    name = etree.QName(tag)
    prefix = PREFIXES.get(name.namespace or "")
    return f"{prefix}:{name.localname}" if prefix else name.localname


def canonical(location: str) -> str:
    """A location as SchXslt or the ISO skeleton writes it, in the form of the reports.

    >>> canonical("/*:Invoice[namespace-uri()='urn:oasis:names:specification:ubl:schema:xsd:Invoice-2'][1]")
    '/Invoice[1]'
    """
    expanded = _SKELETON.sub(lambda m: f"Q{{{m[2]}}}{m[1]}", location)
    return _EXPANDED.sub(lambda m: f"{PREFIXES[m[1]]}:" if m[1] in PREFIXES else "", expanded)


class Locator:
    """Formats locations of one document; looks at a parent and counts its children once, however many are asked for."""

    def __init__(self) -> None:
        self._below: dict[etree._Element, tuple[str, dict[etree._Element, int]]] = {}
        """element with children that were asked for -> its location, their numbers"""

    def __call__(self, element: etree._Element) -> str:
        """The location of an element."""
        parent = element.getparent()
        if parent is None:
            return f"/{step_name(element.tag)}[1]"
        if parent not in self._below:
            self._below[parent] = self(parent), dict(_numbered(parent))
        location, numbers = self._below[parent]
        return f"{location}/{step_name(element.tag)}[{numbers[element]}]"


def _numbered(parent: etree._Element) -> Iterator[tuple[etree._Element, int]]:
    seen: dict[Any, int] = {}
    for child in parent.iterchildren("*"):
        seen[child.tag] = seen.get(child.tag, 0) + 1
        yield child, seen[child.tag]


class Finder:
    """Finds the elements of one document by location; indexes the children of a parent once."""

    def __init__(self, root: etree._Element) -> None:
        self._root = root
        self._children: dict[etree._Element, dict[str, etree._Element]] = {}

    def __call__(self, location: str) -> etree._Element | None:
        """The element at a location, or None when there is none; an attribute's location gives its element."""
        steps = [m[0] for m in _STEP.finditer(location)]
        if not steps or steps[0] != f"/{step_name(self._root.tag)}[1]":
            return None
        element: etree._Element | None = self._root
        for step in steps[1:]:
            if element is None:
                return None
            element = self._below(element).get(step)
        return element

    def _below(self, parent: etree._Element) -> dict[str, etree._Element]:
        if parent not in self._children:
            self._children[parent] = {f"/{step_name(c.tag)}[{n}]": c for c, n in _numbered(parent)}
        return self._children[parent]


def qualified(name: str) -> str:
    """`cbc:ID` as lxml names it.

    >>> qualified("ram:ID")
    '{urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100}ID'
    """
    prefix, _, local = name.rpartition(":")
    return f"{{{(UBL_PARTS | CII_PARTS)[prefix]}}}{local}"
