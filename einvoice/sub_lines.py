"""Lines within lines, in their two forms.

XRechnung Extension has a tree (BG-DEX-01, UBL): each line is the sum of those below it (BR-DEX-02). Factur-X EXTENDED has a
list (CII): a line names the one above it (BT-X-304), and says whether it counts (BT-X-8: DETAIL), sums others up (GROUP) or
only informs (INFORMATION). Where neither has a place, only what counts is left.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from einvoice import calc
from einvoice.arrangement import Arranged
from einvoice.limits import MAX_DEPTH

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from einvoice.model import Invoice, Line

GROUP, DETAIL = "GROUP", "DETAIL"
_PLAIN = {"parent": None, "status_reason_code": None}
_NOT_COUNTED = "a line of type {} is not part of the sum (BT-106); there, every line is"


def listed(invoice: Invoice) -> Arranged:
    """The tree as a list, as EXTENDED has it; as it is, where that would break rules of EXTENDED, or a number is used twice."""
    flat = [*_walk(invoice.lines)]
    numbers = Counter(line.identifier for _, line, _ in flat)
    above = [line.identifier for _, line, _ in flat if line.sub_lines]
    named = None not in above and all(numbers[name] == 1 for name in above)
    if not above or not named or not all(map(_adds_up, invoice.lines)) or not all(_is_whole(line) for _, line, _ in flat):
        return Arranged(invoice)
    lines = tuple(
        line.model_copy(update={"sub_lines": (), "parent": parent, "status_reason_code": _type_of(line, parent)})
        for _, line, parent in flat
    )
    return Arranged(invoice.model_copy(update={"lines": lines}), moves={path: f"lines[{n}]" for n, (path, _, _) in enumerate(flat)})


def _walk(lines: tuple[Line, ...], path: str = "lines", parent: str | None = None) -> Iterator[tuple[str, Line, str | None]]:
    """Each line with its path and the number of the line above it."""
    for index, line in enumerate(lines):
        own = f"{path}[{index}]"
        yield own, line, parent
        yield from _walk(line.sub_lines, f"{own}.sub_lines", line.identifier)


def _type_of(line: Line, parent: str | None) -> str | None:
    return GROUP if line.sub_lines else DETAIL if parent is not None else line.status_reason_code


def _is_whole(line: Line) -> bool:
    """Whether a line has a quantity with a unit and a price, which those that count must have (BR-FXEXT-BR-22, -23, BR-26)."""
    quantity, price = line.quantity, line.price
    counted = quantity is not None and None not in (quantity.value, quantity.unit) and price is not None and price.net is not None
    return bool(line.sub_lines) or counted


def _adds_up(line: Line) -> bool:
    """Whether a line is what those below it are: their sum (BR-DEX-02), in one VAT category, for only its own is broken down."""
    if not line.sub_lines:
        return line.net_amount is not None
    alike = all(_category(sub) == _category(line) for sub in line.sub_lines)
    return alike and all(map(_adds_up, line.sub_lines)) and line.net_amount == calc.sub_lines_total(line)


def _category(line: Line) -> calc.Category:
    return (None, None) if line.vat is None else calc.category(line.vat.category_code, line.vat.rate)


def nested(invoice: Invoice) -> Arranged:
    """The list as a tree, as XRechnung Extension has it; a group that cannot be one line makes way for the lines below it."""
    return _arranged(invoice, trees=True)


def only_counted(invoice: Invoice) -> Arranged:
    """The list without lines that do not count, for where nothing says so."""
    return _arranged(invoice, trees=False)


def _arranged(invoice: Invoice, *, trees: bool) -> Arranged:
    if not any(line.status_reason_code for line in invoice.lines):
        return Arranged(invoice)
    return _Nesting(invoice).arranged(trees=trees)


def _ends(above: Mapping[int, int], index: int) -> bool:
    """Whether the way up from a line comes to an end soon: lines may name each other in a circle, or in a chain of thousands."""
    at: int | None = index
    for _ in range(MAX_DEPTH // 2):
        at = above.get(at) if at is not None else None
    return at is None


class _Nesting:
    """The lines of a list, each with those that name it."""

    def __init__(self, invoice: Invoice) -> None:
        self.invoice = invoice
        numbers = {line.identifier: index for index, line in enumerate(invoice.lines) if line.identifier is not None}
        named = {index: numbers[line.parent] for index, line in enumerate(invoice.lines) if line.parent in numbers}
        self.above = {index: above for index, above in named.items() if _ends(named, index)}
        self.below: dict[int | None, list[int]] = {}
        for index in range(len(invoice.lines)):
            self.below.setdefault(self.above.get(index), []).append(index)
        self.lines: list[Line] = []
        self.left_out: dict[str, str] = {}
        self.moves: dict[str, str] = {}

    def arranged(self, *, trees: bool) -> Arranged:
        order = self.below.get(None, []) if trees else range(len(self.invoice.lines))
        for index in order:
            self.place(index, trees=trees)
        return Arranged(self.invoice.model_copy(update={"lines": tuple(self.lines)}), self.left_out, self.moves)

    def place(self, index: int, *, trees: bool) -> None:
        """Put a line behind those that are there, with what is below it in it or after it; or leave it out."""
        line, path = self.invoice.lines[index], f"lines[{index}]"
        tree = self.tree(index) if trees and index in self.below else None
        if tree is not None and _adds_up(tree):
            self.move(index, f"lines[{len(self.lines)}]")
            self.lines.append(tree)
            return
        if calc.counts(line) or line.net_amount == 0:
            self.moves[path] = f"lines[{len(self.lines)}]"
            self.lines.append(line)
        else:
            self.left_out[path] = _NOT_COUNTED.format(line.status_reason_code)
        for below in self.below.get(index, ()) if trees else ():
            self.place(below, trees=trees)

    def tree(self, index: int) -> Line | None:
        """A line with those below it; None if there is one that is neither a part nor a sum of parts."""
        line, below = self.invoice.lines[index], self.below.get(index, [])
        if not (line.status_reason_code == GROUP if below else calc.counts(line)):
            return None
        subs = [self.tree(sub) for sub in below]
        return None if None in subs else line.model_copy(update={**_PLAIN, "sub_lines": tuple(subs)})

    def move(self, index: int, path: str) -> None:
        self.moves |= {f"lines[{index}]": path, **{f"lines[{index}].{said}": "" for said in _PLAIN}}
        for number, sub in enumerate(self.below.get(index, [])):
            self.move(sub, f"{path}.sub_lines[{number}]")
