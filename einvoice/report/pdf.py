"""A report as PDF/A for the file: verdict, layers, every finding with place, value and expectation."""

from __future__ import annotations

import datetime
import io
from functools import partial
from typing import TYPE_CHECKING

import pikepdf

from einvoice.pdf.drawing import structure
from einvoice.pdf.drawing.faces import Faces
from einvoice.pdf.drawing.flow import Block, Pages, Strip, flow
from einvoice.pdf.drawing.sheet import HEIGHT, MM, WIDTH, Sheet, Style
from einvoice.pdf.hybrid import make_archive
from einvoice.pdf.packet import Metadata
from einvoice.report.words import layer_names, reason_in, words
from einvoice.term_names import name_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from einvoice.check.finding import Finding, Report
    from einvoice.languages import Language
    from einvoice.pdf.drawing.sheet import Colour
    from einvoice.pdf.drawing.structure import Element

_LEFT, _TOP, _BOTTOM = 20 * MM, 20 * MM, HEIGHT - 20 * MM
_BREADTH = WIDTH - 2 * _LEFT
_COLOURS: dict[str, Colour] = {
    "valid": (0.07, 0.39, 0.16), "invalid": (0.69, 0.06, 0.13), "unchecked": (0.48, 0.3, 0.0),
    "error": (0.69, 0.06, 0.13), "warning": (0.48, 0.3, 0.0), "information": (0.04, 0.29, 0.56),
}  # fmt: skip
_GREY: Colour = (0.35, 0.35, 0.35)


def to_pdf(report: Report, *, language: Language = "en", when: datetime.datetime | None = None) -> bytes:
    """The report as PDF/A-3a and PDF/UA-1. The same report gives the same bytes: without `when` no time is told."""
    sheet = Sheet(Faces())
    pages = Pages(first=_TOP, top=_TOP, bottom=_BOTTOM)
    flow(list(_blocks(sheet, report, language)), pages)
    for number, placed in enumerate(pages.pages, 1):
        if number > 1:
            sheet.next_page()
        footer = words(language)["page"].format(page=number, pages=len(pages.pages))
        sheet.text(WIDTH - _LEFT, HEIGHT - 10 * MM, footer, Style(7.5, colour=_GREY), align="right")
        for y, draw in placed:
            draw(sheet, y)
    moment = when or datetime.datetime(2000, 1, 1, 12, tzinfo=datetime.UTC)
    title = f"{words(language)['report']}: {report.source.name}"
    metadata = Metadata(title, moment, subject=report.verdict.value, language=language, conformance="A", accessible=True)
    with pikepdf.open(io.BytesIO(sheet.finish())) as pdf:
        structure.write(pdf, sheet.document)
        return make_archive(pdf, metadata)


def _blocks(sheet: Sheet, report: Report, language: Language) -> Iterator[Block[int]]:
    say, layers = words(language), layer_names(language)
    title = [*_lines(sheet, "H1", f"{say['report']}: {report.source.name}", Style(14, "bold"))]
    verdict = report.verdict.value
    title += _lines(sheet, "P", f"{say[verdict].upper()}. {say[verdict + '_says']}", Style(11, "bold", _COLOURS[verdict]))
    for label, value in _facts(report):
        title += _lines(sheet, "P", f"{say[label]}: {value}", Style(9))
    title += _lines(sheet, "P", f"SHA-256: {report.source.sha256}", Style(7.5, colour=_GREY))
    yield Block(title)
    checked = [*_lines(sheet, "H2", say["layers"], Style(11, "bold"), space=10)]
    for layer in report.layers:
        status = say["error_status" if layer.status == "error" else layer.status]
        reason = f" ({reason_in(layer.reason, language)})" if layer.reason else ""
        version = f" {layer.artefact.version}" if layer.artefact else ""
        checked += _lines(sheet, "P", f"{layers[layer.name]}{version}: {status}{reason}", Style(9))
    yield Block(checked)
    yield Block(_lines(sheet, "H2", say["findings"] if report.findings else say["none"], Style(11, "bold"), space=10))
    yield from (Block(_finding(sheet, finding, language)) for finding in report.findings)


def _facts(report: Report) -> Iterator[tuple[str, str]]:
    document = report.document
    found = (
        ("number", document and document.number), ("date", document and document.issue_date),
        ("kind", document and f"{document.syntax} {document.type}"), ("scenario", report.scenario and report.scenario.name),
    )  # fmt: skip
    yield from ((label, value) for label, value in found if value)


def _finding(sheet: Sheet, finding: Finding, language: Language) -> list[Strip[int]]:
    say = words(language)
    subject = f" · {finding.terms[0]} {name_of(finding.terms[0], language)}" if finding.terms else ""
    line = f" · {say['line']} {finding.line}" if finding.line else ""
    head = f"{say[finding.severity].upper()} {finding.rule}{subject}{line}"
    strips = _lines(sheet, "H3", head, Style(9, "bold", _COLOURS[finding.severity]), space=7)
    strips += _lines(sheet, "P", finding.explanation, Style(9)) if finding.explanation else []
    strips += _lines(sheet, "P", finding.message, Style(8, colour=_GREY) if finding.explanation else Style(9))
    strips += _lines(sheet, "P", f"{say['cause']}: {finding.cause}", Style(9)) if finding.cause else []
    values = (("found", finding.found), ("expected", finding.expected), ("hint", finding.hint))
    told = " · ".join(f"{say[label]}: {value}" for label, value in values if value)
    strips += _lines(sheet, "P", told, Style(9)) if told else []
    strips += _lines(sheet, "P", finding.location, Style(7, colour=_GREY)) if finding.location else []
    return [Strip(strip.height, strip.draw, keep=strip is not strips[-1]) for strip in strips]


def _lines(sheet: Sheet, kind: str, text: str, style: Style, *, space: float = 0.0) -> list[Strip[int]]:
    element = sheet.document.add(kind)
    wrapped = sheet.faces.wrap(text, style.face, style.size, _BREADTH)
    return [
        Strip(style.leading + (space if not at else 0), partial(_draw, line, style, element, space if not at else 0))
        for at, line in enumerate(wrapped)
    ]


def _draw(line: str, style: Style, element: Element, space: float, sheet: Sheet, y: float) -> None:
    sheet.text(_LEFT, y + space + style.size, line, style, element=element)
