"""`einvoice extract`, `convert` and `create`: commands about what an invoice says."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from einvoice import files
from einvoice.cli import terminal
from einvoice.cli.terminal import CODES, output_option
from einvoice.errors import UsageError
from einvoice.languages import LANGUAGES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from einvoice.arrangement import Change
    from einvoice.conversion import Loss
    from einvoice.document import Document
    from einvoice.hybrids import Made
    from einvoice.languages import Language
    from einvoice.pdf.extract import Attachment
    from einvoice.pdf.visual.theme import Theme

SECTIONS = ("seller", "buyer", "lineitems", "taxes", "paymentterms", "paymentmeans", "delivery")
CREATES = ("xrechnung-ubl", "xrechnung-cii", "peppol-bis", "zugferd")
CONVERTS = ("ubl", "cii", "json", "zugferd")
PROFILES = ("minimum", "basicwl", "basic", "en16931", "extended", "xrechnung")

language_option = click.option("--language", type=click.Choice(sorted(LANGUAGES)), default="de", show_default=True, help="Of the pages.")
attach_option = click.option("--attach", multiple=True, metavar="FILE", help="Put a file beside the invoice; may be given several times.")
theme_option = click.option("--theme", type=click.Path(path_type=Path), metavar="FILE", help="Colours, logo, fonts, texts (TOML).")
accessible_option = click.option("--accessible", is_flag=True, help="Tag the pages for readers that speak: PDF/A-3a, PDF/UA-1.")
drop_option = click.option("--drop", is_flag=True, help="Leave out what the profile or format has no place for, and list it.")


def _open(path: str) -> Document:
    from einvoice import document

    return document.open(terminal.read(path), name=path)


@click.command()
@click.argument("file")
@click.argument("sections", nargs=-1, type=click.Choice(SECTIONS), metavar="[SECTION]...")
@click.option("--xml", "as_xml", is_flag=True, help="The XML of the invoice instead, as it stands in its container.")
@click.option(
    "--attachments", type=click.Path(path_type=Path, file_okay=False), metavar="DIR", help="Save the attached files into a folder."
)
@output_option
def extract(file: str, sections: tuple[str, ...], *, as_xml: bool, attachments: Path | None, output: Path | None) -> None:
    """Sections of an invoice as JSON: seller buyer lineitems taxes paymentterms paymentmeans delivery.

    \b
    einvoice extract invoice.xml seller
    einvoice extract zugferd.pdf --xml --output invoice.xml
    einvoice extract invoice.xml --attachments files/
    """  # noqa: D301
    document = _open(file)
    if attachments is not None:
        _save(document, attachments)
    if as_xml:
        terminal.write(document.xml, output)
        return
    if attachments is not None and not sections:
        return
    from einvoice.exchange import read
    from einvoice.sections import extract as sections_of

    terminal.write(terminal.json_text(sections_of(read(document).invoice, *sections)), output)


def _save(document: Document, folder: Path) -> None:
    """The files in the PDF and those in the invoice (BT-125), under their own names without any folder."""
    files.made(folder)
    taken: set[str] = set()
    for name, content in _files(document):
        plain = files.safe_name(name)
        while plain.casefold() in taken:
            plain = f"_{plain}"
        taken.add(plain.casefold())
        terminal.write(content, folder / plain)
        terminal.say(f"{folder / plain}: {len(content)} bytes")


def _files(document: Document) -> Iterator[tuple[str, bytes]]:
    from einvoice.exchange import read

    yield from ((attachment.name, attachment.content) for attachment in document.attachments)
    for supporting in read(document).invoice.supporting_documents:
        if supporting.attachment is not None:
            yield supporting.attachment.filename or supporting.reference or "attachment", supporting.attachment.content


@click.command()
@click.argument("file")
@click.option("--to", required=True, type=click.Choice(CONVERTS), help="The form of the result.")
@click.option("--profile", type=click.Choice(PROFILES), help="Of a ZUGFeRD PDF; without it that of the invoice.")
@click.option(
    "--loss-report", type=click.Path(path_type=Path), metavar="FILE", help="Write what became of each text and attribute as JSON."
)
@click.option("--keep-unmapped", is_flag=True, help="Within a syntax: what is no term of the model stays where it was.")
@language_option
@theme_option
@accessible_option
@output_option
def convert(
    file: str, to: str, profile: str | None, loss_report: Path | None, language: Language, theme: Path | None, *,
    accessible: bool, keep_unmapped: bool, output: Path | None,
) -> None:  # fmt: skip
    """Convert an invoice between UBL, CII, JSON and ZUGFeRD PDF; what is lost is listed on standard error.

    \b
    einvoice convert invoice.xml --to cii --output invoice-cii.xml
    einvoice convert zugferd.pdf --to json
    einvoice convert invoice.xml --to zugferd --output invoice.pdf
    """  # noqa: D301
    from einvoice.making import converted

    document = _open(file)
    conversion = converted(
        document, to, profile=profile, language=language, theme=_theme(theme), accessible=accessible, keep_unmapped=keep_unmapped
    )
    terminal.write(conversion.data, output)
    if loss_report is None:
        _tell(conversion.losses, conversion.changes)
        return
    from einvoice import fates

    terminal.write(terminal.json_text(fates.loss_report(document, conversion, to)), loss_report)


def _tell(losses: Iterable[Loss], changes: Iterable[Change]) -> None:
    for loss in losses:
        terminal.say(f"lost: {loss.what}: {loss.reason}")
    for change in changes:
        terminal.say(f"changed: {change.what} is {change.text}: {change.reason}")


def _theme(path: Path | None) -> Theme | None:
    if path is None:
        return None
    from einvoice.pdf.visual.theme import load

    return load(path)


def _attachments(paths: tuple[str, ...]) -> list[Attachment]:
    from einvoice.pdf.extract import Attachment

    return [Attachment(Path(path).name, terminal.read(path)) for path in paths]


@click.command()
@click.argument("file")
@click.option(
    "--complete/--as-given", default=True, show_default=True, help="Compute sums that are not given: lines, VAT breakdown, totals."
)
@click.option("--gross-prices", is_flag=True, help="Prices are with VAT: the total is their sum, to the cent.")
@click.option("--to", required=True, type=click.Choice(CREATES), help="The document to make.")
@click.option("--profile", type=click.Choice(PROFILES), default="en16931", show_default=True, help="Of a ZUGFeRD PDF.")
@click.option("--lines", metavar="FILE", help="Take the lines of a CSV or Excel file, with a column for each term (BT-129 or its name).")
@drop_option
@language_option
@theme_option
@attach_option
@accessible_option
@output_option
def create(
    file: str, to: str, profile: str, lines: str | None, language: Language, theme: Path | None, attach: tuple[str, ...], *,
    complete: bool, gross_prices: bool, drop: bool, accessible: bool, output: Path | None,
) -> int:  # fmt: skip
    """Make an invoice of JSON: what is given stays, sums that are not given are computed, what is blank is left out.

    What was made is judged: the exit code is its verdict, and what is wrong is told on standard error.

    \b
    einvoice template b2b --output draft.json
    einvoice create draft.json --to zugferd --output invoice.pdf
    einvoice convert invoice.xml --to json --output invoice.json
    einvoice create invoice.json --to xrechnung-cii --output new.xml
    einvoice create draft.json --lines lines.csv --to xrechnung-ubl --output new.xml
    einvoice create invoice.json --to zugferd --profile en16931 --output new.pdf
    """  # noqa: D301
    from einvoice.exchange import from_json
    from einvoice.making import UNCHECKED, created

    if to not in UNCHECKED:
        from einvoice.check import saxon

        saxon.POOL.start()  # while the invoice is made
    invoice = from_json(terminal.read(file), name=file, draft=complete)
    if lines is not None:
        from einvoice.tabular import lines_of

        invoice = invoice.model_copy(update={"lines": lines_of(terminal.read(lines), lines)})
    made = created(
        invoice, to, gross_prices=gross_prices, complete=complete,
        profile=profile, language=language, theme=_theme(theme), attachments=_attachments(attach),
        accessible=accessible, drop=drop,
    )  # fmt: skip
    terminal.write(made.data, output)
    _tell(made.losses, made.arranged.changes)
    if made.undrawable:
        terminal.say(f"no font has {' '.join(made.undrawable)}: shown as \N{REPLACEMENT CHARACTER}; name a font that has them in a theme")
    if to in UNCHECKED:
        terminal.say(UNCHECKED[to])
        return CODES["valid"]
    return _verdict(made, draft=file, name=str(output or to))


def _verdict(made: Made, *, draft: str, name: str) -> int:
    """The exit code of what was made; what the draft lacks is told, and all that a report says, if that is more than good."""
    from einvoice.check.pipeline import validate
    from einvoice.report.text import to_text

    report = validate(made.data, name=name)
    if report.verdict != "valid" or any(f.official and f.severity == "warning" for f in report.findings):
        for text in made.lacks:
            terminal.say(f"{draft}: {text}")
        terminal.say(to_text(report).rstrip())
    return CODES[report.verdict.value]


@click.command()
@click.argument("name", required=False)
@click.option("--language", type=click.Choice(sorted(LANGUAGES)), default="en", show_default=True, help="Of the names of the terms.")
@output_option
def template(name: str | None, language: Language, output: Path | None) -> None:
    """A draft to fill in, JSON with the terms beside the fields, for create; without NAME, what there is.

    \b
    einvoice template
    einvoice template b2g --language de --output draft.json
    """  # noqa: D301
    from einvoice import templates

    if name is None:
        terminal.write("".join(f"{known:<18} {about}\n" for known, about in templates.names().items()), output)
        return
    terminal.write(templates.template(name, today=datetime.date.today(), language=language), output)


@click.command()
@click.argument("pdf")
@click.argument("xml")
@click.option("--output", "-o", required=True, type=click.Path(path_type=Path), metavar="FILE", help="The hybrid to write.")
@click.option("--keep-non-conforming", is_flag=True, help="Write it even if it cannot be PDF/A-3, without the claim to be.")
@language_option
@attach_option
def embed(pdf: str, xml: str, output: Path, language: Language, attach: tuple[str, ...], *, keep_non_conforming: bool) -> None:
    """Make a ZUGFeRD / Factur-X PDF of an ordinary PDF and an invoice in CII.

    What PDF/A-3 does not allow is repaired, and told on standard error; the pages look as they did. A PDF that cannot be
    made to conform is refused, with page, object, font and the clause of ISO 19005-3.

    \b
    einvoice embed invoice.pdf invoice.xml --output zugferd.pdf
    """  # noqa: D301
    from einvoice.hybrids import embedding

    made = embedding(
        terminal.read(pdf),
        _open(xml),
        name=pdf,
        language=language,
        attachments=_attachments(attach),
        keep_non_conforming=keep_non_conforming,
    )
    terminal.write(made.data, output)
    for text in made.repairs:
        terminal.say(f"repaired: {text}")
    for name in made.dropped:
        terminal.say(f"left out: the embedded file {name}")
    if made.breaches:
        terminal.say(f"{output}: does not conform to PDF/A-3 and does not claim to ({len({b.rule for b in made.breaches})} rules broken)")


@click.command()
@click.argument("file")
@click.option(
    "--format", "form", type=click.Choice(["html", "pdf"]), default="html", show_default=True, help="A web page, or letter pages."
)
@language_option
@theme_option
@output_option
def render(file: str, form: Literal["html", "pdf"], language: Language, theme: Path | None, output: Path | None) -> None:
    """Show an invoice to a person: a web page or a PDF with all that it says.

    \b
    einvoice render invoice.xml --output invoice.html
    einvoice render zugferd.pdf --format pdf --language en --output invoice-en.pdf
    """  # noqa: D301
    from einvoice.rendering import render as rendered

    terminal.write(rendered(_open(file), format=form, language=language, theme=_theme(theme)), output)


@click.command()
@click.argument("file")
@click.option("--write", is_flag=True, help="Write the repaired invoice in the place of FILE.")
@output_option
def fix(file: str, *, write: bool, output: Path | None) -> int:
    """Repair how an invoice is written, never what it says; without --write or --output only the patch is shown.

    \b
    einvoice fix invoice.xml
    einvoice fix invoice.xml --write
    """  # noqa: D301
    from einvoice.fixing import fix as fixed

    if write and file == "-":
        raise UsageError("standard input cannot be written to: name a file, or --output")
    made = fixed(terminal.read(file) if file == "-" else file)
    target = Path(file) if write else output
    if target is None:
        terminal.write(f"{made.patch}\n" if made.patch else "", None)
    elif made.repairs or not write:
        terminal.write(made.xml, target)
    for repair in made.repairs:
        terminal.say(
            f"line {repair.line}: {repair.what}{f' ({repair.term})' if repair.term else ''}: {repair.before!r} -> {repair.after!r}"
        )
    errors = len(made.report.errors)
    terminal.say(
        f"{file}: {len(made.repairs)} repairs; after them {made.report.verdict.value}" + (f", {errors} errors left" if errors else "")
    )
    return CODES[made.report.verdict.value]
