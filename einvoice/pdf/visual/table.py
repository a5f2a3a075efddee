"""The lines of the invoice as a table that may be thousands of rows long."""

from __future__ import annotations

from decimal import Decimal
from itertools import zip_longest
from typing import TYPE_CHECKING, NamedTuple

from einvoice import calc
from einvoice.pdf.drawing.flow import Block, Strip
from einvoice.pdf.drawing.sheet import MM
from einvoice.pdf.visual.letter import BREADTH, LEFT, RIGHT
from einvoice.pdf.visual.words import UNITS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from einvoice.model import Line
    from einvoice.pdf.drawing.sheet import Align, Sheet, Style
    from einvoice.pdf.drawing.structure import Element
    from einvoice.pdf.visual.letter import Look


class Column(NamedTuple):
    """A column: its heading, its edge, and on which side of the edge its text stands."""

    key: str
    edge: float
    align: Align = "left"


_TEXT_LEFT = LEFT + 11 * MM
COLUMNS = (
    Column("position", LEFT + 9 * MM, "right"),
    Column("description", _TEXT_LEFT),
    Column("quantity", LEFT + 101 * MM, "right"),
    Column("price", LEFT + 127 * MM, "right"),
    Column("rate", LEFT + 140 * MM, "right"),
    Column("amount", RIGHT - 1.5 * MM, "right"),
)
_TEXT_WIDTH = 66 * MM
_SMALL_CELL = 21 * MM
_PAD = 2.2
_STEP = 3 * MM
_DEEPEST = 6


def table(sheet: Sheet, look: Look) -> Block[Decimal]:
    """All lines; each row is one or more strips, so that a long description can be broken."""
    element = sheet.document.add("Table")
    headings = element.add("TR")
    cells = [headings.add("TH", scope="Column") for _ in COLUMNS]
    total = Decimal(0)
    strips: list[Strip[Decimal]] = []
    number = 0
    for line, depth in calc.lines_with_depth(look.invoice.lines):
        number += not depth
        strips += _row(sheet, look, _Entry(line, depth), element.add("TR"), total, shaded=number % 2 == 0)
        if not depth:
            total += line.net_amount or 0
    return Block(strips, _Head(look, cells).strip(), lambda carried, top: _carry(look, carried, top=top))


class _Entry(NamedTuple):
    """A line, or a sub-line: what it costs is part of the line around it."""

    line: Line
    depth: int

    @property
    def left(self) -> float:
        """Where its text begins."""
        return _TEXT_LEFT + min(self.depth, _DEEPEST) * _STEP

    @property
    def width(self) -> float:
        """How broad its text may be."""
        return _TEXT_WIDTH - (self.left - _TEXT_LEFT)


class _Head:
    """The headings; they are content the first time, and repeated for the eye after that."""

    def __init__(self, look: Look, cells: list[Element]) -> None:
        self.look = look
        self.cells = cells

    def strip(self) -> Strip[Decimal]:
        return Strip(17.0, self.draw)

    def draw(self, sheet: Sheet, y: float) -> None:
        sheet.box(LEFT, y, BREADTH, 14, self.look.theme.accent)
        style = self.look.style(8, bold=True)
        white = type(style)(8, "bold", (1.0, 1.0, 1.0))
        for column, cell in zip_longest(COLUMNS, self.cells):
            text = self.look.words[column.key]
            if column.key == "amount" and self.look.currency:
                text = f"{text} {self.look.currency}"
            sheet.text(column.edge, y + 10, text, white, element=cell, align=column.align)
        self.cells = []


def _carry(look: Look, total: Decimal, *, top: bool) -> Strip[Decimal]:
    """The sum of the rows so far, at the foot of a page and at the top of the next."""

    def draw(sheet: Sheet, y: float) -> None:
        style = look.style(8, italic=True)
        sheet.text(COLUMNS[4].edge, y + 10, look.words["carried"], style, align="right")
        sheet.text(COLUMNS[5].edge, y + 10, look.words.amount(total), style, align="right")
        sheet.rule(LEFT, y + (14 if top else 1), BREADTH, colour=look.theme.muted, weight=0.3)

    return Strip(16.0, draw)


def _row(sheet: Sheet, look: Look, entry: _Entry, row: Element, before: Decimal, *, shaded: bool) -> list[Strip[Decimal]]:
    cells = [row.add("TD") for _ in COLUMNS]
    texts = list(_description(sheet, look, entry))
    numbers = [(cell, column, _wrapped(sheet, value)) for cell, column, value in _numbers(look, entry, cells)]
    depth = max(len(texts), *(len(lines) for _, _, lines in numbers))
    strips = []
    for at in range(depth):
        parts = [(cell, column, lines[at]) for cell, column, lines in numbers if at < len(lines)]
        text, style = texts[at] if at < len(texts) else ("", look.style())
        last = at == depth - 1
        # the first two text lines of a row stay together, and so do the last two
        keep = not last and (at == 0 or at == depth - 2 or depth < 7)
        strips.append(_strip(look, parts, (cells[1], entry, text, style), before, at=at, last=last, keep=keep, shaded=shaded))
    return strips


def _wrapped(sheet: Sheet, value: str) -> list[str]:
    return sheet.faces.wrap(value, "regular", 8.5, _SMALL_CELL) if value else []


def _strip(
    look: Look, parts: list[tuple[Element, Column, str]], text: tuple[Element, _Entry, str, Style], before: Decimal,
    *, at: int, last: bool, keep: bool, shaded: bool,
) -> Strip[Decimal]:  # fmt: skip
    cell, entry, words, style = text
    small = look.quiet(8) if entry.depth else look.style(8.5)
    height = 11.2 + (_PAD if at == 0 else 0) + (_PAD if last else 0)

    def draw(sheet: Sheet, y: float) -> None:
        if shaded:
            sheet.box(LEFT, y, BREADTH, height, look.theme.shade)
        base = y + 8.6 + (_PAD if at == 0 else 0)
        for number_cell, column, value in parts:
            sheet.text(column.edge, base, value, small, element=number_cell, align=column.align)
        if words:
            sheet.text(entry.left, base, words, style, element=cell)

    return Strip(height, draw, keep, before)


def _numbers(look: Look, entry: _Entry, cells: list[Element]) -> Iterator[tuple[Element, Column, str]]:
    line, words = entry.line, look.words
    price = line.price
    quantity = line.quantity
    amount = " ".join(
        part
        for part in (
            words.number(quantity.value) if quantity and quantity.value is not None else "",
            words.label(UNITS, quantity.unit if quantity else None),
        )
        if part
    )
    each = words.amount(price.net) if price and price.net is not None else ""
    if price and price.base_quantity and price.base_quantity.value not in {None, Decimal(1)}:
        each += f" / {words.number(price.base_quantity.value or Decimal(1))}"
    rate = (
        f"{words.number(line.vat.rate.normalize() + 0)} %"
        if line.vat and line.vat.rate is not None
        else (line.vat and line.vat.category_code) or ""
    )
    position = "" if entry.depth else line.identifier or ""
    values = (position, "", amount, each, rate, words.amount(line.net_amount) if line.net_amount is not None else "")
    yield from ((cell, column, value) for cell, column, value in zip(cells, COLUMNS, values, strict=True) if column.key != "description")


def _description(sheet: Sheet, look: Look, entry: _Entry) -> Iterator[tuple[str, Style]]:
    """The name of the item, a sub-line's number before it, then what else is said of it, in small type."""
    line = entry.line
    name = (line.item and line.item.name) or ""
    title = f"{line.identifier or ''} {name}".strip() if entry.depth else name
    large, small = look.style(8.5, bold=not entry.depth), look.quiet(7.5)
    for text in sheet.faces.wrap(title, "regular" if entry.depth else "bold", 8.5, entry.width):
        yield text, large
    for detail in _details(look, line):
        for text in sheet.faces.wrap(detail, "regular", 7.5, entry.width):
            yield text, small


def _details(look: Look, line: Line) -> Iterator[str]:
    item, words = line.item, look.words
    if item and item.description:
        yield item.description
    if item and item.seller_identifier:
        yield f"{words['item']} {item.seller_identifier}"
    if item and item.buyer_identifier:
        yield f"{words['your_item']} {item.buyer_identifier}"
    yield from (f"{attribute.name}: {attribute.value}" for attribute in (item.attributes if item else ()))
    if line.note:
        yield line.note
    if line.period:
        yield " \N{EN DASH} ".join(words.date(day) for day in (line.period.start_date, line.period.end_date) if day)
    for key, sign, entries in (("allowance", -1, line.allowances), ("charge", 1, line.charges)):
        for entry in entries:
            label = entry.reason or words[key]
            yield f"{label}: {words.amount(sign * (entry.amount or Decimal(0)))}"
