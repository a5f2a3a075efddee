"""THE TABLE: every business term and group of EN 16931-1:2017 with A1, one row each.

A row binds the norm's name, the attribute in `model.py`, the data type, the cardinality of the norm and the place in UBL
and CII. Reader, writer, sections, labels, documentation and "which term is this node?" are all derived from it.
How to read a place: `places.py`. Paths are relative to the group, or start with / at the document's root.
"""

from __future__ import annotations

from decimal import Decimal
from itertools import chain
from typing import TYPE_CHECKING

from einvoice import extended
from einvoice.datatypes import (
    Amount,
    Binary,
    Classification,
    Code,
    Date,
    Identifier,
    NoteText,
    Percentage,
    Quantity,
    Reference,
    TaxPointCode,
    Text,
    amount_in,
    has_scheme,
    looks_like_iban,
)
from einvoice.places import aliased, echoed, either, filled, once
from einvoice.rows import (
    AGREEMENT,
    BREAKDOWN,
    DATE_TIME,
    DELIVERY,
    DOC,
    GROSS_PRICE,
    LINE_AGREEMENT,
    LINE_SETTLEMENT,
    MEANS,
    MONEY,
    NET_PRICE,
    SETTLEMENT,
    SUM,
    TERMS,
    TRADE,
    VAT,
    Group,
    Row,
    Term,
    address,
    allowance,
    contact,
    group,
    term,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

# -- the table ------------------------------------------------------------------------------------

# fmt: off
INVOICE = group("INVOICE", "Invoice", "", "1..1", ".", ".",
    #    id       the norm's name            attribute      type   card    UBL            CII
    term("BT-1",  "Invoice number",          "number",      Reference, "1..1", "cbc:ID",        f"{DOC}/ram:ID"),
    term("BT-2",  "Invoice issue date",      "issue_date",  Date,  "1..1", "cbc:IssueDate", f"{DOC}/ram:IssueDateTime/{DATE_TIME}"),
    term("BT-3",  "Invoice type code",       "type_code",   Code,  "1..1", "cbc:InvoiceTypeCode", f"{DOC}/ram:TypeCode"),
    term("BT-5",  "Invoice currency code",   "currency_code", Code, "1..1", "cbc:DocumentCurrencyCode", f"{SETTLEMENT}/ram:InvoiceCurrencyCode"),
    term("BT-6",  "VAT accounting currency code", "vat_accounting_currency_code", Code, "0..1", "cbc:TaxCurrencyCode", f"{SETTLEMENT}/ram:TaxCurrencyCode"),
    term("BT-7",  "Value added tax point date", "tax_point_date", Date, "0..1", "cbc:TaxPointDate", once(f"{BREAKDOWN}/ram:TaxPointDate/udt:DateString"), carried=True),
    term("BT-8",  "Value added tax point date code", "tax_point_date_code", TaxPointCode, "0..1", "cac:InvoicePeriod/cbc:DescriptionCode", f"{BREAKDOWN}/ram:DueDateTypeCode", carried=True),
    term("BT-9",  "Payment due date",        "due_date",    Date,  "0..1", "cbc:DueDate", f"{TERMS}/ram:DueDateDateTime/{DATE_TIME}", credit=f"{MEANS}/cbc:PaymentDueDate", carried=True),
    term("BT-10", "Buyer reference",         "buyer_reference", Text, "0..1", "cbc:BuyerReference", f"{AGREEMENT}/ram:BuyerReference"),
    term("BT-11", "Project reference",       "project_reference", Reference, "0..1", "cac:ProjectReference/cbc:ID", f"{AGREEMENT}/ram:SpecifiedProcuringProject[ram:Name~'Project reference']/ram:ID", credit="cac:AdditionalDocumentReference[cbc:DocumentTypeCode='50']/cbc:ID"),
    term("BT-12", "Contract reference",      "contract_reference", Reference, "0..1", "cac:ContractDocumentReference/cbc:ID", f"{AGREEMENT}/ram:ContractReferencedDocument/ram:IssuerAssignedID"),
    term("BT-13", "Purchase order reference", "purchase_order_reference", Reference, "0..1", filled("cac:OrderReference/cbc:ID", "NA"), f"{AGREEMENT}/ram:BuyerOrderReferencedDocument/ram:IssuerAssignedID"),
    term("BT-14", "Sales order reference",   "sales_order_reference", Reference, "0..1", "cac:OrderReference/cbc:SalesOrderID", f"{AGREEMENT}/ram:SellerOrderReferencedDocument/ram:IssuerAssignedID"),
    term("BT-15", "Receiving advice reference", "receiving_advice_reference", Reference, "0..1", "cac:ReceiptDocumentReference/cbc:ID", f"{DELIVERY}/ram:ReceivingAdviceReferencedDocument/ram:IssuerAssignedID"),
    term("BT-16", "Despatch advice reference", "despatch_advice_reference", Reference, "0..1", "cac:DespatchDocumentReference/cbc:ID", f"{DELIVERY}/ram:DespatchAdviceReferencedDocument/ram:IssuerAssignedID"),
    term("BT-17", "Tender or lot reference", "tender_or_lot_reference", Reference, "0..1", "cac:OriginatorDocumentReference/cbc:ID", f"{AGREEMENT}/ram:AdditionalReferencedDocument[ram:TypeCode='50']/ram:IssuerAssignedID"),
    group("BT-18", "Invoiced object identifier", "invoiced_object_identifier", "0..1", "cac:AdditionalDocumentReference[cbc:DocumentTypeCode='130']", f"{AGREEMENT}/ram:AdditionalReferencedDocument[ram:TypeCode='130']",
        term("BT-18", "Invoiced object identifier", "value", Reference, "1..1", "cbc:ID", "ram:IssuerAssignedID"),
        term("BT-18-1", "Invoiced object identifier scheme", "scheme", Code, "0..1", "cbc:ID/@schemeID", "ram:ReferenceTypeCode")),
    term("BT-19", "Buyer accounting reference", "buyer_accounting_reference", Text, "0..1", "cbc:AccountingCost", f"{SETTLEMENT}/ram:ReceivableSpecifiedTradeAccountingAccount/ram:ID"),
    term("BT-20", "Payment terms",           "payment_terms", Text, "0..1", "cac:PaymentTerms/cbc:Note", f"{TERMS}/ram:Description"),

    group("BG-1", "Invoice note", "notes", "0..n", "cbc:Note*", f"{DOC}/ram:IncludedNote*",
        term("BT-21", "Invoice note subject code", "subject_code", Code, "0..1", None, "ram:SubjectCode"),
        term("BT-22", "Invoice note", "text", Text, "1..1", None, "ram:Content"),
        *extended.NOTE,
        ubl_text=NoteText),

    group("BG-2", "Process control", "process_control", "1..1", ".", "/rsm:ExchangedDocumentContext",
        term("BT-23", "Business process type", "business_process", Reference, "0..1", "cbc:ProfileID", "ram:BusinessProcessSpecifiedDocumentContextParameter/ram:ID"),
        term("BT-24", "Specification identifier", "specification", Reference, "1..1", "cbc:CustomizationID", "ram:GuidelineSpecifiedDocumentContextParameter/ram:ID"),
        *extended.CONTROL),

    group("BG-3", "Preceding invoice reference", "preceding_invoices", "0..n", "cac:BillingReference*/cac:InvoiceDocumentReference", f"{SETTLEMENT}/ram:InvoiceReferencedDocument*",
        term("BT-25", "Preceding Invoice reference", "number", Reference, "1..1", "cbc:ID", "ram:IssuerAssignedID"),
        term("BT-26", "Preceding Invoice issue date", "issue_date", Date, "0..1", "cbc:IssueDate", "ram:FormattedIssueDateTime/qdt:DateTimeString"),
        *extended.PRECEDING_INVOICE),

    group("BG-4", "Seller", "seller", "1..1", "cac:AccountingSupplierParty/cac:Party", f"{AGREEMENT}/ram:SellerTradeParty",
        term("BT-27", "Seller name", "name", Text, "1..1", "cac:PartyLegalEntity/cbc:RegistrationName", "ram:Name"),
        term("BT-28", "Seller trading name", "trading_name", Text, "0..1", "cac:PartyName/cbc:Name", "ram:SpecifiedLegalOrganization/ram:TradingBusinessName"),
        term("BT-29", "Seller identifier", "identifiers", Identifier, "0..n", "cac:PartyIdentification*/cbc:ID", either("ram:GlobalID*", "ram:ID*", when=has_scheme)),
        term("BT-30", "Seller legal registration identifier", "legal_registration_identifier", Identifier, "0..1", "cac:PartyLegalEntity/cbc:CompanyID", "ram:SpecifiedLegalOrganization/ram:ID"),
        term("BT-31", "Seller VAT identifier", "vat_identifier", Reference, "0..1", f"cac:PartyTaxScheme{VAT}/cbc:CompanyID", "ram:SpecifiedTaxRegistration[ram:ID/@schemeID='VA']/ram:ID"),
        term("BT-32", "Seller tax registration identifier", "tax_registration_identifier", Reference, "0..1", "cac:PartyTaxScheme[cac:TaxScheme/cbc:ID~'FC']/cbc:CompanyID", "ram:SpecifiedTaxRegistration[ram:ID/@schemeID='FC']/ram:ID"),
        term("BT-33", "Seller additional legal information", "additional_legal_information", Text, "0..1", "cac:PartyLegalEntity/cbc:CompanyLegalForm", "ram:Description"),
        term("BT-34", "Seller electronic address", "electronic_address", Identifier, "0..1", "cbc:EndpointID", "ram:URIUniversalCommunication/ram:URIID"),
        address("BG-5", "Seller", "BT-35 BT-36 BT-162 BT-37 BT-38 BT-39 BT-40", "cac:PostalAddress", "ram:PostalTradeAddress"),
        contact("BG-6", "Seller", "BT-41 BT-41-0 BT-42 BT-43 BT-X-107 BT-X-317"),
        *extended.SELLER),

    group("BG-7", "Buyer", "buyer", "1..1", "cac:AccountingCustomerParty/cac:Party", f"{AGREEMENT}/ram:BuyerTradeParty",
        term("BT-44", "Buyer name", "name", Text, "1..1", "cac:PartyLegalEntity/cbc:RegistrationName", "ram:Name"),
        term("BT-45", "Buyer trading name", "trading_name", Text, "0..1", "cac:PartyName/cbc:Name", "ram:SpecifiedLegalOrganization/ram:TradingBusinessName"),
        term("BT-46", "Buyer identifier", "identifier", Identifier, "0..1", "cac:PartyIdentification/cbc:ID", either("ram:GlobalID", "ram:ID", when=has_scheme)),
        term("BT-47", "Buyer legal registration identifier", "legal_registration_identifier", Identifier, "0..1", "cac:PartyLegalEntity/cbc:CompanyID", "ram:SpecifiedLegalOrganization/ram:ID"),
        term("BT-48", "Buyer VAT identifier", "vat_identifier", Reference, "0..1", f"cac:PartyTaxScheme{VAT}/cbc:CompanyID", "ram:SpecifiedTaxRegistration[ram:ID/@schemeID='VA']/ram:ID"),
        term("BT-49", "Buyer electronic address", "electronic_address", Identifier, "0..1", "cbc:EndpointID", "ram:URIUniversalCommunication/ram:URIID"),
        address("BG-8", "Buyer", "BT-50 BT-51 BT-163 BT-52 BT-53 BT-54 BT-55", "cac:PostalAddress", "ram:PostalTradeAddress"),
        contact("BG-9", "Buyer", "BT-56 BT-56-0 BT-57 BT-58 BT-X-115 BT-X-318"),
        *extended.BUYER),

    group("BG-10", "Payee", "payee", "0..1", "cac:PayeeParty", f"{SETTLEMENT}/ram:PayeeTradeParty",
        term("BT-59", "Payee name", "name", Text, "1..1", "cac:PartyName/cbc:Name", "ram:Name"),
        term("BT-60", "Payee identifier", "identifier", Identifier, "0..1", "cac:PartyIdentification/cbc:ID", either("ram:GlobalID", "ram:ID", when=has_scheme)),
        term("BT-61", "Payee legal registration identifier", "legal_registration_identifier", Identifier, "0..1", "cac:PartyLegalEntity/cbc:CompanyID", "ram:SpecifiedLegalOrganization/ram:ID"),
        *extended.PAYEE),

    group("BG-11", "Seller tax representative party", "seller_tax_representative", "0..1", "cac:TaxRepresentativeParty", f"{AGREEMENT}/ram:SellerTaxRepresentativeTradeParty",
        term("BT-62", "Seller tax representative name", "name", Text, "1..1", "cac:PartyName/cbc:Name", "ram:Name"),
        term("BT-63", "Seller tax representative VAT identifier", "vat_identifier", Reference, "1..1", f"cac:PartyTaxScheme{VAT}/cbc:CompanyID", "ram:SpecifiedTaxRegistration[ram:ID/@schemeID='VA']/ram:ID"),
        address("BG-12", "Seller tax representative", "BT-64 BT-65 BT-164 BT-66 BT-67 BT-68 BT-69", "cac:PostalAddress", "ram:PostalTradeAddress"),
        *extended.TAX_REPRESENTATIVE),

    group("BG-13", "Delivery information", "delivery", "0..1", ".", ".",
        term("BT-70", "Deliver to party name", "party_name", Text, "0..1", "cac:Delivery/cac:DeliveryParty/cac:PartyName/cbc:Name", f"{DELIVERY}/ram:ShipToTradeParty/ram:Name"),
        term("BT-71", "Deliver to location identifier", "location_identifier", Identifier, "0..1", "cac:Delivery/cac:DeliveryLocation/cbc:ID", either(f"{DELIVERY}/ram:ShipToTradeParty/ram:GlobalID", f"{DELIVERY}/ram:ShipToTradeParty/ram:ID", when=has_scheme)),
        term("BT-72", "Actual delivery date", "date", Date, "0..1", "cac:Delivery/cbc:ActualDeliveryDate", f"{DELIVERY}/ram:ActualDeliverySupplyChainEvent/ram:OccurrenceDateTime/{DATE_TIME}"),
        group("BG-14", "Invoicing period", "invoicing_period", "0..1", "cac:InvoicePeriod", f"{SETTLEMENT}/ram:BillingSpecifiedPeriod",
            term("BT-73", "Invoicing period start date", "start_date", Date, "0..1", "cbc:StartDate", f"ram:StartDateTime/{DATE_TIME}"),
            term("BT-74", "Invoicing period end date", "end_date", Date, "0..1", "cbc:EndDate", f"ram:EndDateTime/{DATE_TIME}")),
        *extended.SHIP_TO,
        address("BG-15", "Deliver to", "BT-75 BT-76 BT-165 BT-77 BT-78 BT-79 BT-80", "cac:Delivery/cac:DeliveryLocation/cac:Address", f"{DELIVERY}/ram:ShipToTradeParty/ram:PostalTradeAddress")),

    group("BG-16", "Payment instructions", "payment_instructions", "0..1", MEANS, f"{SETTLEMENT}/ram:SpecifiedTradeSettlementPaymentMeans*",
        term("BT-81", "Payment means type code", "means_code", Code, "1..1", "cbc:PaymentMeansCode", "ram:TypeCode", carried=True),
        term("BT-82", "Payment means text", "means_text", Text, "0..1", once("cbc:PaymentMeansCode/@name"), "ram:Information", carried=True),
        term("BT-83", "Remittance information", "remittance_information", Text, "0..1", "cbc:PaymentID", f"{SETTLEMENT}/ram:PaymentReference", carried=True),
        group("BG-17", "Credit transfer", "credit_transfers", "0..n", "cac:PayeeFinancialAccount", ".",
            term("BT-84", "Payment account identifier", "account_identifier", Reference, "1..1", "cbc:ID", either("ram:PayeePartyCreditorFinancialAccount/ram:IBANID", "ram:PayeePartyCreditorFinancialAccount/ram:ProprietaryID", when=looks_like_iban)),
            term("BT-85", "Payment account name", "account_name", Text, "0..1", "cbc:Name", "ram:PayeePartyCreditorFinancialAccount/ram:AccountName"),
            term("BT-86", "Payment service provider identifier", "service_provider_identifier", Reference, "0..1", "cac:FinancialInstitutionBranch/cbc:ID", "ram:PayeeSpecifiedCreditorFinancialInstitution/ram:BICID")),
        group("BG-18", "Payment card information", "card", "0..1", "cac:CardAccount[cbc:NetworkID~'NA']", "ram:ApplicableTradeSettlementFinancialCard",
            term("BT-87", "Payment card primary account number", "primary_account_number", Reference, "1..1", "cbc:PrimaryAccountNumberID", "ram:ID", carried=True),
            term("BT-88", "Payment card holder name", "holder_name", Text, "0..1", "cbc:HolderName", "ram:CardholderName", carried=True)),
        group("BG-19", "Direct debit", "direct_debit", "0..1", ".", ".",
            term("BT-89", "Mandate reference identifier", "mandate_reference", Reference, "0..1", once("cac:PaymentMandate/cbc:ID"), f"{TERMS}/ram:DirectDebitMandateID", carried=True),
            term("BT-90", "Bank assigned creditor identifier", "creditor_identifier", Reference, "0..1", aliased("/cac:AccountingSupplierParty/cac:Party/cac:PartyIdentification[cbc:ID/@schemeID='SEPA']/cbc:ID", "/cac:PayeeParty/cac:PartyIdentification[cbc:ID/@schemeID='SEPA']/cbc:ID"), f"{SETTLEMENT}/ram:CreditorReferenceID"),
            term("BT-91", "Debited account identifier", "debited_account_identifier", Reference, "0..1", once("cac:PaymentMandate/cac:PayerFinancialAccount/cbc:ID"), aliased("ram:PayerPartyDebtorFinancialAccount/ram:IBANID", "ram:PayerPartyDebtorFinancialAccount/ram:ProprietaryID"), carried=True),
            *extended.DIRECT_DEBIT),
        spread="credit_transfers"),

    allowance("BG-20", "Document level allowance", "allowances", "BT-92 BT-93 BT-94 BT-95 BT-96 BT-97 BT-98 BT-173 BT-174 BT-X-265 BT-X-266", charge=False, vat=True, cii=SETTLEMENT),
    allowance("BG-21", "Document level charge", "charges", "BT-99 BT-100 BT-101 BT-102 BT-103 BT-104 BT-105 BT-175 BT-176 BT-X-268 BT-X-269", charge=True, vat=True, cii=SETTLEMENT),

    group("BG-22", "Document totals", "totals", "1..1", ".", ".",
        term("BT-106", "Sum of Invoice line net amount", "lines", Amount, "1..1", f"{MONEY}/cbc:LineExtensionAmount", f"{SUM}/ram:LineTotalAmount"),
        term("BT-107", "Sum of allowances on document level", "allowances", Amount, "0..1", f"{MONEY}/cbc:AllowanceTotalAmount", f"{SUM}/ram:AllowanceTotalAmount"),
        term("BT-108", "Sum of charges on document level", "charges", Amount, "0..1", f"{MONEY}/cbc:ChargeTotalAmount", f"{SUM}/ram:ChargeTotalAmount"),
        term("BT-109", "Invoice total amount without VAT", "without_vat", Amount, "1..1", f"{MONEY}/cbc:TaxExclusiveAmount", f"{SUM}/ram:TaxBasisTotalAmount"),
        term("BT-110", "Invoice total VAT amount", "vat", amount_in("BT-5", stated_in_cii=True), "0..1", "cac:TaxTotal[cbc:TaxAmount/@currencyID=$BT-5]/cbc:TaxAmount", f"{SUM}/ram:TaxTotalAmount[@currencyID=$BT-5]"),
        term("BT-111", "Invoice total VAT amount in accounting currency", "vat_in_accounting_currency", amount_in("BT-6", stated_in_cii=True), "0..1", "cac:TaxTotal[cbc:TaxAmount/@currencyID=$BT-6]/cbc:TaxAmount", f"{SUM}/ram:TaxTotalAmount[@currencyID=$BT-6]"),
        term("BT-112", "Invoice total amount with VAT", "with_vat", Amount, "1..1", f"{MONEY}/cbc:TaxInclusiveAmount", f"{SUM}/ram:GrandTotalAmount"),
        term("BT-113", "Paid amount", "paid", Amount, "0..1", f"{MONEY}/cbc:PrepaidAmount", f"{SUM}/ram:TotalPrepaidAmount"),
        term("BT-114", "Rounding amount", "rounding", Amount, "0..1", f"{MONEY}/cbc:PayableRoundingAmount", f"{SUM}/ram:RoundingAmount"),
        term("BT-115", "Amount due for payment", "due", Amount, "1..1", f"{MONEY}/cbc:PayableAmount", f"{SUM}/ram:DuePayableAmount")),

    group("BG-23", "VAT breakdown", "vat_breakdown", "1..n", "cac:TaxTotal[cbc:TaxAmount/@currencyID=$BT-5]/cac:TaxSubtotal*", BREAKDOWN,
        term("BT-116", "VAT category taxable amount", "taxable_amount", Amount, "1..1", "cbc:TaxableAmount", "ram:BasisAmount"),
        term("BT-117", "VAT category tax amount", "tax_amount", Amount, "1..1", "cbc:TaxAmount", "ram:CalculatedAmount"),
        term("BT-118", "VAT category code", "category_code", Code, "1..1", f"cac:TaxCategory{VAT}/cbc:ID", "ram:CategoryCode"),
        term("BT-119", "VAT category rate", "rate", Percentage, "0..1", f"cac:TaxCategory{VAT}/cbc:Percent", "ram:RateApplicablePercent"),
        term("BT-120", "VAT exemption reason text", "exemption_reason", Text, "0..1", f"cac:TaxCategory{VAT}/cbc:TaxExemptionReason", "ram:ExemptionReason"),
        term("BT-121", "VAT exemption reason code", "exemption_reason_code", Code, "0..1", f"cac:TaxCategory{VAT}/cbc:TaxExemptionReasonCode", "ram:ExemptionReasonCode"),
        *extended.VAT_BREAKDOWN),

    *extended.HEADER,

    group("BG-24", "Additional supporting documents", "supporting_documents", "0..n", "cac:AdditionalDocumentReference*", f"{AGREEMENT}/ram:AdditionalReferencedDocument[ram:TypeCode~'916']*",
        term("BT-122", "Supporting document reference", "reference", Reference, "1..1", "cbc:ID", "ram:IssuerAssignedID"),
        term("BT-123", "Supporting document description", "description", Text, "0..1", "cbc:DocumentDescription", "ram:Name"),
        term("BT-124", "External document location", "external_location", Reference, "0..1", "cac:Attachment/cac:ExternalReference/cbc:URI", "ram:URIID"),
        term("BT-125", "Attached document", "attachment", Binary, "0..1", "cac:Attachment/cbc:EmbeddedDocumentBinaryObject", "ram:AttachmentBinaryObject"),
        *extended.SUPPORTING_DOCUMENT),

    group("BG-25", "Invoice line", "lines", "1..n", "cac:InvoiceLine*", f"{TRADE}/ram:IncludedSupplyChainTradeLineItem*",
        term("BT-126", "Invoice line identifier", "identifier", Reference, "1..1", "cbc:ID", "ram:AssociatedDocumentLineDocument/ram:LineID"),
        term("BT-127", "Invoice line note", "note", Text, "0..1", "cbc:Note", "ram:AssociatedDocumentLineDocument/ram:IncludedNote/ram:Content"),
        group("BT-128", "Invoice line object identifier", "object_identifier", "0..1", "cac:DocumentReference[cbc:DocumentTypeCode~'130']", f"{LINE_SETTLEMENT}/ram:AdditionalReferencedDocument[ram:TypeCode~'130']",
            term("BT-128", "Invoice line object identifier", "value", Reference, "1..1", "cbc:ID", "ram:IssuerAssignedID"),
            term("BT-128-1", "Invoice line object identifier scheme", "scheme", Code, "0..1", "cbc:ID/@schemeID", "ram:ReferenceTypeCode")),
        term("BT-129", "Invoiced quantity", "quantity", Quantity, "1..1", "cbc:InvoicedQuantity", "ram:SpecifiedLineTradeDelivery/ram:BilledQuantity", parts={"unitCode": "BT-130"}),
        term("BT-131", "Invoice line net amount", "net_amount", Amount, "1..1", "cbc:LineExtensionAmount", f"{LINE_SETTLEMENT}/ram:SpecifiedTradeSettlementLineMonetarySummation/ram:LineTotalAmount"),
        term("BT-132", "Referenced purchase order line reference", "purchase_order_line_reference", Reference, "0..1", "cac:OrderLineReference/cbc:LineID", f"{LINE_AGREEMENT}/ram:BuyerOrderReferencedDocument/ram:LineID"),
        term("BT-133", "Invoice line Buyer accounting reference", "buyer_accounting_reference", Text, "0..1", "cbc:AccountingCost", f"{LINE_SETTLEMENT}/ram:ReceivableSpecifiedTradeAccountingAccount/ram:ID"),
        group("BG-26", "Invoice line period", "period", "0..1", "cac:InvoicePeriod", f"{LINE_SETTLEMENT}/ram:BillingSpecifiedPeriod",
            term("BT-134", "Invoice line period start date", "start_date", Date, "0..1", "cbc:StartDate", f"ram:StartDateTime/{DATE_TIME}"),
            term("BT-135", "Invoice line period end date", "end_date", Date, "0..1", "cbc:EndDate", f"ram:EndDateTime/{DATE_TIME}")),
        allowance("BG-27", "Invoice line allowance", "allowances", "BT-136 BT-137 BT-138 BT-139 BT-140", charge=False, vat=False, cii=LINE_SETTLEMENT),
        allowance("BG-28", "Invoice line charge", "charges", "BT-141 BT-142 BT-143 BT-144 BT-145", charge=True, vat=False, cii=LINE_SETTLEMENT),
        group("BG-29", "Price details", "price", "1..1", "cac:Price", ".",
            term("BT-146", "Item net price", "net", Amount, "1..1", "cbc:PriceAmount", f"{NET_PRICE}/ram:ChargeAmount"),
            term("BT-147", "Item price discount", "discount", Amount, "0..1", filled("cac:AllowanceCharge[cbc:ChargeIndicator='false']/cbc:Amount", Decimal(0)), f"{GROSS_PRICE}/ram:AppliedTradeAllowanceCharge[ram:ChargeIndicator/udt:Indicator='false']/ram:ActualAmount"),
            term("BT-148", "Item gross price", "gross", Amount, "0..1", "cac:AllowanceCharge[cbc:ChargeIndicator='false']/cbc:BaseAmount", f"{GROSS_PRICE}/ram:ChargeAmount"),
            term("BT-149", "Item price base quantity", "base_quantity", Quantity, "0..1", "cbc:BaseQuantity", echoed(f"{NET_PRICE}/ram:BasisQuantity", f"{GROSS_PRICE}/ram:BasisQuantity"), parts={"unitCode": "BT-150"}),
            *extended.PRICE),
        group("BG-30", "Line VAT information", "vat", "1..1", f"cac:Item/cac:ClassifiedTaxCategory{VAT}", f"{LINE_SETTLEMENT}/ram:ApplicableTradeTax[ram:TypeCode='VAT']",
            term("BT-151", "Invoiced item VAT category code", "category_code", Code, "1..1", "cbc:ID", "ram:CategoryCode"),
            term("BT-152", "Invoiced item VAT rate", "rate", Percentage, "0..1", "cbc:Percent", "ram:RateApplicablePercent"),
            *extended.LINE_VAT),
        group("BG-31", "Item information", "item", "1..1", "cac:Item", "ram:SpecifiedTradeProduct",
            term("BT-153", "Item name", "name", Text, "1..1", "cbc:Name", "ram:Name"),
            term("BT-154", "Item description", "description", Text, "0..1", "cbc:Description", "ram:Description"),
            term("BT-155", "Item Seller's identifier", "seller_identifier", Reference, "0..1", "cac:SellersItemIdentification/cbc:ID", "ram:SellerAssignedID"),
            term("BT-156", "Item Buyer's identifier", "buyer_identifier", Reference, "0..1", "cac:BuyersItemIdentification/cbc:ID", "ram:BuyerAssignedID"),
            term("BT-157", "Item standard identifier", "standard_identifier", Identifier, "0..1", "cac:StandardItemIdentification/cbc:ID", "ram:GlobalID"),
            term("BT-158", "Item classification identifier", "classifications", Classification, "0..n", "cac:CommodityClassification*/cbc:ItemClassificationCode", "ram:DesignatedProductClassification*/ram:ClassCode"),
            term("BT-159", "Item country of origin", "country_of_origin", Code, "0..1", "cac:OriginCountry/cbc:IdentificationCode", "ram:OriginTradeCountry/ram:ID"),
            group("BG-32", "Item attributes", "attributes", "0..n", "cac:AdditionalItemProperty*", "ram:ApplicableProductCharacteristic*",
                term("BT-160", "Item attribute name", "name", Text, "1..1", "cbc:Name", "ram:Description"),
                term("BT-161", "Item attribute value", "value", Text, "1..1", "cbc:Value", "ram:Value"),
                *extended.ITEM_ATTRIBUTE),
            *extended.ITEM),
        *extended.LINE),
)
# fmt: on

PART_NAMES = {
    "BT-130": "Invoiced quantity unit of measure code",
    "BT-150": "Item price base quantity unit of measure code",
    "BT-125-1": "Attached document Mime code",
    "BT-125-2": "Attached document Filename",
}
"""names of the parts that the norm names; any other part is the scheme (or its version) of its term"""


def rows(top: Row = INVOICE) -> Iterator[Row]:
    """The row and all rows below it, in the table's order."""
    below = top.rows if isinstance(top, Group) else ()
    return chain((top,), chain.from_iterable(rows(row) for row in below))


def _names() -> dict[str, str]:
    found: dict[str, str] = {}
    for row in rows():
        found.setdefault(row.id, row.name)
        for part in row.parts.values() if isinstance(row, Term) else ():
            suffix = "scheme version identifier" if part.endswith("-2") else "scheme identifier"
            found.setdefault(part, PART_NAMES.get(part, f"{row.name} {suffix}"))
    return found


NAMES = _names()
"""term or group id -> the norm's name"""


def titled(term: str) -> str:
    """A term or group with its name.

    >>> titled("BT-113")
    'BT-113 Paid amount'
    """
    return f"{term} {NAMES.get(term, '')}".rstrip()


def _paths(row: Row = INVOICE, prefix: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], str]]:
    for inner in row.rows if isinstance(row, Group) else ():
        path = (*prefix, inner.attribute)
        yield path, inner.id
        yield from _paths(inner, path)


PATHS = dict(_paths())
"""model attributes from the invoice down, without indexes -> term or group id"""

_NESTS = frozenset(row.attribute for row in rows() if isinstance(row, Group) and row.nests)


def at(path: tuple[str, ...]) -> str | None:
    """The term or group at a path of the model without indexes, however deep its groups nest.

    >>> at(("lines", "sub_lines", "sub_lines", "price", "net")), at(("lines", "sub_lines"))
    ('BT-146', 'BG-DEX-01')
    """
    return PATHS.get((*flat(path[:-1]), *path[-1:]))


def flat(path: tuple[str, ...]) -> tuple[str, ...]:
    """A path without the groups that nest: where the outermost of its kind has the same."""
    return tuple(name for name in path if name not in _NESTS)


PATH_OF = {term: ".".join(path) for path, term in reversed(PATHS.items())}
"""term or group id -> where the model has it"""


def _by_id() -> dict[str, Row]:
    found: dict[str, Row] = {}
    for row in rows():
        found.setdefault(row.id, row)
        for part in row.parts.values() if isinstance(row, Term) else ():
            found.setdefault(part, row)
    return found


BY_ID = _by_id()
"""term or group id, parts included -> its row"""
