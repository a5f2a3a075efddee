"""Users' own rules: a Schematron, a Schematron compiled to XSLT, or a configuration of the KoSIT validator.

They go through the same compiler as the official ones, once, when they are added, and lie in a folder of the same
layout (`official.own_folder`). They judge when they are asked for by name: `einvoice validate --rules NAME`.
"""

from __future__ import annotations

import json
import re
import shutil
import tempfile
import zipfile
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lxml import etree

from einvoice import official
from einvoice.errors import InputError, UsageError
from einvoice.profiles import SCHEMAS, Scenario
from einvoice.schematron.contexts import UnsupportedContext

if TYPE_CHECKING:
    from collections.abc import Mapping

    from einvoice.document import Document
    from einvoice.schematron.rule_set import RuleSet

KOSIT = "{http://www.xoev.de/de/validator/framework/1/scenarios}"
_NAME = re.compile(r"(?!(?:cen|xr|fx|advisory)-)[a-z0-9][a-z0-9.-]*")
LARGEST = 200 << 20
"""bytes that a zip may unpack to"""


@dataclass(frozen=True, slots=True)
class Custom:
    """One scenario of users' own rules."""

    name: str
    """what the user called the rules"""
    title: str
    match: str
    """XPath that is true for the documents it judges; empty: any invoice"""
    namespaces: Mapping[str, str]
    schema: str
    """empty: the schema of the document's kind"""
    rules: tuple[str, ...]
    levels: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Source:
    """One rule file to add."""

    id: str
    path: Path
    rules: RuleSet


def listed() -> tuple[Custom, ...]:
    """All scenarios that users added."""
    path = official.own_folder() / "scenarios.json"
    if not path.is_file():
        return ()
    return tuple(Custom(**{**facts, "rules": tuple(facts["rules"])}) for facts in json.loads(path.read_bytes()))


def scenario(name: str, document: Document) -> Scenario | None:
    """The scenario of the rules with a name that judges a document; None when none of them does."""
    kind = document.kind
    found = next((c for c in listed() if c.name == name and _matches(c, document.root)), None)
    if found is None or kind is None:
        return None
    schema = found.schema or SCHEMAS[kind]
    return Scenario(found.name, found.name, found.title, kind, (), schema, found.rules, None, kind.dialect, found.levels)


def _matches(custom: Custom, root: etree._Element) -> bool:
    return not custom.match or bool(_xpath(custom.match, custom.namespaces)(root.getroottree()))


def _xpath(match: str, namespaces: Mapping[str, str]) -> etree.XPath:
    """A match of KoSIT, which is XPath 2: lxml knows XPath 1, and here the functions that such matches use beside."""
    exists = {(None, "exists"): lambda _, nodes: bool(nodes), (None, "empty"): lambda _, nodes: not nodes}
    return etree.XPath(match, namespaces=dict(namespaces), extensions=exists)


# -- adding -----------------------------------------------------------------------------------------


def add(path: Path, *, name: str | None = None, phase: str | None = None) -> tuple[Custom, ...]:
    """Compile rules and keep them under a name, by default that of the file; rules of that name are replaced.

    A process that has judged by the old ones goes on with them; start it anew.

    Raises InputError for what cannot be read, UsageError for a name that cannot be used and for rules that are neither
    Schematron nor a KoSIT configuration, XPathError for an expression that is no XPath.
    """
    called = name or re.sub(r"[^a-z0-9.-]+", "-", path.stem.lower()).strip("-.")
    if not _NAME.fullmatch(called):
        raise UsageError(
            f"{called}: not a name for rules; give one with --name: small letters, digits, dots and hyphens, not cen-, xr- or fx-"
        )
    if not path.exists():
        raise InputError(f"{path}: there is no such file or folder")
    with tempfile.TemporaryDirectory() as unpacked:
        if path.is_file() and zipfile.is_zipfile(path):
            path = _unzipped(path, Path(unpacked))
        found = _kosit(path, called) if path.is_dir() else _single(path, called, phase)
        _keep(called, *found, config=path if path.is_dir() else None)
    return tuple(c for c in listed() if c.name == called)


def _unzipped(path: Path, target: Path) -> Path:
    with zipfile.ZipFile(path) as archive:
        if sum(i.file_size for i in archive.infolist()) > LARGEST:
            raise InputError(f"{path}: unpacks to more than {LARGEST >> 20} MiB")
        archive.extractall(target)  # which keeps every member inside the folder
    configuration = next(iter(sorted(target.rglob("scenarios.xml"))), None)
    return configuration.parent if configuration else target


def _single(path: Path, name: str, phase: str | None) -> tuple[list[Source], list[Custom]]:
    source = _source(path, name, phase)
    return [source], [Custom(name, f"own rules {name}", "", {}, "", (source.id,), {})]


def _source(path: Path, id_: str, phase: str | None = None) -> Source:
    from einvoice.schematron import load_sch, load_xslt

    try:
        root = etree.parse(path, etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True)).getroot()
    except (OSError, etree.XMLSyntaxError) as error:
        raise InputError(f"{path}: cannot be read as XML: {error}") from None
    if str(root.tag).startswith(load_sch.SCH):
        return Source(id_, path, load_sch.load(path, phase))
    rules = load_xslt.load(_with_codes(path))
    if not rules.patterns:
        raise UsageError(f"{path}: is neither a Schematron nor one compiled to XSLT by SchXslt or the ISO skeleton")
    return Source(id_, path, rules)


def _with_codes(path: Path) -> bytes:
    """A stylesheet with the code lists that lie beside it."""
    from einvoice.schematron import code_files

    stylesheet = path.read_bytes()
    for name in code_files.read_by(stylesheet):
        try:
            stylesheet = code_files.with_codes_inside(stylesheet, name, (path.parent / name).read_bytes())
        except (OSError, etree.XMLSyntaxError) as error:
            raise InputError(f"{path}: reads {name}, which cannot be read beside it: {error}") from None
    return stylesheet


def _kosit(folder: Path, name: str) -> tuple[list[Source], list[Custom]]:
    """The scenarios of a configuration of the KoSIT validator (`scenarios.xml`, framework 1)."""
    configuration = folder / "scenarios.xml"
    if not configuration.is_file():
        raise UsageError(f"{folder}: has no scenarios.xml, so it is no configuration of the KoSIT validator; name a Schematron file")
    sources: dict[Path, Source] = {}
    customs = []
    for element in etree.parse(configuration, etree.XMLParser(resolve_entities=False, no_network=True)).getroot().iter(f"{KOSIT}scenario"):
        rules = [folder / r for r in _locations(element, "validateWithSchematron")]
        for path in rules:
            sources.setdefault(path, _source(path, f"{name}-{re.sub(r'[^a-z0-9]+', '-', path.stem.lower())}"))
        customs.append(_kosit_scenario(element, name, tuple(sources[path].id for path in rules)))
    return list(sources.values()), customs


def _kosit_scenario(element: etree._Element, name: str, rules: tuple[str, ...]) -> Custom:
    schemas = _locations(element, "validateWithXmlSchema")
    match = (element.findtext(f"{KOSIT}match") or "").strip()
    namespaces = {n.get("prefix", ""): (n.text or "").strip() for n in element.iter(f"{KOSIT}namespace")}
    try:
        _xpath(match, namespaces)(etree.ElementTree(etree.Element("none")))
    except etree.XPathError as error:
        raise UsageError(f"scenarios.xml: the match {match!r} cannot be used: {error}") from None
    schema = f"{name}/{schemas[0]}" if schemas else ""
    title = (element.findtext(f"{KOSIT}name") or name).strip()
    levels = {rule: str(c.get("level")) for c in element.iter(f"{KOSIT}customLevel") for rule in (c.text or "").split()}
    return Custom(name, title, match, namespaces, schema, rules, levels)


def _locations(element: etree._Element, step: str) -> list[str]:
    return [(e.text or "").strip() for s in element.iter(f"{KOSIT}{step}") for e in s.iter(f"{KOSIT}location")]


# -- keeping ----------------------------------------------------------------------------------------


def _keep(name: str, sources: list[Source], customs: list[Custom], *, config: Path | None) -> None:
    """Write everything into a new folder, then put it in place of the old."""
    folder = official.own_folder()
    folder.mkdir(parents=True, exist_ok=True)
    by_id = {s.id: s for s in sources}
    for source in sources:
        _write(folder / f"rules/{source.id}.xsl", _reference(source))
    for custom in customs:
        _compile(folder, {rules: by_id[rules].rules for rules in custom.rules})
    if config is not None:
        shutil.rmtree(folder / "xsd" / name, ignore_errors=True)
        shutil.copytree(config, folder / "xsd" / name)
    others = [asdict(c) for c in listed() if c.name != name]
    manifest = [asdict(a) for a in official.own_manifest() if a.id not in by_id]
    manifest += [_facts(s.id, "rules", s.path.read_bytes()) for s in sources]
    schemas = {c.schema.split("/")[0]: (folder / "xsd" / c.schema).read_bytes() for c in customs if c.schema}
    manifest = [m for m in manifest if m["id"] not in schemas] + [_facts(i, "xsd", content) for i, content in schemas.items()]
    _write(folder / "manifest.json", json.dumps(manifest).encode())
    _write(folder / "scenarios.json", json.dumps([*others, *map(asdict, customs)]).encode())


def _reference(source: Source) -> bytes:
    """What `--reference` runs: the stylesheet as it came; of a Schematron, one template per rule, nothing optimised."""
    from einvoice.schematron.assemble import assembled_guarded
    from einvoice.schematron.compile import compiled_guarded

    if source.path.suffix in {".xsl", ".xslt"}:
        return source.path.read_bytes()
    return assembled_guarded(compiled_guarded({source.id: source.rules})).encode()


def _compile(folder: Path, sets: dict[str, RuleSet]) -> None:
    from einvoice.schematron.compile import files

    try:
        made = files(official.sheet_name(tuple(sets)), sets)
    except UnsupportedContext as context:
        raise UsageError(f"a rule with the context {context} cannot be compiled: only elements can be the context of a rule") from None
    for name, content in made.items():
        _write(folder / name, content)


def _facts(id_: str, kind: str, content: bytes) -> dict[str, Any]:
    digest = sha256(content).hexdigest()
    return {"id": id_, "kind": kind, "name": f"own {kind}", "version": "-", "licence": "-", "package": "-", "sha256": digest}


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as file:
        file.write(content)
    Path(file.name).replace(path)
