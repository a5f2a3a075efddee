"""What stands on the page in German, English and French, and how numbers and dates are written."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import datetime

    from einvoice.languages import Language

LANGUAGES: tuple[Language, ...] = ("de", "en", "fr")
"""the columns of the tables below"""

#   key -> German, English, French
WORDS: dict[str, tuple[str, str, str]] = {
    "invoice": ("Rechnung", "Invoice", "Facture"),
    "number": ("Rechnungsnummer", "Invoice number", "Numéro de facture"),
    "date": ("Rechnungsdatum", "Invoice date", "Date de facture"),
    "due": ("Fällig am", "Due on", "Échéance"),
    "delivery": ("Leistungsdatum", "Date of supply", "Date de livraison"),
    "period": ("Leistungszeitraum", "Period", "Période"),
    "buyer_reference": ("Ihre Referenz", "Your reference", "Votre référence"),
    "customer": ("Kundennummer", "Customer number", "Numéro de client"),
    "buyer_vat": ("Ihre USt-IdNr.", "Your VAT number", "Votre n° de TVA"),
    "order": ("Bestellung", "Purchase order", "Commande"),
    "sales_order": ("Auftrag", "Sales order", "Ordre de vente"),
    "contract": ("Vertrag", "Contract", "Contrat"),
    "project": ("Projekt", "Project", "Projet"),
    "despatch": ("Lieferschein", "Despatch advice", "Bon de livraison"),
    "preceding": ("Zu Rechnung", "Refers to invoice", "Facture d'origine"),
    "contact": ("Ansprechpartner", "Contact", "Contact"),
    "position": ("Pos.", "No.", "N°"),
    "description": ("Bezeichnung", "Description", "Désignation"),
    "quantity": ("Menge", "Quantity", "Quantité"),
    "price": ("Einzelpreis", "Unit price", "Prix unitaire"),
    "rate": ("USt", "VAT", "TVA"),
    "amount": ("Betrag", "Amount", "Montant"),
    "carried": ("Übertrag", "Carried over", "Report"),
    "item": ("Art.-Nr.", "Item no.", "Réf."),
    "your_item": ("Ihre Art.-Nr.", "Your item no.", "Votre réf."),
    "allowance": ("Nachlass", "Allowance", "Remise"),
    "charge": ("Zuschlag", "Charge", "Frais"),
    "lines": ("Summe der Positionen", "Total of lines", "Total des lignes"),
    "net": ("Summe netto", "Total without VAT", "Total HT"),
    "vat": ("Umsatzsteuer", "VAT", "TVA"),
    "gross": ("Summe brutto", "Total with VAT", "Total TTC"),
    "paid": ("Bereits gezahlt", "Paid already", "Déjà payé"),
    "rounding": ("Rundung", "Rounding", "Arrondi"),
    "payable": ("Zahlbetrag", "Amount due", "Net à payer"),
    "vat_accounting": ("Umsatzsteuer in", "VAT in", "TVA en"),
    "breakdown": ("Umsatzsteuer nach Sätzen", "VAT by rate", "TVA par taux"),
    "category": ("Kategorie", "Category", "Catégorie"),
    "taxable": ("Netto", "Net", "Base HT"),
    "tax": ("Steuer", "VAT", "Taxe"),
    "payment": ("Zahlung", "Payment", "Paiement"),
    "means": ("Zahlungsart", "Means of payment", "Mode de paiement"),
    "account": ("Kontoinhaber", "Account holder", "Titulaire"),
    "remittance": ("Verwendungszweck", "Remittance", "Motif"),
    "mandate": ("Mandatsreferenz", "Mandate", "Mandat"),
    "creditor": ("Gläubiger-ID", "Creditor identifier", "ICS"),
    "debited": ("Abgebuchtes Konto", "Debited account", "Compte débité"),
    "card": ("Karte", "Card", "Carte"),
    "payee": ("Zahlungsempfänger", "Payee", "Bénéficiaire"),
    "girocode": ("Mit der Banking-App scannen", "Scan with your banking app", "Scanner avec l'appli bancaire"),
    "girocode_alt": ("QR-Code (GiroCode) mit den Daten der Überweisung", "QR code (EPC) with the data of the transfer", "Code QR (EPC) du virement"),
    "notes": ("Hinweise", "Notes", "Remarques"),
    "deliver_to": ("Lieferung an", "Delivered to", "Livré à"),
    "representative": ("Steuervertreter", "Tax representative", "Représentant fiscal"),
    "attachments": ("Anlagen", "Supporting documents", "Pièces jointes"),
    "page": ("Seite {page} von {pages}", "Page {page} of {pages}", "Page {page} sur {pages}"),
    "vat_id": ("USt-IdNr.", "VAT number", "N° TVA"),
    "tax_id": ("Steuernummer", "Tax number", "N° fiscal"),
    "register": ("Registernummer", "Registration", "Immatriculation"),
    "logo": ("Logo von", "Logo of", "Logo de"),
    "electronic": (
        "Maßgeblich ist die eingebettete XML-Datei.",
        "The embedded XML file is authoritative.",
        "Le fichier XML intégré fait foi.",
    ),
}  # fmt: skip

#   BT-3 (UNTDID 1001)
TYPES: dict[str, tuple[str, str, str]] = {
    "326": ("Teilrechnung", "Partial invoice", "Facture partielle"),
    "380": ("Rechnung", "Invoice", "Facture"),
    "381": ("Gutschrift", "Credit note", "Avoir"),
    "384": ("Rechnungskorrektur", "Corrected invoice", "Facture rectificative"),
    "386": ("Vorauszahlungsrechnung", "Prepayment invoice", "Facture d'acompte"),
    "389": ("Gutschrift (Selbstfakturierung)", "Self-billed invoice", "Autofacture"),
    "261": ("Gutschrift (Selbstfakturierung)", "Self-billed credit note", "Avoir autofacturé"),
    "751": ("Rechnungsinformation für Buchungszwecke", "Invoice information for accounting", "Information de facture pour comptabilité"),
    "875": ("Abschlagsrechnung", "Partial construction invoice", "Facture d'avancement"),
    "876": ("Teilschlussrechnung", "Partial final construction invoice", "Facture partielle définitive"),
    "877": ("Schlussrechnung", "Final construction invoice", "Facture définitive"),
}
#   BT-81 (UNTDID 4461)
MEANS: dict[str, tuple[str, str, str]] = {
    "10": ("Barzahlung", "Cash", "Espèces"), "20": ("Scheck", "Cheque", "Chèque"), "30": ("Überweisung", "Credit transfer", "Virement"),
    "42": ("Überweisung", "Payment to bank account", "Virement"), "48": ("Kartenzahlung", "Bank card", "Carte bancaire"),
    "49": ("Lastschrift", "Direct debit", "Prélèvement"), "54": ("Kreditkarte", "Credit card", "Carte de crédit"),
    "55": ("Debitkarte", "Debit card", "Carte de débit"), "57": ("Dauerauftrag", "Standing agreement", "Ordre permanent"),
    "58": ("SEPA-Überweisung", "SEPA credit transfer", "Virement SEPA"), "59": ("SEPA-Lastschrift", "SEPA direct debit", "Prélèvement SEPA"),
    "68": ("Online-Zahlung", "Online payment", "Paiement en ligne"), "97": ("Verrechnung", "Clearing", "Compensation"),
}  # fmt: skip
#   BT-130 (UN/ECE Recommendations 20 and 21)
UNITS: dict[str, tuple[str, str, str]] = {
    "C62": ("Stk.", "pcs", "pce"), "H87": ("Stk.", "pcs", "pce"), "XPP": ("Stk.", "pcs", "pce"), "EA": ("Stk.", "pcs", "pce"), "HUR": ("Std.", "h", "h"),
    "MIN": ("Min.", "min", "min"), "DAY": ("Tage", "days", "jours"), "WEE": ("Wochen", "weeks", "semaines"), "MON": ("Monate", "months", "mois"),
    "ANN": ("Jahre", "years", "ans"), "KGM": ("kg", "kg", "kg"), "GRM": ("g", "g", "g"), "TNE": ("t", "t", "t"), "LTR": ("l", "l", "l"), "MTR": ("m", "m", "m"),
    "MTK": ("m²", "m²", "m²"), "MTQ": ("m³", "m³", "m³"), "KMT": ("km", "km", "km"), "KTM": ("km", "km", "km"), "CMT": ("cm", "cm", "cm"), "MMT": ("mm", "mm", "mm"),
    "KWH": ("kWh", "kWh", "kWh"), "KWT": ("kW", "kW", "kW"), "LS": ("pausch.", "lump sum", "forfait"), "P1": ("%", "%", "%"), "NAR": ("Artikel", "articles", "articles"),
    "SET": ("Satz", "sets", "lots"), "XBX": ("Karton", "boxes", "cartons"), "XPK": ("Paket", "packages", "colis"), "NPR": ("Paar", "pairs", "paires"), "E48": ("Einh.", "units", "unités"),
}  # fmt: skip
_MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()
#   thousands, decimal point
_MARKS: dict[Language, tuple[str, str]] = {"de": (".", ","), "en": (",", "."), "fr": ("\u202f", ",")}
_CENT = Decimal("0.01")


class Words:
    """The words of one language."""

    def __init__(self, language: Language) -> None:
        self.language = language
        self._at = LANGUAGES.index(language)

    def __getitem__(self, key: str) -> str:
        return WORDS[key][self._at]

    def label(self, table: dict[str, tuple[str, str, str]], code: str | None) -> str | None:
        """What a code means; the code itself where the table does not know it."""
        return code if code is None or code not in table else table[code][self._at]

    def date(self, value: datetime.date) -> str:
        """A date as people write it."""
        if self.language == "en":
            return f"{value.day} {_MONTHS[value.month - 1]} {value.year}"
        return value.strftime("%d.%m.%Y" if self.language == "de" else "%d/%m/%Y")

    def number(self, value: Decimal) -> str:
        """A number with all its digits."""
        thousands, point = _MARKS[self.language]
        plain = f"{value:,f}"
        whole, _, fraction = plain.partition(".")
        whole = whole.replace(",", thousands).replace("-", "\u2212")
        return whole + (point + fraction if fraction else "")

    def amount(self, value: Decimal) -> str:
        """An amount: two decimals, more only if it has them."""
        exponent = value.as_tuple().exponent
        short = isinstance(exponent, int) and exponent > -2 and value.adjusted() < 24
        return self.number(value.quantize(_CENT, ROUND_HALF_UP) if short else value)
