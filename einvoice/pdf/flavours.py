"""THE TABLE of hybrids: what the XMP of each generation says, and which level an XML has (Factur-X 1.08, chapter 6)."""

from __future__ import annotations

import re
from dataclasses import dataclass

from einvoice.errors import UsageError

PROPERTIES = ("DocumentType", "DocumentFileName", "Version", "ConformanceLevel")
DESCRIPTIONS = {
    "DocumentFileName": "The name of the embedded XML document",
    "DocumentType": "The type of the hybrid document in capital letters, e.g. INVOICE or ORDER",
    "Version": "The actual version of the standard applying to the embedded XML document",
    "ConformanceLevel": "The conformance level of the embedded XML document",
}
MIME = "text/xml"


@dataclass(frozen=True, slots=True)
class Flavour:
    """One generation of hybrids."""

    name: str
    namespace: str
    prefix: str
    files: tuple[str, ...]
    levels: tuple[str, ...]
    versions: tuple[str, ...] = ("1.0", "1p0", "2p0", "2p1", "2p2")
    """BR-HYBRID-09"""
    kinds: tuple[str, ...] = ("INVOICE",)


_LEVELS = ("MINIMUM", "BASIC WL", "BASIC", "EN 16931", "EXTENDED")
_XRECHNUNG_VERSIONS = ("1.0", "1p0", "2p0", "2p1", "2p2", "3p0", "1.2", "2.0", "2.1", "2.2", "2.3", "3.0")
FACTUR_X = Flavour(
    "Factur-X / ZUGFeRD 2.1 and later", "urn:factur-x:pdfa:CrossIndustryDocument:invoice:1p0#", "fx", ("factur-x.xml", "xrechnung.xml"),
    (*_LEVELS, "XRECHNUNG"), _XRECHNUNG_VERSIONS,
)  # fmt: skip
FLAVOURS = (
    FACTUR_X,
    Flavour("ZUGFeRD 2.0", "urn:zugferd:pdfa:CrossIndustryDocument:invoice:2p0#", "zf", ("zugferd-invoice.xml", "xrechnung.xml"), (*_LEVELS, "XRECHNUNG"), _XRECHNUNG_VERSIONS),
    # the text of 6.3.2; no sample has it
    Flavour("ZUGFeRD 2.0", "urn:zugferd:pdfa:CrossIndustryDocument:invoice:1p0#", "zf", ("zugferd-invoice.xml", "xrechnung.xml"), (*_LEVELS, "XRECHNUNG"), _XRECHNUNG_VERSIONS),
    Flavour("ZUGFeRD 1.0", "urn:ferd:pdfa:CrossIndustryDocument:invoice:1p0#", "zf", ("ZUGFeRD-invoice.xml",), ("BASIC", "COMFORT", "EXTENDED")),
    Flavour("ZUGFeRD RC", "urn:ferd:pdfa:invoice:rc#", "zf", ("ZUGFeRD-invoice.xml",), ("BASIC", "COMFORT", "EXTENDED")),
    # BR-HYBRID-04 names this one for invoices too
    Flavour(
        "Order-X", "urn:factur-x:pdfa:CrossIndustryDocument:1p0#", "fx", ("order-x.xml", "factur-x.xml", "xrechnung.xml"),
        (*_LEVELS, "COMFORT", "XRECHNUNG"), kinds=("INVOICE", "ORDER", "ORDER_RESPONSE", "ORDER_CHANGE"),
    ),
    Flavour("Deliver-X", "urn:factur-x:pdfa:CrossIndustryDocument:despatchadvice:1p0#", "fx", ("cida.xml",), ("PILOT",), kinds=("DESPATCHADVICE",)),
)  # fmt: skip
BY_NAMESPACE = {flavour.namespace: flavour for flavour in FLAVOURS}
FILE_NAMES = tuple(dict.fromkeys(name for flavour in FLAVOURS for name in flavour.files))

_SEPARATOR, _FAMILY = r"(?:#compliant#|:compliant:|#conformant#|:conformant:)", r"(?:urn:)?(?:factur-x\.eu:1p0|zugferd\.de:2p0)"
#   level, pattern of BT-24, AFRelationship (6.5: MINIMUM and BASIC WL are no invoices in Germany)
_LEVEL_OF = tuple(
    (level, re.compile(pattern), relationship)
    for level, pattern, relationship in (
        ("MINIMUM", rf"{_FAMILY}:minimum$", "Data"),
        ("BASIC WL", rf"{_FAMILY}:basicwl$", "Data"),
        ("BASIC", rf"urn:cen\.eu:en16931:2017{_SEPARATOR}{_FAMILY}:basic$", "Alternative"),
        ("EXTENDED", rf"urn:cen\.eu:en16931:2017{_SEPARATOR}{_FAMILY}:extended$", "Alternative"),
        ("EXTENDED", r".*extended-ctc-fr", "Alternative"),
        ("XRECHNUNG", r".*xrechnung", "Alternative"),
        ("EN 16931", r"urn:cen\.eu:en16931:2017$", "Alternative"),
    )
)


@dataclass(frozen=True, slots=True)
class Level:
    """What a hybrid must say of the XML in it."""

    name: str
    relationship: str

    @property
    def file(self) -> str:
        """The name of the embedded file."""
        return "xrechnung.xml" if self.name == "XRECHNUNG" else "factur-x.xml"


def level_of(specification: str) -> Level | None:
    """The level of an XML by its specification (BT-24); None for one that has none.

    >>> level_of("urn:cen.eu:en16931:2017")
    Level(name='EN 16931', relationship='Alternative')
    """
    text = specification.strip()
    return next((Level(name, relationship) for name, pattern, relationship in _LEVEL_OF if pattern.match(text)), None)


def level_for(specification: str) -> Level:
    """The level to write. Raises UsageError for a specification that no hybrid has."""
    level = level_of(specification)
    if level is None:
        raise UsageError(f"no ZUGFeRD / Factur-X profile has the specification (BT-24) {specification!r}; convert the invoice first")
    return level
