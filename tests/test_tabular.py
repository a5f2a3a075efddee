"""Lines of a CSV file: as programs and as people write them, and what is told of a wrong one."""

from __future__ import annotations

import csv
import datetime
import io
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

import einvoice
from einvoice.errors import EngineError, UsageError
from einvoice.tabular import lines_of
from tests import command

if TYPE_CHECKING:
    from pathlib import Path

HEADER = ["BT-129", "BT-130", "BT-153", "BT-146", "BT-151", "BT-152"]
NAMES = ["Invoiced quantity", "quantity.unit", "Artikelname", "Prix net de l'article", "vat.category_code", "BT-152"]
ROW = ["3", "HUR", "Beratung; vor Ort", "95,50", "S", "19"]


def table(*rows: list[str], delimiter: str = ";") -> bytes:
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter).writerows(rows)
    return text.getvalue().encode()


@pytest.mark.parametrize("header", [HEADER, NAMES])
@pytest.mark.parametrize("delimiter", [";", "\t"])
def test_as_people_write_it(header: list[str], delimiter: str) -> None:
    (line,) = lines_of(table(header, ROW, [""] * 6, delimiter=delimiter))
    assert line.item is not None and line.price is not None and line.quantity is not None  # noqa: PT018
    assert (line.item.name, line.price.net, line.quantity.value, line.quantity.unit) == ("Beratung; vor Ort", Decimal("95.50"), 3, "HUR")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_as_excel_writes_it(encoding: str) -> None:
    (line,) = lines_of("BT-153;BT-129\r\nMöbel für 5 €;1\r\n".encode(encoding))
    assert line.item is not None
    assert line.item.name == "Möbel für 5 €"


@given(names=st.lists(st.text("aä;,\"\n\t' ", min_size=1).filter(str.strip), min_size=1), delimiter=st.sampled_from(",;\t"))
def test_no_text_breaks_a_table(names: list[str], delimiter: str) -> None:
    rows = [["1", name] for name in names]
    read = lines_of(table(["BT-129", "BT-153"], *rows, delimiter=delimiter))
    assert [line.item.name for line in read if line.item is not None] == [name.strip() for name in names]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (table(["BT-129", "Menge"], ["1", "2"]), "t.csv: 'Menge' names no term of a line"),
        (table(["BT-146"], ["1.234,56"]), "t.csv, row 2: lines[0].price.net (BT-146 Item net price): '1.234,56' is no decimal number"),
        (table(["BT-146"], ["1"], ["2", "3"]), "t.csv, row 3: has 2 cells, the first row has 1"),
        (table(HEADER), "t.csv: has no rows"),
        (b"", "t.csv: has no rows"),
        (b"\x00\xff", "t.csv"),
        (b"BT-153\n" + b"a" * 200_000, "t.csv: cannot be read as CSV: field larger than field limit"),
    ],
)
def test_a_wrong_table_is_told_by_row_and_column(text: bytes, told: str) -> None:
    with pytest.raises(EngineError) as caught:
        lines_of(text, "t.csv")
    assert told in str(caught.value)


def test_on_the_command_line(tmp_path: Path) -> None:
    (tmp_path / "lines.csv").write_bytes(table(NAMES, *[ROW] * 25))
    assert command.einvoice("template", "b2g", "-o", str(tmp_path / "i.json")).code == 0
    made = command.einvoice(
        "create", str(tmp_path / "i.json"), "--lines", str(tmp_path / "lines.csv"), "--to", "xrechnung-cii", "-o", str(tmp_path / "i.xml")
    )
    assert (made.code, made.err) == (0, "")
    assert len(einvoice.read(tmp_path / "i.xml").invoice.lines) == 25
    assert command.einvoice("validate", str(tmp_path / "i.xml")).code == 0


def workbook(*rows: list[object]) -> bytes:
    from openpyxl import Workbook

    book, file = Workbook(), io.BytesIO()
    for row in rows:
        book.active.append(row)
    book.save(file)
    return file.getvalue()


def test_an_excel_workbook() -> None:
    header = [*HEADER, "BT-134"]
    first, second = lines_of(
        workbook(header, [3, "HUR", "Beratung", 95.5, "S", 19, datetime.datetime(2026, 3, 1)], [0.1, "KGM", "Nägel", "1,25", "S", 7])
    )
    assert first.price is not None
    assert first.period is not None
    assert second.price is not None
    assert second.quantity is not None
    assert (first.price.net, first.period.start_date) == (Decimal("95.5"), datetime.date(2026, 3, 1))
    assert (second.price.net, second.quantity.value) == (Decimal("1.25"), Decimal("0.1"))


@pytest.mark.parametrize("damaged", [b"PK\x03\x04 no workbook", workbook(HEADER, [1])[:-40], workbook(["nonsense"], [1]), workbook(HEADER)])
def test_a_workbook_that_is_none_is_said_in_one_line(damaged: bytes) -> None:
    with pytest.raises(UsageError, match=r"^lines\.xlsx: [^\n]+$"):
        lines_of(damaged, "lines.xlsx")
