"""The page that a person gets: an invoice as a letter (DIN 5008, form B)."""

from __future__ import annotations
