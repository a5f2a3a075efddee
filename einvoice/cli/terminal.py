"""The edge to files and terminals: whole files or none, progress only where a person watches."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from einvoice import files
from einvoice.errors import Exit, InputError
from einvoice.limits import MAX_SIZE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from einvoice.check.finding import Report

CODES = {"valid": Exit.VALID, "invalid": Exit.INVALID, "unchecked": Exit.UNCHECKED}
"""exit code of each verdict"""

output_option = click.option(
    "--output", "-o", type=click.Path(path_type=Path), metavar="FILE", help="Write here instead of to standard output."
)
max_size_option = click.option(
    "--max-size",
    type=click.FloatRange(min=0, min_open=True),
    default=MAX_SIZE / 1e6,
    show_default=f"{MAX_SIZE / 1e6:g}",
    metavar="MB",
    help="Of a document.",
    callback=lambda _context, _option, megabytes: int(megabytes * 1e6),
)


def sources(paths: tuple[str, ...]) -> list[str]:
    """The files that paths name: folders are searched for .xml and .pdf, - is standard input."""
    return [source for path in paths for source in _inside(path)]


def _inside(path: str) -> list[str]:
    if path == "-" or not Path(path).is_dir():
        return [path]
    found = sorted(str(p) for p in Path(path).rglob("*") if p.suffix.lower() in files.DOCUMENTS and p.is_file())
    if not found:
        raise InputError(f"{path}: there is no .xml or .pdf file in this folder; name one that has invoices")
    return found


def read(path: str, *, max_size: int = MAX_SIZE) -> bytes:
    """A file, or standard input for -."""
    from einvoice import document

    return document.load(sys.stdin.buffer if path == "-" else path, max_size=max_size)[0]


def write(data: str | bytes, output: Path | None) -> None:
    """To standard output, or to a file that is there as a whole or not at all."""
    content = data.encode() if isinstance(data, str) else data
    if output is None:
        sys.stdout.buffer.write(content)
        sys.stdout.buffer.flush()
        return
    files.write(output, content)


def json_text(value: object) -> str:
    """A value as JSON for people and programs."""
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"


def say(text: str) -> None:
    """One line for a person."""
    click.echo(text, err=True)


def paint(text: str, colour: str) -> str:
    """Colour, for a terminal."""
    return click.style(text, fg=colour, bold=True)


def watched(reports: Iterable[Report], total: int) -> Iterator[Report]:
    """The same reports, with a spinner or bar on standard error if that is a terminal."""
    if not sys.stderr.isatty():
        yield from reports
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeRemainingColumn

    many = (BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()) if total > 1 else ()
    progress = Progress(SpinnerColumn(), TextColumn("judging"), *many, console=Console(stderr=True), transient=True)
    task = progress.add_task("", total=total)
    with progress:
        for report in reports:
            progress.stop()  # what is printed for the report must not run into the bar
            yield report
            progress.advance(task)
            progress.start()
