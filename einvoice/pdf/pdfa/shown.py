"""Fonts and the codes that content streams show in them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pikepdf import Name, Stream

from einvoice.pdf.pdfa import cmaps, encodings
from einvoice.pdf.pdfa.values import attempt, get, named, stream

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(slots=True, eq=False)
class Shown:
    """A font and the codes that were shown in it."""

    font: Any
    drawn: set[int] = field(default_factory=set)
    invisible: set[int] = field(default_factory=set)
    """codes that were shown only in text rendering mode 3"""
    visible: bool = False
    """text was shown in it, if only an empty one"""
    split: Callable[[bytes], list[int]] | None = None
    meaning: dict[int, str] | None = None
    """what its codes mean, once it was asked"""

    def show(self, string: bytes, *, invisible: bool) -> None:
        """Note the codes in a string."""
        if self.split is None:
            self.split = _splitter(self.font)
        (self.invisible if invisible else self.drawn).update(self.split(string))

    @property
    def codes(self) -> set[int]:
        """All codes, drawn or not."""
        return self.drawn | self.invisible


def _splitter(font: object) -> Callable[[bytes], list[int]]:
    if named(font, "/Subtype") != "Type0":
        return list
    encoding = get(font, "/Encoding")
    if isinstance(encoding, Stream):
        return cmaps.splitter(attempt(encoding))
    if isinstance(encoding, Name) and not str(encoding).startswith("/Identity"):
        return lambda _: []  # a predefined CMap of Asia: its codes are not looked into
    return cmaps.splitter(None)


def read(shown: Shown, string: bytes) -> str:
    """The text of a string, by the font's ToUnicode or its encoding; nothing for codes that have no meaning."""
    if shown.meaning is None:
        shown.meaning = _meaning(shown.font)
    return "".join(shown.meaning.get(code, "") for code in (shown.split or list)(string))


def _meaning(font: object) -> dict[int, str]:
    to_unicode = attempt(stream(font, "/ToUnicode"))
    if to_unicode is not None:
        return cmaps.to_unicode(to_unicode)
    if named(font, "/Subtype") == "Type0":
        return {}
    glyphs = {**encodings.encoding(encodings.base(font) or "StandardEncoding"), **encodings.differences(font)}
    return {code: chr(value) for code, glyph in glyphs.items() if (value := encodings.unicode_of(glyph)) is not None}
