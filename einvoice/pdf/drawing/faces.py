"""Fonts: which character is in which, how wide a text is, where it breaks. No character is ever drawn as .notdef."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFError, TTFont

from einvoice.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator

Face = Literal["regular", "bold", "italic"]
MISSING = "\ufffd"
"""drawn for a character that no font has"""
_BMP = 0xFFFF
"""reportlab cannot say what a character beyond means (ToUnicode)"""


@cache
def _register(path: str) -> tuple[str, frozenset[int]]:
    """A font's name for reportlab, and the characters that it has."""
    name = f"{Path(path).stem}-{len(pdfmetrics.getRegisteredFontNames())}"
    try:
        font = TTFont(name, path, asciiReadable=0)
    except (TTFError, OSError) as error:
        raise UsageError(f"{path}: cannot be used as a font: {error}; name a TrueType file (.ttf)") from None
    pdfmetrics.registerFont(font)
    return name, frozenset(code for code, glyph in font.face.charToGlyph.items() if glyph)


def _roboto(face: Face) -> str:
    import font_roboto

    return str({"regular": font_roboto.Roboto, "bold": font_roboto.RobotoBold, "italic": font_roboto.RobotoItalic}[face])


@dataclass(frozen=True)
class Faces:
    """The fonts of a document: own ones first, Roboto for what they lack."""

    own: tuple[tuple[Face, str], ...] = ()
    """TrueType files by face"""
    _files: dict[Face, str] = field(default_factory=dict, compare=False)

    def __post_init__(self) -> None:
        self._files.update(self.own)

    def runs(self, text: str, face: Face) -> Iterator[tuple[str, str]]:
        """A text cut into (font, part)."""
        yield from _runs(text, self._files.get(face), _roboto(face))

    def width(self, text: str, face: Face, size: float) -> float:
        """In points."""
        return sum(pdfmetrics.stringWidth(part, font, size) for font, part in self.runs(text, face))

    def missing(self, text: str, face: Face = "regular") -> str:
        """The characters of a text that no font has."""
        shown = [*self.runs(text, face)]
        return "".join(sorted(set(tidy(text)) - set("".join(part for _, part in shown))))

    def wrap(self, text: str, face: Face, size: float, width: float) -> list[str]:
        """A text as lines that fit; long words are cut, line breaks are kept."""
        return [line for paragraph in text.splitlines() for line in self._lines(paragraph, face, size, width)] or [""]

    def _lines(self, paragraph: str, face: Face, size: float, width: float) -> Iterator[str]:
        line = ""
        for word in paragraph.split():
            joined = f"{line} {word}".strip()
            if self.width(joined, face, size) <= width:
                line = joined
                continue
            if line:
                yield line
            *cut, line = self._pieces(word, face, size, width)
            yield from cut
        yield line

    def _pieces(self, word: str, face: Face, size: float, width: float) -> list[str]:
        pieces, piece = [], ""
        for character in word:
            if piece and self.width(piece + character, face, size) > width:
                cut = 1 + max(piece.rfind(mark) for mark in "@-./_")
                pieces.append(piece[: cut or len(piece)])
                piece = piece[cut:] if cut else ""
            piece += character
        return [*pieces, piece]


def tidy(text: str) -> str:
    """Composed, on one line, without characters that control and draw nothing."""
    composed = unicodedata.normalize("NFC", text)
    if composed.isprintable():
        return composed
    blank = "".join(" " if character.isspace() else character for character in composed)
    return "".join(character for character in blank if unicodedata.category(character) not in {"Cc", "Cf", "Cs", "Co", "Cn"})


@lru_cache(maxsize=4096)  # units, rates and labels are the same on every line
def _runs(text: str, own: str | None, fallback: str) -> tuple[tuple[str, str], ...]:
    fonts = [_register(path) for path in (own, fallback) if path is not None]
    characters = tidy(text)
    name, known = fonts[0]
    if known.issuperset(map(ord, characters)):
        return ((name, characters),) if characters else ()
    runs: list[list[str]] = []
    for character in characters:
        name = next((name for name, known in fonts if ord(character) in known and ord(character) <= _BMP), "")
        name, shown = (name, character) if name else (fonts[-1][0], MISSING)
        if runs and runs[-1][0] == name:
            runs[-1][1] += shown
        else:
            runs.append([name, shown])
    return tuple((name, part) for name, part in runs)
