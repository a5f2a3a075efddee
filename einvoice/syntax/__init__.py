"""Two syntaxes, one table: plans compiled from the rows, and the two walks over them."""

from __future__ import annotations
