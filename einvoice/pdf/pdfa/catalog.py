"""What stands once in a file: trailer, catalog, forms, layers, output intents, signatures."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pikepdf import Array, Dictionary, String

from einvoice.pdf.pdfa.breach import Breach
from einvoice.pdf.pdfa.colour import profile_facts
from einvoice.pdf.pdfa.values import dictionary, get, identity, integer, is_dictionary, items, named, pairs, stream, text

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pikepdf

_DIGESTS = {"/DigestLocation", "/DigestMethod", "/DigestValue"}
_SIGNED_DATA = b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02"
"""the object identifier of CMS SignedData (RFC 5652, 5.1)"""


def check(pdf: pikepdf.Pdf, data: bytes) -> Iterator[Breach]:
    """Trailer, catalog and what hangs on them once."""
    root, trailer = pdf.Root, pdf.trailer
    identifiers = items(get(trailer, "/ID"))
    if len(identifiers) != 2 or not all(isinstance(part, String) and bytes(part) for part in identifiers):
        yield Breach("6.1.3-t1", "trailer")
    if pdf.is_encrypted or "/Encrypt" in trailer:
        yield Breach("6.1.3-t2", "trailer")
    for key, rule in (("/AA", "6.5.2-t1"), ("/Requirements", "6.11-t1")):
        if key in root:
            yield Breach(rule, "catalog")
    if get(root, "/NeedsRendering") is True:
        yield Breach("6.4.2-t2", "catalog")
    names = get(root, "/Names")
    if get(names, "/AlternatePresentations") is not None:
        yield Breach("6.10-t1", "catalog")
    yield from _permissions(get(root, "/Perms"))
    yield from _form(get(root, "/AcroForm"), data, certified=get(get(root, "/Perms"), "/DocMDP") is not None)
    yield from _layers(get(root, "/OCProperties"))
    yield from _intents(root)


def _permissions(permissions: object) -> Iterator[Breach]:
    others = {key for key, _ in pairs(permissions)} - {"/UR3", "/DocMDP"}
    if others:
        yield Breach("6.1.12-t1", "permissions", " ".join(sorted(others)))


# -- forms and signatures -------------------------------------------------------------------------


def _form(form: object, data: bytes, *, certified: bool) -> Iterator[Breach]:
    needed = get(form, "/NeedAppearances")
    if needed is not None and needed is not False:
        yield Breach("6.4.1-t3", "form")
    if get(form, "/XFA") is not None:
        yield Breach("6.4.2-t1", "form")
    for field in fields(form):
        if named(field, "/Subtype") != "Widget" and "/AA" in field:
            yield Breach("6.4.1-t2", f"field {identity(field)}")
        signature = get(field, "/V")
        if named(field, "/FT") == "Sig" and is_dictionary(signature):
            yield from _signature(signature, data)
            if certified and any({key for key, _ in pairs(reference)} & _DIGESTS for reference in items(get(signature, "/Reference"))):
                yield Breach("6.1.12-t2", "signature")


def fields(form: object) -> Iterator[Any]:
    """All fields of a form, kids too."""
    stack, seen = items(get(form, "/Fields")), set[object]()
    while stack:
        field = stack.pop()
        if not is_dictionary(field) or (field.is_indirect and field.objgen in seen):
            continue
        seen.add(field.objgen)
        yield field
        stack.extend(items(get(field, "/Kids")))


def _signature(signature: object, data: bytes) -> Iterator[Breach]:
    covered = [integer(part, -1) for part in items(get(signature, "/ByteRange"))]
    if len(covered) == 4:
        first, length, second, rest = covered
        whole = first == 0 and second + rest == len(data)
        if not (whole and data[length : length + 1] == b"<" and data[second - 1 : second] == b">"):
            yield Breach("6.4.3-t1", "signature")
    contents = get(signature, "/Contents")
    if isinstance(contents, String):
        signed = bytes(contents)
        if _SIGNED_DATA not in signed[:40]:
            yield Breach("6.4.3-t2", "signature")
        elif named(signature, "/SubFilter") not in {None, "ETSI.RFC3161"}:
            yield from _signers(signed)


def _signers(signed: bytes) -> Iterator[Breach]:
    """CMS SignedData (RFC 5652, 5.1): certificates are [0], signers the last set."""
    try:
        parts = _parts(_inside(_inside(_parts(_inside(signed))[1])))
    except (IndexError, ValueError):
        yield Breach("6.4.3-t2", "signature", "cannot be read")
        return
    if not any(part[0] == 0xA0 for part in parts):
        yield Breach("6.4.3-t2", "signature")
    signers = _parts(_inside(parts[-1])) if parts and parts[-1][0] == 0x31 else []
    if len(signers) != 1:
        yield Breach("6.4.3-t3", "signature", f"{len(signers)} signers")


def _header(der: bytes) -> tuple[int, int]:
    """Length of a DER element's header and of its value."""
    first = der[1]
    if first < 0x80:
        return 2, first
    size = first & 0x7F
    if not size:
        raise ValueError("an indefinite length is no DER")
    return 2 + size, int.from_bytes(der[2 : 2 + size], "big")


def _inside(der: bytes) -> bytes:
    header, length = _header(der)
    return der[header : header + length]


def _parts(der: bytes) -> list[bytes]:
    found = []
    while der:
        header, length = _header(der)
        found.append(der[: header + length])
        der = der[header + length :]
    return found


# -- layers ---------------------------------------------------------------------------------------


def _layers(properties: object) -> Iterator[Breach]:
    groups = {group.objgen for group in items(get(properties, "/OCGs")) if is_dictionary(group)}
    configurations = [get(properties, "/D"), *items(get(properties, "/Configs"))]
    seen: set[str] = set()
    for configuration in configurations:
        if not is_dictionary(configuration):
            continue
        called = text(get(configuration, "/Name"))
        if not called:
            yield Breach("6.9-t1", "layers")
        elif called in seen:
            yield Breach("6.9-t2", "layers", called)
        seen.add(called or "")
        if "/AS" in configuration:
            yield Breach("6.9-t4", "layers")
        order = get(configuration, "/Order")
        if isinstance(order, Array) and groups - set(_listed(order)):
            yield Breach("6.9-t3", "layers")


def _listed(order: object) -> Iterator[tuple[int, int]]:
    stack = items(order)
    while stack:
        entry = stack.pop()
        if isinstance(entry, Array):
            stack.extend(items(entry))
        elif isinstance(entry, Dictionary):
            yield entry.objgen


# -- output intents -------------------------------------------------------------------------------


def _intents(root: object) -> Iterator[Breach]:
    intents = [intent for intent in items(get(root, "/OutputIntents")) if is_dictionary(intent)]
    profiles = set()
    for intent in intents:
        if named(intent, "/S") == "GTS_PDFX" and "/DestOutputProfileRef" in intent:
            yield Breach("6.2.3-t3", "output intent")
        profile = stream(intent, "/DestOutputProfile")
        if profile is None:
            continue
        profiles.add(profile.objgen)
        facts = profile_facts(profile)
        if facts is None or not facts.for_output:
            yield Breach("6.2.3-t1", "output intent", str(facts or "no ICC profile"))
    if len(profiles) > 1:
        yield Breach("6.2.3-t2", "output intents")


def output_space(root: object) -> str | None:
    """The colour space of the PDF/A output intent: `RGB `, `CMYK` or `GRAY`; None without one."""
    for intent in items(get(root, "/OutputIntents")):
        profile = stream(intent, "/DestOutputProfile")
        if named(intent, "/S") == "GTS_PDFA1" and profile is not None and (facts := profile_facts(profile)) is not None:
            return facts.space
    return None


def group_space(holder: object) -> object | None:
    """The colour space of a transparency group."""
    space: object | None = get(dictionary(holder, "/Group"), "/CS")
    return space
