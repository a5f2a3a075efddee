"""Every object: limits of the architecture (6.1.13), names, filters, colourants, actions, embedded files (6.8)."""

from __future__ import annotations

from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING, Any

from pikepdf import Name, Stream, String

from einvoice.pdf.pdfa import files
from einvoice.pdf.pdfa.breach import Breach
from einvoice.pdf.pdfa.values import filters, identity, named, not_utf8, one_or_more, raw_name, walk

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import pikepdf

FILTERS = frozenset("ASCIIHexDecode ASCII85Decode FlateDecode RunLengthDecode CCITTFaxDecode JBIG2Decode DCTDecode JPXDecode".split())
_READ, _HOLDERS = {"/BaseFont", "/FontName"}, {"/A", "/OpenAction", "/Next", "/PA"}
"""keys of names that people read, and keys that hold an action"""
ACTIONS = frozenset("GoTo GoToR GoToE Thread URI Named SubmitForm".split())
FORBIDDEN_ACTIONS = frozenset(
    "Launch Sound Movie ResetForm ImportData Hide SetOCGState Rendition GoTo3DView JavaScript RichMediaExecute "
    "set-state no-op NOP SetState".split()
)
"""what is an action by what it does, wherever it stands; others that are not allowed, like Trans, are known by Type or holder"""
PAGE_TURNS = frozenset("NextPage PrevPage FirstPage LastPage".split())
_NO_ACTION = frozenset("StructElem Page Rendition Trans Group Pattern Border Metadata OutputIntent".split())
MAX_INTEGER, MAX_STRING, MAX_NAME, MAX_OBJECTS = 2147483647, 32767, 127, 8388607
MAX_REAL, MIN_REAL = Decimal("3.403e38"), Decimal("1.175e-38")


def check(pdf: pikepdf.Pdf) -> Iterator[Breach]:
    """Every object of the file, with what stands in it."""
    if len(pdf.objects) > MAX_OBJECTS:
        yield Breach("6.1.13-t7", "file", f"{len(pdf.objects)} objects")
    objects = [*pdf.objects, pdf.trailer]
    associated = cache(lambda: files.associated(objects))
    for held in objects:
        where = f"object {identity(held)}".strip()
        for value, entries in walk(held):
            if type(value) is int and -MAX_INTEGER <= value <= MAX_INTEGER:
                continue  # most values
            if entries:
                yield from _dictionary(value, entries, where)
                if "/EF" in entries:
                    yield from files.check(value, held, associated)
            else:
                yield from limits(value, where)


def limits(value: object, where: str) -> Iterator[Breach]:
    """6.1.13: numbers, strings and names within what every reader can hold."""
    if isinstance(value, Name):
        if len(value.unparse(resolved=True)) > MAX_NAME and len(raw_name(value)) > MAX_NAME:
            yield Breach("6.1.13-t4", where, f"{len(raw_name(value))} bytes")
    elif isinstance(value, String):
        if len(bytes(value)) > MAX_STRING:
            yield Breach("6.1.13-t3", where, f"{len(bytes(value))} bytes")
    elif isinstance(value, int | Decimal):
        yield from _number(value, where)


def _number(value: int | Decimal, where: str) -> Iterator[Breach]:
    if isinstance(value, int):
        if not -MAX_INTEGER - 1 <= value <= MAX_INTEGER:  # a truth value is small enough
            yield Breach("6.1.13-t1", where, str(value))
    elif abs(value) > MAX_REAL:
        yield Breach("6.1.13-t2", where, f"{value:.3e}")
    elif 0 < abs(value) < MIN_REAL:
        yield Breach("6.1.13-t5", where, f"{value:.3e}")


def _dictionary(value: Any, entries: Mapping[str, Any], where: str) -> Iterator[Breach]:
    if isinstance(value, Stream):
        yield from _stream(value, entries, where)
    if max(map(len, entries)) > MAX_NAME // 4 and any(len(key.encode("utf-8", "surrogateescape")) - 1 > MAX_NAME for key in entries):
        yield Breach("6.1.13-t4", where, "a key")
    for key in _READ & entries.keys():
        yield from not_utf8(entries[key], where)
    if "/S" in entries:
        if named(value, "/Type") == "StructElem":
            yield from not_utf8(entries["/S"], where)
        yield from action(value, where)
    for key in _HOLDERS & entries.keys():
        does = named(entries[key], "/S")
        if does is not None and does not in ACTIONS | FORBIDDEN_ACTIONS and named(entries[key], "/Type") != "Action":
            yield Breach("6.5.1-t1", where, does)


def _stream(value: Stream, entries: Mapping[str, Any], where: str) -> Iterator[Breach]:
    for key in ("/F", "/FFilter", "/FDecodeParms"):
        if key in entries:
            yield Breach("6.1.7.1-t3", where, key)
    parameters = one_or_more(entries.get("/DecodeParms"))
    for position, applied in enumerate(filters(value)):
        if applied == "Crypt":
            crypt = named(parameters[position], "/Name") if position < len(parameters) else None
            if crypt not in {None, "Identity"}:
                yield Breach("6.1.7.2-t1", where, f"Crypt {crypt}")
        elif applied not in FILTERS:
            yield Breach("6.1.7.2-t1", where, applied)


def action(value: object, where: str) -> Iterator[Breach]:
    """6.5.1: a dictionary that is an action. Its Type is optional, so what it does must tell."""
    does = named(value, "/S")
    kind = named(value, "/Type")
    if does is None or kind in _NO_ACTION:
        return
    if does in FORBIDDEN_ACTIONS or (kind == "Action" and does not in ACTIONS):
        yield Breach("6.5.1-t1", where, does)
    elif does == "Named" and (turn := named(value, "/N")) not in PAGE_TURNS:
        yield Breach("6.5.1-t2", where, turn or "none")
