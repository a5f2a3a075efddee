"""Which mistake is behind a finding: `causes.toml` says how a document shows it, and which rules follow from it."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from lxml import etree

from einvoice.languages import LANGUAGES
from einvoice.syntax.namespaces import CII_PARTS, UBL_PARTS

if TYPE_CHECKING:
    from collections.abc import Mapping


_PREFIXES = UBL_PARTS | CII_PARTS
_MAX_FOUND = 80


@dataclass(frozen=True, slots=True)
class Cause:
    """A mistake that breaks rules."""

    id: str
    rules: frozenset[str]
    paths: Mapping[str, str]
    """UBL, CII -> an XPath that finds it"""
    known: Mapping[str, str]
    """UBL, CII -> an XPath whose texts are `$known` in the other; nothing where it needs none"""
    texts: Mapping[str, str]

    def text(self, found: str, language: str = "en") -> str:
        """What is wrong, in words."""
        return self.texts[language].format(found=found)


@cache
def causes() -> tuple[Cause, ...]:
    """All causes, in the order of the file: the first that fits counts."""
    data = tomllib.loads(files("einvoice.check").joinpath("causes.toml").read_text("utf-8"))
    return tuple(
        Cause(
            id=entry["id"],
            rules=frozenset(entry["rules"].split()),
            paths={"UBL": entry["ubl"], "CII": entry["cii"]},
            known={"UBL": entry.get("known_ubl", ""), "CII": entry.get("known_cii", "")},
            texts={language: entry[language] for language in LANGUAGES},
        )
        for entry in data["cause"]
    )


def places(cause: Cause, root: etree._Element, syntax: str) -> object:
    """What the XPath of a cause finds."""
    known = root.xpath(cause.known[syntax], namespaces=_PREFIXES) if cause.known[syntax] else []
    texts = {element.text or "" for element in known if isinstance(element, etree._Element)} if isinstance(known, list) else set()
    return root.xpath(cause.paths[syntax], namespaces=_PREFIXES, known=f" {' '.join(texts)} ")


def shown_by(cause: Cause, root: etree._Element, syntax: str) -> str | None:
    """The text of what shows the mistake in a document; None where it was not made."""
    found = places(cause, root, syntax)
    if not isinstance(found, list) or not found:
        return None
    first = found[0]
    text = first if isinstance(first, str) else "" if not isinstance(first, etree._Element) or len(first) else first.text or ""
    return text if len(text) <= _MAX_FOUND else f"{text[:_MAX_FOUND]}\N{HORIZONTAL ELLIPSIS}"


def explain(rules: set[str], root: etree._Element, syntax: str) -> dict[str, tuple[Cause, str]]:
    """Rule -> the first cause behind it that the document shows, with what was found there."""
    found: dict[str, tuple[Cause, str]] = {}
    left = set(rules)
    for cause in causes():
        text = None if left.isdisjoint(cause.rules) else shown_by(cause, root, syntax)
        if text is not None:
            found |= dict.fromkeys(left & cause.rules, (cause, text))
            left -= cause.rules
    return found
