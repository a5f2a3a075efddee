"""The summary of a batch for people: a text for terminals and a web page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from einvoice.batch.summary import OUTCOMES
from einvoice.report.text import COLOURS, plain
from einvoice.report.words import words as words_in

if TYPE_CHECKING:
    from collections.abc import Iterator

    from einvoice.batch.summary import Summary
    from einvoice.languages import Language
    from einvoice.report.text import Paint

_PAINTED = COLOURS | {"unreadable": "yellow", "made": "green", "failed": "red"}
_ROWS = 10
_WIDTH = 58


def to_text(summary: Summary, *, language: Language = "en", paint: Paint = plain) -> str:
    """Some lines; `paint` colours them for a terminal."""
    return "\n".join(_lines(summary, language, paint)) + "\n"


def _lines(summary: Summary, language: Language, paint: Paint) -> Iterator[str]:
    words = words_in(language)
    yield headline(summary, language)
    for outcome, count in outcomes(summary):
        yield f"  {paint(f'{name_of(outcome, language):<12}', _PAINTED[outcome])} {thousands(count):>11}  {share(count, summary):>7}"
    if summary.losses:
        yield f"  {thousands(summary.losses)} {words['losses']}"
    if summary.rules:
        yield f"\n{words['top_rules']:<34} {words['documents']:>10} {words['times']:>10}"
        for name, rule in summary.top_rules()[:_ROWS]:
            known_as = f"{paint(f'{words[rule.severity]:<12}', _PAINTED[rule.severity])}{name:<20}"
            yield f"  {known_as} {thousands(rule.documents):>10} {thousands(rule.findings):>10}  {_begin(rule.message)}"
    if summary.slowest:
        yield f"\n{words['slowest']}"
        for seconds, name, size in sorted(summary.slowest, reverse=True)[:5]:
            yield f"  {seconds:8.3f} s {size / 1000:10,.0f} kB  {_short(name)}"


def to_html(summary: Summary, *, language: Language = "en") -> str:
    """One self-contained page; everything that a document says is escaped."""
    from einvoice.report.pages import template

    return template("summary.html.jinja").render(
        summary=summary, words=words_in(language), language=language, headline=headline(summary, language), outcomes=outcomes(summary),
        rules=summary.top_rules(), slowest=sorted(summary.slowest, reverse=True), thousands=thousands,
        share=lambda count: share(count, summary), name_of=lambda outcome: name_of(outcome, language),
    )  # fmt: skip


def headline(summary: Summary, language: Language) -> str:
    """How many documents, how fast."""
    words = words_in(language)
    before = summary.documents - summary.here
    earlier = f"; {thousands(before)} {words['earlier']}" if before else ""
    rate = f" ({summary.rate:,.0f} {words['per_second']})" if summary.here else ""
    return f"{thousands(summary.documents)} {words['documents']}, {summary.seconds:.1f} s{rate}{earlier}"


def outcomes(summary: Summary) -> list[tuple[str, int]]:
    """Each outcome that there is, best first."""
    return [(outcome, summary.outcomes[outcome]) for outcome in OUTCOMES if summary.outcomes[outcome]]


def name_of(outcome: str, language: Language) -> str:
    """An outcome in a language."""
    return words_in(language)["not_made" if outcome == "failed" else outcome]


def share(count: int, summary: Summary) -> str:
    """Of all documents."""
    return f"{100 * count / max(summary.documents, 1):.1f} %"


def thousands(number: int) -> str:
    """In groups of three."""
    return f"{number:,}"


def _begin(text: str) -> str:
    """What a rule says, without its own name, as far as there is room."""
    said = text.partition("]-")[2] or text.partition("] ")[2] or text
    return said if len(said) <= _WIDTH else f"{said[: _WIDTH - 1]}…"


def _short(text: str) -> str:
    """The end of a name that is too long for its column."""
    return text if len(text) <= _WIDTH else f"…{text[1 - _WIDTH :]}"
