"""`einvoice batch`, with `batch create` and `batch convert`."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from einvoice import files
from einvoice.cli import terminal
from einvoice.cli.invoices import CONVERTS, CREATES, PROFILES, accessible_option, drop_option, language_option
from einvoice.errors import Exit, UsageError
from einvoice.languages import LANGUAGES

if TYPE_CHECKING:
    from collections.abc import Callable

    from einvoice.batch.run import Executor
    from einvoice.batch.summary import Summary
    from einvoice.batch.work import Work
    from einvoice.languages import Language

LOG_SECONDS = 10.0
CODES = terminal.CODES | {"unreadable": Exit.UNREADABLE, "made": Exit.VALID, "failed": Exit.INVALID}
"""exit code of each outcome"""


class _Judging(click.Group):
    """What follows is judged, unless it is the name of something else to do."""

    def parse_args(self, context: click.Context, arguments: list[str]) -> list[str]:
        if arguments and arguments[0] not in {*self.commands, "-h", "--help"}:
            arguments = ["validate", *arguments]
        return super().parse_args(context, arguments)


def running(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options that every batch has."""
    for option in reversed(
        (
            click.argument("paths", nargs=-1, required=True, metavar="PATH..."),
            click.option(
                "--output", "-o", "folder", required=True, type=click.Path(path_type=Path), metavar="DIR", help="For results and summary."
            ),
            click.option(
                "--workers",
                type=click.IntRange(min=1),
                metavar="N",
                help="Processes, each on a core; without it as many as there are cores.",
            ),
            click.option("--resume", is_flag=True, help="Go on where a batch was ended; what is done is not done again."),
            click.option("--unordered", is_flag=True, help="Write results as they come, not in the order of the documents."),
            click.option(
                "--executor", type=click.Choice(["local", "ray"]), default="local", show_default=True, help="Where the work is done."
            ),
            terminal.max_size_option,
            click.option(
                "--max-time",
                type=click.FloatRange(min=0, min_open=True),
                metavar="SECONDS",
                help="For one document in all; without it 900.",
            ),
        )
    ):
        command = option(command)
    return command


@click.group(cls=_Judging, subcommand_metavar="[validate|create|convert] PATH... --output DIR")
def batch() -> None:
    """Many documents on all cores: a line of results for each, and a summary.

    PATH is a file, a folder, a pattern, a zip or tar archive, a .jsonl file, a URL that fsspec knows, or - for a list of these on standard
    input. A line of JSON is {"name": …} with "xml", "base64" or "path". In DIR stand results.jsonl and summary.txt, .json, .html;
    what create and convert make stands in DIR/documents. A batch that was ended in whatever way goes on with --resume.
    'einvoice batch validate --help' shows all options.

    \b
    einvoice batch inbox/ --output out
    einvoice batch archive.zip 'more/*.xml' --output out --language de
    einvoice batch convert inbox/ --to cii --output out
    einvoice batch create drafts.jsonl --to zugferd --output out
    find . -name '*.xml' | einvoice batch - --output out
    """  # noqa: D301


@batch.command()
@running
@click.option("--language", type=click.Choice(LANGUAGES), default="en", show_default=True, help="Of explanations, causes and the summary.")
@click.option("--rules", metavar="NAME", help="Judge by these rules instead of those that BT-24 asks for.")
@click.option(
    "--timeout", type=click.FloatRange(min=0, min_open=True), metavar="SECONDS", help="Time that the rules may take per document."
)
@click.option("--reference", is_flag=True, help="Run the official stylesheets as they are published.")
def validate(language: Language, rules: str | None, timeout: float | None, max_size: int, *, reference: bool, **how_run: Any) -> int:
    """Judge every document: what `einvoice batch PATH...` does, with all its options."""
    from einvoice.batch.work import Judge
    from einvoice.check.pipeline import How, known

    how = How(rules=rules, reference=reference, timeout=timeout, language=language, max_size=max_size)
    return _run(Judge(known(how)), language, **how_run)


@batch.command()
@running
@click.option("--to", required=True, type=click.Choice(CONVERTS), help="The form of the results.")
@click.option("--profile", type=click.Choice(PROFILES), help="Of ZUGFeRD PDFs; without it that of each invoice.")
@language_option
@accessible_option
def convert(to: str, profile: str | None, language: Language, max_size: int, *, accessible: bool, **how_run: Any) -> int:
    """Convert every document; what is lost stands in the results."""
    from einvoice.batch.work import Convert

    return _run(Convert(to=to, profile=profile, language=language, accessible=accessible, max_size=max_size), "en", **how_run)


@batch.command()
@running
@click.option("--complete/--as-given", default=True, show_default=True, help="Compute sums that are not given.")
@click.option("--gross-prices", is_flag=True, help="Prices are with VAT: the total is their sum, to the cent.")
@click.option("--to", required=True, type=click.Choice(CREATES), help="The documents to make.")
@click.option("--profile", type=click.Choice(PROFILES), help="Of ZUGFeRD PDFs; without it en16931.")
@drop_option
@language_option
@accessible_option
def create(
    to: str,
    profile: str | None,
    language: Language,
    max_size: int,
    *,
    complete: bool,
    gross_prices: bool,
    drop: bool,
    accessible: bool,
    **how_run: Any,
) -> int:
    """Make a document of every JSON draft: files, folders, archives, or .jsonl with a draft in each line.

    What was made is judged, as 'einvoice create' does; verdict, findings and what a draft lacks stand in the results.
    """
    from einvoice.batch.work import Create

    work = Create(
        to=to,
        profile=profile,
        language=language,
        accessible=accessible,
        complete=complete,
        gross_prices=gross_prices,
        drop=drop,
        max_size=max_size,
    )
    return _run(work, "en", **how_run)


def _run(
    work: Work, language: Language, *, paths: tuple[str, ...], folder: Path, workers: int | None, resume: bool,
    unordered: bool, executor: str, max_time: float | None,
) -> int:  # fmt: skip
    from einvoice.batch import inputs, pages
    from einvoice.batch.run import run
    from einvoice.report.text import plain

    wanted = inputs.Wanted(work.suffixes, work.max_size)
    with Watch(inputs.count(paths, wanted) if sys.stderr.isatty() else None) as watch:
        try:
            summary = run(
                inputs.items(paths, wanted, sys.stdin.buffer), work, _executor(executor, workers, max_time), folder,
                resume=resume, ordered=not unordered, watch=watch,
            )  # fmt: skip
        except KeyboardInterrupt:
            raise click.Abort from None
        finally:
            watch.ended(folder)
    files.write(folder / "summary.json", terminal.json_text(summary.as_object()).encode())
    files.write(folder / "summary.txt", pages.to_text(summary, language=language).encode())
    files.write(folder / "summary.html", pages.to_html(summary, language=language).encode())
    terminal.write(pages.to_text(summary, language=language, paint=terminal.paint if sys.stdout.isatty() else plain), None)
    terminal.say(f"{folder / 'results.jsonl'} has a line for each document; {folder / 'summary.html'} shows what is above")
    return max((CODES[outcome] for outcome, count in summary.outcomes.items() if count), default=Exit.VALID)


def _executor(name: str, workers: int | None, max_time: float | None) -> Executor:
    if name == "ray":
        from einvoice.batch.cluster import Ray

        if max_time is not None:
            raise UsageError("--max-time is for the processes of this machine; under ray, --timeout bounds the rules")
        return Ray(workers)
    from einvoice.batch.local import Local

    return Local(workers, max_time)


class Watch:
    """Progress: a bar on a terminal, a line now and then in a log."""

    def __init__(self, total: int | None) -> None:
        self._told, self._bar, self._task = time.monotonic(), None, None
        self._last: Summary | None = None
        if sys.stderr.isatty():
            from rich.console import Console
            from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeRemainingColumn

            columns = (SpinnerColumn(), BarColumn(), MofNCompleteColumn(), TextColumn("{task.fields[rate]}"), TimeRemainingColumn())
            self._bar = Progress(*columns, console=Console(stderr=True), transient=True)
            self._task = self._bar.add_task("", total=total, rate="")

    def __enter__(self) -> Watch:
        if self._bar is not None:
            self._bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._bar is not None:
            self._bar.stop()

    def __call__(self, summary: Summary) -> None:
        """One more is done."""
        self._last = summary
        if self._bar is not None and self._task is not None:
            self._bar.update(self._task, completed=summary.documents, rate=f"{summary.rate:,.0f}/s")
        elif time.monotonic() - self._told > LOG_SECONDS:
            self._told = time.monotonic()
            terminal.say(f"{summary.documents:,} documents, {summary.rate:,.0f} a second")

    def ended(self, folder: Path) -> None:
        """Say where to go on, if there is more to do."""
        if (folder / "journal.jsonl").exists() and self._last is not None:
            terminal.say(f"{self._last.documents:,} documents are done; go on with: the same command and --resume")
