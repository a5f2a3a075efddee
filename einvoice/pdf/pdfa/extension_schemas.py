"""6.6.2.3.3: extension schemas in XMP, which describe properties and types of a file's own."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from einvoice.pdf.pdfa.breach import Breach
from einvoice.pdf.pdfa.xmp_properties import SIMPLE, STRUCTURES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from einvoice.pdf.xmp import Node, Packet

EXTENSION = "http://www.aiim.org/pdfa/ns/extension/"
_SCHEMA, _PROPERTY, _TYPE, _FIELD = (f"http://www.aiim.org/pdfa/ns/{part}#" for part in ("schema", "property", "type", "field"))
Structures = dict[str, tuple[str, dict[str, str]]]
"""types with fields, as in `STRUCTURES`"""


class Kind(NamedTuple):
    """The value type of a property, and the structures that it may be or hold: XMP's and those of its extension schema."""

    name: str
    structures: Structures


Defined = dict[tuple[str, str], Kind]
"""the value types of properties that extension schemas describe"""


class _Field(NamedTuple):
    """A field of a description: its name, the rule that wants it, and what it must hold."""

    name: str
    rule: str
    array: bool = False
    required: bool = True


_TYPES = {*SIMPLE, *STRUCTURES, "lang alt", *"langalt xmpdmmarker property valuetype schema field".split()} - {"guid", "any", "lang"}
"""the types that a description may name, in lower case"""
_R = "6.6.2.3.3-"
_SCHEMA_FIELDS = (
    _Field("schema", _R + "t2"), _Field("namespaceURI", _R + "t3"), _Field("prefix", _R + "t4"),
    _Field("property", _R + "t5", array=True, required=False), _Field("valueType", _R + "t6", array=True, required=False),
)  # fmt: skip
_PROPERTY_FIELDS = (
    _Field("name", _R + "t7"), _Field("valueType", _R + "t8"), _Field("category", _R + "t9"), _Field("description", _R + "t10"),
)  # fmt: skip
_TYPE_FIELDS = (
    _Field("type", _R + "t11"), _Field("namespaceURI", _R + "t12"), _Field("prefix", _R + "t13"), _Field("description", _R + "t14"),
    _Field("field", _R + "t15", array=True, required=False),
)  # fmt: skip
_FIELD_FIELDS = (_Field("name", _R + "t16"), _Field("valueType", _R + "t17"), _Field("description", _R + "t18"))


def described(packet: Packet) -> Defined:
    """The properties that a packet's extension schemas describe."""
    found: Defined = {}
    for schema in _schemas(packet):
        namespace = schema.field(_SCHEMA, "namespaceURI")
        structures = STRUCTURES | _structures(schema)
        for entry in _entries(schema, _SCHEMA, "property"):
            name, kind = entry.field(_PROPERTY, "name"), entry.field(_PROPERTY, "valueType")
            if namespace and name:
                found[namespace.text, name.text] = Kind(kind.text if kind else "any", structures)
    return found


def _structures(schema: Node) -> Structures:
    """The types that a schema describes, by their names in lower case."""
    found: Structures = {}
    for entry in _entries(schema, _SCHEMA, "valueType"):
        name, namespace = entry.field(_TYPE, "type"), entry.field(_TYPE, "namespaceURI")
        fields = [(one.field(_FIELD, "name"), one.field(_FIELD, "valueType")) for one in _entries(entry, _TYPE, "field")]
        if name and namespace and fields:
            kinds: dict[str, str] = {}
            for called, kind in fields:
                if called and kind:
                    kinds[kind.text] = f"{kinds.get(kind.text, '')} {called.text}"
            found[name.text.lower()] = namespace.text, kinds
    return found


def _schemas(packet: Packet) -> Iterator[Node]:
    for found in packet.properties:
        if (found.namespace, found.name) == (EXTENSION, "schemas"):
            yield from found.items or ()


def check(container: Node, where: str) -> Iterator[Breach]:
    """6.6.2.3.2, 6.6.2.3.3: the container of all schemas."""
    if container.name != "schemas":
        yield Breach("6.6.2.3.2-t1", where, container.name)
        return
    if container.array != "Bag" or container.prefix != "pdfaExtension":
        yield Breach("6.6.2.3.3-t1", where)
    for schema in container.items or ():
        yield from _described(schema, _SCHEMA, "pdfaSchema", _SCHEMA_FIELDS, where)
        own = {kind.text for entry in _entries(schema, _SCHEMA, "valueType") if (kind := entry.field(_TYPE, "type"))}
        for entry in _entries(schema, _SCHEMA, "property"):
            yield from _described(entry, _PROPERTY, "pdfaProperty", _PROPERTY_FIELDS, where)
            yield from _category(entry.field(_PROPERTY, "category"), where)
            yield from _value_type(entry.field(_PROPERTY, "valueType"), own, "6.6.2.3.3-t8", where)
        for entry in _entries(schema, _SCHEMA, "valueType"):
            yield from _described(entry, _TYPE, "pdfaType", _TYPE_FIELDS, where)
            for field in _entries(entry, _TYPE, "field"):
                yield from _described(field, _FIELD, "pdfaField", _FIELD_FIELDS, where)
                yield from _value_type(field.field(_FIELD, "valueType"), own, "6.6.2.3.3-t17", where)


def _entries(node: Node, namespace: str, name: str) -> tuple[Node, ...]:
    held = node.field(namespace, name)
    return (held.items or ()) if held else ()


def _described(node: Node, namespace: str, prefix: str, wanted: tuple[_Field, ...], where: str) -> Iterator[Breach]:
    """One description: all its fields, of their kind, with the prefix, and no others."""
    for want in wanted:
        held = node.field(namespace, want.name)
        if held is None:
            if want.required:
                yield Breach(want.rule, where, f"{want.name} is missing")
        elif held.prefix != prefix or (held.array != "Seq" if want.array else not held.simple):
            yield Breach(want.rule, where, want.name)
    names = {(namespace, want.name) for want in wanted}
    for field in node.fields or ():
        if (field.namespace, field.name) not in names:
            yield Breach("6.6.2.3.2-t1", where, f"{field.prefix}:{field.name}")


def _category(category: Node | None, where: str) -> Iterator[Breach]:
    if category is not None and category.text not in {"external", "internal"}:
        yield Breach("6.6.2.3.3-t9", where, category.text)


def _value_type(kind: Node | None, own: set[str], rule: str, where: str) -> Iterator[Breach]:
    if kind is None or not kind.simple:
        return
    core = re.sub(r"^((open |closed )?choice( of)?|bag|seq|alt)\b\s*", "", kind.text.strip(), flags=re.IGNORECASE)
    core = re.sub(r"^(open |closed )?choice( of)?\s*", "", core, flags=re.IGNORECASE)
    if core and not {core, core.lower(), core.lower().replace(" ", "")} & (own | _TYPES):
        yield Breach(rule, where, kind.text)
