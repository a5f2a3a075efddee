"""The hybrid PDFs of the corpora: the invoice that comes out is the one that others took out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import einvoice
from einvoice.errors import InputError

if TYPE_CHECKING:
    from pathlib import Path


def opened(path: Path) -> einvoice.Document | None:
    try:
        return einvoice.open(path)
    except InputError:
        return None


def test_every_hybrid_gives_its_invoice(corpora: Path) -> None:
    documents = {path: opened(path) for path in sorted((corpora / "pdf").rglob("*.pdf"))}
    assert len(documents) == 149
    # one has damaged XML, one has no file in it
    assert sum(1 for d in documents.values() if d is None) == 2


def test_the_extracted_xml_is_the_one_in_the_corpus(corpora: Path) -> None:
    known: dict[str, set[bytes]] = {}
    for xml in (corpora / "documents/zugferd-corpus").rglob("*.pdf__*"):
        known.setdefault(xml.name.partition("__")[0], set()).add(xml.read_bytes())
    documents = [(path, opened(path)) for path in sorted((corpora / "pdf").rglob("*.pdf"))]
    compared = [(path, d.xml in known[path.name.replace(" ", "_")]) for path, d in documents if d and path.name.replace(" ", "_") in known]
    assert [path for path, same in compared if not same] == []
    assert len(compared) == 120
