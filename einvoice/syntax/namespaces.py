"""The names of both syntaxes: their namespaces, the prefixes that reports use for them, and what a credit note renames."""

from __future__ import annotations

_UBL = "urn:oasis:names:specification:ubl:schema:xsd:"
_CII = "urn:un:unece:uncefact:data:standard:"

UBL_INVOICE = f"{_UBL}Invoice-2"
UBL_CREDIT_NOTE = f"{_UBL}CreditNote-2"
CII = f"{_CII}CrossIndustryInvoice:100"

UBL_PARTS = {
    "cac": f"{_UBL}CommonAggregateComponents-2",
    "cbc": f"{_UBL}CommonBasicComponents-2",
    "ext": f"{_UBL}CommonExtensionComponents-2",
}
CII_PARTS = {
    "rsm": CII,
    "ram": f"{_CII}ReusableAggregateBusinessInformationEntity:100",
    "udt": f"{_CII}UnqualifiedDataType:100",
    "qdt": f"{_CII}QualifiedDataType:100",
}

CREDIT_NOTE_NAMES = {
    "InvoiceTypeCode": "CreditNoteTypeCode",
    "InvoiceLine": "CreditNoteLine",
    "SubInvoiceLine": "SubCreditNoteLine",
    "InvoicedQuantity": "CreditedQuantity",
}
"""what a UBL credit note calls otherwise than an invoice"""

XSI = "http://www.w3.org/2001/XMLSchema-instance"
SBDH = "http://www.unece.org/cefact/namespaces/StandardBusinessDocumentHeader"

PREFIXES = {uri: prefix for prefix, uri in (UBL_PARTS | CII_PARTS).items()}
"""namespace -> prefix in locations; the UBL roots have none"""

RULE_PREFIXES = {**PREFIXES, UBL_INVOICE: "ubl", UBL_CREDIT_NOTE: "cn", "http://www.w3.org/2001/XMLSchema": "xs"}
"""the prefixes of names in compiled rules"""
