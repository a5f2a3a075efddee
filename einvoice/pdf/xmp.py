"""Read XMP: an RDF subset (ISO 16684-1, 7) as values, with all that makes a packet invalid refused."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lxml import etree

if TYPE_CHECKING:
    from collections.abc import Iterator

RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
XML = "http://www.w3.org/XML/1998/namespace"
PDFA_ID = "http://www.aiim.org/pdfa/ns/id/"
_ARRAYS = {f"{{{RDF}}}{kind}": kind for kind in ("Bag", "Seq", "Alt")}
_SYNTAX = {f"{{{RDF}}}{name}" for name in ("about", "ID", "nodeID", "resource", "parseType", "datatype", "value")}
_HEADER = re.compile(rb"<\?xpacket\s+(?!end\s*=)(.*?)\?>", re.DOTALL)
MAX_SIZE = 4 << 20
"""bytes of a packet: real ones have some thousand"""


class XmpError(ValueError):
    """A packet that is no XMP, and why."""


@dataclass(frozen=True, slots=True)
class Node:
    """A property, field or item: a text, or fields, or items."""

    namespace: str
    name: str
    prefix: str | None = None
    text: str = ""
    fields: tuple[Node, ...] | None = None
    items: tuple[Node, ...] | None = None
    array: str | None = None
    """Bag, Seq or Alt"""
    language: str | None = None
    """xml:lang"""

    @property
    def simple(self) -> bool:
        """Whether it is a text."""
        return self.fields is None and self.items is None

    def field(self, namespace: str, name: str) -> Node | None:
        """One of its fields."""
        return next((field for field in self.fields or () if (field.namespace, field.name) == (namespace, name)), None)


@dataclass(frozen=True, slots=True)
class Packet:
    """An XMP packet."""

    properties: tuple[Node, ...]
    header: str = ""
    """the attributes of the packet's header"""

    def value(self, namespace: str, name: str) -> str | None:
        """The text of a property."""
        return next((found.text for found in self.properties if (found.namespace, found.name) == (namespace, name)), None)


def header(data: bytes) -> str:
    """The attributes in the header of a packet."""
    found = _HEADER.search(data)
    return found[1].decode("latin-1") if found else ""


def read(data: bytes) -> Packet:
    """The properties of a packet, in UTF-8.

    Raises XmpError for what is not well-formed or no RDF that XMP allows.
    """
    if len(data) > MAX_SIZE:
        raise XmpError(f"the packet has {len(data)} bytes")
    start, end = data.find(b"<"), data.rfind(b">")
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True, remove_pis=True)
    try:
        root = etree.fromstring(data[max(start, 0) : end + 1], parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise XmpError(str(error)) from None
    if root.getroottree().docinfo.doctype:
        raise XmpError("the packet has a DOCTYPE")
    rdf = root if root.tag == f"{{{RDF}}}RDF" else next(root.iter(f"{{{RDF}}}RDF"), None)
    if rdf is None:
        raise XmpError("no rdf:RDF")
    return Packet(tuple(_properties(rdf)), header(data))


def _properties(rdf: etree._Element) -> Iterator[Node]:
    about: set[str] = set()
    seen: set[tuple[str, str]] = set()
    _no_text_between(rdf)
    for description in rdf:
        if description.tag != f"{{{RDF}}}Description":
            raise XmpError(f"{description.tag!r} where only rdf:Description may stand")
        about |= {value for value in (description.get(f"{{{RDF}}}about"), description.get("about")) if value}
        for node in _fields(description):
            if (node.namespace, node.name) in seen:
                raise XmpError(f"{node.prefix}:{node.name} stands twice")
            seen.add((node.namespace, node.name))
            yield node
    if len(about) > 1:
        raise XmpError("descriptions are about different things")


def _fields(element: etree._Element) -> Iterator[Node]:
    """Properties as attributes and as elements."""
    yield from _attributes(element)
    for child in element:
        yield _node(child)
    _no_text_between(element)


def _no_text_between(element: etree._Element) -> None:
    """Text beside elements is neither property nor value."""
    if len(element) and any((text or "").strip() for text in (element.text, *(child.tail for child in element))):
        raise XmpError(f"text stands between the elements of {element.tag!r}")


def _attributes(element: etree._Element) -> Iterator[Node]:
    for attribute, value in element.attrib.items():
        name = etree.QName(str(attribute))
        if name.namespace and name.namespace != XML and str(attribute) not in _SYNTAX:
            prefix = next((known for known, uri in element.nsmap.items() if uri == name.namespace), None)
            yield Node(name.namespace, name.localname, prefix, str(value))


def _node(element: etree._Element) -> Node:
    name = etree.QName(element)
    if not name.namespace:
        raise XmpError(f"{name.localname} has no namespace")
    facts = (name.namespace, name.localname, element.prefix)
    language = element.get(f"{{{XML}}}lang")
    kind = element.get(f"{{{RDF}}}parseType")
    children = list(element)
    if kind == "Resource":
        return _structure(facts, list(_fields(element)), language)
    if kind is not None:
        raise XmpError(f"parseType {kind}")
    if not children:
        return _leaf(element, facts, language)
    if len(children) > 1 or (element.text or "").strip():
        raise XmpError(f"{name.localname} holds more than one value")
    return _nested(children[0], facts, language)


def _leaf(element: etree._Element, facts: tuple[str, str, str | None], language: str | None) -> Node:
    given = list(_attributes(element))
    if given:
        return _structure(facts, given, language)
    return Node(*facts, text=element.get(f"{{{RDF}}}resource") or element.text or "", language=language)


def _nested(child: etree._Element, facts: tuple[str, str, str | None], language: str | None) -> Node:
    """An array or a structure in an element of its own."""
    array = _ARRAYS.get(str(child.tag))
    if array is not None:
        _no_text_between(child)
        if any(item.tag != f"{{{RDF}}}li" for item in child):
            raise XmpError(f"an rdf:{array} holds more than rdf:li")
        return Node(*facts, items=tuple(_node(item) for item in child), array=array, language=language)
    return _structure(facts, list(_fields(child)), language)


def _structure(facts: tuple[str, str, str | None], fields: list[Node], language: str | None) -> Node:
    """Fields; with an rdf:value, qualifiers of that value."""
    value = next((field for field in fields if (field.namespace, field.name) == (RDF, "value")), None)
    if value is not None:
        return Node(*facts, text=value.text, fields=value.fields, items=value.items, array=value.array, language=language)
    return Node(*facts, fields=tuple(fields), language=language)
