"""Profiles and scenarios as a table: which rules and which schema judge which document.

A scenario is found by the root element and the exact text of BT-24 (KoSIT compares untrimmed). The first nine names
are KoSIT's; a document that matches none of KoSIT's scenarios gets its recommendation "reject", whatever we check.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


class Syntax(StrEnum):
    """The two syntaxes of EN 16931-2."""

    UBL = "UBL"
    CII = "CII"


class Kind(StrEnum):
    """The three documents that carry an invoice."""

    UBL_INVOICE = "ubl-invoice"
    UBL_CREDIT_NOTE = "ubl-credit-note"
    CII = "cii"

    @property
    def syntax(self) -> Syntax:
        """The syntax of the document."""
        return Syntax.CII if self is Kind.CII else Syntax.UBL

    @property
    def dialect(self) -> str:
        """The plan that reads and writes it, where its scenario does not ask for another."""
        return "cii-d16b" if self is Kind.CII else self.value

    @property
    def root(self) -> str:
        """The local name of its root element."""
        return {Kind.UBL_INVOICE: "Invoice", Kind.UBL_CREDIT_NOTE: "CreditNote"}.get(self, "CrossIndustryInvoice")


@dataclass(frozen=True, slots=True)
class Scenario:
    """What judges a document."""

    id: str
    profile: str
    name: str
    kind: Kind
    specifications: tuple[str, ...]
    """values of BT-24, compared exactly"""
    schema: str
    """main schema file below `artefacts/xsd/`"""
    rules: tuple[str, ...]
    """rule sets of `artefacts/rules/`, in the order they run"""
    kosit: str | None
    """KoSIT's name of this scenario, if it has it"""
    dialect: str
    """the plan that reads it"""
    levels: Mapping[str, str] = field(default_factory=dict)
    """severities that KoSIT's customLevel sets in place of the artefact's"""

    @property
    def writes(self) -> str:
        """The plan that writes it: the rules of KoSIT's scenarios forbid the terms of EXTENDED, which documents have all the same."""
        return "cii-en16931" if self.kosit and self.kind is Kind.CII else self.dialect


EN16931 = "urn:cen.eu:en16931:2017"
XRECHNUNG = f"{EN16931}#compliant#urn:xeinkauf.de:kosit:xrechnung_3.0"
EXTENDED = f"{EN16931}#conformant#urn:factur-x.eu:1p0:extended"
EXTENSION = f"{XRECHNUNG}#conformant#urn:xeinkauf.de:kosit:extension:xrechnung_3.0"
PEPPOL_BIS = f"{EN16931}#compliant#urn:fdc:peppol.eu:2017:poacc:billing:3.0"
PEPPOL_BILLING = "urn:fdc:peppol.eu:2017:poacc:billing:01:1.0"
"""the business process (BT-23) that goes with it"""
CVD = f"{XRECHNUNG}#compliant#urn:xeinkauf.de:kosit:xrechnung:cvd_0.9"

UBL_INVOICE_XSD = "ubl-2.1/maindoc/UBL-Invoice-2.1.xsd"
UBL_CREDIT_NOTE_XSD = "ubl-2.1/maindoc/UBL-CreditNote-2.1.xsd"
CII_D16B_XSD = "cii-d16b/CrossIndustryInvoice_100pD22B.xsd"

SCHEMAS = {
    Kind.UBL_INVOICE: UBL_INVOICE_XSD,
    Kind.UBL_CREDIT_NOTE: UBL_CREDIT_NOTE_XSD,
    Kind.CII: CII_D16B_XSD,
}
_LABELS = {Kind.UBL_INVOICE: "UBL Invoice", Kind.UBL_CREDIT_NOTE: "UBL CreditNote", Kind.CII: "CII"}


def _levels(**rules: str) -> Mapping[str, str]:
    """`error="A B", warning="C"` as rule -> severity."""
    return MappingProxyType({rule: severity for severity, names in rules.items() for rule in names.split()})


_CII_SUMS = "CII-SR-452 CII-SR-453 CII-SR-454"
_CODES = "BR-CL-10 BR-CL-11 BR-CL-21 BR-CL-24 BR-CL-25 BR-CL-26"

#   profile, name, BT-24, kind -> customLevel (KoSIT's scenarios.xml of 2026-08-31)
_KOSIT = (
    ("xrechnung-3.0", "EN16931 XRechnung", XRECHNUNG, {
        Kind.UBL_INVOICE: _levels(warning="BR-CL-21 BR-CL-23", error="UBL-CR-646"),
        Kind.UBL_CREDIT_NOTE: _levels(warning="BR-CL-21 BR-CL-23"),
        Kind.CII: _levels(warning="BR-CL-21 BR-CL-23", error=_CII_SUMS),
    }),
    ("xrechnung-3.0-extension", "EN16931 XRechnung Extension", EXTENSION, {
        Kind.UBL_INVOICE: _levels(information=f"{_CODES} BR-CO-16 UBL-CR-470 UBL-CR-646", warning="BR-CL-23"),
        Kind.CII: _levels(information=_CODES, warning="BR-CL-23", error=_CII_SUMS),
    }),
    ("xrechnung-3.0-cvd", "EN16931 XRechnung CVD", CVD, {
        Kind.UBL_INVOICE: _levels(information="BR-CL-13", warning="BR-CL-21 BR-CL-23", error="UBL-CR-646"),
        Kind.UBL_CREDIT_NOTE: _levels(information="BR-CL-13", warning="BR-CL-21 BR-CL-23", error="UBL-CR-646"),
        Kind.CII: _levels(information="BR-CL-13", warning="BR-CL-21 BR-CL-23", error=_CII_SUMS),
    }),
    ("en16931", "EN16931", EN16931, {kind: _levels() for kind in Kind}),
)  # fmt: skip

#   profile, name, BT-24 in all its spellings, schema
_FACTURX = (
    ("minimum", "MINIMUM", "urn:factur-x.eu:1p0:minimum urn:zugferd.de:2p0:minimum", "Factur-X_MINIMUM.xsd"),
    ("basicwl", "BASIC WL", "urn:factur-x.eu:1p0:basicwl urn:zugferd.de:2p0:basicwl", "Factur-X_BASICWL.xsd"),
    ("basic", "BASIC", f"{EN16931}#compliant#urn:factur-x.eu:1p0:basic {EN16931}#compliant#urn:zugferd.de:2p0:basic {EN16931}:compliant:factur-x.eu:1p0:basic", "Factur-X_BASIC.xsd"),
    ("en16931", "EN 16931", EN16931, "Factur-X_EN16931.xsd"),
    ("extended", "EXTENDED", f"{EXTENDED} {EN16931}#conformant#urn:zugferd.de:2p0:extended {EN16931}:compliant:factur-x.eu:1p0:extended", "Factur-X_EXTENDED.xsd"),
)  # fmt: skip


def _kosit_scenarios() -> tuple[Scenario, ...]:
    return tuple(
        Scenario(
            id=f"{profile}-{kind.value}",
            profile=profile,
            name=f"{name} ({_LABELS[kind]})",
            kind=kind,
            specifications=(specification,),
            schema=SCHEMAS[kind],
            rules=tuple(f"{rules}-{kind.syntax.value.lower()}" for rules in ("cen", "xr")[: 1 if name == "EN16931" else 2]),
            kosit=f"{name} ({_LABELS[kind]})",
            dialect=kind.dialect,
            levels=levels,
        )
        for profile, name, specification, kinds in _KOSIT
        for kind, levels in kinds.items()
    )


def _facturx_scenarios() -> tuple[Scenario, ...]:
    return tuple(
        Scenario(
            id=f"facturx-{name}",
            profile=f"facturx-{name}",
            name=f"Factur-X {label}",
            kind=Kind.CII,
            specifications=tuple(specifications.split()),
            schema=f"fx-{name}-xsd/{schema}",
            rules=(f"fx-{name}",),
            kosit=None,
            dialect="cii-d22b",
        )
        for name, label, specifications, schema in _FACTURX
    )


SCENARIOS = (*_kosit_scenarios(), *_facturx_scenarios())


@lru_cache(maxsize=256)  # asked several times per document, and most documents are alike
def detect(kind: Kind, specifications: tuple[str, ...], *, hybrid: bool = False) -> Scenario | None:
    """The scenario of a document by its root and the texts of BT-24 (a document may wrongly have several).

    EN 16931 in CII is KoSIT's scenario when it comes as XML, and the Factur-X profile EN 16931 when it comes in a PDF.
    """
    fitting = [s for s in SCENARIOS if s.kind is kind and set(s.specifications) & set(specifications)]
    return next(iter(fitting[::-1] if hybrid else fitting), None)


_HEAD = 8192
"""bytes of a document in which BT-24 stands, unless it is strange"""
_SPECIFICATION = re.compile(b">(?:%s)<" % b"|".join(re.escape(text.encode()) for s in SCENARIOS for text in s.specifications))


def looks_known(data: bytes) -> bool:
    """Whether bytes seem to ask for one of the scenarios: a guess, before they are parsed.

    >>> looks_known(b"<a><ID>urn:cen.eu:en16931:2017</ID>"), looks_known(b"<a><ID>urn:other</ID>")
    (True, False)
    """
    return _SPECIFICATION.search(data, 0, _HEAD) is not None


def named(name: str, kind: Kind) -> Scenario | None:
    """The scenario that a user names: by its id, or by its profile for this kind of document."""
    return next((s for s in SCENARIOS if s.kind is kind and name in {s.id, s.profile}), None)


def profile_names() -> tuple[str, ...]:
    """All profiles, in the table's order."""
    return tuple(dict.fromkeys(s.profile for s in SCENARIOS))


def names() -> tuple[str, ...]:
    """What `named` knows: all profiles, then all scenario ids."""
    return tuple(dict.fromkeys([*profile_names(), *(s.id for s in SCENARIOS)]))
