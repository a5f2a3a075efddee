"""Invoice lines of a table: CSV, or the first sheet of an Excel workbook; a column for each term."""

from __future__ import annotations

import csv
import datetime
import io
import re
import zipfile
from functools import cache
from typing import TYPE_CHECKING, Any

from einvoice.check import forms
from einvoice.errors import UsageError
from einvoice.exchange import from_object
from einvoice.languages import LANGUAGES
from einvoice.limits import MAX_SIZE, too_large
from einvoice.rows import Group
from einvoice.term_names import name_of
from einvoice.terms import BY_ID

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from einvoice.model import Line

_PARTS = {"unitCode": "unit", "schemeID": "scheme", "listID": "scheme", "schemeVersionID": "version", "listVersionID": "version"}
_DELIMITERS = ";\t,"
_ZIP = b"PK\x03\x04"
_DECIMAL_COMMA = re.compile(r"-?\d+,\d+")


def lines_of(table: bytes, name: str = "(CSV)") -> tuple[Line, ...]:
    r"""The lines of a CSV file or an Excel workbook (.xlsx).

    The first row names the columns, by term (BT-129), name in en, de or fr, or model path.
    CSV in UTF-8, or what Excel writes in western Europe; separated by semicolon, tab or comma. Where the separator is no comma,
    a number may have a decimal comma. An empty cell is an absent term. Raises UsageError for an unknown column and for a
    row with more cells than columns, InvoiceJsonError for a wrong value, each with the row.

    >>> lines = lines_of(b"BT-129;BT-130;Item net price\n3;HUR;95,50\n")
    >>> lines[0].price.net
    Decimal('95.50')
    """
    (header, *rows), delimiter = _workbook(table, name) if table.startswith(_ZIP) else _csv(table, name)
    if not rows:
        raise UsageError(f"{name}: has no rows of lines below the names of its columns")
    columns = [_column(cell, name) for cell in header]
    return tuple(_line(columns, row, delimiter, f"{name}, row {number}") for number, row in enumerate(rows, 2) if any(row))


def _csv(table: bytes, name: str) -> tuple[list[list[str]], str]:
    """The rows, and what stands between cells."""
    text = _decoded(table)
    first = text.partition("\n")[0]
    delimiter = max(_DELIMITERS, key=first.count)
    try:
        return list(csv.reader(io.StringIO(text), delimiter=delimiter)) if text.strip() else [[]], delimiter
    except csv.Error as error:
        raise UsageError(f"{name}: cannot be read as CSV: {error}") from None


def _workbook(table: bytes, name: str) -> tuple[list[list[str]], str]:
    """The rows of the first sheet, with values as they are stored, not as they are shown; a text may have a decimal comma."""
    try:
        from openpyxl import load_workbook
    except ImportError:
        raise UsageError(f"{name}: openpyxl is not installed: pip install 'einvoice-engine[xlsx]'; or save the sheet as CSV") from None
    try:
        with zipfile.ZipFile(io.BytesIO(table)) as archive:
            if sum(member.file_size for member in archive.infolist()) > MAX_SIZE:
                raise UsageError(f"{name}: {too_large(MAX_SIZE)}")
        sheet = load_workbook(io.BytesIO(table), read_only=True, data_only=True).worksheets[0]
        rows = [[_cell(value) for value in row] for row in sheet.iter_rows(values_only=True)]
    except UsageError:
        raise
    except Exception as error:  # noqa: BLE001  the library raises whatever a damaged workbook leads to
        raise UsageError(f"{name}: cannot be read as an Excel workbook: {type(error).__name__}: {error}") from None
    return rows or [[]], ";"


def _cell(value: object) -> str:
    """A value as it is written in CSV: dates by ISO 8601, numbers with a point."""
    if isinstance(value, datetime.datetime):
        return value.date().isoformat()
    return "" if value is None else str(value)


def _decoded(table: bytes) -> str:
    """Excel writes UTF-8 with a mark, or the code page of the country."""
    try:
        return table.decode("utf-8-sig")
    except UnicodeDecodeError:
        return table.decode("cp1252", "replace")


def _line(columns: list[tuple[tuple[str, ...], bool]], row: list[str], delimiter: str, name: str) -> Line:
    if len(row) > len(columns):
        raise UsageError(f"{name}: has {len(row)} cells, the first row has {len(columns)}; is a text with {delimiter!r} not in quotes?")
    line: dict[str, Any] = {}
    for (path, number), cell in zip(columns, row, strict=False):
        text = cell.strip()
        if text:
            *above, last = path
            record = line
            for step in above:
                record = record.setdefault(step, {})
            record[last] = text.replace(",", ".") if number and delimiter != "," and _DECIMAL_COMMA.fullmatch(text) else text
    return from_object({"lines": [line]}, name).lines[0]


def _column(cell: str, name: str) -> tuple[tuple[str, ...], bool]:
    """Where the model has a column, and whether it is a number."""
    found = _columns().get(cell.strip().casefold())
    if found is None:
        raise UsageError(f"{name}: {cell.strip()!r} names no term of a line; name it BT-129, 'quantity.value' or 'Invoiced quantity'")
    return found


@cache
def _columns() -> Mapping[str, tuple[tuple[str, ...], bool]]:
    line = BY_ID["BG-25"]
    found: dict[str, tuple[tuple[str, ...], bool]] = {}
    for term, path, number in _terms(line, ()) if isinstance(line, Group) else ():
        named = (term, *(name_of(term, language) for language in LANGUAGES), ".".join(path), ".".join(path).removesuffix(".value"))
        for header in named:
            found.setdefault(header.casefold(), (path, number))
    return found


def _terms(group: Group, above: tuple[str, ...]) -> Iterator[tuple[str, tuple[str, ...], bool]]:
    """Terms that a line has at most once, and their parts: id, path, whether it is a number."""
    for row in group.rows:
        path = (*above, row.attribute)
        if row.card.endswith("n"):
            continue
        if isinstance(row, Group):
            yield from _terms(row, path)
            continue
        yield row.id, (*path, "value") if row.parts else path, forms.kind_of(row.id) == "number"
        yield from ((part, (*path, _PARTS[attribute]), False) for attribute, part in row.parts.items())
