"""The languages of reports, pages and names."""

from __future__ import annotations

from typing import Literal, get_args

Language = Literal["en", "de", "fr"]
LANGUAGES: tuple[Language, ...] = get_args(Language)
