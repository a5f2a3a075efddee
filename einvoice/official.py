"""The official artefacts that the build put into the package: schemas, rules, and what is known of them."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

from einvoice.errors import EngineError

if TYPE_CHECKING:
    from einvoice.schematron.load_xslt import Published

FOLDER = Path(__file__).parent / "artefacts"


def own_folder() -> Path:
    """Where users' own rules are (`custom.py`), in the same layout: $EINVOICE_RULES, or the user's data folder."""
    data = os.environ.get("XDG_DATA_HOME") or Path.home() / ".local/share"
    return Path(os.environ.get("EINVOICE_RULES") or Path(data) / "einvoice/rules")


@dataclass(frozen=True, slots=True)
class Artefact:
    """One official artefact, as the lock names it."""

    id: str
    kind: str
    """rules, xsd or font"""
    name: str
    version: str
    licence: str
    package: str
    sha256: str
    """of the files as they are shipped"""
    valid_from: str = ""


def _path(name: str) -> Path:
    found = next((path for folder in (FOLDER, own_folder()) if (path := folder / name).is_file()), None)
    if found is None:
        raise EngineError(f"the official artefact {name} is not in this installation: run 'make setup', or install a wheel")
    return found


def _read(name: str) -> bytes:
    return _path(name).read_bytes()


@cache
def manifest() -> tuple[Artefact, ...]:
    """All artefacts, in the order of the locks."""
    return tuple(Artefact(**facts) for facts in json.loads(_read("manifest.json")))


def artefact(name: str) -> Artefact:
    """The artefact with an id; raises StopIteration."""
    return next(a for a in (*manifest(), *own_manifest()) if a.id == name)


def own_manifest() -> tuple[Artefact, ...]:
    """The artefacts that users added."""
    path = own_folder() / "manifest.json"
    return tuple(Artefact(**facts) for facts in json.loads(path.read_bytes())) if path.is_file() else ()


def stylesheet(rules: str) -> bytes:
    """The official stylesheet of a rule set, its code lists inside."""
    return _read(f"rules/{rules}.xsl")


def sheet_name(rules: tuple[str, ...]) -> str:
    """What the compiled stylesheet of these rule sets together is called; never as a published one is."""
    return f"compiled/{'+'.join(rules)}"


@cache
def compiled(rules: tuple[str, ...]) -> dict[str, Any]:
    """The parts of the compiled stylesheet of rule sets that are run together (`schematron/compile.py`)."""
    return _parts(sheet_name(rules))


@cache
def guarded(rules: tuple[str, ...]) -> dict[str, Any]:
    """The parts of the stylesheet for documents on which the compiled one dies (`schematron/guarded.py`)."""
    return _parts(f"{sheet_name(rules)}.guarded")


def _parts(name: str) -> dict[str, Any]:
    parts: dict[str, Any] = json.loads(_read(f"{name}.json"))
    return parts


@cache
def assertions(rules: str) -> tuple[Published, ...]:
    """All assertions of a rule set, in the order of its stylesheet."""
    from einvoice.schematron.load_xslt import Published  # which loads the XPath parser: no validation needs it

    return tuple(Published(**facts) for facts in json.loads(_read(f"rules/{rules}.json")))


def schema_path(name: str) -> Path:
    """The main file of a schema, for lxml."""
    return _path(f"xsd/{name}")


def files(artefact: Artefact) -> list[Path]:
    """The files of an artefact, as they are shipped."""
    if artefact.kind == "rules":
        return [FOLDER / f"rules/{artefact.id}.json", FOLDER / f"rules/{artefact.id}.xsl"]
    folder = FOLDER / ("fonts" if artefact.kind == "font" else "xsd") / artefact.id
    return sorted(path for path in folder.rglob("*") if path.is_file())


def font(name: str) -> bytes:
    """A font with the metrics of a standard one: `standard-sans/texgyreheros-regular.otf`."""
    return _read(f"fonts/{name}")


def digest(artefact: Artefact) -> str:
    """The sha256 of an artefact's files as they are now; equal to `artefact.sha256` if nobody changed them."""
    found = sha256()
    for path in files(artefact):
        found.update(path.read_bytes())
    return found.hexdigest()
