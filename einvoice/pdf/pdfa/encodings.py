"""Which glyph a code of a simple font means: the encodings of ISO 32000-1 annex D, and /Differences."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from pikepdf import Name

from einvoice.pdf.pdfa.values import get, integer, items, name, named, raw_name

if TYPE_CHECKING:
    from collections.abc import Mapping

_UNI = re.compile(r"uni([0-9A-F]{4})$|u([0-9A-F]{4,6})$")


@cache
def glyph_list() -> Mapping[str, int]:
    """Glyph names of the Adobe Glyph List and their first Unicode value."""
    from fontTools import agl

    return {**{glyph: values[0] for glyph, values in agl.LEGACY_AGL2UV.items()}, **agl.AGL2UV}


def unicode_of(glyph: str) -> int | None:
    """The Unicode value of a glyph name; None for one that the Adobe Glyph List does not know."""
    found = glyph_list().get(glyph)
    if found is not None:
        return found
    stated = _UNI.match(glyph)
    return int(stated[1] or stated[2], 16) if stated else None


@cache
def _standard() -> dict[str, dict[int, str]]:
    from fontTools.agl import UV2AGL
    from fontTools.encodings.MacRoman import MacRoman
    from fontTools.encodings.StandardEncoding import StandardEncoding
    from reportlab.pdfbase._fontdata import encodings

    win = dict.fromkeys(range(127, 256), "bullet")  # annex D.2, note 3: unused codes above 40 octal mean bullet
    for code in range(0x20, 0x100):
        try:
            glyph = UV2AGL.get(ord(bytes([code]).decode("cp1252")))
        except UnicodeDecodeError:
            continue
        if glyph:
            win[code] = glyph
    win |= {0xA0: "space", 0xAD: "hyphen", 0xAF: "macron", 0xB2: "twosuperior", 0xB3: "threesuperior", 0xB5: "mu", 0xB7: "periodcentered"}
    win |= {0xB9: "onesuperior", 0x7C: "bar", 0x2D: "hyphen"}
    mac = {code: glyph for code, glyph in enumerate(MacRoman) if code >= 0x20 and code != 0x7F and glyph != ".notdef"}
    mac[0xCA] = "space"
    standard = {code: glyph for code, glyph in enumerate(StandardEncoding) if glyph != ".notdef"}
    expert = {code: glyph for code, glyph in enumerate(encodings["MacExpertEncoding"]) if glyph}
    return {"WinAnsiEncoding": win, "MacRomanEncoding": mac, "StandardEncoding": standard, "MacExpertEncoding": expert}


def encoding(called: str) -> Mapping[int, str]:
    """The glyph of each code in a named encoding; empty for one that is not known."""
    return _standard().get(called, {})


def base(font: object) -> str | None:
    """The name of a simple font's encoding, or of the one that its differences start from."""
    stated = get(font, "/Encoding")
    return name(stated) if isinstance(stated, Name) else named(stated, "/BaseEncoding")


def differences(font: object) -> dict[int, str]:
    """The glyphs that a simple font's encoding replaces."""
    found, code = {}, 0
    for entry in items(get(get(font, "/Encoding"), "/Differences")):
        if isinstance(entry, Name):
            found[code] = raw_name(entry).decode("latin-1")
            code += 1
        else:
            code = integer(entry)
    return found
