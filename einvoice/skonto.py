"""Skonto, the discount for early payment, as XRechnung writes it into the payment terms (BT-20)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from einvoice.errors import UsageError

_LINE = re.compile(r"#SKONTO#TAGE=([0-9]+)#PROZENT=([0-9]+\.[0-9]{2})(?:#BASISBETRAG=(-?[0-9]+\.[0-9]{2}))?#")
_CENTS = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Skonto:
    """So many per cent off for payment within so many days, of the amount due or of a part of it."""

    days: int
    percent: Decimal
    base: Decimal | None = None
    """None: of the amount due (BT-115)"""

    def __post_init__(self) -> None:
        """BR-DE-18 has no sign before days and per cent."""
        if self.days < 0 or not Decimal(0) <= self.percent <= Decimal(100):
            raise UsageError(f"Skonto of {self.percent} % within {self.days} days: days are 0 or more, per cent 0 to 100")


def to_terms(*offers: Skonto, text: str = "") -> str:
    r"""BT-20 for some offers, and a free text before them. Source: XRechnung 3.0, BR-DE-18.

    >>> to_terms(Skonto(14, Decimal(2)), text="30 Tage netto.")
    '30 Tage netto.\n#SKONTO#TAGE=14#PROZENT=2.00#\n'
    """
    lines = [text.rstrip("\n")] if text else []
    for offer in offers:
        base = "" if offer.base is None else f"#BASISBETRAG={offer.base.quantize(_CENTS)}"
        lines.append(f"#SKONTO#TAGE={offer.days}#PROZENT={offer.percent.quantize(_CENTS)}{base}#")
    return "\n".join(lines) + ("\n" if offers else "")


def from_terms(terms: str | None) -> tuple[Skonto, ...]:
    r"""The offers in BT-20; lines that are not written as BR-DE-18 wants are none ('einvoice fix' repairs most).

    >>> from_terms("#SKONTO#TAGE=7#PROZENT=3.00#BASISBETRAG=120.00#\n")
    (Skonto(days=7, percent=Decimal('3.00'), base=Decimal('120.00')),)
    """
    found = (_LINE.fullmatch(line.strip()) for line in (terms or "").splitlines())
    return tuple(
        Skonto(int(line[1]), Decimal(line[2]), Decimal(line[3]) if line[3] else None)
        for line in found
        if line is not None and Decimal(line[2]) <= Decimal(100)
    )


# -- when an invoice is due -----------------------------------------------------------------------------

_NET = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"\b(\d{1,3}) Tage (?:rein )?(?:netto|ohne Abzug)",
        r"\b(?:zahlbar|fällig)\b[^\d%]*\b(?:innerhalb von|innerhalb|binnen|in) (\d{1,3}) Tagen",
        r"\bnet (\d{1,3})(?: days)?\b",
        r"\b(\d{1,3}) days,? net\b",
        r"\b(?:payable|due)\b[^\d%]*\b(?:within|in) (\d{1,3}) days",
        r"\b(\d{1,3}) jours,? net\b",
        r"\b(?:payable|paiement)\b[^\d%]*\b(?:sous|dans|à) (\d{1,3}) jours",
    )
)
_FROM_ELSEWHERE = re.compile(
    r"Erhalt|Eingang|Zugang|Lieferung|Monatsende|receipt|delivery|month|réception|livraison|fin de mois", re.IGNORECASE
)
_SENTENCE = re.compile(r"[.;\n](?:\s|$)")


def net_days(terms: str | None) -> int | None:
    r"""The days after the invoice in which it is to be paid in full, where BT-20 says so in plain words and once.

    >>> net_days("3 % Skonto innerhalb von 10 Tagen; 30 Tage netto."), net_days("Zahlbar in 14 Tagen ohne Abzug.")
    (30, 14)
    >>> net_days("Payable within 30 days of receipt."), net_days("14 Tage netto, 30 Tage netto"), net_days("sofort")
    (None, None, None)
    """
    found = {
        int(match[1])
        for sentence in _SENTENCE.split(terms or "")
        if not _FROM_ELSEWHERE.search(sentence)
        for pattern in _NET
        for match in pattern.finditer(sentence)
    }
    return found.pop() if len(found) == 1 else None
