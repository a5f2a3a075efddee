"""What should stand there: sums computed anew, the codes that are nearest.

A table of rules: which term is wrong when the rule fires, and what it should be by the rest of the invoice.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from difflib import get_close_matches
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

from einvoice import calc
from einvoice.check import forms
from einvoice.code_lists import allowed, codes_of, meant

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from einvoice.check.finding import Finding
    from einvoice.document import Document
    from einvoice.model import Invoice


class Figures:
    """An invoice, and what many findings ask of it."""

    def __init__(self, invoice: Invoice) -> None:
        self.invoice = invoice

    @cached_property
    def taxable(self) -> Mapping[calc.Category, Decimal]:
        """BT-116 of every category, added up once: there may be thousands of groups."""
        return calc.taxable_sums(self.invoice)


@dataclass(frozen=True, slots=True)
class Sum:
    """An arithmetic rule."""

    term: str
    """the term that the others determine"""
    value: Callable[[Figures, Sequence[int]], Decimal | None]
    """from the invoice's figures and the indexes of the finding's place: `vat_breakdown[1]` -> (1,)"""
    how: str
    """in words, for a hint"""


def _with_vat(known: Figures, _: Sequence[int]) -> Decimal | None:
    """Unknown without BT-110, which may be there in another currency."""
    totals = known.invoice.totals
    return None if totals is None or totals.vat is None else calc.with_vat(known.invoice)


def _taxable(known: Figures, at: Sequence[int]) -> Decimal | None:
    return calc.taxable(known.taxable, known.invoice.vat_breakdown[at[0]])


def _tax(known: Figures, at: Sequence[int]) -> Decimal | None:
    return calc.tax(known.invoice.vat_breakdown[at[0]])


def _rate(known: Figures, at: Sequence[int]) -> Decimal | None:
    return calc.rate(known.invoice.vat_breakdown[at[0]])


def _line(known: Figures, at: Sequence[int]) -> Decimal | None:
    return calc.line_net(known.invoice.lines[at[0]])


def _price(known: Figures, at: Sequence[int]) -> Decimal | None:
    price = known.invoice.lines[at[0]].price
    return None if price is None or price.gross is None else price.gross - (price.discount or calc.ZERO)


def _share(known: Figures, at: Sequence[int], entries: str) -> Decimal | None:
    """Of an allowance or charge of the invoice, at one index, or of a line, at two."""
    if len(at) not in {1, 2}:
        return None
    above = known.invoice.lines[at[0]] if len(at) == 2 else known.invoice
    entry = getattr(above, entries)[at[-1]]
    return None if entry.base_amount is None or entry.percentage is None else calc.share(entry.base_amount, entry.percentage)


def _shares(term: str, entries: str, how: str) -> Sum:
    return Sum(term, lambda known, at: _share(known, at, entries), how)


SEARCHED = 100
"""different wrong values of a document for which the nearest codes are looked up: in a long list that takes milliseconds"""
_CATEGORIES = "S Z E AE IC G O AF AG".split()
SUMS: dict[str, Sum] = {
    "BR-CO-10": Sum("BT-106", lambda known, _: calc.lines_total(known.invoice), "Σ BT-131"),
    "BR-CO-11": Sum("BT-107", lambda known, _: calc.allowances_total(known.invoice), "Σ BT-92"),
    "BR-CO-12": Sum("BT-108", lambda known, _: calc.charges_total(known.invoice), "Σ BT-99"),
    "BR-CO-13": Sum("BT-109", lambda known, _: calc.without_vat(known.invoice), "BT-106 - BT-107 + BT-108"),
    "BR-CO-14": Sum("BT-110", lambda known, _: calc.vat(known.invoice), "Σ BT-117"),
    "BR-CO-15": Sum("BT-112", _with_vat, "BT-109 + BT-110"),
    "BR-CO-16": Sum("BT-115", lambda known, _: calc.due(known.invoice), "BT-112 - BT-113 + BT-114"),
    "BR-CO-17": Sum("BT-117", _tax, "BT-116 x BT-119 / 100"),
    **{f"BR-{category}-08": Sum("BT-116", _taxable, "Σ BT-131 - Σ BT-92 + Σ BT-99 (BT-118, BT-119)") for category in _CATEGORIES},
    **{f"BR-{category}-09": Sum("BT-117", _tax, "BT-116 x BT-119 / 100") for category in _CATEGORIES},
    "PEPPOL-EN16931-R120": Sum("BT-131", _line, "BT-129 x BT-146 / BT-149 + Σ BT-141 - Σ BT-136"),
    "PEPPOL-EN16931-R046": Sum("BT-146", _price, "BT-148 - BT-147"),
}
SUMS_IN: dict[str, dict[str, Sum]] = {
    "PEPPOL-EN16931-R040": {
        "BG-20": _shares("BT-92", "allowances", "BT-93 x BT-94 / 100"),
        "BG-21": _shares("BT-99", "charges", "BT-100 x BT-101 / 100"),
        "BG-27": _shares("BT-136", "allowances", "BT-137 x BT-138 / 100"),
        "BG-28": _shares("BT-141", "charges", "BT-142 x BT-143 / 100"),
    }
}
"""rules of several groups"""
_RATE = Sum("BT-119", _rate, "BT-117 / BT-116 x 100")
_INDEX = re.compile(r"\[(\d+)\]")
_ID = re.compile(r"\[((?:BR|PEPPOL)-[A-Z0-9-]+)\]")
_CODES = re.compile(r"BR-CL-\d+|BR-DE-17|BR-DEX-0[13-8]|CL-|-CL-")
REFUSED = re.compile(r"^Value of '(?:@(?P<attribute>\w+)|[\w:]+)' is not allowed")
"""what the rules of Factur-X say of a code"""
FEW = 12
"""codes of a list that are told where none is like what stands there"""


def sum_of(rule: str, message: str, terms: Sequence[str] = ()) -> Sum | None:
    """The arithmetic of a rule, by its id or by the one that its text quotes; of some, in the group among the terms of a place."""
    if rule in SUMS_IN:
        return next((SUMS_IN[rule][group] for group in terms if group in SUMS_IN[rule]), None)
    quoted = _ID.search(message)
    return SUMS.get(rule) or (SUMS.get(quoted[1]) if quoted else None)


def complete(findings: list[Finding], document: Document, rules: str) -> list[Finding]:
    """The same findings with what should stand there, where that can be said."""
    assert document.kind is not None
    syntax = document.kind.syntax.value
    known: Figures | None = None
    completed = []
    wrong: set[str | None] = set()
    for finding in findings:
        arithmetic = sum_of(finding.rule, finding.message, finding.terms)
        if arithmetic is not None:
            if known is None:
                from einvoice.syntax.plan import plan  # most documents have no wrong sum, and need no model
                from einvoice.syntax.read import read

                known = Figures(read(document.root, plan(document.dialect)).invoice)
            completed.append(_with_sum(finding, arithmetic, known))
        else:
            wrong.add(finding.found)
            completed.append(_with_form(_with_codes(finding, rules, search=len(wrong) <= SEARCHED), syntax))
    return completed


def _with_sum(finding: Finding, arithmetic: Sum, known: Figures) -> Finding:
    at = [int(index) for index in _INDEX.findall(finding.path or "")]
    if arithmetic.term == "BT-117" and at and (below := _below_zero(known, at[0])) is not None:
        terms = tuple(sorted(finding.terms, key=lambda term: term != _RATE.term))
        arithmetic, finding = _RATE, replace(finding, terms=terms, found=below)
    try:
        value = arithmetic.value(known, at)
    except IndexError:
        value = None
    hint = f"{arithmetic.term} = {arithmetic.how}"
    if value is None or _number(finding.found) == value:
        return replace(finding, hint=hint)
    return replace(finding, expected=f"{value:f}", hint=f"{hint} = {value:f}")


def _below_zero(known: Figures, index: int) -> str | None:
    """The rate of a VAT breakdown, if it is negative: then no tax fits it, and the rate is what is wrong."""
    rate = known.invoice.vat_breakdown[index].rate if index < len(known.invoice.vat_breakdown) else None
    return f"{rate:f}" if rate is not None and rate < 0 else None


def _number(text: str | None) -> Decimal | None:
    try:
        return Decimal(text or "")
    except InvalidOperation:
        return None


def _with_form(finding: Finding, syntax: str) -> Finding:
    """A number or a date that is written in another form than it should be, or with too many decimals."""
    if finding.expected is not None or not finding.found or not finding.terms:
        return finding
    kind = forms.kind_of(finding.terms[0])
    return replace(finding, expected=forms.rounded(finding.rule, finding.found) or forms.proper(kind, finding.found, syntax))


# -- codes ----------------------------------------------------------------------------------------


def _with_codes(finding: Finding, rules: str, *, search: bool) -> Finding:
    codes = _allowed(finding, rules)
    if not codes or finding.found is None:
        return finding
    near = ", ".join(_nearest_of(codes, finding.found)) if search else ""
    if near:
        return replace(finding, expected=near, hint=f"≈ {near}")
    return replace(finding, expected=", ".join(codes) if len(codes) <= FEW else f"{', '.join(codes[:3])} … ({len(codes)})")


def _allowed(finding: Finding, rules: str) -> tuple[str, ...]:
    """The codes of a rule about codes; those of the term where the rule has them elsewhere (Factur-X)."""
    if _CODES.search(finding.rule):
        return allowed(rules, finding.rule)
    return codes_of(finding.terms[0]) if finding.terms and REFUSED.search(finding.message) else ()


@lru_cache(maxsize=4096)
def _nearest_of(codes: tuple[str, ...], found: str) -> list[str]:
    """Kept, because one wrong code stands in thousands of lines, and a list has thousands of codes."""
    return meant(found, codes) or nearest(found, codes)


def nearest(found: str, codes: tuple[str, ...], count: int = 3) -> list[str]:
    """The codes most like a text: the same in other letters, or by likeness; none, if none is like it.

    >>> nearest("eur", ("USD", "EUR", "HUF", "CHF")), nearest("", ("USD", "EUR"))
    (['EUR'], [])
    """
    folded = {code.casefold(): code for code in codes}
    text = "".join(found.split()).casefold()
    if text in folded:
        return [folded[text]]
    close = get_close_matches(text, folded, n=count, cutoff=0.5)
    return [folded[code] for code in close]
