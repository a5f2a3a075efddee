"""What a document may cost, unless more is asked for (docs/security.md)."""

from __future__ import annotations

MAX_SIZE = 200_000_000
"""bytes of a document; 50,000 lines of CII have a third of that"""
MAX_DEPTH = 100
"""levels of a document: what Saxon's parser takes; public invoices have nine"""
MAX_TOLD = 20
"""faults of one input that a message names"""
MAX_RATIO = 500
"""how many bytes one byte of a zip archive may become; invoices become ten to a hundred"""


def too_deep(what: str) -> str:
    """What to say of things within things beyond the limit."""
    return f"has {what} within {what} more than {MAX_DEPTH} deep, which no invoice needs"


def too_large(max_size: int) -> str:
    """What to say of a document beyond the limit.

    >>> too_large(MAX_SIZE)
    'is larger than 200 MB; split it, or judge it with a higher --max-size'
    """
    return f"is larger than {max_size / 1e6:g} MB; split it, or judge it with a higher --max-size"
