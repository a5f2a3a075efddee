"""`einvoice validate`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from einvoice.check import saxon
from einvoice.cli import terminal
from einvoice.errors import Exit

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from einvoice.check.finding import Report

EXTENSIONS = {"text": "txt", "json": "json", "jsonl": "jsonl"}
CODES = {"valid": Exit.VALID, "invalid": Exit.INVALID, "unchecked": Exit.UNCHECKED}


@click.command()
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@click.option(
    "--format", "form", type=click.Choice(list(EXTENSIONS)), default="text", show_default=True, help="How the reports are written."
)
@click.option(
    "--output", "-o", type=click.Path(path_type=Path), metavar="FILE_OR_DIR", help="Write here; into a folder, one report per document."
)
@click.option("--rules", metavar="NAME", help="Judge by these rules instead of those that BT-24 asks for.")
@click.option(
    "--fail-on", type=click.Choice(["error", "warning"]), default="error", show_default=True, help="Severity that gives exit code 1."
)
@click.option(
    "--timeout", type=click.FloatRange(min=0, min_open=True), metavar="SECONDS", help="Time that the rules may take per document."
)
@click.option("--reference", is_flag=True, help="Run the official stylesheets as they are published, not what was compiled from them.")
def validate(paths: tuple[str, ...], form: str, output: Path | None, fail_on: str, **judging: Any) -> int:
    """Judge XML or PDF files, folders, or - for standard input.

    \b
    einvoice validate invoice.xml
    einvoice validate inbox/ --format jsonl --output reports.jsonl
    cat invoice.xml | einvoice validate - --format json
    """  # noqa: D301
    saxon.POOL.start()  # it takes as long to start as all that is loaded below
    sources = terminal.sources(paths)
    reports = terminal.watched(_reports(sources, judging), len(sources))
    worst = Exit.VALID
    for report in _written(reports, form, output):
        worst = max(worst, _code(report, fail_on))
        if not report.readable:
            terminal.say(f"einvoice: {report.findings[0].message}")
    return worst


def _reports(sources: list[str], judging: dict[str, Any]) -> Iterator[Report]:
    from einvoice.check.many import validate_many

    for source, report in zip(sources, validate_many(map(_content, sources), **judging), strict=True):
        yield report.named(source)


def _content(source: str) -> str | bytes:
    return terminal.read("-") if source == "-" else source


def _written(reports: Iterable[Report], form: str, output: Path | None) -> Iterator[Report]:
    """Write the reports, each as soon as it is there where the form allows it."""
    if output is not None and output.is_dir():
        for report in reports:
            terminal.write(_text([report], form), output / f"{_file_name(report)}.{EXTENSIONS[form]}")
            yield report
    elif output is None and form != "json":
        for number, report in enumerate(reports):
            terminal.write(("\n" if number and form == "text" else "") + _text([report], form, colour=sys.stdout.isatty()), None)
            yield report
    else:
        whole = list(reports)
        terminal.write(_text(whole, form), output)
        yield from whole


def _text(reports: list[Report], form: str, *, colour: bool = False) -> str:
    if form == "text":
        from einvoice.report.text import plain, to_text

        return "\n".join(to_text(report, paint=terminal.paint if colour else plain) for report in reports)
    from einvoice.report.json import to_json, to_jsonl

    return to_json(reports) if form == "json" else "".join(map(to_jsonl, reports))


def _file_name(report: Report) -> str:
    """A name for the report that no other document of the run has: the path, without separators."""
    return report.source.name.strip("/").replace("/", "__").replace("..", "")


def _code(report: Report, fail_on: str) -> Exit:
    if not report.readable:
        return Exit.UNREADABLE
    code = CODES[report.verdict.value]
    warned = fail_on == "warning" and any(f.severity == "warning" and f.layer != "advisory" for f in report.findings)
    return Exit.INVALID if code is Exit.VALID and warned else code
