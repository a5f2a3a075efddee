"""Broken invoices: one thing in a good one changed at a time, by the table: taken away, another amount, code or date."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING

from lxml import etree

import einvoice
from einvoice.rows import Term
from einvoice.syntax.locate import Map
from einvoice.syntax.plan import plan
from einvoice.terms import BY_ID

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

CHANGES: dict[str, Callable[[str], str]] = {
    "Amount": lambda text: _more(text),
    "Code": lambda _: "ZZQ",
    "Date": lambda text: text[:-2] + "32",
    "Percentage": lambda text: _more(text),
}


@dataclass(frozen=True, slots=True)
class Mistake:
    """An invoice, what was done to it, and the term that it was done to."""

    name: str
    term: str
    xml: bytes


def _more(text: str) -> str:
    try:
        return str(Decimal(text) + 7)
    except InvalidOperation:
        return "seven"


def mistakes(path: Path) -> Iterator[Mistake]:
    """Every mistake that this makes of a good invoice, in the order of the document."""
    document = einvoice.open(path)
    located = Map(plan(document.dialect), document.root)
    tree = document.root.getroottree()
    for element in document.root.iter():
        spot = located.spot(element)
        term = BY_ID.get(spot.term) if spot is not None else None
        if not isinstance(term, Term) or len(element):
            continue
        place = tree.getpath(element)
        yield Mistake(f"{path.stem}: {term.id} missing", term.id, _changed(document.root, place, None))
        change = CHANGES.get(type(term.type).__name__)
        if change is not None:
            yield Mistake(f"{path.stem}: {term.id} changed", term.id, _changed(document.root, place, change((element.text or "").strip())))


def _changed(root: etree._Element, place: str, text: str | None) -> bytes:
    copy = deepcopy(root)
    element = copy.xpath(place, namespaces={k: v for k, v in root.nsmap.items() if k})[0]  # type: ignore[index]
    if text is None:
        parent = element.getparent()
        parent.remove(element)
        while parent is not None and not len(parent) and not (parent.text or "").strip():  # no empty groups: that would be another mistake
            emptied, parent = parent, parent.getparent()
            if parent is not None:
                parent.remove(emptied)
    else:
        element.text = text
    return etree.tostring(copy, encoding="UTF-8", xml_declaration=True)
