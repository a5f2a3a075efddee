"""`einvoice extract`, `convert` and `create`: commands about what an invoice says."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

import click

from einvoice.cli import terminal
from einvoice.cli.terminal import output_option
from einvoice.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from einvoice.document import Document

SECTIONS = ("seller", "buyer", "lineitems", "taxes", "paymentterms", "paymentmeans", "delivery")
CREATES = {"xrechnung-ubl": "UBL", "xrechnung-cii": "CII"}


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

    terminal.write(_json(sections_of(read(document).invoice, *sections)), output)


def _save(document: Document, folder: Path) -> None:
    """The files in the PDF and those in the invoice (BT-125), under their own names without any folder."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"{folder}: cannot be made: {error.strerror or error}") from None
    taken: set[str] = set()
    for name, content in _files(document):
        plain = PurePosixPath(name.replace("\\", "/")).name.strip(". \0") or "attachment"
        while plain in taken:
            plain = f"_{plain}"
        taken.add(plain)
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
@click.option("--to", required=True, type=click.Choice(["ubl", "cii", "json"]), help="The form of the result.")
@click.option("--loss-report", type=click.Path(path_type=Path), metavar="FILE", help="Write what is lost as JSON.")
@output_option
def convert(file: str, to: str, loss_report: Path | None, output: Path | None) -> None:
    """Convert an invoice between UBL, CII and JSON; what is lost is listed on standard error.

    \b
    einvoice convert invoice.xml --to cii --output invoice-cii.xml
    einvoice convert zugferd.pdf --to json
    """  # noqa: D301
    from einvoice.conversion import convert_document

    conversion = convert_document(_open(file), to)
    terminal.write(conversion.data, output)
    if loss_report is not None:
        terminal.write(_json([asdict(loss) for loss in conversion.losses]), loss_report)
        return
    for loss in conversion.losses:
        terminal.say(f"lost: {loss.what}: {loss.reason}")


@click.command()
@click.argument("file")
@click.option("--to", required=True, type=click.Choice(list(CREATES)), help="The document to make.")
@output_option
def create(file: str, to: str, output: Path | None) -> None:
    """Make an invoice of JSON, with the values as they are given.

    \b
    einvoice convert invoice.xml --to json --output invoice.json
    einvoice create invoice.json --to xrechnung-cii --output new.xml
    """  # noqa: D301
    from einvoice.exchange import from_json, write
    from einvoice.profiles import Syntax

    invoice = from_json(terminal.read(file), name=file)
    terminal.write(write(invoice, Syntax(CREATES[to])), output)


def _json(value: object) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"
