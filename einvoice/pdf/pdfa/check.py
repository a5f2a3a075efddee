"""Check a PDF against PDF/A-3b, all rules, without changing it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from einvoice.pdf.opening import opened
from einvoice.pdf.pdfa import catalog, fonts, metadata, objects, pages, syntax
from einvoice.pdf.pdfa.breach import Breach
from einvoice.pdf.pdfa.content import Content
from einvoice.pdf.pdfa.shown import Shown, read

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    import pikepdf


@dataclass(frozen=True)
class Examination:
    """What a file is, for those who check it further."""

    breaches: tuple[Breach, ...]
    """sorted; none: the file conforms to PDF/A-3b"""
    shown: tuple[tuple[Shown, bytes], ...]

    @cached_property
    def text(self) -> str:
        """The text of all pages, in the order in which it is drawn, as far as it can be read; to ask while the file is open."""
        return "".join(read(shown, string) for shown, string in self.shown)


def check(data: bytes) -> tuple[Breach, ...]:
    """All breaches of PDF/A-3b in a file, sorted; none: it conforms.

    Raises InputError for bytes that are no PDF, or one that needs a password.
    Source: ISO 19005-3:2012, conformance level B.

    >>> from einvoice.pdf.pdfa.check import check
    >>> from pathlib import Path
    >>> check(Path("fixtures/b2b-zugferd.pdf").read_bytes())
    ()
    """
    with opened(data, "(bytes)") as pdf:
        return examine(pdf, data).breaches


def inherited(data: bytes) -> tuple[Breach, ...]:
    """The breaches that a file has from the one it was made of, where `hybrid.py` wrote it.

    Its syntax is qpdf's then, and its packet ours (`packet.py`): neither can be at fault for what was there before.
    """
    with opened(data, "(bytes)") as pdf:
        content = Content(catalog.output_space(pdf.Root))
        return tuple(sorted(set(_breaches(pdf, content, _inherited(pdf, data, content)))))


def examine(pdf: pikepdf.Pdf, data: bytes) -> Examination:
    """Check an open file, and keep what it shows."""
    content = Content(catalog.output_space(pdf.Root))
    parts = [("syntax", syntax.check(data)), ("metadata", metadata.check(pdf)), *_inherited(pdf, data, content)]
    breaches = tuple(sorted(set(_breaches(pdf, content, parts))))
    return Examination(breaches, tuple(content.shown))


def _inherited(pdf: pikepdf.Pdf, data: bytes, content: Content) -> list[tuple[str, Iterator[Breach]]]:
    return [
        ("catalog", catalog.check(pdf, data)),
        ("objects", objects.check(pdf)),
        ("metadata of parts", metadata.check_parts(pdf)),
        ("pages", pages.check(pdf, content)),
    ]


def _breaches(pdf: pikepdf.Pdf, content: Content, parts: Iterable[tuple[str, Iterator[Breach]]]) -> Iterator[Breach]:
    for part, found in parts:
        yield from guarded(part, found)
    yield from content.breaches
    for shown in content.fonts.values():
        if shown.codes or shown.visible:
            yield from fonts.check(shown)
    yield from _repairs(pdf)


def guarded(part: str, found: Iterator[Breach]) -> Iterator[Breach]:
    """What a part of the check finds; where the file is damaged beyond what it expects, that."""
    try:
        yield from found
    except Exception as error:  # noqa: BLE001  a damaged file leads anywhere; it must not end the check of the rest
        yield Breach("6.1-damaged", part, f"{type(error).__name__}: {error}"[:100])


def _repairs(pdf: pikepdf.Pdf) -> Iterator[Breach]:
    """What qpdf had to guess: an integer too large for it, or any other damage."""
    for warning in pdf.get_warnings():
        text = str(warning)
        yield Breach("6.1.13-t1" if "overflow" in text else "6.1-damaged", detail=text.rpartition(": ")[2])
