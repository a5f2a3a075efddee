"""6.6: XMP metadata, the extension schemas in it, and what it says about PDF/A."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from einvoice.pdf import xmp
from einvoice.pdf.pdfa.breach import Breach
from einvoice.pdf.pdfa.values import attempt, identity, named, stream
from einvoice.pdf.pdfa.xmp_properties import PROPERTIES, SIMPLE, STRUCTURES
from einvoice.pdf.xmp import PDFA_ID, Node, Packet, XmpError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import pikepdf
    from pikepdf import Stream

EXTENSION = "http://www.aiim.org/pdfa/ns/extension/"
_SCHEMA, _PROPERTY, _TYPE, _FIELD = (f"http://www.aiim.org/pdfa/ns/{part}#" for part in ("schema", "property", "type", "field"))
_WHERE = "XMP"
_PREFIX_RULES = {"part": "6.6.4-t4", "conformance": "6.6.4-t5", "amd": "6.6.4-t6", "corr": "6.6.4-t7"}
_ARRAY_TYPES = {"bag": "Bag", "seq": "Seq", "alt": "Alt"}

Structures = dict[str, tuple[str, dict[str, str]]]
"""types with fields, as in `STRUCTURES`"""


class Kind(NamedTuple):
    """The value type of a property, and the types that its extension schema describes for it."""

    name: str
    own: Structures


Defined = dict[tuple[str, str], Kind]
"""the value types of properties that extension schemas describe"""


def check(pdf: pikepdf.Pdf) -> Iterator[Breach]:
    """The file's own packet."""
    main = stream(pdf.Root, "/Metadata")
    if main is None:
        yield Breach("6.6.2.1-t1", "catalog")
        yield Breach("6.6.4-t1", _WHERE)
        return
    if named(main, "/Type") != "Metadata" or named(main, "/Subtype") != "XML":
        yield Breach("6.6.2.1-t1", "catalog", "Type or Subtype is wrong")
    packet, breaches = _packet(main, _WHERE)
    yield from breaches
    if packet is not None:
        yield from _properties(packet, described(packet), _WHERE)
    yield from _identification(packet)


def check_parts(pdf: pikepdf.Pdf) -> Iterator[Breach]:
    """The packets of images and what else has one; they may use what the file's own describes."""
    parts = [(held, part) for held in pdf.objects if (part := stream(held, "/Metadata")) is not None and named(held, "/Type") != "Catalog"]
    main = stream(pdf.Root, "/Metadata") if parts else None
    packet = _packet(main, _WHERE)[0] if main is not None else None
    defined = described(packet) if packet is not None else {}
    for held, part in parts:
        where = f"XMP of object {identity(held)}"
        packet, breaches = _packet(part, where)
        yield from breaches
        if packet is not None:
            yield from _properties(packet, defined | described(packet), where)


def _packet(held: Stream, where: str) -> tuple[Packet | None, list[Breach]]:
    """What is in a packet; None for one that is no XMP."""
    data = attempt(held) or b""
    attributes = xmp.header(data)
    breaches = [
        Breach(rule, where)
        for attribute, rule in (("bytes", "6.6.2.1-t2"), ("encoding", "6.6.2.1-t3"))
        if re.search(rf"\b{attribute}\s*=", attributes)
    ]
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        breaches.append(Breach("6.6.2.1-t5", where))
    if b"\0" in data[:4]:
        breaches.append(Breach("6.6.2.1-t5", where))
    try:
        return xmp.read(data), breaches
    except XmpError as error:
        return None, [*breaches, Breach("6.6.2.1-t4", where, str(error)[:100])]


def _identification(packet: Packet | None) -> Iterator[Breach]:
    """6.6.4: which part and level the file claims."""
    claims = [found for found in packet.properties if found.namespace == PDFA_ID] if packet else []
    if not claims:
        yield Breach("6.6.4-t1", _WHERE)
        return
    part = next((claim.text.strip() for claim in claims if claim.name == "part"), None)
    if part != "3":
        yield Breach("6.6.4-t2", _WHERE, f"part {part}")
    level = next((claim.text for claim in claims if claim.name == "conformance"), None)
    if level not in {"A", "B", "U"}:
        yield Breach("6.6.4-t3", _WHERE, f"conformance {level}")
    for claim in claims:
        if claim.prefix != "pdfaid" and claim.name in _PREFIX_RULES:
            yield Breach(_PREFIX_RULES[claim.name], _WHERE, f"prefix {claim.prefix}")


# -- properties -----------------------------------------------------------------------------------


@cache
def _known() -> Mapping[tuple[str, str], Kind]:
    return {
        (namespace, name): Kind(kind, {})
        for namespace, kinds in PROPERTIES.items()
        for kind, names in kinds.items()
        for name in names.split()
    }


def _properties(packet: Packet, defined: Defined, where: str) -> Iterator[Breach]:
    for found in packet.properties:
        if found.namespace == EXTENSION:
            yield from _extensions(found, where)
            continue
        key = (found.namespace, found.name)
        kind = _known().get(key) or defined.get(key)
        called = f"{found.prefix}:{found.name}"
        if kind is None:
            yield Breach("6.6.2.3.1-t1", where, called)
        elif not is_a(found, kind.name, STRUCTURES | kind.own):
            yield Breach("6.6.2.3.1-t2", where, f"{called} is no {kind.name}")


def is_a(node: Node, kind: str, structures: Structures) -> bool:
    """Whether a value is of a type: `text`, `bag text`, `lang alt`, a structure; unknown types hold anything."""
    kind = re.sub(r"\b(open |closed )?choice( of)?\b", "", kind.lower()).strip() or "text"
    if kind == "lang alt":
        return node.array == "Alt" and all(item.language for item in node.items or ())
    array, _, of = kind.partition(" ")
    if array in _ARRAY_TYPES:
        return node.array == _ARRAY_TYPES[array] and all(is_a(item, of or "any", structures) for item in node.items or ())
    if kind in structures:
        return node.fields is not None and all(_is_field_of(kind, field, structures) for field in node.fields)
    pattern = SIMPLE.get(kind.replace(" ", ""))
    return pattern is None or kind == "any" or (node.simple and re.fullmatch(pattern, node.text) is not None)


def _is_field_of(kind: str, field: Node, structures: Structures) -> bool:
    namespace, kinds = structures[kind]
    wanted = next((of for of, names in kinds.items() if field.name in names.split()), None)
    return field.namespace == namespace and wanted is not None and is_a(field, wanted, structures)


# -- extension schemas (6.6.2.3.3) ----------------------------------------------------------------


class _Field(NamedTuple):
    """A field of a description: its name, the rule that wants it, and what it must hold."""

    name: str
    rule: str
    array: bool = False
    required: bool = True


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
        own = _structures(schema)
        for entry in _entries(schema, _SCHEMA, "property"):
            name, kind = entry.field(_PROPERTY, "name"), entry.field(_PROPERTY, "valueType")
            if namespace and name:
                found[namespace.text, name.text] = Kind(kind.text if kind else "any", own)
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


def _extensions(container: Node, where: str) -> Iterator[Breach]:
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


_TYPES = {
    *(SIMPLE.keys() - {"guid", "any", "lang"}),
    *STRUCTURES,
    "langalt",
    "lang alt",
    "xmpdmmarker",
    "property",
    "valuetype",
    "schema",
    "field",
}
