"""What a report says around the findings, in English, German and French."""

from __future__ import annotations

from einvoice.languages import LANGUAGES, Language

#   key -> English, German, French
WORDS: dict[str, tuple[str, str, str]] = {
    "report": ("Validation report", "Prüfbericht", "Rapport de validation"),
    "valid": ("valid", "gültig", "valide"),
    "invalid": ("invalid", "ungültig", "non valide"),
    "unchecked": ("unchecked", "ungeprüft", "non vérifié"),
    "unreadable": ("unreadable", "unlesbar", "illisible"),
    "made": ("made", "erstellt", "créé"),
    "not_made": ("not made", "nicht erstellt", "non créé"),
    "batch": ("Batch", "Stapel", "Lot"),
    "documents": ("documents", "Dokumente", "documents"),
    "per_second": ("a second", "je Sekunde", "par seconde"),
    "earlier": ("of them from an earlier run", "davon aus einem früheren Lauf", "dont d'un passage précédent"),
    "top_rules": ("Rules that fire most", "Häufigste Regeln", "Règles les plus fréquentes"),
    "slowest": ("Slowest documents", "Langsamste Dokumente", "Documents les plus lents"),
    "rule": ("Rule", "Regel", "Règle"),
    "severity": ("Severity", "Schwere", "Gravité"),
    "times": ("findings", "Befunde", "constats"),
    "example": ("for example", "zum Beispiel", "par exemple"),
    "losses": ("texts lost, named in the results", "Texte verloren, in den Ergebnissen genannt", "textes perdus, nommés dans les résultats"),
    "outcomes": ("Outcomes", "Ergebnisse", "Résultats"),
    "valid_says": ("The invoice keeps all rules that it was judged by.", "Die Rechnung hält alle geprüften Regeln ein.", "La facture respecte toutes les règles vérifiées."),
    "invalid_says": ("The invoice breaks rules; each one is listed below.", "Die Rechnung verletzt Regeln; jede ist unten aufgeführt.", "La facture enfreint des règles ; chacune figure ci-dessous."),
    "unchecked_says": ("The invoice could not be judged, so nothing is known of it.", "Die Rechnung konnte nicht geprüft werden; über sie ist nichts bekannt.", "La facture n'a pas pu être vérifiée ; on n'en sait rien."),
    "accept": ("KoSIT recommends to accept", "KoSIT empfiehlt die Annahme", "KoSIT recommande d'accepter"),
    "reject": ("KoSIT recommends to reject", "KoSIT empfiehlt die Zurückweisung", "KoSIT recommande de rejeter"),
    "accept_short": ("KoSIT recommendation: accept", "KoSIT-Empfehlung: annehmen", "recommandation KoSIT : accepter"),
    "reject_short": ("KoSIT recommendation: reject", "KoSIT-Empfehlung: zurückweisen", "recommandation KoSIT : rejeter"),
    "of_date": ("of", "vom", "du"),
    "no_number": ("(no number)", "(ohne Nummer)", "(sans numéro)"),
    "judged_as": ("judged as", "geprüft als", "vérifié comme"),
    "the_pdf": ("the PDF", "die PDF-Datei", "le PDF"),
    "not_checked": ("not checked", "nicht geprüft", "non vérifié"),
    "errors": ("errors", "Fehler", "erreurs"),
    "warnings": ("warnings", "Warnungen", "avertissements"),
    "informations": ("informations", "Hinweise", "informations"),
    "because": ("cause", "Ursache", "cause"),
    "at": ("at", "in", "dans"),
    "document": ("Document", "Dokument", "Document"),
    "number": ("Number", "Nummer", "Numéro"),
    "date": ("Date", "Datum", "Date"),
    "kind": ("Kind", "Art", "Type"),
    "profile": ("Profile", "Profil", "Profil"),
    "scenario": ("Judged as", "Geprüft als", "Vérifié comme"),
    "layers": ("What was checked", "Was geprüft wurde", "Ce qui a été vérifié"),
    "passed": ("passed", "bestanden", "réussi"),
    "failed": ("failed", "nicht bestanden", "échoué"),
    "skipped": ("skipped", "übersprungen", "ignoré"),
    "error_status": ("broke off", "abgebrochen", "interrompu"),
    "findings": ("Findings", "Befunde", "Constats"),
    "none": ("There are no findings.", "Es gibt keine Befunde.", "Il n'y a aucun constat."),
    "error": ("error", "Fehler", "erreur"),
    "warning": ("warning", "Warnung", "avertissement"),
    "information": ("information", "Hinweis", "information"),
    "found": ("found", "steht da", "trouvé"),
    "nothing": ("nothing", "nichts", "rien"),
    "expected": ("expected", "erwartet", "attendu"),
    "cause": ("Probable cause", "Wahrscheinliche Ursache", "Cause probable"),
    "hint": ("hint", "Hilfe", "aide"),
    "line": ("line", "Zeile", "ligne"),
    "official": ("official text", "amtlicher Text", "texte officiel"),
    "ours": ("our text", "unser Text", "notre texte"),
    "filter": ("Search in findings", "In Befunden suchen", "Chercher dans les constats"),
    "shown": ("shown", "angezeigt", "affichés"),
    "source": ("Source", "Quelltext", "Source"),
    "left_out": ("lines left out", "Zeilen ausgelassen", "lignes omises"),
    "places": ("more places", "weitere Stellen", "autres endroits"),
    "page": ("page {page} of {pages}", "Seite {page} von {pages}", "page {page} sur {pages}"),
    "skip": ("Skip to findings", "Zu den Befunden", "Aller aux constats"),
}  # fmt: skip

LAYERS: dict[str, tuple[str, str, str]] = {
    "xml": ("XML", "XML", "XML"),
    "xsd": ("Schema", "Schema", "Schéma"),
    "en16931": ("EN 16931", "EN 16931", "EN 16931"),
    "xrechnung": ("XRechnung", "XRechnung", "XRechnung"),
    "facturx": ("Factur-X", "Factur-X", "Factur-X"),
    "custom": ("Own rules", "Eigene Regeln", "Règles propres"),
    "hybrid": ("ZUGFeRD / Factur-X file", "ZUGFeRD-/Factur-X-Datei", "Fichier ZUGFeRD / Factur-X"),
    "pdfa": ("PDF/A-3b", "PDF/A-3b", "PDF/A-3b"),
    "advisory": ("Advice", "Ratschläge", "Conseils"),
}

#   why a layer was skipped, where that is always the same -> German, French
REASONS: dict[str, tuple[str, str]] = {
    "not part of this scenario": ("gehört nicht zu diesem Szenario", "ne fait pas partie de ce scénario"),
    "not a PDF": ("keine PDF-Datei", "pas un PDF"),
    "the rules were not run": ("die Regeln liefen nicht", "les règles n'ont pas été exécutées"),
    "not part of a reference run": ("gehört nicht zu einem Referenzlauf", "ne fait pas partie d'une exécution de référence"),
    "there is no document to judge": ("es gibt kein Dokument", "il n'y a pas de document"),
    "the document is not valid against its schema": ("das Dokument ist gegen sein Schema ungültig", "le document n'est pas valide selon son schéma"),
    "no rule matched anything in the document": ("keine Regel traf etwas im Dokument", "aucune règle n'a rien trouvé dans le document"),
}  # fmt: skip


def reason_in(reason: str, language: Language) -> str:
    """Why a layer did not run, as far as that can be said in the language.

    >>> reason_in("not a PDF", "de")
    'keine PDF-Datei'
    """
    return reason if language == "en" or reason not in REASONS else REASONS[reason][LANGUAGES.index(language) - 1]


def words(language: Language) -> dict[str, str]:
    """All words of one language."""
    at = LANGUAGES.index(language)
    return {key: texts[at] for key, texts in WORDS.items()}


def layer_names(language: Language) -> dict[str, str]:
    """The layers' names in one language."""
    at = LANGUAGES.index(language)
    return {key: texts[at] for key, texts in LAYERS.items()}
