"""What a row of the table is, and the rows that the norm repeats: addresses, contacts, allowances and charges."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from einvoice.datatypes import Amount, Code, DataType, Percentage, Quantity, Text
from einvoice.places import Places, aliased, beside, place

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Term:
    """A business term: one value, or several where the cardinality says so."""

    id: str
    name: str
    """the norm's name, which is the label in reports"""
    attribute: str
    type: DataType
    card: str
    ubl: Places
    cii: Places
    credit: Places
    """its places in a UBL credit note, where they differ"""
    carried: bool = False
    """the syntax repeats it on every element of a group that holds it once: the first one is read"""
    parts: Mapping[str, str] = field(default_factory=dict)
    """XML attribute -> term id, for the parts that have ids of their own"""


@dataclass(frozen=True, slots=True)
class Group:
    """A business group: terms and groups of one record."""

    id: str
    name: str
    attribute: str
    card: str
    ubl: Places
    cii: Places
    credit: Places
    rows: tuple[Row, ...]
    spread: str = ""
    """the syntax repeats the group's element once per item of this attribute"""
    ubl_text: DataType | None = None
    """UBL writes the whole group as one text"""
    nests: bool = False
    """it holds what the group around it holds, itself included: `rows` are that group's"""


Row = Term | Group
_LAST = {"BT": 165, "BG": 32}
"""the last term and group of EN 16931-1:2017 with A1"""


def of_norm(term: str) -> bool:
    """Whether a term, a part of one or a group is the norm's own.

    >>> of_norm("BT-31"), of_norm("BT-125-1"), of_norm("BT-X-2"), of_norm("BG-DEX-09"), of_norm("BT-173"), of_norm("BT-46-0")
    (True, True, False, False, False, False)
    """
    kind, _, number = term.partition("-")
    own, _, part = number.partition("-")
    return own.isdecimal() and int(own) <= _LAST[kind] and part not in {"0", "00"}


Where = str | Places | None


def term(
    id: str,  # noqa: A002
    name: str,
    attribute: str,
    type: DataType,  # noqa: A002
    card: str,
    ubl: Where,
    cii: Where,
    *,
    credit: Where = None,
    carried: bool = False,
    parts: Mapping[str, str] | None = None,
) -> Term:
    """A row for a business term."""
    own = {attr: id + suffix for attr, suffix in type.parts.items()} | dict(parts or {})
    return Term(id, name, attribute, type, card, place(ubl), place(cii), place(ubl if credit is None else credit), carried, own)


def group(
    id: str,  # noqa: A002
    name: str,
    attribute: str,
    card: str,
    ubl: Where,
    cii: Where,
    *rows: Row,
    credit: Where = None,
    spread: str = "",
    ubl_text: DataType | None = None,
    nests: bool = False,
) -> Group:
    """A row for a business group, with the rows in it."""
    places = place(ubl), place(cii), place(ubl if credit is None else credit)
    return Group(id, name, attribute, card, *places, rows, spread, ubl_text, nests)


# -- shorthands for places ------------------------------------------------------------------------

DOC = "/rsm:ExchangedDocument"
TRADE = "/rsm:SupplyChainTradeTransaction"
AGREEMENT = f"{TRADE}/ram:ApplicableHeaderTradeAgreement"
DELIVERY = f"{TRADE}/ram:ApplicableHeaderTradeDelivery"
SETTLEMENT = f"{TRADE}/ram:ApplicableHeaderTradeSettlement"
TERMS = f"{SETTLEMENT}/ram:SpecifiedTradePaymentTerms"
SUM = f"{SETTLEMENT}/ram:SpecifiedTradeSettlementHeaderMonetarySummation"
BREAKDOWN = f"{SETTLEMENT}/ram:ApplicableTradeTax[ram:TypeCode='VAT']*"
LINE_AGREEMENT = "ram:SpecifiedLineTradeAgreement"
LINE_SETTLEMENT = "ram:SpecifiedLineTradeSettlement"
NET_PRICE = f"{LINE_AGREEMENT}/ram:NetPriceProductTradePrice"
GROSS_PRICE = f"{LINE_AGREEMENT}/ram:GrossPriceProductTradePrice"
MONEY = "/cac:LegalMonetaryTotal"
MEANS = "/cac:PaymentMeans*"
VAT = "[cac:TaxScheme/cbc:ID='VAT']"
DATE_TIME = "udt:DateTimeString"


# -- rows that the norm repeats -------------------------------------------------------------------


def address(bg: str, whose: str, ids: str, ubl: Where, cii: str) -> Group:
    """A postal address."""
    one, two, three, city, code, subdivision, country = ids.split()
    return group(
        bg, f"{whose} address" if whose == "Deliver to" else f"{whose} postal address", "address", "0..1", ubl, cii,
        term(one, f"{whose} address line 1", "line1", Text, "0..1", "cbc:StreetName", "ram:LineOne"),
        term(two, f"{whose} address line 2", "line2", Text, "0..1", "cbc:AdditionalStreetName", "ram:LineTwo"),
        term(three, f"{whose} address line 3", "line3", Text, "0..1", "cac:AddressLine/cbc:Line", "ram:LineThree"),
        term(city, f"{whose} city", "city", Text, "0..1", "cbc:CityName", "ram:CityName"),
        term(code, f"{whose} post code", "post_code", Text, "0..1", "cbc:PostalZone", "ram:PostcodeCode"),
        term(subdivision, f"{whose} country subdivision", "country_subdivision", Text, "0..1", "cbc:CountrySubentity", "ram:CountrySubDivisionName"),
        term(country, f"{whose} country code", "country_code", Code, "1..1", "cac:Country/cbc:IdentificationCode", "ram:CountryID"),
    )  # fmt: skip


def contact(bg: str, whose: str, ids: str, ubl: Where = "cac:Contact", cii: str = "ram:DefinedTradeContact") -> Group:
    """A person to ask; where a department has no number (-), it is known only in the place of the person."""
    name, department, telephone, email, fax, kind = ids.split()
    return group(
        bg, f"{whose} contact", "contact", "0..1", ubl, cii,
        term(name, f"{whose} contact point", "name", Text, "0..1", "cbc:Name", aliased("ram:PersonName", "ram:DepartmentName")),
        *((term(department, f"{whose} contact department", "department", Text, "0..1", None, beside("ram:DepartmentName", "ram:PersonName")),) if department != "-" else ()),
        term(telephone, f"{whose} contact telephone number", "telephone", Text, "0..1", "cbc:Telephone", "ram:TelephoneUniversalCommunication/ram:CompleteNumber"),
        term(email, f"{whose} contact email address", "email", Text, "0..1", "cbc:ElectronicMail", "ram:EmailURIUniversalCommunication/ram:URIID"),
        term(fax, f"{whose} contact fax number", "fax", Text, "0..1", None, "ram:FaxUniversalCommunication/ram:CompleteNumber"),
        term(kind, f"{whose} contact type code", "type_code", Code, "0..1", None, "ram:TypeCode"),
    )  # fmt: skip


def allowance(bg: str, name: str, attribute: str, ids: str, *, charge: bool, vat: bool, cii: str) -> Group:
    """Allowances, or charges."""
    flag = "true" if charge else "false"
    names = iter(ids.split())
    amounts = (
        term(next(names), f"{name} amount", "amount", Amount, "1..1", "cbc:Amount", "ram:ActualAmount"),
        term(next(names), f"{name} base amount", "base_amount", Amount, "0..1", "cbc:BaseAmount", "ram:BasisAmount"),
        term(next(names), f"{name} percentage", "percentage", Percentage, "0..1", "cbc:MultiplierFactorNumeric", "ram:CalculationPercent"),
    )  # fmt: skip
    taxes = (
        term(next(names), f"{name} VAT category code", "vat_category_code", Code, "1..1", f"cac:TaxCategory{VAT}/cbc:ID", "ram:CategoryTradeTax[ram:TypeCode='VAT']/ram:CategoryCode"),
        term(next(names), f"{name} VAT rate", "vat_rate", Percentage, "0..1", f"cac:TaxCategory{VAT}/cbc:Percent", "ram:CategoryTradeTax[ram:TypeCode='VAT']/ram:RateApplicablePercent"),
    ) if vat else ()  # fmt: skip
    reasons = (
        term(next(names), f"{name} reason", "reason", Text, "0..1", "cbc:AllowanceChargeReason", "ram:Reason"),
        term(next(names), f"{name} reason code", "reason_code", Code, "0..1", "cbc:AllowanceChargeReasonCode", "ram:ReasonCode"),
    )  # fmt: skip
    extended = (
        term(next(names), f"{name} VAT exemption reason", "vat_exemption_reason", Text, "0..1", None, "ram:CategoryTradeTax[ram:TypeCode='VAT']/ram:ExemptionReason"),
        term(next(names), f"{name} VAT exemption reason code", "vat_exemption_reason_code", Code, "0..1", None, "ram:CategoryTradeTax[ram:TypeCode='VAT']/ram:ExemptionReasonCode"),
        term(next(names), f"{name} sequence number", "sequence_number", Percentage, "0..1", None, "ram:SequenceNumeric"),
        term(quantity := next(names), f"{name} base quantity", "base_quantity", Quantity, "0..1", None, "ram:BasisQuantity", parts={"unitCode": f"{quantity}-0"}),
    ) if vat else ()  # fmt: skip
    ubl = f"cac:AllowanceCharge[cbc:ChargeIndicator='{flag}']*"
    cii = f"{cii}/ram:SpecifiedTradeAllowanceCharge[ram:ChargeIndicator/udt:Indicator='{flag}']*"
    return group(bg, f"{name}s", attribute, "0..n", ubl, cii, *amounts, *taxes, *reasons, *extended)


def nested(within: Group, row: Group) -> Group:
    """A group that nests, with the rows that it has from the group around it."""
    return replace(row, rows=within.rows) if row.nests else row
