"""Extension schemas that describe types of their own, broken in all ways, and values of every type that XMP knows.

`described()` gives edits of a packet that has an extension schema; what is right is asked of veraPDF.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Edit = Callable[[bytes], bytes]

_SCHEMA = """<rdf:li rdf:parseType="Resource"
 xmlns:pdfaType="http://www.aiim.org/pdfa/ns/type#" xmlns:pdfaField="http://www.aiim.org/pdfa/ns/field#">
<pdfaSchema:schema>S</pdfaSchema:schema><pdfaSchema:namespaceURI>urn:s#</pdfaSchema:namespaceURI><pdfaSchema:prefix>s</pdfaSchema:prefix>
<pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource"><pdfaProperty:name>thing</pdfaProperty:name>
<pdfaProperty:valueType>{kind}</pdfaProperty:valueType><pdfaProperty:category>external</pdfaProperty:category>
<pdfaProperty:description>d</pdfaProperty:description></rdf:li></rdf:Seq></pdfaSchema:property>{types}</rdf:li>"""
_TYPES = (
    '<pdfaSchema:valueType><rdf:Seq><rdf:li rdf:parseType="Resource"><pdfaType:type>Own</pdfaType:type>'
    "<pdfaType:namespaceURI>urn:own#</pdfaType:namespaceURI><pdfaType:prefix>own</pdfaType:prefix><pdfaType:description>d</pdfaType:description>"
    '<pdfaType:field><rdf:Seq><rdf:li rdf:parseType="Resource"><pdfaField:name>size</pdfaField:name>'
    "<pdfaField:valueType>Integer</pdfaField:valueType><pdfaField:description>d</pdfaField:description></rdf:li></rdf:Seq></pdfaType:field>"
    "</rdf:li></rdf:Seq></pdfaSchema:valueType>"
)
_RECORD = '<{element} rdf:parseType="Resource"><own:{field}>{value}</own:{field}></{element}>'
_VALUES = {
    "Text": "a|", "Integer": "1|-1|+1|1.0|x|| 1", "Real": "1|1.5|-1.5|1e3|.5|x|", "Boolean": "True|False|true|1|",
    "Date": "2024|2024-01|2024-01-02|2024-01-02T03:04|2024-01-02T03:04Z|2024-01-02T03:04:05.123+01:00|2024-13-01|",
    "MIMEType": "text/xml|x|",
    "GPSCoordinate": "10,20,30N|10,20.5W|1000,20,30E|10,20,300N|10,20,30n|10,20,30|1,2N", "URI": "http://x|a b", "Locale": "de|xx yy",
    "Rational": "1/2|x", "RenditionClass": "default|foo", "ResourceRef": "x", "Dimensions": "x", "closed Choice of Integer": "1|x",
    "GUID": "x", "Any": "x", "Lang": "de", "Foo": "x", "Lang Alt": "a",
}  # fmt: skip


def described() -> Iterator[tuple[str, Edit]]:
    """Name and edit: first of the description of a type, then of values."""
    for name, types in _types():
        yield f"own type, {name}", _edit("Own", types)
    for name, value in {
        "good": _record(), "wrong": _record(value="x"), "of another field": _record(field="other"), "as a text": "<s:thing>3</s:thing>",
    }.items():  # fmt: skip
        yield f"value of an own type, {name}", _edit("Own", _TYPES, value)
    for array in ("Seq", "Bag"):
        for value in ("3", "x"):
            items = f"<s:thing><rdf:{array}>{_record('rdf:li', value=value)}</rdf:{array}></s:thing>"
            yield f"{array} of values of an own type, {value}", _edit("seq Own", _TYPES, items)
    for kind, values in _VALUES.items():
        for value in values.split("|"):
            yield f"value of {kind}, {value!r}", _edit(kind, "", f"<s:thing>{value}</s:thing>")
        for array in ("bag", "seq", "alt"):
            items = f"<s:thing><rdf:Bag><rdf:li>{values.split('|')[0]}</rdf:li></rdf:Bag></s:thing>"
            yield f"{array} {kind} as a bag", _edit(f"{array} {kind}", "", items)


def _types() -> Iterator[tuple[str, str]]:
    yield "as it is", _TYPES
    for name in ("type", "namespaceURI", "prefix", "description"):
        yield f"no {name}", re.sub(f"<pdfaType:{name}>.*?</pdfaType:{name}>", "", _TYPES)
    for name in ("name", "valueType", "description"):
        yield f"field without {name}", re.sub(f"<pdfaField:{name}>.*?</pdfaField:{name}>", "", _TYPES)
    for name in ("Foo", "bag Integer", "Own", "Text", "Lang Alt"):
        yield f"field of {name}", _TYPES.replace(">Integer<", f">{name}<")
    yield "no field", re.sub("<pdfaType:field>.*</pdfaType:field>", "", _TYPES)
    yield "fields in a bag", _TYPES.replace("field><rdf:Seq>", "field><rdf:Bag>").replace("</rdf:Seq></pdfaType", "</rdf:Bag></pdfaType")
    yield (
        "types in a bag",
        _TYPES.replace("valueType><rdf:Seq>", "valueType><rdf:Bag>").replace("</rdf:Seq></pdfaSchema", "</rdf:Bag></pdfaSchema"),
    )
    yield "another element", _TYPES.replace("<pdfaType:prefix>", "<pdfaType:other>1</pdfaType:other><pdfaType:prefix>")
    yield "no types", ""


def _record(element: str = "s:thing", *, field: str = "size", value: str = "3") -> str:
    return _RECORD.format(element=element, field=field, value=value)


def _edit(kind: str, types: str, value: str = "") -> Edit:
    """A schema beside those that are there, and a property of it."""
    used = f'<rdf:Description rdf:about="" xmlns:s="urn:s#" xmlns:own="urn:own#">{value}</rdf:Description></rdf:RDF>'

    def edit(packet: bytes) -> bytes:
        before, found, after = re.split(r"(</rdf:Bag>\s*</pdfaExtension:schemas>)", packet.decode(), maxsplit=1)
        return (before + _SCHEMA.format(kind=kind, types=types) + found + after.replace("</rdf:RDF>", used)).encode()

    return edit
