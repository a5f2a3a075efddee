"""Fix: repairs that change how a value is written, never what it says. No amount is ever changed."""

from __future__ import annotations

import difflib
import re
from collections import Counter
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING

from lxml import etree

from einvoice import document, profiles
from einvoice.check import forms, pipeline
from einvoice.profiles import Syntax
from einvoice.rows import Term
from einvoice.syntax.locate import Map
from einvoice.syntax.location import Locator
from einvoice.syntax.namespaces import PREFIXES
from einvoice.syntax.plan import plan
from einvoice.terms import BY_ID

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from einvoice.check.finding import Report
    from einvoice.document import Document, Source
    from einvoice.syntax.order import Child


_OFTEN = 20
"""a line that stands in a document more often says nothing of where a change is, and to match it takes time"""
_DECLARATION = re.compile(r"\s*<\?xml[^>]*\?>\s*")


@dataclass(frozen=True, slots=True)
class Repair:
    """One change."""

    what: str
    location: str
    line: int
    before: str
    after: str
    term: str | None = None


@dataclass(frozen=True, slots=True)
class Fix:
    """A document with its repairs, and how it is judged after them."""

    xml: bytes
    repairs: tuple[Repair, ...]
    patch: str
    """the change as a unified diff"""
    report: Report


def fix(source: Source) -> Fix:
    """Repair what is only written wrongly: element order, currencyID, numbers, dates, white space in codes, Skonto, BT-24, zeros.

    Nothing that an invoice says is changed: an amount that does not fit stays as it is. The result is judged again. Raises InputError
    for what is no invoice.

    >>> import einvoice
    >>> made = einvoice.fix("fixtures/broken/skonto-without-line-feed-ubl.xml")
    >>> [repair.term for repair in made.repairs], made.report.verdict.value
    (['BT-20'], 'valid')
    """
    opened = document.open(source)
    root = _whole(opened)
    repairs = tuple(_repairs(root, opened))
    xml = _written(root, opened) if repairs else opened.xml
    return Fix(xml, repairs, patch(opened.xml, xml, opened.name), pipeline.validate(xml, name=opened.name))


def _whole(opened: Document) -> etree._Element:
    """The invoice with its comments, which a repair must keep."""
    parser = etree.XMLParser(huge_tree=True, resolve_entities=False, no_network=True, load_dtd=False)
    return etree.fromstring(opened.xml, parser)


def _written(root: etree._Element, opened: Document) -> bytes:
    """The XML with the declaration as it stood there."""
    encoding = opened.root.getroottree().docinfo.encoding or "UTF-8"
    declaration = _DECLARATION.match(opened.xml.decode(encoding).removeprefix("\ufeff"))
    body = etree.tostring(root.getroottree(), encoding="unicode")
    return ((declaration[0] if declaration else "") + body + "\n").encode(encoding)


def patch(before: bytes, after: bytes, name: str) -> str:
    """What changed, line by line."""
    if before == after:
        return ""
    old, new = (text.decode("utf-8", "replace").splitlines() for text in (before, after))
    times = Counter(new)
    matcher = difflib.SequenceMatcher(lambda line: times[line] > _OFTEN, old, new, autojunk=False)
    hunks = [line for group in matcher.get_grouped_opcodes(1) for line in _hunk(group, old, new)]
    return "\n".join([f"--- {name}", f"+++ {name} (repaired)", *hunks])


def _hunk(group: list[tuple[str, int, int, int, int]], old: list[str], new: list[str]) -> Iterator[str]:
    """A group of changes in the form of `diff -u`."""
    (_, first, _, second, _), (_, _, last, _, end) = group[0], group[-1]
    yield f"@@ -{_range(first, last)} +{_range(second, end)} @@"
    for kind, a, b, c, d in group:
        yield from (f"{' ' if kind == 'equal' else '-'}{line}" for line in old[a:b])
        yield from (f"+{line}" for line in (new[c:d] if kind != "equal" else ()))


def _range(start: int, end: int) -> str:
    """Lines in the head of a hunk: from 1, one without its number; none after the line before."""
    count = end - start
    return f"{start + 1}" if count == 1 else f"{start + (count > 0)},{count}"


def _repairs(root: etree._Element, opened: Document) -> Iterator[Repair]:
    yield from _order(root, opened)
    yield from _currencies(root, opened)
    spots = Map(plan(opened.dialect), root)
    locate = Locator()
    for leaf in root.iter("*"):
        if len(leaf):
            continue
        spot = spots.spot(leaf)
        row = BY_ID.get(spot.term) if spot is not None and spot.exact else None
        if isinstance(row, Term):
            yield from _text(leaf, row, opened, locate)


def _text(leaf: etree._Element, row: Term, opened: Document, locate: Locator) -> Iterator[Repair]:
    before = leaf.text or ""
    for what, mend in _MENDERS:
        after = mend(leaf.text or "", row, opened)
        if after is not None and after != leaf.text:
            leaf.text = after
            yield Repair(what, locate(leaf), leaf.sourceline or 0, before, after, row.id)
            before = after


# -- texts: each gives the better text, or None where there is nothing to mend ----------------------


def _skonto(text: str, row: Term, _: Document) -> str | None:
    """BR-DE-18: capital letters, two decimals with a point, a line feed after each line."""
    if row.id != "BT-20" or not re.search(r"#\s*(skonto|verzug)\s*#", text, re.IGNORECASE):
        return None
    lines = [_skonto_line(line) if line.strip().startswith("#") else line for line in text.strip("\n").splitlines()]
    return "\n".join(lines) + "\n"


_SKONTO = re.compile(r"#(SKONTO|VERZUG)#TAGE=(\d+)#PROZENT=(\d+)(?:[.,](\d{1,2}))?(?:#BASISBETRAG=(-?\d+)(?:[.,](\d{1,2}))?)?#?$")


def _skonto_line(line: str) -> str:
    found = _SKONTO.match("".join(line.split()).upper())
    if found is None:
        return line
    kind, days, percent, hundredths, base, cents = found.groups()
    basis = f"BASISBETRAG={base}.{(cents or '').ljust(2, '0')}#" if base else ""
    return f"#{kind}#TAGE={days}#PROZENT={percent}.{(hundredths or '').ljust(2, '0')}#{basis}"


def _code(text: str, row: Term, _: Document) -> str | None:
    """White space around a code, an identifier of a specification or a number is no part of it."""
    stripped = text.strip()
    wanted = row.type.name == "Code" or forms.kind_of(row.id) == "number" or row.id in {"BT-23", "BT-24", "BT-31", "BT-48", "BT-84"}
    return stripped if wanted and stripped else None


_FIGURES = re.compile(r"[-+\d.,'\u2019\s]+")
"""a number without a unit or currency, which would say something"""


def _form(text: str, row: Term, opened: Document) -> str | None:
    """1.161,00 is 1161.00; 31.01.2026 is 2026-01-31 in UBL and 20260131 in CII."""
    kind = forms.kind_of(row.id)
    if kind is None or opened.kind is None or (kind == "number" and not _FIGURES.fullmatch(text)):
        return None
    return forms.proper(kind, text, opened.kind.syntax.value)


def _zeros(text: str, row: Term, _: Document) -> str | None:
    """BR-DEC-*: zeros beyond two decimals say nothing; other digits do, and stay."""
    if row.type.name != "Amount" or row.id in {"BT-146", "BT-147", "BT-148"}:
        return None
    try:
        value = Decimal(text.strip())
    except InvalidOperation:
        return None
    shorter = value.quantize(Decimal("0.01")) if value.is_finite() and abs(value) < Decimal("1e20") else None
    return f"{shorter:f}" if shorter is not None and shorter == value and len(text.strip().partition(".")[2]) > 2 else None


def _specification(text: str, row: Term, _: Document) -> str | None:
    """BT-24 in other letters or with a slip of the pen."""
    known = [specification for scenario in profiles.SCENARIOS for specification in scenario.specifications]
    if row.id != "BT-24" or text in known:
        return None
    plain = "".join(text.split()).casefold()
    same = next((specification for specification in known if specification.casefold() == plain), None)
    return same or next(iter(difflib.get_close_matches("".join(text.split()), known, n=1, cutoff=0.97)), None)


_MENDERS: tuple[tuple[str, Callable[[str, Term, Document], str | None]], ...] = (
    ("Skonto in the form of BR-DE-18", _skonto),
    ("white space around a code", _code),
    ("a number or date in the form of the syntax", _form),
    ("zeros beyond two decimals", _zeros),
    ("the specification as it is spelt", _specification),
)


# -- structure ------------------------------------------------------------------------------------


def _currencies(root: etree._Element, opened: Document) -> Iterator[Repair]:
    """An amount without currencyID is one of the invoice's currency, BT-5."""
    currency = opened.root.findtext("{*}DocumentCurrencyCode") or opened.root.findtext(".//{*}InvoiceCurrencyCode")
    if not currency or not currency.strip():
        return
    ubl = opened.kind is not None and opened.kind.syntax is Syntax.UBL
    locate = Locator()
    for element in root.iter("{*}TaxTotalAmount") if not ubl else root.iter("*"):
        name = etree.QName(element).localname
        if name.endswith("Amount") and not len(element) and "currencyID" not in element.attrib and (element.text or "").strip():
            element.set("currencyID", currency.strip())
            yield Repair("currencyID of an amount", locate(element), element.sourceline or 0, "", currency.strip())


def _order(root: etree._Element, opened: Document) -> Iterator[Repair]:
    """Elements in the order of the schema."""
    dialect = plan(opened.dialect).dialect
    yield from _sorted(root, dialect.root_type, dialect.types, Locator())


def _sorted(element: etree._Element, kind: str, types: Mapping[str, tuple[Child, ...]], locate: Locator) -> Iterator[Repair]:
    children = {child.name: (rank, child.type) for rank, child in enumerate(types.get(kind, ()))}
    found = [(child, children.get(_name(child))) for child in element.iterchildren("*")]
    if not children or any(place is None for _, place in found):
        return  # an element that the schema does not have: nobody knows where it belongs
    ranks = [place[0] for _, place in found if place]
    if ranks != sorted(ranks):
        yield _reordered(element, [child for child, _ in found], ranks, locate)
    for child, place in found:
        if place:
            yield from _sorted(child, place[1], types, locate)


def _reordered(element: etree._Element, children: list[etree._Element], ranks: list[int], locate: Locator) -> Repair:
    before = " ".join(_name(child) for child in children)
    tails = [child.tail for child in children]
    ordered = [child for _, _, child in sorted(zip(ranks, range(len(ranks)), children, strict=True), key=lambda entry: entry[:2])]
    place, line = locate(element), element.sourceline or 0
    for child in children:
        element.remove(child)
    for child, tail in zip(ordered, tails, strict=True):
        child.tail = tail
        element.append(child)
    return Repair("elements in the schema's order", place, line, before, " ".join(_name(child) for child in ordered))


def _name(element: etree._Element) -> str:
    name = etree.QName(element)
    return f"{PREFIXES.get(name.namespace or '', '')}:{name.localname}"
