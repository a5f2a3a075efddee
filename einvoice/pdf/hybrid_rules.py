"""The hybrid's own rules: XMP, file, relationship and XML agree (Factur-X 1.08, sheet "Business Rules HYBRID")."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from einvoice.pdf.flavours import BY_NAMESPACE, MIME, PROPERTIES, level_of
from einvoice.pdf.pdfa.extension_schemas import described

if TYPE_CHECKING:
    from collections.abc import Iterator

    from einvoice.pdf.extract import Candidate, Embedded
    from einvoice.pdf.flavours import Flavour
    from einvoice.pdf.xmp import Packet

_RELATIONSHIPS = {"Data", "Source", "Alternative"}
_NO_INVOICE = {"MINIMUM", "BASIC WL"}


@dataclass(frozen=True, slots=True)
class Fault:
    """What a hybrid says wrongly of itself."""

    rule: str
    message: str
    found: str | None = None
    expected: str | None = None
    fatal: bool = True
    """False for what the specification only recommends"""
    ambiguous: bool = False
    """nobody can say which the invoice is"""


@dataclass(frozen=True, slots=True)
class Facts:
    """What the invoice says that hybrids are judged by."""

    specification: str
    seller_country: str | None = None
    buyer_country: str | None = None


def check(packet: Packet | None, embedded: Embedded, facts: Facts) -> Iterator[Fault]:
    """All faults of a hybrid that has an invoice."""
    invoice = embedded.invoices[0]
    yield from _one_invoice(embedded)
    yield from _file(invoice)
    sections = (
        [BY_NAMESPACE[namespace] for namespace in dict.fromkeys(p.namespace for p in packet.properties if p.namespace in BY_NAMESPACE)]
        if packet
        else []
    )
    if len(sections) != 1:
        yield Fault("BR-HYBRID-03", "XMP must have the properties of one hybrid standard", f"{len(sections)}", "1")
    for flavour in sections[:1]:
        assert packet
        yield from _section(packet, flavour, invoice, facts)
    yield from _countries(facts)


def _one_invoice(embedded: Embedded) -> Iterator[Fault]:
    first, *others = embedded.invoices
    same_root = [other for other in others if other.root == first.root]
    if same_root:
        different = any(other.digest != first.digest for other in same_root)
        message = "the PDF holds more than one invoice" + (", and they are different" if different else "")
        yield Fault("BR-HYBRID-13", message, f"{len(same_root) + 1}", "1", ambiguous=different)


def _file(invoice: Candidate) -> Iterator[Fault]:
    """BR-HYBRID-11, -12 and -14 for the embedded file itself."""
    if not invoice.in_tree or not invoice.in_af:
        missing = "name tree (EmbeddedFiles)" if not invoice.in_tree else "associated files (AF)"
        yield Fault("BR-HYBRID-12", f"the invoice's file is not among the document's {missing}")
    if invoice.mime != MIME:
        yield Fault("BR-HYBRID-12", "the invoice's file has the wrong MIME type", invoice.mime or "none", MIME)
    if invoice.modified is None:
        yield Fault("BR-HYBRID-12", "the invoice's file has no date of modification (Params, ModDate)")
    if invoice.relationship not in _RELATIONSHIPS:
        yield Fault("BR-HYBRID-11", "the relationship of the invoice's file is wrong", invoice.relationship or "none", "Alternative")
    names = {name for name in invoice.names if name is not None}
    if len(names) > 1:
        yield Fault(
            "BR-HYBRID-14", "the invoice's file has different names in F, UF and the name tree", ", ".join(sorted(map(repr, names)))
        )
    if invoice.size is not None and invoice.size != len(invoice.content):
        yield Fault(
            "HYBRID-SIZE",
            "the size that is stated for the invoice's file is wrong",
            f"{invoice.size}",
            f"{len(invoice.content)}",
            fatal=False,
        )
    checksum = hashlib.md5(invoice.content, usedforsecurity=False).digest()
    if invoice.checksum is not None and invoice.checksum not in {checksum, checksum.hex().encode(), checksum.hex().upper().encode()}:
        yield Fault(
            "HYBRID-CHECKSUM",
            "the check sum that is stated for the invoice's file is wrong",
            invoice.checksum.hex(),
            checksum.hex(),
            fatal=False,
        )


def _section(packet: Packet, flavour: Flavour, invoice: Candidate, facts: Facts) -> Iterator[Fault]:
    """BR-HYBRID-03 to -10, -14 and -15: the four properties."""
    schema = described(packet)
    values = {name: (packet.value(flavour.namespace, name) or "").strip() for name in PROPERTIES}
    for name, value in values.items():
        if not value:
            yield Fault("BR-HYBRID-03", f"XMP lacks the property {name}")
        elif (flavour.namespace, name) not in schema:
            yield Fault("BR-HYBRID-03", f"the XMP extension schema does not describe {name}")
    allowed = {
        "DocumentType": ("BR-HYBRID-06", flavour.kinds), "ConformanceLevel": ("BR-HYBRID-07", flavour.levels),
        "DocumentFileName": ("BR-HYBRID-08", flavour.files), "Version": ("BR-HYBRID-09", flavour.versions),
    }  # fmt: skip
    for name, (rule, codes) in allowed.items():
        if values[name] and values[name] not in codes:
            yield Fault(
                rule, f"the XMP property {name} is not one of {', '.join(codes)}", values[name], codes[0] if len(codes) == 1 else None
            )
    if values["Version"] in flavour.versions and values["Version"] != "1.0":
        yield Fault("BR-HYBRID-10", "the XMP property Version should be 1.0", values["Version"], "1.0", fatal=False)
    if values["DocumentFileName"] and values["DocumentFileName"] != invoice.name:
        yield Fault("BR-HYBRID-14", "XMP names another file than the one with the invoice", values["DocumentFileName"], invoice.name)
    yield from _level(values["ConformanceLevel"], invoice, facts)


_FERD_1 = re.compile(r"urn:ferd:CrossIndustryDocument:invoice:1p0:(\w+)$", re.IGNORECASE)


def _level(stated: str, invoice: Candidate, facts: Facts) -> Iterator[Fault]:
    level = level_of(facts.specification)
    old = _FERD_1.match(facts.specification.strip())
    actual = level.name if level else old[1].upper() if old else None
    if stated and actual is not None and stated != actual:
        yield Fault("BR-HYBRID-15", "XMP states another profile than the invoice (BT-24)", stated, actual)
    if level is not None and invoice.relationship in _RELATIONSHIPS and invoice.relationship != level.relationship:
        yield Fault(
            "HYBRID-RELATIONSHIP", f"in Germany the relationship of an invoice of profile {level.name} is {level.relationship}",
            invoice.relationship, level.relationship, fatal=False,
        )  # fmt: skip


def _countries(facts: Facts) -> Iterator[Fault]:
    level = level_of(facts.specification)
    countries = {facts.seller_country, facts.buyer_country}
    if level is not None and level.name in _NO_INVOICE and countries == {"DE"}:
        yield Fault("BR-HYBRID-DE-01", f"{level.name} is no invoice in Germany: it lacks what § 14 UStG wants", level.name, "BASIC or more")
    if level is not None and level.name == "XRECHNUNG" and countries == {"FR"}:
        yield Fault("BR-HYBRID-FR-01", "the profile XRECHNUNG is not for invoices within France", level.name, "EN 16931")
