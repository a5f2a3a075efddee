"""The semantic model of EN 16931-1: what an invoice *is*, with no XML in sight.

One frozen record per business group (BG), one attribute per business term (BT), in the norm's English names; which
attribute is which term is said once, in `terms.py`. Every attribute is optional, because a wrong invoice must be
readable too; what has to be there is the rules' business. Amounts are `Decimal` and carry no currency: BT-5 does.

>>> invoice = Invoice(number="R-1", lines=[Line(identifier="1", quantity={"value": "2", "unit": "HUR"})])
>>> invoice.lines[0].quantity.value
Decimal('2')
"""

from __future__ import annotations

import base64
import datetime  # noqa: TC003  pydantic reads the annotations
from decimal import Decimal  # noqa: TC003
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, PlainSerializer, WithJsonSchema


def _from_base64(value: Any) -> Any:
    return base64.b64decode("".join(value.split()), validate=True) if isinstance(value, str) else value


def _to_base64(value: bytes) -> str:
    return base64.b64encode(value).decode("ascii")


Binary = Annotated[
    bytes,
    BeforeValidator(_from_base64),
    PlainSerializer(_to_base64, when_used="json"),
    WithJsonSchema({"type": "string", "contentEncoding": "base64"}),
]
"""Bytes in Python, base64 in JSON."""


class Record(BaseModel):
    """Frozen, closed (a wrong name is an error), compared by value."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Identifier(Record):
    """An identifier with its scheme (EN 16931-1, 6.5.6)."""

    value: str | None = None
    scheme: str | None = None
    version: str | None = None


class Quantity(Record):
    """A number with its unit of measure, a code of UN/ECE Recommendation 20 or 21."""

    value: Decimal | None = None
    unit: str | None = None


class Attachment(Record):
    """BT-125: a file inside the invoice, with its MIME code and name."""

    content: Binary = b""
    mime_code: str | None = None
    filename: str | None = None


class Note(Record):
    """BG-1."""

    text: str | None = None
    subject_code: str | None = None
    # EXTENDED
    content_code: str | None = None


class ProcessControl(Record):
    """BG-2."""

    business_process: str | None = None
    specification: str | None = None
    # EXTENDED
    test_indicator: bool | None = None


class PrecedingInvoice(Record):
    """BG-3."""

    number: str | None = None
    issue_date: datetime.date | None = None
    # EXTENDED
    type_code: str | None = None


class PostalAddress(Record):
    """BG-5, BG-8, BG-12 and BG-15."""

    line1: str | None = None
    line2: str | None = None
    line3: str | None = None
    city: str | None = None
    post_code: str | None = None
    country_subdivision: str | None = None
    country_code: str | None = None


class Contact(Record):
    """BG-6 and BG-9."""

    name: str | None = None
    telephone: str | None = None
    email: str | None = None
    # EXTENDED
    department: str | None = None
    fax: str | None = None
    type_code: str | None = None


class Seller(Record):
    """BG-4."""

    name: str | None = None
    trading_name: str | None = None
    identifiers: tuple[Identifier, ...] = ()
    legal_registration_identifier: Identifier | None = None
    vat_identifier: str | None = None
    tax_registration_identifier: str | None = None
    additional_legal_information: str | None = None
    electronic_address: Identifier | None = None
    address: PostalAddress | None = None
    contact: Contact | None = None
    # EXTENDED
    role_code: str | None = None
    legal_address: PostalAddress | None = None


class Buyer(Record):
    """BG-7."""

    name: str | None = None
    trading_name: str | None = None
    identifier: Identifier | None = None
    legal_registration_identifier: Identifier | None = None
    vat_identifier: str | None = None
    electronic_address: Identifier | None = None
    address: PostalAddress | None = None
    contact: Contact | None = None
    # EXTENDED
    global_identifier: Identifier | None = None
    role_code: str | None = None
    additional_legal_information: str | None = None
    legal_address: PostalAddress | None = None


class Payee(Record):
    """BG-10."""

    name: str | None = None
    identifier: Identifier | None = None
    legal_registration_identifier: Identifier | None = None
    # EXTENDED
    global_identifier: Identifier | None = None
    contact: Contact | None = None
    address: PostalAddress | None = None
    role_code: str | None = None
    trading_name: str | None = None
    electronic_address: Identifier | None = None
    vat_identifier: str | None = None
    legal_address: PostalAddress | None = None


class SellerTaxRepresentative(Record):
    """BG-11."""

    name: str | None = None
    vat_identifier: str | None = None
    address: PostalAddress | None = None
    # EXTENDED
    identifier: str | None = None
    global_identifier: Identifier | None = None
    role_code: str | None = None
    legal_registration_identifier: Identifier | None = None
    trading_name: str | None = None
    electronic_address: Identifier | None = None
    legal_address: PostalAddress | None = None
    contact: Contact | None = None


class Period(Record):
    """BG-14 and BG-26."""

    start_date: datetime.date | None = None
    end_date: datetime.date | None = None


class Delivery(Record):
    """BG-13."""

    party_name: str | None = None
    location_identifier: Identifier | None = None
    date: datetime.date | None = None
    invoicing_period: Period | None = None
    address: PostalAddress | None = None
    # EXTENDED
    global_identifier: Identifier | None = None
    contact: Contact | None = None
    electronic_address: Identifier | None = None
    role_code: str | None = None
    legal_registration_identifier: Identifier | None = None
    trading_name: str | None = None
    vat_identifier: str | None = None
    invoicing_period_description: str | None = None
    legal_address: PostalAddress | None = None


class CreditTransfer(Record):
    """BG-17."""

    account_identifier: str | None = None
    account_name: str | None = None
    service_provider_identifier: str | None = None


class PaymentCard(Record):
    """BG-18."""

    primary_account_number: str | None = None
    holder_name: str | None = None


class DirectDebit(Record):
    """BG-19."""

    mandate_reference: str | None = None
    creditor_identifier: str | None = None
    debited_account_identifier: str | None = None
    # EXTENDED
    debited_account_name: str | None = None
    debited_service_provider_identifier: str | None = None


class PaymentInstructions(Record):
    """BG-16."""

    means_code: str | None = None
    means_text: str | None = None
    remittance_information: str | None = None
    credit_transfers: tuple[CreditTransfer, ...] = ()
    card: PaymentCard | None = None
    direct_debit: DirectDebit | None = None


class AllowanceCharge(Record):
    """BG-20 and BG-21."""

    amount: Decimal | None = None
    base_amount: Decimal | None = None
    percentage: Decimal | None = None
    vat_category_code: str | None = None
    vat_rate: Decimal | None = None
    reason: str | None = None
    reason_code: str | None = None
    # EXTENDED
    vat_exemption_reason: str | None = None
    vat_exemption_reason_code: str | None = None
    sequence_number: Decimal | None = None
    base_quantity: Quantity | None = None


class LineAllowanceCharge(Record):
    """BG-27 and BG-28."""

    amount: Decimal | None = None
    base_amount: Decimal | None = None
    percentage: Decimal | None = None
    reason: str | None = None
    reason_code: str | None = None


class Totals(Record):
    """BG-22."""

    lines: Decimal | None = None
    allowances: Decimal | None = None
    charges: Decimal | None = None
    without_vat: Decimal | None = None
    vat: Decimal | None = None
    vat_in_accounting_currency: Decimal | None = None
    with_vat: Decimal | None = None
    paid: Decimal | None = None
    rounding: Decimal | None = None
    due: Decimal | None = None


class VatBreakdown(Record):
    """BG-23."""

    taxable_amount: Decimal | None = None
    tax_amount: Decimal | None = None
    category_code: str | None = None
    rate: Decimal | None = None
    exemption_reason: str | None = None
    exemption_reason_code: str | None = None
    # EXTENDED
    line_total: Decimal | None = None
    allowance_charge_total: Decimal | None = None


class SupportingDocument(Record):
    """BG-24."""

    reference: str | None = None
    description: str | None = None
    external_location: str | None = None
    attachment: Attachment | None = None
    # EXTENDED
    issue_date: datetime.date | None = None


class ThirdPartyPayment(Record):
    """BG-DEX-09, of XRechnung Extension; BG-34 of EXTENDED."""

    type: str | None = None
    amount: Decimal | None = None
    description: str | None = None


class Party(Record):
    """A party of EXTENDED: invoicee, payer, manufacturer ..."""

    identifier: str | None = None
    global_identifier: Identifier | None = None
    name: str | None = None
    role_code: str | None = None
    legal_registration_identifier: Identifier | None = None
    trading_name: str | None = None
    legal_address: PostalAddress | None = None
    vat_identifier: str | None = None
    tax_registration_identifier: str | None = None
    additional_legal_information: str | None = None
    electronic_address: Identifier | None = None
    contact: Contact | None = None
    address: PostalAddress | None = None


class IncludedVat(Record):
    """BG-X-4 and BG-X-46: the VAT in a price or an advance payment."""

    amount: Decimal | None = None
    category_code: str | None = None
    rate: Decimal | None = None
    exemption_reason: str | None = None
    exemption_reason_code: str | None = None


class CustomerOrder(Record):
    """BG-X-23 and BG-X-5: an order of the end customer."""

    reference: str | None = None
    line: str | None = None
    date: datetime.date | None = None


class LinePrecedingInvoice(PrecedingInvoice):
    """BG-X-48."""

    line: str | None = None


class LineSupportingDocument(SupportingDocument):
    """BG-X-3."""

    line: str | None = None
    type_code: str | None = None
    reference_type_code: str | None = None


class Price(Record):
    """BG-29."""

    net: Decimal | None = None
    discount: Decimal | None = None
    gross: Decimal | None = None
    base_quantity: Quantity | None = None
    # EXTENDED
    discount_percentage: Decimal | None = None
    discount_base_amount: Decimal | None = None
    discount_reason: str | None = None
    discount_reason_code: str | None = None
    charges: tuple[LineAllowanceCharge, ...] = ()
    included_vat: IncludedVat | None = None


class LineVat(Record):
    """BG-30."""

    category_code: str | None = None
    rate: Decimal | None = None
    # EXTENDED
    exemption_reason: str | None = None
    exemption_reason_code: str | None = None
    tax_amount: Decimal | None = None
    tax_point_date_code: str | None = None


class ItemAttribute(Record):
    """BG-32."""

    name: str | None = None
    value: str | None = None
    # EXTENDED
    type_code: str | None = None
    measure: Quantity | None = None


class ItemInstance(Record):
    """BG-X-84."""

    batch: str | None = None
    serial_number: str | None = None


class IncludedItem(Record):
    """BG-X-1."""

    standard_identifier: Identifier | None = None
    seller_identifier: str | None = None
    buyer_identifier: str | None = None
    name: str | None = None
    description: str | None = None
    quantity: Quantity | None = None
    identifier: str | None = None
    industry_identifier: str | None = None


class Item(Record):
    """BG-31."""

    name: str | None = None
    description: str | None = None
    seller_identifier: str | None = None
    buyer_identifier: str | None = None
    standard_identifier: Identifier | None = None
    classifications: tuple[Identifier, ...] = ()
    country_of_origin: str | None = None
    attributes: tuple[ItemAttribute, ...] = ()
    # EXTENDED
    brand: str | None = None
    instances: tuple[ItemInstance, ...] = ()
    included_items: tuple[IncludedItem, ...] = ()
    identifier: str | None = None
    industry_identifier: str | None = None
    model_identifier: str | None = None
    model_name: str | None = None
    batches: tuple[str, ...] = ()
    manufacturer: Party | None = None


class Line(Record):
    """BG-25."""

    identifier: str | None = None
    note: str | None = None
    object_identifier: Identifier | None = None
    quantity: Quantity | None = None
    net_amount: Decimal | None = None
    purchase_order_line_reference: str | None = None
    buyer_accounting_reference: str | None = None
    period: Period | None = None
    allowances: tuple[LineAllowanceCharge, ...] = ()
    charges: tuple[LineAllowanceCharge, ...] = ()
    price: Price | None = None
    vat: LineVat | None = None
    item: Item | None = None
    # EXTENDED
    parent: str | None = None
    status_code: str | None = None
    status_reason_code: str | None = None
    note_content_code: str | None = None
    note_subject_code: str | None = None
    purchase_order_reference: str | None = None
    purchase_order_date: datetime.date | None = None
    sales_order_reference: str | None = None
    sales_order_line: str | None = None
    sales_order_date: datetime.date | None = None
    quotation_reference: str | None = None
    quotation_line: str | None = None
    quotation_date: datetime.date | None = None
    contract_reference: str | None = None
    contract_line: str | None = None
    contract_date: datetime.date | None = None
    despatch_advice_reference: str | None = None
    despatch_advice_line: str | None = None
    despatch_advice_date: datetime.date | None = None
    receiving_advice_reference: str | None = None
    receiving_advice_line: str | None = None
    receiving_advice_date: datetime.date | None = None
    delivery_note_reference: str | None = None
    delivery_note_line: str | None = None
    delivery_note_date: datetime.date | None = None
    end_customer_orders: tuple[CustomerOrder, ...] = ()
    preceding_invoice: LinePrecedingInvoice | None = None
    supporting_documents: tuple[LineSupportingDocument, ...] = ()
    delivery_terms_code: str | None = None
    delivery_terms_country_code: str | None = None
    delivery_terms_location: str | None = None
    charge_free_quantity: Quantity | None = None
    package_quantity: Quantity | None = None
    quantity_in_parent: Quantity | None = None
    delivery_date: datetime.date | None = None
    charge_total: Decimal | None = None
    allowance_total: Decimal | None = None
    vat_amount: Decimal | None = None
    vat_amount_in_accounting_currency: Decimal | None = None
    amount_with_vat: Decimal | None = None
    allowance_charge_total: Decimal | None = None
    buyer_accounting_reference_type_code: str | None = None
    ship_to: Party | None = None
    ultimate_ship_to: Party | None = None
    seller: Party | None = None
    # XRechnung Extension
    sub_lines: tuple[Line, ...] = ()


class CurrencyExchange(Record):
    """BG-X-41."""

    source_currency_code: str | None = None
    target_currency_code: str | None = None
    rate: Decimal | None = None
    date: datetime.date | None = None


class LogisticsCharge(Record):
    """BG-X-42: it counts as a charge."""

    description: str | None = None
    amount: Decimal | None = None
    vat_category_code: str | None = None
    vat_rate: Decimal | None = None
    vat_exemption_reason: str | None = None
    vat_exemption_reason_code: str | None = None


class PaymentCondition(Record):
    """BG-X-43 and BG-X-44: a penalty for late payment, a discount for early payment."""

    reference_date: datetime.date | None = None
    period: Quantity | None = None
    base_amount: Decimal | None = None
    percentage: Decimal | None = None
    amount: Decimal | None = None


class AdvancePayment(Record):
    """BG-X-45."""

    amount: Decimal | None = None
    date: datetime.date | None = None
    taxes: tuple[IncludedVat, ...] = ()
    invoice: PrecedingInvoice | None = None


class PaymentTerms(Record):
    """BT-20-00 of EXTENDED: payment terms after the first."""

    description: str | None = None
    due_date: datetime.date | None = None
    mandate_reference: str | None = None
    partial_payment_amount: Decimal | None = None
    late_payment_penalty: PaymentCondition | None = None
    early_payment_discount: PaymentCondition | None = None
    payee: Party | None = None


class Invoice(Record):
    """The invoice: BT-1 to BT-20 and all groups."""

    number: str | None = None
    issue_date: datetime.date | None = None
    type_code: str | None = None
    currency_code: str | None = None
    vat_accounting_currency_code: str | None = None
    tax_point_date: datetime.date | None = None
    tax_point_date_code: str | None = None
    due_date: datetime.date | None = None
    buyer_reference: str | None = None
    project_reference: str | None = None
    contract_reference: str | None = None
    purchase_order_reference: str | None = None
    sales_order_reference: str | None = None
    receiving_advice_reference: str | None = None
    despatch_advice_reference: str | None = None
    tender_or_lot_reference: str | None = None
    invoiced_object_identifier: Identifier | None = None
    buyer_accounting_reference: str | None = None
    payment_terms: str | None = None
    notes: tuple[Note, ...] = ()
    process_control: ProcessControl | None = None
    preceding_invoices: tuple[PrecedingInvoice, ...] = ()
    seller: Seller | None = None
    buyer: Buyer | None = None
    payee: Payee | None = None
    seller_tax_representative: SellerTaxRepresentative | None = None
    delivery: Delivery | None = None
    payment_instructions: PaymentInstructions | None = None
    allowances: tuple[AllowanceCharge, ...] = ()
    charges: tuple[AllowanceCharge, ...] = ()
    totals: Totals | None = None
    vat_breakdown: tuple[VatBreakdown, ...] = ()
    supporting_documents: tuple[SupportingDocument, ...] = ()
    lines: tuple[Line, ...] = ()
    # EXTENDED
    document_name: str | None = None
    copy_indicator: bool | None = None
    language: str | None = None
    contractual_due_date: datetime.date | None = None
    delivery_terms_code: str | None = None
    delivery_terms_country_code: str | None = None
    delivery_terms_location: str | None = None
    delivery_method_code: str | None = None
    sales_order_date: datetime.date | None = None
    purchase_order_date: datetime.date | None = None
    quotation_reference: str | None = None
    quotation_date: datetime.date | None = None
    contract_type_code: str | None = None
    contract_date: datetime.date | None = None
    end_customer_orders: tuple[CustomerOrder, ...] = ()
    buyer_accounting_reference_type_code: str | None = None
    despatch_advice_date: datetime.date | None = None
    receiving_advice_date: datetime.date | None = None
    delivery_note_reference: str | None = None
    delivery_note_date: datetime.date | None = None
    seller_reference: str | None = None
    sales_agent: Party | None = None
    buyer_tax_representative: Party | None = None
    product_end_user: Party | None = None
    buyer_agent: Party | None = None
    ultimate_ship_to: Party | None = None
    ship_from: Party | None = None
    invoicer: Party | None = None
    invoicee: Party | None = None
    payer: Party | None = None
    payment_terms_payee: Party | None = None
    currency_exchange: CurrencyExchange | None = None
    logistics_charges: tuple[LogisticsCharge, ...] = ()
    partial_payment_amount: Decimal | None = None
    late_payment_penalty: PaymentCondition | None = None
    early_payment_discount: PaymentCondition | None = None
    further_payment_terms: tuple[PaymentTerms, ...] = ()
    advance_payments: tuple[AdvancePayment, ...] = ()
    # XRechnung Extension; EXTENDED too
    third_party_payments: tuple[ThirdPartyPayment, ...] = ()
