"""The official artefacts that the build put into the package: schemas, rules, and what is known of them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

from einvoice.errors import EngineError

if TYPE_CHECKING:
    from einvoice.schematron.load_xslt import Published

FOLDER = Path(__file__).parent / "artefacts"


@dataclass(frozen=True, slots=True)
class Artefact:
    """One official artefact, as the lock names it."""

    id: str
    kind: str
    """rules or xsd"""
    name: str
    version: str
    licence: str
    package: str
    sha256: str
    """of the files as they are shipped"""
    valid_from: str = ""


def _read(name: str) -> bytes:
    path = FOLDER / name
    if not path.is_file():
        raise EngineError(f"the official artefact {name} is not in this installation: run 'make setup', or install a wheel")
    return path.read_bytes()


@cache
def manifest() -> tuple[Artefact, ...]:
    """All artefacts, in the order of the locks."""
    return tuple(Artefact(**facts) for facts in json.loads(_read("manifest.json")))


def artefact(name: str) -> Artefact:
    """The artefact with an id; raises KeyError."""
    return {a.id: a for a in manifest()}[name]


def stylesheet(rules: str) -> bytes:
    """The official stylesheet of a rule set, its code lists inside."""
    return _read(f"rules/{rules}.xsl")


def sheet_name(rules: tuple[str, ...]) -> str:
    """What the compiled stylesheet of these rule sets together is called; never as a published one is."""
    return f"compiled/{'+'.join(rules)}"


@cache
def compiled(rules: tuple[str, ...]) -> dict[str, Any]:
    """The parts of the compiled stylesheet of rule sets that are run together (`schematron/compile.py`)."""
    parts: dict[str, Any] = json.loads(_read(f"{sheet_name(rules)}.json"))
    return parts


def guarded(rules: tuple[str, ...]) -> bytes:
    """The stylesheet for documents on which the compiled one dies (`schematron/guarded.py`)."""
    return _read(f"{sheet_name(rules)}.guarded.xsl")


@cache
def assertions(rules: str) -> tuple[Published, ...]:
    """All assertions of a rule set, in the order of its stylesheet."""
    from einvoice.schematron.load_xslt import Published  # which loads the XPath parser: no validation needs it

    return tuple(Published(**facts) for facts in json.loads(_read(f"rules/{rules}.json")))


def schema_path(name: str) -> Path:
    """The main file of a schema, for lxml."""
    _read(f"xsd/{name}")
    return FOLDER / "xsd" / name


def files(artefact: Artefact) -> list[Path]:
    """The files of an artefact, as they are shipped."""
    if artefact.kind == "rules":
        return [FOLDER / f"rules/{artefact.id}.json", FOLDER / f"rules/{artefact.id}.xsl"]
    return sorted(path for path in (FOLDER / "xsd" / artefact.id).rglob("*") if path.is_file())


def digest(artefact: Artefact) -> str:
    """The sha256 of an artefact's files as they are now; equal to `artefact.sha256` if nobody changed them."""
    found = sha256()
    for path in files(artefact):
        found.update(path.read_bytes())
    return found.hexdigest()
