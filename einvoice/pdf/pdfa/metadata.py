"""6.6: XMP metadata, the extension schemas in it, and what it says about PDF/A."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from einvoice.pdf import xmp
from einvoice.pdf.pdfa import extension_schemas
from einvoice.pdf.pdfa.breach import Breach
from einvoice.pdf.pdfa.extension_schemas import EXTENSION, Kind, described
from einvoice.pdf.pdfa.values import attempt, identity, named, stream
from einvoice.pdf.pdfa.xmp_properties import PROPERTIES, SIMPLE, STRUCTURES
from einvoice.pdf.xmp import PDFA_ID, Node, Packet, XmpError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import pikepdf
    from pikepdf import Stream

    from einvoice.pdf.pdfa.extension_schemas import Defined, Structures

_WHERE = "XMP"
_PREFIX_RULES = {"part": "6.6.4-t4", "conformance": "6.6.4-t5", "amd": "6.6.4-t6", "corr": "6.6.4-t7"}
_ARRAY_TYPES = {"bag": "Bag", "seq": "Seq", "alt": "Alt"}


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
        (namespace, name): Kind(kind, STRUCTURES)
        for namespace, kinds in PROPERTIES.items()
        for kind, names in kinds.items()
        for name in names.split()
    }


def _properties(packet: Packet, defined: Defined, where: str) -> Iterator[Breach]:
    for found in packet.properties:
        if found.namespace == EXTENSION:
            yield from extension_schemas.check(found, where)
            continue
        key = (found.namespace, found.name)
        kind = _known().get(key) or defined.get(key)
        called = f"{found.prefix}:{found.name}"
        if kind is None:
            yield Breach("6.6.2.3.1-t1", where, called)
        elif not is_a(found, kind.name, kind.structures):
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
