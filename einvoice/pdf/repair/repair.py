"""The steps of a repair in their order."""

from __future__ import annotations

from typing import TYPE_CHECKING

from einvoice.pdf.pdfa import pages
from einvoice.pdf.pdfa.check import guarded
from einvoice.pdf.pdfa.clauses import CLAUSES
from einvoice.pdf.pdfa.content import Content
from einvoice.pdf.repair import interaction, painting, typography

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import pikepdf

    from einvoice.pdf.pdfa.breach import Breach

STEPS: tuple[Callable[[pikepdf.Pdf], Iterator[str]], ...] = (
    interaction.forms,
    interaction.catalog,
    interaction.actions,
    interaction.comments,
    interaction.layers,
    interaction.structure,
    interaction.boxes,
    painting.resources,
    painting.dictionaries,
    painting.objects,
    painting.operators,
    typography.sets,
    typography.names,
)
"""steps that look at the file as it stands"""
AFTER_LOOKING = (typography.missing, typography.encoded, typography.cmaps, typography.widths)
"""steps that need to know which glyphs are shown"""


def repair(pdf: pikepdf.Pdf) -> list[str]:
    """Mend what can be mended without changing how the pages look; gives what was done."""
    done = [note for step in STEPS for note in _taken(step(pdf))]
    content = _look(pdf)
    shown = [use for use in content.fonts.values() if use.codes or use.visible]
    done += [note for step in AFTER_LOOKING for note in _taken(step(pdf, shown))]
    if any(breach.rule == "6.2.4.3-t3" for breach in content.breaches):
        done += painting.cmyk(pdf)
    return list(dict.fromkeys(done))


def _taken(notes: Iterator[str]) -> Iterator[str]:
    """A step, as far as it comes."""
    try:
        yield from notes
    except Exception as error:  # noqa: BLE001  damaged parts lead anywhere; whether the result conforms is checked afterwards
        yield f"a damaged part could not be repaired ({type(error).__name__})"


def _look(pdf: pikepdf.Pdf) -> Content:
    """Run all content as if the output intent of a hybrid were there."""
    content = Content("RGB ")
    list(guarded("pages", pages.check(pdf, content)))
    return content


def blocked(pdf: pikepdf.Pdf) -> str | None:
    """Why a file must not be changed, or cannot be."""
    if interaction.signed(pdf):
        return "it is signed, and any change would make the signature worthless (ISO 19005-3, 6.4.3); embed before signing"
    if interaction.dynamic_form(pdf):
        return "it is a dynamic form (XFA) without pages of its own (ISO 19005-3, 6.4.2); print it to PDF first"
    return None


def explain(breaches: tuple[Breach, ...], limit: int = 12) -> str:
    """What stands in the way, one clause after the other."""
    first: dict[str, Breach] = {}
    for breach in breaches:
        first.setdefault(breach.rule, breach)
    told = [
        f"{breach.where or 'file'}: {CLAUSES[rule]} (ISO 19005-3, {breach.clause}{f'; {breach.detail}' if breach.detail else ''})"
        for rule, breach in list(first.items())[:limit]
    ]
    return "; ".join(told)
