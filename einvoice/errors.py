"""What can go wrong with the program; what is wrong with a document is a finding, never one of these.

    EngineError            exit 2   anything below; catch this to catch all
    ├── UsageError         exit 2   the call makes no sense: an unknown rule set, section or syntax
    ├── InputError         exit 3   the input cannot be read: no file, not XML, a PDF without an invoice
    │   └── InvoiceJsonError exit 3 the JSON is not an invoice; names each place and its business term
    ├── XPathError         exit 2   rules that are not written in XPath 2.0
    ├── NotRepresentable   exit 1   the invoice holds what the target syntax cannot
    ├── NotConforming      exit 1   the PDF cannot be made PDF/A-3; names page, object, font and clause
    └── WorkerError        exit 4   Saxon could not be run, so nothing was judged
        └── WorkerTimeout  exit 4   a document ran past its time

>>> InputError("rechnung.xml: the file is empty; export the invoice again").exit_code
<Exit.UNREADABLE: 3>
"""

from __future__ import annotations

from enum import IntEnum


class Exit(IntEnum):
    """Exit codes of the command line; of several documents the worst counts."""

    VALID = 0
    INVALID = 1
    USAGE = 2
    UNREADABLE = 3
    UNCHECKED = 4


class EngineError(Exception):
    """Base of all errors; its text is one line that says what, where, and what to do."""

    exit_code = Exit.USAGE


class UsageError(EngineError, ValueError):
    """An option or argument that does not exist."""


class InputError(EngineError, ValueError):
    """Bytes that are no document the engine can read."""

    exit_code = Exit.UNREADABLE


class InvoiceJsonError(InputError):
    """JSON that is not an invoice of the model."""


class XPathError(EngineError, ValueError):
    """An expression of a rule that is not XPath 2.0."""


class NotRepresentable(EngineError, ValueError):  # noqa: N818
    """The invoice has something that the syntax has no place for."""

    exit_code = Exit.INVALID


class NotConforming(EngineError, ValueError):  # noqa: N818
    """A PDF that cannot be made to conform to PDF/A-3."""

    exit_code = Exit.INVALID


class WorkerError(EngineError, RuntimeError):
    """The Saxon process could not be started, or died."""

    exit_code = Exit.UNCHECKED


class WorkerTimeout(WorkerError):  # noqa: N818
    """A document ran past its time; the process was ended and the next document gets a new one."""
