"""Page breaks: strips of content flow over pages; a table repeats its head and carries its sum over."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterator

    from einvoice.pdf.drawing.sheet import Sheet

Total = TypeVar("Total")
Draw = Callable[["Sheet", float], None]
"""draws at a distance from the top"""


@dataclass(frozen=True, slots=True)
class Strip(Generic[Total]):
    """A piece of content that is not broken."""

    height: float
    draw: Draw
    keep: bool = False
    """stays on one page with the next strip"""
    before: Total | None = None
    """the sum of all rows that end before this strip"""


@dataclass(frozen=True, slots=True)
class Block(Generic[Total]):
    """Strips that belong together; a table has a head, and a strip that says what is carried over."""

    strips: list[Strip[Total]]
    head: Strip[Total] | None = None
    carry: Callable[[Total, bool], Strip[Total]] | None = None
    """from the sum, and whether it stands at the top of a page"""


@dataclass(slots=True)
class Pages:
    """Where strips stand."""

    first: float
    """top of the first page's content"""
    top: float
    """top of the other pages' content"""
    bottom: float
    pages: list[list[tuple[float, Draw]]] = field(default_factory=lambda: [[]])
    at: float = 0.0

    def __post_init__(self) -> None:
        self.at = self.first

    def place(self, strip: Strip[Total]) -> None:
        """Put a strip where the last one ended."""
        self.pages[-1].append((self.at, strip.draw))
        self.at += strip.height

    def turn(self) -> None:
        """Begin the next page."""
        self.pages.append([])
        self.at = self.top

    @property
    def empty(self) -> bool:
        """Whether nothing stands on this page yet."""
        return not self.pages[-1]


def flow(blocks: list[Block[Total]], pages: Pages) -> None:
    """Place all strips of all blocks."""
    for block in blocks:
        _block(block, pages)


def _block(block: Block[Total], pages: Pages) -> None:
    if block.head is not None:
        first = block.strips[0].height if block.strips else 0.0
        if pages.at + block.head.height + first > pages.bottom and not pages.empty:
            pages.turn()
        pages.place(block.head)
    groups = list(_groups(block.strips))
    for number, group in enumerate(groups):
        spare = _carried(block, group[0], top=False) if number < len(groups) - 1 else None
        need = sum(strip.height for strip in group) + (spare.height if spare else 0.0)
        if pages.at + need > pages.bottom and not pages.empty:
            _turn(block, group[0], pages, begun=number > 0)
        for strip in group:
            if pages.at + strip.height > pages.bottom and strip is not group[0]:  # a group that is taller than a page
                _turn(block, group[0], pages, begun=True)
            pages.place(strip)


def _groups(strips: list[Strip[Total]]) -> Iterator[list[Strip[Total]]]:
    group: list[Strip[Total]] = []
    for strip in strips:
        group.append(strip)
        if not strip.keep:
            yield group
            group = []
    if group:
        yield group


def _carried(block: Block[Total], strip: Strip[Total], *, top: bool) -> Strip[Total] | None:
    if block.carry is None or strip.before is None:
        return None
    return block.carry(strip.before, top)


def _turn(block: Block[Total], upcoming: Strip[Total], pages: Pages, *, begun: bool) -> None:
    below = _carried(block, upcoming, top=False) if begun else None
    if below is not None:
        pages.place(below)
    pages.turn()
    if block.head is not None:
        pages.place(block.head)
    above = _carried(block, upcoming, top=True) if begun else None
    if above is not None:
        pages.place(above)
