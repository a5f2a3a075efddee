"""`einvoice validate`."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from einvoice.check import saxon
from einvoice.cli import terminal
from einvoice.cli.terminal import CODES, max_size_option
from einvoice.errors import Exit, InputError, UsageError
from einvoice.languages import LANGUAGES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from einvoice.check.finding import Report
    from einvoice.languages import Language

EXTENSIONS = {
    "text": "txt", "json": "json", "jsonl": "jsonl", "html": "html", "pdf": "pdf",
    "sarif": "sarif", "junit": "junit.xml", "varl": "varl.xml",
}  # fmt: skip
AS_ONE = {"json", "sarif", "junit"}
"""forms that hold several reports in one whole"""
ALONE = {"html", "pdf", "varl"}
"""forms of one report"""


@click.command()
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@click.option(
    "--format", "form", type=click.Choice(list(EXTENSIONS)), default="text", show_default=True, help="How the reports are written."
)
@click.option(
    "--output", "-o", type=click.Path(path_type=Path), metavar="FILE_OR_DIR", help="Write here; into a folder, one report per document."
)
@click.option(
    "--language",
    type=click.Choice(LANGUAGES),
    default="en",
    show_default=True,
    help="Of what the report says; official texts stay as they are.",
)
@click.option("--rules", metavar="NAME", help="Judge by these rules instead of those that BT-24 asks for.")
@click.option(
    "--fail-on", type=click.Choice(["error", "warning"]), default="error", show_default=True, help="Severity that gives exit code 1."
)
@click.option(
    "--timeout", type=click.FloatRange(min=0, min_open=True), metavar="SECONDS", help="Time that the rules may take per document."
)
@max_size_option
@click.option("--reference", is_flag=True, help="Run the official stylesheets as they are published, not what was compiled from them.")
def validate(paths: tuple[str, ...], form: str, output: Path | None, language: Language, fail_on: str, **judging: Any) -> int:
    """Judge XML or PDF files, folders, or - for standard input.

    \b
    einvoice validate invoice.xml
    einvoice validate inbox/ --format jsonl --output reports.jsonl
    einvoice validate invoice.xml --format html --language de --output report.html
    cat invoice.xml | einvoice validate - --format json
    """  # noqa: D301
    saxon.POOL.start()  # it takes as long to start as all that is loaded below
    sources = terminal.sources(paths)
    if form in ALONE and len(sources) > 1 and not (output is not None and output.is_dir()):
        raise UsageError(f"{form} is one file for each document: name a folder that is there with --output")
    contents = {source: _content(source, judging["max_size"]) for source in sources} if form == "html" else {}
    reports = terminal.watched(_reports(sources, contents, {**judging, "language": language}), len(sources))
    worst = Exit.VALID
    for report in _written(reports, Form(form, language, contents), output):
        worst = max(worst, _code(report, fail_on))
        if not report.readable:
            terminal.say(f"einvoice: {report.findings[0].message}")
    return worst


@dataclass(frozen=True, slots=True)
class Form:
    """How reports are written."""

    name: str
    language: Language
    contents: dict[str, str | bytes]
    """the documents, where the form shows their source"""

    def write(self, reports: list[Report], *, colour: bool = False) -> str | bytes:
        """Some reports as one text."""
        if self.name == "text":
            from einvoice.report.text import plain, to_text

            return "\n".join(to_text(report, language=self.language, paint=terminal.paint if colour else plain) for report in reports)
        if self.name in ALONE:
            return self._alone(reports[0])
        return self._together(reports)

    def _together(self, reports: list[Report]) -> str:
        if self.name == "sarif":
            from einvoice.report.sarif import to_sarif

            return to_sarif(reports)
        if self.name == "junit":
            from einvoice.report.junit import to_junit

            return to_junit(reports)
        from einvoice.report.json import to_json, to_jsonl

        return to_json(reports) if self.name == "json" else "".join(map(to_jsonl, reports))

    def _alone(self, report: Report) -> str | bytes:
        if self.name == "varl":
            from einvoice.report.varl import to_varl

            return to_varl(report)
        if self.name == "pdf":
            from einvoice.report.pdf import to_pdf

            return to_pdf(report, language=self.language)
        from einvoice.report.html import to_html

        return to_html(report, _source(self.contents.get(report.source.name, b"")), language=self.language)


def _source(content: str | bytes) -> bytes:
    """The XML that was judged, taken out of its container; nothing of what cannot be read."""
    from einvoice import document

    try:
        return document.open(content).utf8
    except InputError:
        return b""


def _reports(sources: list[str], contents: dict[str, str | bytes], judging: dict[str, Any]) -> Iterator[Report]:
    from einvoice.check.many import validate_many

    given = (contents.get(source, "") or _content(source, judging["max_size"]) for source in sources)
    workers = 1 if len(sources) == 1 else None  # a thread more has to be imported
    for source, report in zip(sources, validate_many(given, workers=workers, **judging), strict=True):
        yield report.named(source)


def _content(source: str, max_size: int) -> str | bytes:
    return terminal.read("-", max_size=max_size) if source == "-" else source


def _written(reports: Iterable[Report], form: Form, output: Path | None) -> Iterator[Report]:
    """Write the reports, each as soon as it is there where the form allows it."""
    if output is not None and output.is_dir():
        for report in reports:
            terminal.write(form.write([report]), output / f"{_file_name(report)}.{EXTENSIONS[form.name]}")
            yield report
    elif output is None and form.name not in AS_ONE:
        for number, report in enumerate(reports):
            between = "\n" if number and form.name == "text" else ""
            written = form.write([report], colour=sys.stdout.isatty())
            terminal.write(between + written if isinstance(written, str) else written, None)
            yield report
    else:
        whole = list(reports)
        terminal.write(form.write(whole), output)
        yield from whole


def _file_name(report: Report) -> str:
    """A name for the report that no other document of the run has: the path, without separators."""
    return report.source.name.strip("/").replace("/", "__").replace("..", "")


def _code(report: Report, fail_on: str) -> Exit:
    if not report.readable:
        return Exit.UNREADABLE
    code = CODES[report.verdict.value]
    warned = fail_on == "warning" and any(f.severity == "warning" and f.layer != "advisory" for f in report.findings)
    return Exit.INVALID if code is Exit.VALID and warned else code
