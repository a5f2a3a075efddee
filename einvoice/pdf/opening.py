"""Open a PDF that anybody may have sent: limits on what it may cost, one line about what is wrong with it."""

from __future__ import annotations

import io
import logging
import re
import warnings
from functools import cache

import pikepdf
from pikepdf import settings

from einvoice.errors import InputError

MEMORY = 256 << 20
"""bytes that one stream may grow to when it is decompressed"""
warnings.filterwarnings("ignore", "Unexpected end of stream", UserWarning)  # of damaged content; the check tells what it means
logging.getLogger("pikepdf").setLevel(logging.CRITICAL)  # what qpdf repairs is found and reported by the check


@cache
def _limit() -> None:
    """Qpdf's own limits, once for the process."""
    settings.set_qpdf_limits(
        flate_max_memory=MEMORY, png_max_memory=MEMORY, tiff_max_memory=MEMORY, run_length_max_memory=MEMORY, dct_max_memory=MEMORY,
        max_stream_filters=5, parser_max_container_size=1_000_000, parser_max_nesting=200,
    )  # fmt: skip


def opened(data: bytes, name: str) -> pikepdf.Pdf:
    """The PDF in some bytes; the caller closes it.

    Raises InputError for what is no PDF, is damaged beyond repair, or needs a password.
    """
    _limit()
    try:
        return pikepdf.open(io.BytesIO(data), inherit_page_attributes=False)
    except pikepdf.PasswordError:
        raise InputError(f"{name}: the PDF needs a password; send it without one") from None
    except (pikepdf.PdfError, ValueError, RecursionError, MemoryError) as error:
        raise damaged(name, error) from None


_SOURCE = re.compile(r"^(stream )?<[^>]*>:? *")
"""how qpdf calls a file that it was given as bytes"""


def damaged(name: str, error: Exception) -> InputError:
    """What to say of a PDF that cannot be read, with qpdf's reason."""
    reason = " ".join(_SOURCE.sub("", str(error)).split())
    return InputError(f"{name}: the PDF is damaged: {reason[:150]}; send it again")
