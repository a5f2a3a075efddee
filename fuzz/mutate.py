"""Mutants: one to three small changes to an invoice, chosen by a random generator that a seed makes repeatable.

Each operator takes the tree, the model of its schema and the generator, and changes the tree in place, or does nothing.
"""

from __future__ import annotations

from copy import deepcopy
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from random import Random

    from lxml import etree

    from fuzz.schema import Model

CODES = "S Z E AE K G O L M B VAT GST FC VA 380 381 326 384 389 130 916 50 10 30 48 49 54 55 58 59 42 102 203 EUR USD HUF DE FR XX".split()
TEXTS = [
    *["", " ", "ZZZ", "0", "1", "-1.00", "x x", "X" * 300, "\u00a0", "#SKONTO#TAGE=7#PROZENT=2.00#\n", "#SKONTO#TAGE=7#PROZENT=2.00#"],
    *["#AAA#text", "#ZZ#", "a@b.de", "a@b", "https://a.b", "ab", "+49 1", "12", "DE02120300000000202051", "DE02120300000000202052"],
    *["2026-02-30", "2026-01-31", "20260131", "1999-01-01", "2099-12-31", "2026-01-31Z", "true", "false", "1", "0", "EM", "9930", "0088"],
]
AMOUNTS = "0.01 -0.01 0.99 1.00 1.01 -1.00 5 0.005 0.001 100 -200".split()


def any_of(root: etree._Element, random: Random) -> etree._Element:
    return random.choice(list(root.iter("*")))


def leaf_of(root: etree._Element, random: Random) -> etree._Element:
    return random.choice([e for e in root.iter("*") if len(e) == 0])


def delete(root: etree._Element, _: Model, random: Random) -> None:
    element = any_of(root, random)
    if (parent := element.getparent()) is not None:
        parent.remove(element)


def duplicate(root: etree._Element, _: Model, random: Random) -> None:
    element = any_of(root, random)
    if element.getparent() is not None:
        element.addnext(deepcopy(element))


def set_text(root: etree._Element, _: Model, random: Random) -> None:
    leaf_of(root, random).text = random.choice([*TEXTS, *CODES])


def set_code(root: etree._Element, _: Model, random: Random) -> None:
    """A code somewhere in place of another short text."""
    short = [e for e in root.iter("*") if len(e) == 0 and len(e.text or "") <= 4]
    if short:
        random.choice(short).text = random.choice(CODES)


def swap_code(root: etree._Element, _: Model, random: Random) -> None:
    """One code in place of another everywhere: categories, currencies, schemes."""
    texts = sorted({e.text for e in root.iter("*") if len(e) == 0 and e.text and len(e.text) <= 4})
    if texts:
        old, new = random.choice(texts), random.choice(CODES)
        for element in root.iter("*"):
            if element.text == old and len(element) == 0:
                element.text = new


def pad(root: etree._Element, _: Model, random: Random) -> None:
    element = leaf_of(root, random)
    text = element.text or ""
    spaced = [f" {text}", f"{text} ", f"\n{text}\t"]
    element.text = random.choice([*spaced, text.lower(), text.upper(), f"{text}x", f"+{text}", f"0{text}"])


def change_amount(root: etree._Element, _: Model, random: Random) -> None:
    numbers = [e for e in root.iter("*") if len(e) == 0 and _number(e.text) is not None]
    if numbers:
        element = random.choice(numbers)
        number = _number(element.text)
        assert number is not None
        near = str(number + Decimal(random.choice(AMOUNTS)))
        element.text = random.choice([near, f"{element.text}0", f"{number:.3f}", str(-number), f"{number}.0"])


def _number(text: str | None) -> Decimal | None:
    try:
        return Decimal(text or "")
    except InvalidOperation:
        return None


def set_attribute(root: etree._Element, _: Model, random: Random) -> None:
    having = [e for e in root.iter("*") if e.attrib]
    if having:
        element = random.choice(having)
        name = random.choice(sorted(element.attrib))
        if random.random() < 0.3:
            del element.attrib[name]
        else:
            element.set(name, random.choice([*TEXTS, *CODES]))


def add_attribute(root: etree._Element, model: Model, random: Random) -> None:
    element = any_of(root, random)
    allowed = sorted(set(model.attributes_of(model.type_at(element))) - set(element.attrib))
    if allowed:
        element.set(random.choice(allowed), random.choice(["X1", "VA", "EUR", "130", "", "0088", "102", "a.pdf", "application/pdf"]))


def insert(root: etree._Element, model: Model, random: Random) -> None:
    """A child that the schema allows, with what it needs; one more inside it, and one inside that, at times."""
    parent = any_of(root, random)
    for _ in range(random.choice((1, 1, 2, 3, 4))):
        order = model.children(model.type_at(parent))
        if not order:
            return
        declared = random.choice(order)
        new = next(parent.iterchildren(declared.tag), None)
        if new is None or random.random() < 0.2:
            new = model.minimal(declared)
            model.insert(parent, new, order)
        parent = new


def strip_identifiers(root: etree._Element, _: Model, random: Random) -> None:
    """All elements of one name, which is how a party loses every VAT identifier."""
    names = sorted({str(e.tag) for e in root.iter("*") if e.getparent() is not None})
    name = random.choice(names)
    for element in list(root.iter(name)):
        parent = element.getparent()
        if parent is not None:
            parent.remove(element)


def copy_elsewhere(root: etree._Element, model: Model, random: Random) -> None:
    """A subtree copied to another place where the schema allows it."""
    element = any_of(root, random)
    others = list(root.iter("*"))
    for _ in range(20):
        parent = random.choice(others)
        order = model.children(model.type_at(parent))
        if any(c.tag == element.tag for c in order):
            model.insert(parent, deepcopy(element), order)
            return


OPERATORS = [
    *[delete, duplicate, set_text, set_text, set_code, swap_code, pad, change_amount, change_amount, set_attribute],
    *[add_attribute, insert, insert, insert, strip_identifiers, copy_elsewhere],
]


def mutant(seed: etree._Element, model: Model, random: Random) -> etree._Element:
    """A changed copy of an invoice."""
    root = deepcopy(seed)
    for _ in range(random.choice((1, 1, 1, 2, 2, 3))):
        random.choice(OPERATORS)(root, model, random)
    return root
