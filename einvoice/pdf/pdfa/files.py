"""6.8: embedded files."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from pikepdf import Dictionary, Name, Stream

from einvoice.pdf.pdfa.breach import Breach
from einvoice.pdf.pdfa.values import get, identity, is_dictionary, key_of, named, one_or_more, pairs, raw_name

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

MIME = re.compile(r"[-\w+.]+/[-\w+.]+\Z", re.ASCII)


def associated(held: Iterable[object]) -> set[object]:
    """Keys of the file specifications that some object is associated with."""
    return {key_of(found) for value in held for found in one_or_more(get(value, "/AF")) if is_dictionary(found)}


def check(found: object, holder: object, known: Callable[[], set[object]]) -> Iterator[Breach]:
    """A dictionary with EF, if it is a file specification; `holder` is the object that it stands in or is."""
    if isinstance(found, Dictionary) and is_dictionary(get(found, "/EF")) and named(found, "/Type") in {"Filespec", "F", None}:
        yield from _specification(found, holder, known())


def _specification(specification: Any, holder: object, known: set[object]) -> Iterator[Breach]:
    where = f"file specification {identity(specification)}".rstrip()
    if "/F" not in specification or "/UF" not in specification:
        yield Breach("6.8-t2", where)
    if not isinstance(get(specification, "/AFRelationship"), Name):
        yield Breach("6.8-t3", where)
    in_place = not specification.is_indirect and get(holder, "/AF") is not None
    if key_of(specification) not in known and not in_place:
        yield Breach("6.8-t4", where)
    for _, embedded in pairs(specification["/EF"]):
        if isinstance(embedded, Stream):
            mime = get(embedded, "/Subtype")
            if not isinstance(mime, Name) or not MIME.match(raw_name(mime).decode("latin-1")):
                yield Breach("6.8-t1", where, str(mime))
