"""What a document may cost, unless more is asked for (docs/security.md)."""

from __future__ import annotations

MAX_SIZE = 200_000_000
"""bytes of a document; 50,000 lines of CII have a third of that"""
MAX_RATIO = 500
"""how many bytes one byte of a zip archive may become; invoices become ten to a hundred"""


def too_large(max_size: int) -> str:
    """What to say of a document beyond the limit.

    >>> too_large(MAX_SIZE)
    'is larger than 200 MB; split it, or judge it with a higher --max-size'
    """
    return f"is larger than {max_size / 1e6:g} MB; split it, or judge it with a higher --max-size"
