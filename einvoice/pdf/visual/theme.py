"""The look of a page: colours, logo, fonts and texts, from a TOML file."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, fields, replace
from difflib import get_close_matches
from io import BytesIO
from typing import TYPE_CHECKING, Any

from einvoice.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

    from PIL.Image import Image as Picture

    from einvoice.pdf.drawing.faces import Face
    from einvoice.pdf.drawing.sheet import Colour

_HEX = re.compile(r"#[0-9a-fA-F]{6}")
_FACES = ("regular", "bold", "italic")
MAX_LOGO = 1600
"""pixels of a logo's longer side: sharp at 60 mm, and no more bytes than that"""


@dataclass(frozen=True, slots=True)
class Theme:
    """How the page looks; a theme file sets any of these."""

    accent: Colour = (0.07, 0.27, 0.47)
    text: Colour = (0.1, 0.1, 0.1)
    muted: Colour = (0.38, 0.38, 0.38)
    shade: Colour = (0.945, 0.953, 0.965)
    logo: bytes | None = None
    """an image file: PNG, JPEG, GIF, TIFF, in any colours"""
    fonts: tuple[tuple[Face, str], ...] = ()
    intro: str = ""
    """before the table"""
    closing: str = ""
    """after everything"""
    footer: tuple[str, ...] = ()
    """columns of the footer; without them what the invoice says of the seller"""


COLOURS = ("accent", "text", "muted", "shade")
_KEYS = tuple(field.name for field in fields(Theme))


def load(path: Path) -> Theme:
    r"""The theme of a TOML file; logo and fonts are paths beside it.

        accent = "#104577"
        logo = "logo.png"
        intro = "Thank you for your order."
        footer = ["Example Ltd\nLondon", "+44 20 0000\nmail@example.com"]
        [fonts]
        regular = "Own-Regular.ttf"

    Raises UsageError that names the key and what to write.
    """
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise UsageError(f"{path}: cannot be read: {error.strerror or error}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(f"{path}: is not TOML: {error}") from None
    return from_data(data, path)


def from_data(data: dict[str, Any], path: Path) -> Theme:
    """A theme of what a file says."""
    theme = Theme()
    for key, value in data.items():
        if key not in _KEYS:
            close = get_close_matches(key, _KEYS, n=1)
            raise UsageError(
                f"{path}: {key}: there is no such setting; " + (f"did you mean {close[0]}?" if close else f"there are {', '.join(_KEYS)}")
            )
        theme = replace(theme, **{key: _setting(key, value, path)})
    return theme


def _setting(key: str, value: Any, path: Path) -> Any:
    if key in COLOURS:
        return colour(value, f"{path}: {key}")
    if key == "logo":
        return _logo(path.parent / _text(value, f"{path}: logo"))
    if key == "fonts":
        return _fonts(value, path)
    if key == "footer":
        columns = value if isinstance(value, list) else [value]
        return tuple(_text(column, f"{path}: footer") for column in columns)[:4]
    return _text(value, f"{path}: {key}")


def _text(value: Any, where: str) -> str:
    if not isinstance(value, str):
        raise UsageError(f'{where}: {value!r} is no text; write it in quotes, as "…"')
    return value


def colour(value: Any, where: str) -> Colour:
    """A colour written as #rrggbb."""
    if not isinstance(value, str) or not _HEX.fullmatch(value):
        raise UsageError(f'{where}: {value!r} is no colour; write it as "#104577"')
    red, green, blue = (int(value[at : at + 2], 16) / 255 for at in (1, 3, 5))
    return red, green, blue


def _logo(path: Path) -> bytes:
    try:
        data = path.read_bytes()
    except OSError as error:
        raise UsageError(f"{path}: the logo cannot be read: {error.strerror or error}") from None
    try:
        picture(data)
    except ValueError as error:
        raise UsageError(f"{path}: the logo cannot be used: {error}; take a PNG or JPEG") from None
    return data


def _fonts(value: Any, path: Path) -> tuple[tuple[Face, str], ...]:
    if not isinstance(value, dict) or not set(value) <= set(_FACES):
        raise UsageError(f"{path}: fonts: write a table with {', '.join(_FACES)}, each the path of a .ttf file")
    return tuple((face, str(path.parent / _text(name, f"{path}: fonts.{face}"))) for face, name in value.items())


def picture(data: bytes) -> Picture:
    """An image in RGB, with alpha where it has some: PDF/A wants no CMYK without a profile of its own (6.2.4.3).

    Raises ValueError for bytes that are no image.
    """
    from PIL import Image

    try:
        with Image.open(BytesIO(data)) as opened:
            transparent = opened.mode in {"RGBA", "LA", "PA"} or "transparency" in opened.info
            image = opened.convert("RGBA" if transparent else "RGB")
    except (OSError, SyntaxError, Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise ValueError(f"it is no image: {error}") from None
    image.thumbnail((MAX_LOGO, MAX_LOGO))
    return image
