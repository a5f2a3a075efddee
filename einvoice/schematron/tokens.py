"""What a document has: the names of its elements and attributes, and its values (`needs.py` says what for)."""

from __future__ import annotations

from collections import Counter
from functools import lru_cache
from typing import TYPE_CHECKING

from lxml import etree

from einvoice.syntax.namespaces import RULE_PREFIXES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

LONGEST = 64
"""characters of a value that may be a code"""
EMPTY_LEAF = "#empty"
"""the token of a document with an element that has neither children nor a text"""


def twice(name: str) -> str:
    """The token of a document with more than one element of a name."""
    return f"{name}*2"


def tokens(root: etree._Element, leaves: Iterable[str]) -> frozenset[str]:
    """The tokens of a document: names, `=value` for each value, and `name=value` for those of `leaves`.

    >>> root = etree.fromstring('<a><b c=" x ">y</b></a>')
    >>> sorted(tokens(root, ["b"]))
    ['= x ', '=X', '=Y', '=x', '=y', '@c', 'a', 'b', 'b=Y', 'b=y']
    """
    return frozenset(_tokens(root, frozenset(leaves))) | frozenset(_repeated(root))


def _repeated(root: etree._Element) -> Iterator[str]:
    """The names that occur more than once."""
    yield from (twice(name_of(tag)) for tag, count in Counter(str(e.tag) for e in root.iter("*")).items() if count > 1)


def _tokens(root: etree._Element, leaves: frozenset[str]) -> Iterator[str]:
    for element in root.iter("*"):
        name = name_of(str(element.tag))
        yield name
        if len(element) == 0 and not (element.text or "").strip(" \t\r\n"):
            yield EMPTY_LEAF
        yield from _values(name, element.text, leaves)
        for attribute, value in element.attrib.items():
            own = f"@{attribute.rpartition('}')[2]}"
            yield own
            yield from _values(own, value, leaves)


def _values(name: str, text: str | None, leaves: frozenset[str]) -> Iterator[str]:
    if not text or len(text) > LONGEST:
        return
    normal = " ".join(text.split())
    for value in {text, normal, normal.upper()}:
        if value.strip():
            yield f"={value}"
            if name in leaves:
                yield f"{name}={value}"


@lru_cache(maxsize=4096)  # names are the sender's to choose
def name_of(tag: str) -> str:
    """An element's name as compiled rules write it.

    >>> name_of("{urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2}ID")
    'cbc:ID'
    """
    name = etree.QName(tag)
    prefix = RULE_PREFIXES.get(name.namespace or "")
    return f"{prefix}:{name.localname}" if prefix else name.localname
