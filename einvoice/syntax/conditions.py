"""Conditions: which of the elements of one name is meant."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from einvoice.syntax.location import qualified

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lxml import etree

    from einvoice.places import Condition

_BOOLEANS = {"1": "true", "0": "false"}  # the lexical space of xsd:boolean


def matches(conditions: tuple[Condition, ...], element: etree._Element, terms: Mapping[str, str | None]) -> bool:
    """Whether an element is what the exact conditions of a step ask for."""
    for condition in conditions:
        if condition.exact:
            expected = terms.get(condition.literal[1:]) if condition.literal[0] == "$" else condition.literal
            if expected is None or not same(_find(element, condition.path), expected):
                return False
    return True


def _find(element: etree._Element, path: tuple[str, ...]) -> str | None:
    for step in path:
        if step.startswith("@"):
            return element.get(step[1:])
        found = element.find(_tag(step))
        if found is None:
            return None
        element = found
    return element.text


_tag = cache(qualified)


def same(text: str | None, literal: str | None) -> bool:
    """Equal as the rules compare: trimmed, a scheme in any case, a boolean in any of its forms."""
    stripped = (text or "").strip()
    if stripped == literal:
        return True
    return _BOOLEANS.get(stripped, stripped.upper()).upper() == (literal or "").upper()
