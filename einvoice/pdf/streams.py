"""Streams that one file after the other has: a colour profile, a font program."""

from __future__ import annotations

import zlib
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from pikepdf import Name

if TYPE_CHECKING:
    import pikepdf


def recurring(pdf: pikepdf.Pdf, data: bytes, **entries: Any) -> pikepdf.Stream:
    """A new stream of a file, deflated once for all files."""
    return pdf.make_stream(_deflated(data), Filter=Name.FlateDecode, **entries)


@lru_cache(maxsize=64)
def _deflated(data: bytes) -> bytes:
    return zlib.compress(data)
