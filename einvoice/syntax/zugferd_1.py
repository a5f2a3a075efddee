"""ZUGFeRD 1.0 in the names of today: the same structure, from a draft of CII that is older than D16B.

Source: ZUGFeRD 1.0, technical documentation (2014); UN/CEFACT CII D16B.
"""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING

from lxml import etree

from einvoice.syntax.namespaces import CII_PARTS

if TYPE_CHECKING:
    from collections.abc import Mapping

_CEFACT = "urn:un:unece:uncefact:data:standard:"
RSM = "urn:ferd:CrossIndustryDocument:invoice:1p0"
ROOT = f"{{{RSM}}}CrossIndustryDocument"
SPECIFICATIONS = (f"{RSM}:", "urn:ferd:invoice:")
"""what BT-24 begins with, then and in the draft; `basic`, `comfort` or `extended` follows"""

_SUMMATION = "SpecifiedTradeSettlementMonetarySummation"
#    a name without a parent is replaced wherever it stands
_TODAY: Mapping[tuple[str, str], str] = {
    ("", "CrossIndustryDocument"): "CrossIndustryInvoice",
    ("", "SpecifiedExchangedDocumentContext"): "ExchangedDocumentContext",
    ("", "HeaderExchangedDocument"): "ExchangedDocument",
    ("", "SpecifiedSupplyChainTradeTransaction"): "SupplyChainTradeTransaction",
    ("", "ApplicableSupplyChainTradeAgreement"): "ApplicableHeaderTradeAgreement",
    ("", "ApplicableSupplyChainTradeDelivery"): "ApplicableHeaderTradeDelivery",
    ("", "ApplicableSupplyChainTradeSettlement"): "ApplicableHeaderTradeSettlement",
    ("", "SpecifiedSupplyChainTradeAgreement"): "SpecifiedLineTradeAgreement",
    ("", "SpecifiedSupplyChainTradeDelivery"): "SpecifiedLineTradeDelivery",
    ("", "SpecifiedSupplyChainTradeSettlement"): "SpecifiedLineTradeSettlement",
    ("ApplicableSupplyChainTradeSettlement", _SUMMATION): "SpecifiedTradeSettlementHeaderMonetarySummation",
    ("SpecifiedSupplyChainTradeSettlement", _SUMMATION): "SpecifiedTradeSettlementLineMonetarySummation",
    ("", "ApplicablePercent"): "RateApplicablePercent",
    ("ReferencedDocument", "ID"): "IssuerAssignedID",
    ("SpecifiedSupplyChainTradeSettlement", "SpecifiedTradeAccountingAccount"): "ReceivableSpecifiedTradeAccountingAccount",
}  # fmt: skip
_NAMESPACES = {
    RSM: CII_PARTS["rsm"],
    f"{_CEFACT}ReusableAggregateBusinessInformationEntity:12": CII_PARTS["ram"],
    f"{_CEFACT}UnqualifiedDataType:15": CII_PARTS["udt"],
    f"{_CEFACT}QualifiedDataType:12": CII_PARTS["qdt"],
}


def today(root: etree._Element) -> etree._Element:
    """A ZUGFeRD 1.0 invoice as a tree of CII; texts, attributes and line numbers are those of the document."""
    renamed = deepcopy(root)
    for element in [*renamed.iter("{*}*")][::-1]:  # from the inside, while those around still have their old names
        _rename(element)
    return renamed


def _rename(element: etree._Element) -> None:
    name, above = etree.QName(element), element.getparent()
    parent = "" if above is None else etree.QName(above).localname
    parent = "ReferencedDocument" if parent.endswith("ReferencedDocument") else parent
    local = _TODAY.get((parent, name.localname)) or _TODAY.get(("", name.localname), name.localname)
    if (parent, local) == ("ReferencedDocument", "IssueDateTime"):
        _issued(element)
    else:
        element.tag = f"{{{_NAMESPACES.get(name.namespace or '', name.namespace)}}}{local}"


def _issued(element: etree._Element) -> None:
    """The date of a reference, which was an xsd:dateTime (2013-08-02T00:00:00) and is written 20130802 since."""
    element.tag = f"{{{CII_PARTS['ram']}}}FormattedIssueDateTime"
    date = etree.SubElement(element, f"{{{CII_PARTS['qdt']}}}DateTimeString")
    date.text, element.text = (element.text or "").strip()[: len("2013-08-02")].replace("-", ""), None
