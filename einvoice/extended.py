"""THE TABLE, continued: terms of Factur-X / ZUGFeRD EXTENDED and of XRechnung Extension, which the norm does not have.

One tuple for each group of the norm that they stand in. EXTENDED has its terms in CII, XRechnung Extension in UBL; what a
syntax has no place for is named when it is written. Ids and names: Factur-X 1.09, XRechnung 3.0.2.
"""

from __future__ import annotations

from typing import NamedTuple

from einvoice.datatypes import Amount, Code, DataType, Date, Identifier, Indicator, Percentage, Quantity, Reference, Text
from einvoice.rows import (
    AGREEMENT,
    DATE_TIME,
    DELIVERY,
    DOC,
    GROSS_PRICE,
    LINE_AGREEMENT,
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
LINE_DOCUMENT = "ram:AssociatedDocumentLineDocument"
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
    """A party of EXTENDED: where it stands, and the numbers of its terms (BT-X-)."""

    bg: int
    name: str
    attribute: str
    place: str
    terms: str
    """identifier, global identifier, name, legal registration, trading name, electronic address, VAT identifier"""
    contact: str
    """the group; then name, telephone, fax, email"""
    address: str
    """the group; then the first of seven: post code, three lines, city, country, subdivision."""


# fmt: off
PARTIES = (
    Party(49, "Sales agent",              "sales_agent",              f"{AGREEMENT}/ram:SalesAgentTradeParty", "337 338 335 339 336 341 340", "51 342 344 345 346", "52 348"),
    Party(54, "Buyer tax representative", "buyer_tax_representative", f"{AGREEMENT}/ram:BuyerTaxRepresentativeTradeParty", "364 365 362 366 363 368 367", "55 369 372 373 374", "56 375"),
    Party(18, "Product end user",         "product_end_user",         f"{AGREEMENT}/ram:ProductEndUserTradeParty", "126 127 128 129 130 143 144", "20 131 133 134 135", "21 136"),
    Party(62, "Buyer agent",              "buyer_agent",              f"{AGREEMENT}/ram:BuyerAgentTradeParty", "408 409 406 410 407 412 411", "64 413 416 417 418", "65 419"),
    Party(27, "Ultimate ship to",         "ultimate_ship_to",         f"{DELIVERY}/ram:UltimateShipToTradeParty", "162 163 164 165 166 179 180", "28 167 169 170 171", "29 172"),
    Party(30, "Ship from",                "ship_from",                f"{DELIVERY}/ram:ShipFromTradeParty", "181 182 183 184 185 198 199", "31 186 188 189 190", "32 191"),
    Party(33, "Invoicer",                 "invoicer",                 f"{SETTLEMENT}/ram:InvoicerTradeParty", "205 206 207 208 209 222 223", "34 210 212 213 214", "35 215"),
    Party(36, "Invoicee",                 "invoicee",                 f"{SETTLEMENT}/ram:InvoiceeTradeParty", "224 225 226 227 228 241 242", "37 229 231 232 233", "38 234"),
    Party(73, "Payer",                    "payer",                    f"{SETTLEMENT}/ram:PayerTradeParty", "478 479 476 480 477 482 481", "74 484 487 488 489", "75 490"),
)


def address_of(whose: str, numbers: str, place: str) -> Group:
    """An address whose seven terms are numbered one after another."""
    bg, first = numbers.split()
    post_code, one, two, three, city, country, subdivision = (f"BT-X-{int(first) + step}" for step in range(7))
    return address(f"BG-X-{bg}", whose, f"{one} {two} {three} {city} {post_code} {subdivision} {country}", None, place)


def contact_of(whose: str, numbers: str, place: str) -> Group:
    """A contact with a fax number."""
    bg, name, telephone, fax, email = numbers.split()
    return contact(f"BG-X-{bg}", whose, f"BT-X-{name} BT-X-{telephone} BT-X-{email} BT-X-{fax}", ubl=None, cii=place)


def party(one: Party) -> Group:
    """The rows of a party."""
    identifier, global_identifier, name, legal, trading, electronic, vat = (f"BT-X-{number}" for number in one.terms.split())
    whose = one.name
    return group(f"BG-X-{one.bg}", f"{whose} party", one.attribute, "0..1", None, one.place,
        cii(identifier,        f"{whose} identifier",             "identifier",        Reference,  "ram:ID"),
        cii(global_identifier, f"{whose} global identifier",      "global_identifier", Identifier, "ram:GlobalID"),
        cii(name,              f"{whose} name",                   "name",              Text,       "ram:Name"),
        cii(legal,             f"{whose} legal registration identifier", "legal_registration_identifier", Identifier, "ram:SpecifiedLegalOrganization/ram:ID"),
        cii(trading,           f"{whose} trading name",           "trading_name",      Text,       "ram:SpecifiedLegalOrganization/ram:TradingBusinessName"),
        cii(vat,               f"{whose} VAT identifier",         "vat_identifier",    Reference,  "ram:SpecifiedTaxRegistration[ram:ID/@schemeID='VA']/ram:ID"),
        cii(electronic,        f"{whose} electronic address",     "electronic_address", Identifier, "ram:URIUniversalCommunication/ram:URIID"),
        contact_of(whose, one.contact, "ram:DefinedTradeContact"),
        address_of(whose, one.address, "ram:PostalTradeAddress"))


# -- rows, by the group of the norm that they stand in --------------------------------------------

CONTROL: tuple[Row, ...] = (
    cii("BT-X-1", "Test indicator", "test_indicator", Indicator, "ram:TestIndicator/udt:Indicator"),
)

HEADER: tuple[Row, ...] = (
    cii("BT-X-2",   "Document name",              "document_name", Text, f"{DOC}/ram:Name"),
    cii("BT-X-3",   "Copy indicator",             "copy_indicator", Indicator, f"{DOC}/ram:CopyIndicator/udt:Indicator"),
    cii("BT-X-4",   "Document language",          "language",      Code, f"{DOC}/ram:LanguageID"),
    cii("BT-X-6",   "Contractual due date",       "contractual_due_date", Date, f"{DOC}/ram:EffectiveSpecifiedPeriod/ram:CompleteDateTime/{DATE_TIME}"),
    cii("BT-X-145", "Delivery terms code",        "delivery_terms_code", Code, f"{AGREEMENT}/ram:ApplicableTradeDeliveryTerms/ram:DeliveryTypeCode"),
    cii("BT-X-146", "Sales order date",           "sales_order_date", Date, f"{AGREEMENT}/ram:SellerOrderReferencedDocument/{ISSUED}"),
    cii("BT-X-147", "Purchase order date",        "purchase_order_date", Date, f"{AGREEMENT}/ram:BuyerOrderReferencedDocument/{ISSUED}"),
    cii("BT-X-403", "Quotation reference",        "quotation_reference", Reference, f"{AGREEMENT}/ram:QuotationReferencedDocument/ram:IssuerAssignedID"),
    cii("BT-X-404", "Quotation date",             "quotation_date", Date, f"{AGREEMENT}/ram:QuotationReferencedDocument/{ISSUED}"),
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
        cii("BT-X-274", "Logistics service VAT rate", "vat_rate", Percentage, "ram:AppliedTradeTax[ram:TypeCode='VAT']/ram:RateApplicablePercent")),

    cii("BT-X-275", "Partial payment amount",     "partial_payment_amount", Amount, f"{TERMS}/ram:PartialPaymentAmount"),
    group("BG-X-43", "Late payment penalty", "late_payment_penalty", "0..1", None, f"{TERMS}/ram:ApplicableTradePaymentPenaltyTerms",
        cii("BT-X-276", "Penalty reference date", "reference_date", Date, f"ram:BasisDateTime/{DATE_TIME}"),
        quantity("BT-X-277", "Penalty period",    "period", "ram:BasisPeriodMeasure", "BT-X-278"),
        cii("BT-X-279", "Penalty base amount",    "base_amount", Amount, "ram:BasisAmount"),
        cii("BT-X-280", "Penalty percentage",     "percentage", Percentage, "ram:CalculationPercent"),
        cii("BT-X-281", "Penalty amount",         "amount", Amount, "ram:ActualPenaltyAmount")),
    group("BG-X-44", "Early payment discount", "early_payment_discount", "0..1", None, f"{TERMS}/ram:ApplicableTradePaymentDiscountTerms",
        cii("BT-X-282", "Discount reference date", "reference_date", Date, f"ram:BasisDateTime/{DATE_TIME}"),
        quantity("BT-X-283", "Discount period",   "period", "ram:BasisPeriodMeasure", "BT-X-284"),
        cii("BT-X-285", "Discount base amount",   "base_amount", Amount, "ram:BasisAmount"),
        cii("BT-X-286", "Discount percentage",    "percentage", Percentage, "ram:CalculationPercent"),
        cii("BT-X-287", "Discount amount",        "amount", Amount, "ram:ActualDiscountAmount")),

    group("BG-X-45", "Advance payments", "advance_payments", "0..n", None, f"{SETTLEMENT}/ram:SpecifiedAdvancePayment*",
        cii("BT-X-291", "Advance payment amount", "amount", Amount, "ram:PaidAmount", card="1..1"),
        cii("BT-X-292", "Advance payment date",   "date", Date, "ram:FormattedReceivedDateTime/qdt:DateTimeString"),
        group("BG-X-46", "Advance payment VAT", "taxes", "0..n", None, "ram:IncludedTradeTax[ram:TypeCode='VAT']*",
            cii("BT-X-293", "Advance payment VAT amount", "amount", Amount, "ram:CalculatedAmount"),
            cii("BT-X-296", "Advance payment VAT category code", "category_code", Code, "ram:CategoryCode"),
            cii("BT-X-298", "Advance payment VAT rate", "rate", Percentage, "ram:RateApplicablePercent"))),

    # XRechnung Extension has these in UBL invoices; Factur-X EXTENDED has amount and description as BT-179 and BT-180
    group("BG-DEX-09", "Third party payment", "third_party_payments", "0..n", "cac:PrepaidPayment*", f"{SETTLEMENT}/ram:SpecifiedFinancialAdjustment*",
        term("BT-DEX-001", "Third party payment type",        "type",        Text,   "1..1", "cbc:ID", None),
        term("BT-DEX-002", "Third party payment amount",      "amount",      Amount, "1..1", "cbc:PaidAmount", "ram:ActualAmount"),
        term("BT-DEX-003", "Third party payment description", "description", Text,   "1..1", "cbc:InstructionID", "ram:Reason"),
        credit=()),
)

PAYEE: tuple[Row, ...] = (
    contact_of("Payee", "39 244 246 247 248", "ram:DefinedTradeContact"),
    address_of("Payee", "40 249", "ram:PostalTradeAddress"),
)

SHIP_TO: tuple[Row, ...] = (
    contact_of("Deliver to", "26 155 157 158 159", f"{DELIVERY}/ram:ShipToTradeParty/ram:DefinedTradeContact"),
    cii("BT-X-160", "Deliver to electronic address", "electronic_address", Identifier, f"{DELIVERY}/ram:ShipToTradeParty/ram:URIUniversalCommunication/ram:URIID"),
)

VAT_BREAKDOWN: tuple[Row, ...] = (
    cii("BT-X-262", "VAT category line total",    "line_total", Amount, "ram:LineTotalBasisAmount"),
    cii("BT-X-263", "VAT category allowances and charges", "allowance_charge_total", Amount, "ram:AllowanceChargeBasisAmount"),
)

LINE: tuple[Row, ...] = (
    cii("BT-X-304", "Parent line identifier",     "parent", Reference, f"{LINE_DOCUMENT}/ram:ParentLineID"),
    cii("BT-X-7",   "Line type code",             "status_code", Code, f"{LINE_DOCUMENT}/ram:LineStatusCode"),
    cii("BT-X-8",   "Line subtype code",          "status_reason_code", Code, f"{LINE_DOCUMENT}/ram:LineStatusReasonCode"),
    cii("BT-X-10",  "Invoice line note subject code", "note_subject_code", Code, f"{LINE_DOCUMENT}/ram:IncludedNote/ram:SubjectCode"),
    cii("BT-X-21",  "Line purchase order reference", "purchase_order_reference", Reference, f"{LINE_AGREEMENT}/ram:BuyerOrderReferencedDocument/ram:IssuerAssignedID"),
    cii("BT-X-22",  "Line purchase order date",   "purchase_order_date", Date, f"{LINE_AGREEMENT}/ram:BuyerOrderReferencedDocument/{ISSUED}"),
    cii("BT-X-24",  "Line contract reference",    "contract_reference", Reference, f"{LINE_AGREEMENT}/ram:ContractReferencedDocument/ram:IssuerAssignedID"),
    quantity("BT-X-46", "Charge free quantity",   "charge_free_quantity", f"{LINE_DELIVERY}/ram:ChargeFreeQuantity", "BT-X-46-0"),
    quantity("BT-X-47", "Package quantity",       "package_quantity", f"{LINE_DELIVERY}/ram:PackageQuantity", "BT-X-47-0"),
    cii("BT-X-85",  "Line actual delivery date",  "delivery_date", Date, f"{LINE_DELIVERY}/ram:ActualDeliverySupplyChainEvent/ram:OccurrenceDateTime/{DATE_TIME}"),
    cii("BT-X-86",  "Line despatch advice reference", "despatch_advice_reference", Reference, f"{LINE_DELIVERY}/ram:DespatchAdviceReferencedDocument/ram:IssuerAssignedID"),
    cii("BT-X-92",  "Line delivery note reference", "delivery_note_reference", Reference, f"{LINE_DELIVERY}/ram:DeliveryNoteReferencedDocument/ram:IssuerAssignedID"),
    cii("BT-X-93",  "Line delivery note line",    "delivery_note_line", Reference, f"{LINE_DELIVERY}/ram:DeliveryNoteReferencedDocument/ram:LineID"),
    cii("BT-X-94",  "Line delivery note date",    "delivery_note_date", Date, f"{LINE_DELIVERY}/ram:DeliveryNoteReferencedDocument/{ISSUED}"),

    # XRechnung Extension: lines within lines
    group("BG-DEX-01", "Sub invoice line", "sub_lines", "0..n", "cac:SubInvoiceLine*", None, nests=True),
)

PRICE: tuple[Row, ...] = (
    cii("BT-X-34", "Item price discount percentage", "discount_percentage", Percentage, f"{DISCOUNT}/ram:CalculationPercent"),
    cii("BT-X-35", "Item price discount base amount", "discount_base_amount", Amount, f"{DISCOUNT}/ram:BasisAmount"),
    cii("BT-X-36", "Item price discount reason",  "discount_reason", Text, f"{DISCOUNT}/ram:Reason"),
)

LINE_VAT: tuple[Row, ...] = (
    cii("BT-X-96", "Line VAT exemption reason",   "exemption_reason", Text, "ram:ExemptionReason"),
    cii("BT-X-97", "Line VAT exemption reason code", "exemption_reason_code", Code, "ram:ExemptionReasonCode"),
)

ITEM: tuple[Row, ...] = (
    cii("BT-X-535", "Item brand",                 "brand", Text, "ram:BrandName"),
    group("BG-X-84", "Item instances", "instances", "0..n", None, "ram:IndividualTradeProductInstance*",
        cii("BT-X-306", "Item batch identifier",  "batch", Reference, "ram:BatchID"),
        cii("BT-X-307", "Item serial number",     "serial_number", Reference, "ram:SupplierAssignedSerialID")),
    group("BG-X-1", "Included items", "included_items", "0..n", None, "ram:IncludedReferencedProduct*",
        cii("BT-X-15", "Included item standard identifier", "standard_identifier", Identifier, "ram:GlobalID"),
        cii("BT-X-16", "Included item Seller's identifier", "seller_identifier", Reference, "ram:SellerAssignedID"),
        cii("BT-X-17", "Included item Buyer's identifier", "buyer_identifier", Reference, "ram:BuyerAssignedID"),
        cii("BT-X-18", "Included item name",      "name", Text, "ram:Name"),
        cii("BT-X-19", "Included item description", "description", Text, "ram:Description"),
        quantity("BT-X-20", "Included item quantity", "quantity", "ram:UnitQuantity", "BT-X-20-1")),
)
# fmt: on
