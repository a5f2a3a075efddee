"""THE TABLE, continued: terms of Factur-X / ZUGFeRD EXTENDED and of XRechnung Extension, which the norm does not have.

One tuple for each group of the norm that they stand in. EXTENDED has its terms in CII, XRechnung Extension in UBL; what a
syntax has no place for is named when it is written. Ids and names: Factur-X 1.09, XRechnung 3.0.2.
"""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

from einvoice.datatypes import Amount, Binary, Code, DataType, Date, Identifier, Indicator, Percentage, Quantity, Reference, Text, amount_in
from einvoice.places import beside
from einvoice.rows import (
    AGREEMENT,
    DATE_TIME,
    DELIVERY,
    DOC,
    GROSS_PRICE,
    LINE_AGREEMENT,
    LINE_SETTLEMENT,
    NET_PRICE,
    SETTLEMENT,
    TERMS,
    Group,
    Row,
    Term,
    Where,
    address,
    contact,
    group,
    term,
)

LINE_DELIVERY = "ram:SpecifiedLineTradeDelivery"
LINE_SUM = f"{LINE_SETTLEMENT}/ram:SpecifiedTradeSettlementLineMonetarySummation"
LINE_DOCUMENT = "ram:AssociatedDocumentLineDocument"
SHIP_TO_PARTY = f"{DELIVERY}/ram:ShipToTradeParty/"
ISSUED = "ram:FormattedIssueDateTime/qdt:DateTimeString"
DISCOUNT = f"{GROSS_PRICE}/ram:AppliedTradeAllowanceCharge[ram:ChargeIndicator/udt:Indicator='false']"


def cii(number: str, name: str, attribute: str, kind: DataType, where: Where, *, card: str = "0..1") -> Term:
    """A term that CII alone has."""
    return term(number, name, attribute, kind, card, None, where)


def quantity(number: str, name: str, attribute: str, where: Where, unit: str) -> Term:
    """A quantity that CII alone has; its unit is a term of its own."""
    return term(number, name, attribute, Quantity, "0..1", None, where, parts={"unitCode": unit})


# -- parties --------------------------------------------------------------------------------------


class Party(NamedTuple):
    """A party of EXTENDED: where it stands, and the numbers of its terms (BT-X-; a whole id is taken as it is)."""

    bg: int
    name: str
    attribute: str
    place: str
    terms: str
    """identifier, global identifier, name, legal registration, trading name, electronic address, VAT identifier, role"""
    contact: str
    """the group; then name, department (- where it has no number), telephone, fax, email, type"""
    address: str
    """the group; then the first of seven: post code, three lines, city, country, subdivision."""
    legal: str = ""
    """the same, of the address that it is registered at"""
    more: str = ""
    """additional legal information, tax registration"""


# fmt: off
TERMS_PAYEE = ("506 507 504 508 505 510 509 511", "78 512 513 515 516 517 514", "79 518", "80 525")
PARTIES = (
    Party(49, "Sales agent",              "sales_agent",              f"{AGREEMENT}/ram:SalesAgentTradeParty", "337 338 335 339 336 341 340 545", "51 342 343 344 345 346 347", "52 348", "53 355"),
    Party(54, "Buyer tax representative", "buyer_tax_representative", f"{AGREEMENT}/ram:BuyerTaxRepresentativeTradeParty", "364 365 362 366 363 368 367 546", "55 369 370 372 373 374 371", "56 375", "57 382"),
    Party(18, "Product end user",         "product_end_user",         f"{AGREEMENT}/ram:ProductEndUserTradeParty", "126 127 128 129 130 143 144 548", "20 131 132 133 134 135 320", "21 136", "60 396"),
    Party(62, "Buyer agent",              "buyer_agent",              f"{AGREEMENT}/ram:BuyerAgentTradeParty", "408 409 406 410 407 412 411 549", "64 413 414 416 417 418 415", "65 419", "66 426"),
    Party(27, "Ultimate ship to",         "ultimate_ship_to",         f"{DELIVERY}/ram:UltimateShipToTradeParty", "162 163 164 165 166 179 180 551", "28 167 168 169 170 171 322", "29 172", "68 440"),
    Party(30, "Ship from",                "ship_from",                f"{DELIVERY}/ram:ShipFromTradeParty", "181 182 183 184 185 198 199 552", "31 186 187 188 189 190 323", "32 191", "69 447"),
    Party(33, "Invoicer",                 "invoicer",                 f"{SETTLEMENT}/ram:InvoicerTradeParty", "205 206 207 208 209 222 223 553", "34 210 211 212 213 214 324", "35 215", "70 454"),
    Party(36, "Invoicee",                 "invoicee",                 f"{SETTLEMENT}/ram:InvoiceeTradeParty", "224 225 226 227 228 241 242 554", "37 229 230 231 232 233 325", "38 234", "71 461"),
    Party(73, "Payer",                    "payer",                    f"{SETTLEMENT}/ram:PayerTradeParty", "478 479 476 480 477 482 481 483", "74 484 485 487 488 489 486", "75 490", "76 497"),
    Party(77, "Payment terms payee",      "payment_terms_payee",      f"{TERMS}/ram:PayeeTradeParty", *TERMS_PAYEE),
)
PAYMENT_TERMS_PAYEE = Party(77, "Payment terms payee", "payee",       "ram:PayeeTradeParty", *TERMS_PAYEE)
LINE_PARTIES = (
    Party(7,  "Line deliver to",          "ship_to",                  f"{LINE_DELIVERY}/ram:ShipToTradeParty", "BT-186-00 BT-186 50 51 52 65 66 541", "8 54 - 55 56 57 315", "9 58"),
    Party(10, "Line ultimate ship to",    "ultimate_ship_to",         f"{LINE_DELIVERY}/ram:UltimateShipToTradeParty", "67 68 69 70 71 83 84 542", "11 72 - 73 74 75 316", "12 76"),
    Party(90, "Line seller",              "seller",                   f"{LINE_AGREEMENT}/ram:ItemSellerTradeParty", "567 568 569 572 573 586 587 570", "91 574 - 576 577 578 575", "92 579", more="571 588"),
)
MANUFACTURER = Party(93, "Manufacturer",  "manufacturer",             "ram:ManufacturerTradeParty", "593 594 595 598 599 613 614 596", "94 600 601 603 604 605 602", "95 606", more="597 615")


def numbered(number: str) -> str:
    """The id of a term that EXTENDED has a number for; of one that has none, "-"."""
    return number if number.startswith("BT") or number == "-" else f"BT-X-{number}"


def address_of(whose: str, numbers: str, place: str, attribute: str = "address") -> Group:
    """An address whose seven terms are numbered one after another."""
    bg, first = numbers.split()
    post_code, one, two, three, city, country, subdivision = (f"BT-X-{int(first) + step}" for step in range(7))
    found = address(f"BG-X-{bg}", whose, f"{one} {two} {three} {city} {post_code} {subdivision} {country}", None, place)
    return replace(found, attribute=attribute)


def legal_address_of(whose: str, numbers: str, at: str = "") -> Group:
    """The address that an organisation is registered at."""
    return address_of(f"{whose} legal", numbers, f"{at}ram:SpecifiedLegalOrganization/ram:PostalTradeAddress", "legal_address")


def contact_of(whose: str, numbers: str, place: str) -> Group:
    """A contact with a fax number."""
    bg, name, department, telephone, fax, email, kind = numbers.split()
    ids = (numbered(number) for number in (name, department, telephone, email, fax, kind))
    return contact(f"BG-X-{bg}", whose, " ".join(ids), ubl=None, cii=place)


_OF_PARTY: dict[str, tuple[str, DataType, str]] = {
    "identifier":                   ("identifier",                   Reference,  "ram:ID"),
    "global_identifier":            ("global identifier",            Identifier, "ram:GlobalID"),
    "name":                         ("name",                         Text,       "ram:Name"),
    "role_code":                    ("role code",                    Code,       "ram:RoleCode"),
    "legal_registration_identifier": ("legal registration identifier", Identifier, "ram:SpecifiedLegalOrganization/ram:ID"),
    "trading_name":                 ("trading name",                 Text,       "ram:SpecifiedLegalOrganization/ram:TradingBusinessName"),
    "vat_identifier":               ("VAT identifier",               Reference,  "ram:SpecifiedTaxRegistration[ram:ID/@schemeID='VA']/ram:ID"),
    "tax_registration_identifier":  ("tax registration identifier",  Reference,  "ram:SpecifiedTaxRegistration[ram:ID/@schemeID='FC']/ram:ID"),
    "electronic_address":           ("electronic address",           Identifier, "ram:URIUniversalCommunication/ram:URIID"),
    "additional_legal_information": ("additional legal information", Text,       "ram:Description"),
}
_NUMBERED = ("identifier", "global_identifier", "name", "legal_registration_identifier", "trading_name", "electronic_address", "vat_identifier", "role_code")
_MORE = ("additional_legal_information", "tax_registration_identifier")


def of_party(whose: str, attribute: str, number: str, at: str = "") -> Term:
    """A term of a party, which stands in its element, `at`."""
    name, kind, place = _OF_PARTY[attribute]
    return cii(numbered(number), f"{whose} {name}", attribute, kind, f"{at}{place}")


def second_identifier(whose: str, number: str, at: str = "") -> Term:
    """A global identifier beside an identifier: the norm has one, and Factur-X writes it here if it has a scheme."""
    alone = of_party(whose, "global_identifier", number, at)
    return replace(alone, cii=beside(f"{at}ram:GlobalID", "ram:ID"))


def party(one: Party) -> Group:
    """The rows of a party."""
    own = {attribute: of_party(one.name, attribute, number) for attribute, number in zip(_NUMBERED, one.terms.split(), strict=True)}
    return group(f"BG-X-{one.bg}", f"{one.name} party", one.attribute, "0..1", None, one.place,
        *(own[attribute] for attribute in ("identifier", "global_identifier", "name", "role_code", "legal_registration_identifier", "trading_name")),
        *((legal_address_of(one.name, one.legal),) if one.legal else ()),
        own["vat_identifier"],
        own["electronic_address"],
        contact_of(one.name, one.contact, "ram:DefinedTradeContact"),
        address_of(one.name, one.address, "ram:PostalTradeAddress"),
        *(of_party(one.name, attribute, number) for attribute, number in zip(_MORE, one.more.split(), strict=bool(one.more))))


def delivery_terms(whose: str, numbers: str, place: str) -> tuple[Term, ...]:
    """What was agreed on the delivery: the code, and the place that it names."""
    code, country, location = map(numbered, numbers.split())
    at = f"{place}/ram:ApplicableTradeDeliveryTerms"
    return (
        cii(code,     f"{whose} code",         "delivery_terms_code", Code, f"{at}/ram:DeliveryTypeCode"),
        cii(country,  f"{whose} country code", "delivery_terms_country_code", Code, f"{at}/ram:RelevantTradeLocation/ram:CountryID"),
        cii(location, f"{whose} location",     "delivery_terms_location", Text, f"{at}/ram:RelevantTradeLocation/ram:Name"))


def referenced(name: str, attribute: str, numbers: str, place: str) -> tuple[Term, ...]:
    """A document that a line refers to: its number, the line in it, its date; `-` for what the norm has."""
    number, line, date = numbers.split()
    terms = (
        (number, cii(f"BT-X-{number}", f"{name} reference", f"{attribute}_reference", Reference, f"{place}/ram:IssuerAssignedID")),
        (line,   cii(f"BT-X-{line}",   f"{name} line",      f"{attribute}_line",      Reference, f"{place}/ram:LineID")),
        (date,   cii(f"BT-X-{date}",   f"{name} date",      f"{attribute}_date",      Date,      f"{place}/{ISSUED}")))
    return tuple(row for number, row in terms if number != "-")


def settling(at: str = "") -> tuple[Row, ...]:
    """What payment terms say beside their text: part payment, penalty, discount."""
    return (
        cii("BT-X-275", "Partial payment amount", "partial_payment_amount", Amount, f"{at}ram:PartialPaymentAmount"),
        payment_condition("BG-X-43", "Late payment penalty", "late_payment_penalty", "Penalty", 276, at),
        payment_condition("BG-X-44", "Early payment discount", "early_payment_discount", "Discount", 282, at))


def payment_condition(bg: str, name: str, attribute: str, kind: str, first: int, at: str) -> Group:
    """A penalty or discount, whose six terms are numbered one after another."""
    date, period, unit, base, percentage, amount = (f"BT-X-{first + step}" for step in range(6))
    return group(bg, name, attribute, "0..1", None, f"{at}ram:ApplicableTradePayment{kind}Terms",
        cii(date,        f"{kind} reference date", "reference_date", Date, f"ram:BasisDateTime/{DATE_TIME}"),
        quantity(period, f"{kind} period",         "period", "ram:BasisPeriodMeasure", unit),
        cii(base,        f"{kind} base amount",    "base_amount", Amount, "ram:BasisAmount"),
        cii(percentage,  f"{kind} percentage",     "percentage", Percentage, "ram:CalculationPercent"),
        cii(amount,      f"{kind} amount",         "amount", Amount, f"ram:Actual{kind}Amount"))


# -- rows, by the group of the norm that they stand in --------------------------------------------

CONTROL: tuple[Row, ...] = (
    cii("BT-X-1", "Test indicator", "test_indicator", Indicator, "ram:TestIndicator/udt:Indicator"),
)

NOTE: tuple[Row, ...] = (
    cii("BT-X-5", "Invoice note content code",    "content_code",  Code, "ram:ContentCode"),
)

HEADER: tuple[Row, ...] = (
    cii("BT-X-2",   "Document name",              "document_name", Text, f"{DOC}/ram:Name"),
    cii("BT-X-3",   "Copy indicator",             "copy_indicator", Indicator, f"{DOC}/ram:CopyIndicator/udt:Indicator"),
    cii("BT-X-4",   "Document language",          "language",      Code, f"{DOC}/ram:LanguageID"),
    cii("BT-X-6",   "Contractual due date",       "contractual_due_date", Date, f"{DOC}/ram:EffectiveSpecifiedPeriod/ram:CompleteDateTime/{DATE_TIME}"),
    *delivery_terms("Delivery terms", "145 563 564", AGREEMENT),
    cii("BT-X-152", "Delivery method code",       "delivery_method_code", Code, f"{DELIVERY}/ram:RelatedSupplyChainConsignment/ram:SpecifiedLogisticsTransportMovement/ram:ModeCode"),
    cii("BT-X-146", "Sales order date",           "sales_order_date", Date, f"{AGREEMENT}/ram:SellerOrderReferencedDocument/{ISSUED}"),
    cii("BT-X-147", "Purchase order date",        "purchase_order_date", Date, f"{AGREEMENT}/ram:BuyerOrderReferencedDocument/{ISSUED}"),
    cii("BT-X-403", "Quotation reference",        "quotation_reference", Reference, f"{AGREEMENT}/ram:QuotationReferencedDocument/ram:IssuerAssignedID"),
    cii("BT-X-404", "Quotation date",             "quotation_date", Date, f"{AGREEMENT}/ram:QuotationReferencedDocument/{ISSUED}"),
    cii("BT-X-405", "Contract type code",         "contract_type_code", Code, f"{AGREEMENT}/ram:ContractReferencedDocument/ram:ReferenceTypeCode"),
    group("BG-X-23", "End customer orders", "end_customer_orders", "0..n", None, f"{AGREEMENT}/ram:UltimateCustomerOrderReferencedDocument*",
        cii("BT-X-150", "End customer order reference", "reference", Reference, "ram:IssuerAssignedID", card="1..1"),
        cii("BT-X-151", "End customer order date", "date", Date, ISSUED)),
    cii("BT-X-290", "Buyer accounting reference type code", "buyer_accounting_reference_type_code", Code, f"{SETTLEMENT}/ram:ReceivableSpecifiedTradeAccountingAccount/ram:TypeCode"),
    cii("BT-X-148", "Contract date",              "contract_date", Date, f"{AGREEMENT}/ram:ContractReferencedDocument/{ISSUED}"),
    cii("BT-X-200", "Despatch advice date",       "despatch_advice_date", Date, f"{DELIVERY}/ram:DespatchAdviceReferencedDocument/{ISSUED}"),
    cii("BT-X-201", "Receiving advice date",      "receiving_advice_date", Date, f"{DELIVERY}/ram:ReceivingAdviceReferencedDocument/{ISSUED}"),
    cii("BT-X-202", "Delivery note reference",    "delivery_note_reference", Reference, f"{DELIVERY}/ram:DeliveryNoteReferencedDocument/ram:IssuerAssignedID"),
    cii("BT-X-203", "Delivery note date",         "delivery_note_date", Date, f"{DELIVERY}/ram:DeliveryNoteReferencedDocument/{ISSUED}"),
    cii("BT-X-204", "Seller reference",           "seller_reference", Reference, f"{SETTLEMENT}/ram:InvoiceIssuerReference"),
    *(party(one) for one in PARTIES),

    group("BG-X-41", "VAT accounting currency exchange", "currency_exchange", "0..1", None, f"{SETTLEMENT}/ram:TaxApplicableTradeCurrencyExchange",
        cii("BT-X-258", "Exchange source currency code", "source_currency_code", Code, "ram:SourceCurrencyCode", card="1..1"),
        cii("BT-X-259", "Exchange target currency code", "target_currency_code", Code, "ram:TargetCurrencyCode", card="1..1"),
        cii("BT-X-260", "Exchange rate",          "rate", Percentage, "ram:ConversionRate", card="1..1"),
        cii("BT-X-261", "Exchange rate date",     "date", Date, f"ram:ConversionRateDateTime/{DATE_TIME}")),

    group("BG-X-42", "Logistics service charges", "logistics_charges", "0..n", None, f"{SETTLEMENT}/ram:SpecifiedLogisticsServiceCharge*",
        cii("BT-X-271", "Logistics service description", "description", Text, "ram:Description"),
        cii("BT-X-272", "Logistics service fee",  "amount", Amount, "ram:AppliedAmount"),
        cii("BT-X-273", "Logistics service VAT category code", "vat_category_code", Code, "ram:AppliedTradeTax[ram:TypeCode='VAT']/ram:CategoryCode"),
        cii("BT-X-274", "Logistics service VAT rate", "vat_rate", Percentage, "ram:AppliedTradeTax[ram:TypeCode='VAT']/ram:RateApplicablePercent"),
        cii("BT-X-591", "Logistics service VAT exemption reason", "vat_exemption_reason", Text, "ram:AppliedTradeTax[ram:TypeCode='VAT']/ram:ExemptionReason"),
        cii("BT-X-592", "Logistics service VAT exemption reason code", "vat_exemption_reason_code", Code, "ram:AppliedTradeTax[ram:TypeCode='VAT']/ram:ExemptionReasonCode")),

    *settling(f"{TERMS}/"),
    group("BT-20-00", "Further payment terms", "further_payment_terms", "0..n", None, f"{TERMS}+",
        cii("BT-20", "Payment terms",             "description", Text, "ram:Description"),
        cii("BT-9",  "Payment due date",          "due_date",    Date, f"ram:DueDateDateTime/{DATE_TIME}"),
        cii("BT-89", "Mandate reference identifier", "mandate_reference", Reference, "ram:DirectDebitMandateID"),
        *settling(),
        party(PAYMENT_TERMS_PAYEE)),

    group("BG-X-45", "Advance payments", "advance_payments", "0..n", None, f"{SETTLEMENT}/ram:SpecifiedAdvancePayment*",
        cii("BT-X-291", "Advance payment amount", "amount", Amount, "ram:PaidAmount", card="1..1"),
        cii("BT-X-292", "Advance payment date",   "date", Date, "ram:FormattedReceivedDateTime/qdt:DateTimeString"),
        group("BG-X-46", "Advance payment VAT", "taxes", "0..n", None, "ram:IncludedTradeTax[ram:TypeCode='VAT']*",
            cii("BT-X-293", "Advance payment VAT amount", "amount", Amount, "ram:CalculatedAmount"),
            cii("BT-X-296", "Advance payment VAT category code", "category_code", Code, "ram:CategoryCode"),
            cii("BT-X-298", "Advance payment VAT rate", "rate", Percentage, "ram:RateApplicablePercent"),
            cii("BT-X-295", "Advance payment VAT exemption reason", "exemption_reason", Text, "ram:ExemptionReason"),
            cii("BT-X-297", "Advance payment VAT exemption reason code", "exemption_reason_code", Code, "ram:ExemptionReasonCode")),
        group("BG-X-85", "Advance payment invoice", "invoice", "0..1", None, "ram:InvoiceSpecifiedReferencedDocument",
            cii("BT-X-558", "Advance payment invoice reference", "number", Reference, "ram:IssuerAssignedID", card="1..1"),
            cii("BT-X-559", "Advance payment invoice type code", "type_code", Code, "ram:TypeCode"),
            cii("BT-X-560", "Advance payment invoice date", "issue_date", Date, ISSUED))),

    # XRechnung Extension has these in UBL invoices; Factur-X EXTENDED has amount and description as BT-179 and BT-180
    group("BG-DEX-09", "Third party payment", "third_party_payments", "0..n", "cac:PrepaidPayment*", f"{SETTLEMENT}/ram:SpecifiedFinancialAdjustment*",
        term("BT-DEX-001", "Third party payment type",        "type",        Text,   "1..1", "cbc:ID", None),
        term("BT-DEX-002", "Third party payment amount",      "amount",      Amount, "1..1", "cbc:PaidAmount", "ram:ActualAmount"),
        term("BT-DEX-003", "Third party payment description", "description", Text,   "1..1", "cbc:InstructionID", "ram:Reason"),
        credit=()),
)

PRECEDING_INVOICE: tuple[Row, ...] = (
    cii("BT-X-555", "Preceding Invoice type code", "type_code", Code, "ram:TypeCode"),
)

SELLER: tuple[Row, ...] = (
    of_party("Seller", "role_code", "543"),
    legal_address_of("Seller", "14 100"),
)

BUYER: tuple[Row, ...] = (
    second_identifier("Buyer", "BT-46-0"),
    of_party("Buyer", "role_code", "544"),
    of_party("Buyer", "additional_legal_information", "334"),
    legal_address_of("Buyer", "15 108"),
)

TAX_REPRESENTATIVE: tuple[Row, ...] = (
    of_party("Seller tax representative", "identifier", "116"),
    of_party("Seller tax representative", "global_identifier", "117"),
    of_party("Seller tax representative", "role_code", "547"),
    of_party("Seller tax representative", "legal_registration_identifier", "118"),
    of_party("Seller tax representative", "trading_name", "119"),
    of_party("Seller tax representative", "electronic_address", "125"),
    legal_address_of("Seller tax representative", "59 389"),
    contact_of("Seller tax representative", "17 120 121 122 123 124 319", "ram:DefinedTradeContact"),
)

PAYEE: tuple[Row, ...] = (
    second_identifier("Payee", "BT-60-0"),
    of_party("Payee", "role_code", "468"),
    of_party("Payee", "trading_name", "243"),
    of_party("Payee", "electronic_address", "256"),
    of_party("Payee", "vat_identifier", "257"),
    legal_address_of("Payee", "72 469"),
    contact_of("Payee", "39 244 245 246 247 248 326", "ram:DefinedTradeContact"),
    address_of("Payee", "40 249", "ram:PostalTradeAddress"),
)

SHIP_TO: tuple[Row, ...] = (
    second_identifier("Deliver to location", "BT-71-0", SHIP_TO_PARTY),
    contact_of("Deliver to", "26 155 156 157 158 159 321", f"{SHIP_TO_PARTY}ram:DefinedTradeContact"),
    of_party("Deliver to", "electronic_address", "160", SHIP_TO_PARTY),
    of_party("Deliver to", "role_code", "550", SHIP_TO_PARTY),
    of_party("Deliver to", "legal_registration_identifier", "153", SHIP_TO_PARTY),
    of_party("Deliver to", "trading_name", "154", SHIP_TO_PARTY),
    of_party("Deliver to", "vat_identifier", "161", SHIP_TO_PARTY),
    cii("BT-X-264", "Invoicing period description", "invoicing_period_description", Text, f"{SETTLEMENT}/ram:BillingSpecifiedPeriod/ram:Description"),
    legal_address_of("Deliver to", "67 433", SHIP_TO_PARTY),
)

SUPPORTING_DOCUMENT: tuple[Row, ...] = (
    cii("BT-X-149", "Supporting document date",   "issue_date",    Date, ISSUED),
)

DIRECT_DEBIT: tuple[Row, ...] = (
    cii("BT-216", "Debited account name",         "debited_account_name", Text, "ram:PayerPartyDebtorFinancialAccount/ram:AccountName"),
    cii("BT-215", "Debited account payment service provider identifier", "debited_service_provider_identifier", Reference, "ram:PayerSpecifiedDebtorFinancialInstitution/ram:BICID"),
)

VAT_BREAKDOWN: tuple[Row, ...] = (
    cii("BT-X-262", "VAT category line total",    "line_total", Amount, "ram:LineTotalBasisAmount"),
    cii("BT-X-263", "VAT category allowances and charges", "allowance_charge_total", Amount, "ram:AllowanceChargeBasisAmount"),
)

LINE: tuple[Row, ...] = (
    cii("BT-X-304", "Parent line identifier",     "parent", Reference, f"{LINE_DOCUMENT}/ram:ParentLineID"),
    cii("BT-X-7",   "Line type code",             "status_code", Code, f"{LINE_DOCUMENT}/ram:LineStatusCode"),
    cii("BT-X-8",   "Line subtype code",          "status_reason_code", Code, f"{LINE_DOCUMENT}/ram:LineStatusReasonCode"),
    cii("BT-X-9",   "Invoice line note content code", "note_content_code", Code, f"{LINE_DOCUMENT}/ram:IncludedNote/ram:ContentCode"),
    cii("BT-X-10",  "Invoice line note subject code", "note_subject_code", Code, f"{LINE_DOCUMENT}/ram:IncludedNote/ram:SubjectCode"),
    *referenced("Line purchase order",  "purchase_order",   "21 - 22",     f"{LINE_AGREEMENT}/ram:BuyerOrderReferencedDocument"),
    *referenced("Line sales order",     "sales_order",      "537 538 539", f"{LINE_AGREEMENT}/ram:SellerOrderReferencedDocument"),
    *referenced("Line quotation",       "quotation",        "310 311 312", f"{LINE_AGREEMENT}/ram:QuotationReferencedDocument"),
    *referenced("Line contract",        "contract",         "24 25 26",    f"{LINE_AGREEMENT}/ram:ContractReferencedDocument"),
    *referenced("Line despatch advice", "despatch_advice",  "86 87 88",    f"{LINE_DELIVERY}/ram:DespatchAdviceReferencedDocument"),
    *referenced("Line receiving advice", "receiving_advice", "89 90 91",   f"{LINE_DELIVERY}/ram:ReceivingAdviceReferencedDocument"),
    *referenced("Line delivery note",   "delivery_note",    "92 93 94",    f"{LINE_DELIVERY}/ram:DeliveryNoteReferencedDocument"),
    group("BG-X-5", "Line end customer orders", "end_customer_orders", "0..n", None, f"{LINE_AGREEMENT}/ram:UltimateCustomerOrderReferencedDocument*",
        cii("BT-X-43", "Line end customer order reference", "reference", Reference, "ram:IssuerAssignedID"),
        cii("BT-X-44", "Line end customer order line", "line", Reference, "ram:LineID"),
        cii("BT-X-45", "Line end customer order date", "date", Date, ISSUED)),
    group("BG-X-48", "Line preceding invoice", "preceding_invoice", "0..1", None, f"{LINE_SETTLEMENT}/ram:InvoiceReferencedDocument",
        cii("BT-X-331", "Line preceding invoice reference", "number", Reference, "ram:IssuerAssignedID"),
        cii("BT-X-540", "Line preceding invoice line", "line", Reference, "ram:LineID"),
        cii("BT-X-332", "Line preceding invoice type code", "type_code", Code, "ram:TypeCode"),
        cii("BT-X-333", "Line preceding invoice date", "issue_date", Date, ISSUED)),
    group("BG-X-3", "Line supporting documents", "supporting_documents", "0..n", None, f"{LINE_AGREEMENT}/ram:AdditionalReferencedDocument*",
        cii("BT-X-27",  "Line supporting document reference", "reference", Reference, "ram:IssuerAssignedID", card="1..1"),
        cii("BT-X-28",  "Line supporting document location", "external_location", Reference, "ram:URIID"),
        cii("BT-X-29",  "Line supporting document line", "line", Reference, "ram:LineID"),
        cii("BT-X-30",  "Line supporting document type code", "type_code", Code, "ram:TypeCode", card="1..1"),
        cii("BT-X-299", "Line supporting document description", "description", Text, "ram:Name"),
        cii("BT-X-31",  "Line attached document",  "attachment", Binary, "ram:AttachmentBinaryObject"),
        cii("BT-X-32",  "Line supporting document reference type code", "reference_type_code", Code, "ram:ReferenceTypeCode"),
        cii("BT-X-33",  "Line supporting document date", "issue_date", Date, ISSUED)),
    *delivery_terms("Line delivery terms", "562 565 566", LINE_AGREEMENT),
    quantity("BT-X-46", "Charge free quantity",   "charge_free_quantity", f"{LINE_DELIVERY}/ram:ChargeFreeQuantity", "BT-X-46-0"),
    quantity("BT-X-47", "Package quantity",       "package_quantity", f"{LINE_DELIVERY}/ram:PackageQuantity", "BT-X-47-0"),
    quantity("BT-X-561", "Quantity in a parent line", "quantity_in_parent", f"{LINE_DELIVERY}/ram:PerPackageUnitQuantity", "BT-X-561-0"),
    cii("BT-X-85",  "Line actual delivery date",  "delivery_date", Date, f"{LINE_DELIVERY}/ram:ActualDeliverySupplyChainEvent/ram:OccurrenceDateTime/{DATE_TIME}"),
    cii("BT-X-327", "Line total of charges",      "charge_total", Amount, f"{LINE_SUM}/ram:ChargeTotalAmount"),
    cii("BT-X-328", "Line total of allowances",   "allowance_total", Amount, f"{LINE_SUM}/ram:AllowanceTotalAmount"),
    cii("BT-X-329", "Line VAT amount",            "vat_amount", amount_in("BT-5", stated_in_cii=True), f"{LINE_SUM}/ram:TaxTotalAmount[@currencyID=$BT-5]"),
    cii("BT-X-590", "Line VAT amount in accounting currency", "vat_amount_in_accounting_currency", amount_in("BT-6", stated_in_cii=True), f"{LINE_SUM}/ram:TaxTotalAmount[@currencyID=$BT-6]"),
    cii("BT-X-330", "Line amount with VAT",       "amount_with_vat", Amount, f"{LINE_SUM}/ram:GrandTotalAmount"),
    cii("BT-X-98",  "Line total of allowances and charges", "allowance_charge_total", Amount, f"{LINE_SUM}/ram:TotalAllowanceChargeAmount"),
    cii("BT-X-99",  "Line Buyer accounting reference type code", "buyer_accounting_reference_type_code", Code, f"{LINE_SETTLEMENT}/ram:ReceivableSpecifiedTradeAccountingAccount/ram:TypeCode"),
    *(party(one) for one in LINE_PARTIES),

    # XRechnung Extension: lines within lines
    group("BG-DEX-01", "Sub invoice line", "sub_lines", "0..n", "cac:SubInvoiceLine*", None, nests=True),
)

PRICE: tuple[Row, ...] = (
    cii("BT-X-34", "Item price discount percentage", "discount_percentage", Percentage, f"{DISCOUNT}/ram:CalculationPercent"),
    cii("BT-X-35", "Item price discount base amount", "discount_base_amount", Amount, f"{DISCOUNT}/ram:BasisAmount"),
    cii("BT-X-36", "Item price discount reason",  "discount_reason", Text, f"{DISCOUNT}/ram:Reason"),
    cii("BT-X-313", "Item price discount reason code", "discount_reason_code", Code, f"{DISCOUNT}/ram:ReasonCode"),
    group("BT-X-302-00", "Item price charges", "charges", "0..n", None, f"{GROSS_PRICE}/ram:AppliedTradeAllowanceCharge[ram:ChargeIndicator/udt:Indicator='true']*",
        cii("BT-X-302", "Item price charge",      "amount", Amount, "ram:ActualAmount", card="1..1"),
        cii("BT-X-300", "Item price charge percentage", "percentage", Percentage, "ram:CalculationPercent"),
        cii("BT-X-301", "Item price charge base amount", "base_amount", Amount, "ram:BasisAmount"),
        cii("BT-X-314", "Item price charge reason code", "reason_code", Code, "ram:ReasonCode"),
        cii("BT-X-303", "Item price charge reason", "reason", Text, "ram:Reason")),
    group("BG-X-4", "VAT in the price", "included_vat", "0..1", None, f"{NET_PRICE}/ram:IncludedTradeTax[ram:TypeCode='VAT']",
        cii("BT-X-37", "VAT amount in the price", "amount", Amount, "ram:CalculatedAmount", card="1..1"),
        cii("BT-X-39", "VAT exemption reason of the price", "exemption_reason", Text, "ram:ExemptionReason"),
        cii("BT-X-40", "VAT category code of the price", "category_code", Code, "ram:CategoryCode", card="1..1"),
        cii("BT-X-41", "VAT exemption reason code of the price", "exemption_reason_code", Code, "ram:ExemptionReasonCode"),
        cii("BT-X-42", "VAT rate of the price",   "rate", Percentage, "ram:RateApplicablePercent", card="1..1")),
)

LINE_VAT: tuple[Row, ...] = (
    cii("BT-X-95", "Line VAT calculated amount",  "tax_amount", Amount, "ram:CalculatedAmount"),
    cii("BT-X-589", "Line value added tax point date code", "tax_point_date_code", Code, "ram:DueDateTypeCode"),
    cii("BT-X-96", "Line VAT exemption reason",   "exemption_reason", Text, "ram:ExemptionReason"),
    cii("BT-X-97", "Line VAT exemption reason code", "exemption_reason_code", Code, "ram:ExemptionReasonCode"),
)

ITEM: tuple[Row, ...] = (
    cii("BT-X-305", "Item identifier",            "identifier", Reference, "ram:ID"),
    cii("BT-X-532", "Item industry identifier",   "industry_identifier", Reference, "ram:IndustryAssignedID"),
    cii("BT-X-533", "Item model identifier",      "model_identifier", Reference, "ram:ModelID"),
    cii("BT-X-536", "Item model name",            "model_name", Text, "ram:ModelName"),
    cii("BT-X-534", "Item batch",                 "batches", Reference, "ram:BatchID*", card="0..n"),
    cii("BT-X-535", "Item brand",                 "brand", Text, "ram:BrandName"),
    group("BG-X-84", "Item instances", "instances", "0..n", None, "ram:IndividualTradeProductInstance*",
        cii("BT-X-306", "Item batch identifier",  "batch", Reference, "ram:BatchID"),
        cii("BT-X-307", "Item serial number",     "serial_number", Reference, "ram:SupplierAssignedSerialID")),
    group("BG-X-1", "Included items", "included_items", "0..n", None, "ram:IncludedReferencedProduct*",
        cii("BT-X-308", "Included item identifier", "identifier", Reference, "ram:ID"),
        cii("BT-X-309", "Included item industry identifier", "industry_identifier", Reference, "ram:IndustryAssignedID"),
        cii("BT-X-15", "Included item standard identifier", "standard_identifier", Identifier, "ram:GlobalID"),
        cii("BT-X-16", "Included item Seller's identifier", "seller_identifier", Reference, "ram:SellerAssignedID"),
        cii("BT-X-17", "Included item Buyer's identifier", "buyer_identifier", Reference, "ram:BuyerAssignedID"),
        cii("BT-X-18", "Included item name",      "name", Text, "ram:Name"),
        cii("BT-X-19", "Included item description", "description", Text, "ram:Description"),
        quantity("BT-X-20", "Included item quantity", "quantity", "ram:UnitQuantity", "BT-X-20-1")),
    party(MANUFACTURER),
)

ITEM_ATTRIBUTE: tuple[Row, ...] = (
    cii("BT-X-11", "Item attribute type code",    "type_code", Code, "ram:TypeCode"),
    quantity("BT-X-12", "Item attribute measure", "measure", "ram:ValueMeasure", "BT-X-12-0"),
)
# fmt: on
