"""What a document has: the names of its elements and attributes, and its values (`needs.py` says what for)."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

from lxml import etree

from einvoice.schematron.assemble import REFERENCES
from einvoice.syntax.namespaces import RULE_PREFIXES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

LONGEST = 64
"""characters of a value that may be a code"""
EMPTY_LEAF = "#empty"
"""the token of a document with an element that has neither children nor a text"""


def twice(name: str) -> str:
    """The token of a document with more than one element of a name."""
    return f"{name}*2"


def tokens(root: etree._Element, leaves: Iterable[str]) -> frozenset[str]:
    """The tokens of a document: names, `=value` for each value, and `name=value` for those of `leaves`.

    Comments and processing instructions must not be in it (`document.parse` leaves them out).

    >>> root = etree.fromstring('<a><b c=" x ">y</b></a>')
    >>> sorted(tokens(root, ["b"]))
    ['= x ', '=X', '=Y', '=x', '=y', '@c', 'a', 'b', 'b=Y', 'b=y']
    """
    text = etree.tostring(root, encoding="unicode")
    pieces = Counter(text.split("<"))  # thousands of lines have few different pieces
    empty = "/>" in text or "&#13;" in text or _BLANK.search(text)  # > is escaped wherever it is not the end of a tag
    return frozenset({*_tokens(pieces, frozenset(leaves)), *([EMPTY_LEAF] if empty else [])})


_BLANK = re.compile(r"<(?!/)[^>]*>\s*</")
_ATTRIBUTE = re.compile(r'([^\s=]+)="([^"]*)"')
_DECLARED = re.compile(r'\sxmlns(?::([^=]+))?="([^"]*)"')


def _meanings(pieces: Iterable[str]) -> dict[str, set[str]]:
    """What the rules write before a name, for each prefix of a document; several where the document changes what one means."""
    meanings: dict[str, set[str]] = {"": {""}}
    for prefix, uri in {found for piece in pieces if "xmlns" in piece for found in _DECLARED.findall(piece)}:
        ours = RULE_PREFIXES.get(uri, "")
        meanings.setdefault(prefix, set()).add(f"{ours}:" if ours else "")
    return meanings


def _tokens(pieces: Mapping[str, int], leaves: frozenset[str]) -> Iterator[str]:
    """By the names as the rules write them: a document may have several prefixes for one namespace."""
    meanings = _meanings(pieces)
    counts: Counter[str] = Counter()
    for piece, count in pieces.items():
        head, _, text = piece.partition(">")
        written, _, attributes = head.partition(" ")
        if not written or written[0] == "/":
            continue
        prefix, _, local = written.rstrip("/").rpartition(":")
        for ours in meanings.get(prefix, ("",)):
            counts[ours + local] += count
            yield from _values(ours + local, text, leaves)
        for attribute, value in _ATTRIBUTE.findall(attributes) if attributes else ():
            if attribute.startswith("xmlns"):
                continue
            own = f"@{attribute.rpartition(':')[2]}"
            yield own
            yield from _values(own, value, leaves)
    yield from counts
    yield from (twice(name) for name, count in counts.items() if count > 1)


def _values(name: str, text: str, leaves: frozenset[str]) -> Iterator[str]:
    for character, reference in reversed(REFERENCES) if "&" in text else ():
        text = text.replace(reference, character)
    if not text or len(text) > LONGEST:
        return
    normal = " ".join(text.split())
    for value in {text, normal, normal.upper()}:
        if value.strip():
            yield f"={value}"
            if name in leaves:
                yield f"{name}={value}"
