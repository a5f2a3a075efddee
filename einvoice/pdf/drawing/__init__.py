"""Draw pages: text in embedded fonts, tags for those who cannot see, page breaks. Nothing here knows of invoices."""

from __future__ import annotations
