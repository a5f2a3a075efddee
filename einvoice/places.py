"""Places in a syntax: an invertible subset of XPath, parsed when the table is loaded.

    a/b/@c          descend; when writing, create what is missing and share what exists
    x*              the step that repeats when the term or group does
    x+              the same, after a first that other rows have
    [p='v']         reading: only elements where p is v; writing: p is written as v
    [p~'v']         writing: p is written as v; reading: whatever no other row claimed
    $BT-5           instead of 'v': the value of that term in this invoice
    /a/b            from the document's root, also inside a group that sits elsewhere
    .               the group's own element

A term with more than one place says so with `either`, `echoed` or `aliased`.

>>> parse("cac:PartyTaxScheme[cac:TaxScheme/cbc:ID='VAT']/cbc:CompanyID").steps[0].conditions[0].literal
'VAT'
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

_STEP = re.compile(r"(?P<name>[\w:]+)(?P<conditions>(?:\[[^\]]*\])*)(?P<many>[*+]?)(?:/|$)")
_ATTRIBUTE = re.compile(r"/@(\w+)$")
_CONDITION = re.compile(r"\[(?P<path>[^=~\]]+)(?P<operator>[=~])(?:'(?P<text>[^']*)'|(?P<term>\$[\w-]+))\]")


@dataclass(frozen=True, slots=True)
class Condition:
    """A predicate of a step."""

    path: tuple[str, ...]
    literal: str
    """the text that is written there; `$BT-5` stands for the value of that term"""
    exact: bool
    """True for `=`; False for `~`, which reads whatever no other row claimed"""

    def __str__(self) -> str:
        """As a predicate of XPath, for people."""
        return f"[{'/'.join(self.path)}={self.literal if self.literal.startswith('$') else repr(self.literal)}]" if self.exact else ""


@dataclass(frozen=True, slots=True)
class Step:
    """One element on the way."""

    name: str
    conditions: tuple[Condition, ...] = ()
    repeats: bool = False
    further: bool = False
    """those after the first, which other rows have"""


@dataclass(frozen=True, slots=True)
class Path:
    """Elements from the group (or the root) down, and perhaps an attribute of the last."""

    steps: tuple[Step, ...]
    attribute: str | None = None
    absolute: bool = False


@cache  # most places are those of an address, a contact or a party
def parse(text: str) -> Path:
    """Parse a path; raises ValueError with the place where it stops being one."""
    if text == ".":
        return Path(())
    attribute = _ATTRIBUTE.search(text)
    body = text[: attribute.start() if attribute else None].removeprefix("/")
    steps = []
    position = 0
    while position < len(body):
        match = _STEP.match(body, position)
        if match is None:
            raise ValueError(f"no path: {text!r}, at {body[position:]!r}")
        steps.append(Step(match["name"], _conditions(match["conditions"]), bool(match["many"]), match["many"] == "+"))
        position = match.end()
    return Path(tuple(steps), attribute[1] if attribute else None, text.startswith("/"))


def _conditions(text: str) -> tuple[Condition, ...]:
    found = _CONDITION.finditer(text)
    return tuple(Condition(tuple(m["path"].split("/")), m["term"] or m["text"], m["operator"] == "=") for m in found)


@dataclass(frozen=True, slots=True)
class Place:
    """One place of a term in one syntax."""

    path: Path
    when: Callable[[Any], bool] | None = None
    """write here only values for which this holds"""
    echo: bool = False
    """written too, but only beside something else, never on its own account"""
    read_only: bool = False
    filler: Any = None
    """the value that the schema demands here when the term is absent but a neighbour is there"""
    beside: str = ""
    """read only where an element of this name stands too: the first of the two has another row"""
    once: bool = False
    """written in the first of the elements that repeat around it, though it holds for all"""


Places = tuple[Place, ...]


def place(text: str | Places | None) -> Places:
    """The places of a row: a path, the result of one of the functions below, or none."""
    if text is None or isinstance(text, tuple):
        return text or ()
    return (Place(parse(text)),)


def either(first: str, second: str, *, when: Callable[[Any], bool]) -> Places:
    """At the first place if `when(value)`, else at the second; read at both."""
    return Place(parse(first), when=when), Place(parse(second), when=lambda value: not when(value))


def echoed(first: str, second: str) -> Places:
    """At the first place, and at the second wherever its element is there anyway."""
    return Place(parse(first)), Place(parse(second), echo=True)


def aliased(first: str, second: str) -> Places:
    """At the first place; read at the second too."""
    return Place(parse(first)), Place(parse(second), read_only=True)


def beside(path: str, other: str) -> Places:
    """At this place where another element of the same group has what would stand here alone."""
    (only,) = place(f"{path}+")
    return (replace(only, beside=other),)


def once(path: str) -> Places:
    """At this place of the first of its repetitions (CII-SR-461, UBL-SR-46); read at each."""
    (only,) = place(path)
    return (replace(only, once=True),)


def filled(path: str, filler: Any) -> Places:
    """At this place, which the schema demands beside a neighbour: then with a value that means absent."""
    (only,) = place(path)
    return (replace(only, filler=filler),)
