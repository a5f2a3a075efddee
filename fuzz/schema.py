"""What a schema allows at a place: which children, in which order, which attributes, what an element needs at least."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import NamedTuple

from lxml import etree

from tools.element_order import XS, Declared, Schemas

ARTEFACTS = Path(__file__).resolve().parent.parent / "einvoice/artefacts/xsd"
SAMPLES = {
    "decimal": "1.00",
    "boolean": "true",
    "date": "2026-01-31",
    "time": "12:00:00",
    "dateTime": "2026-01-31T12:00:00",
    "base64Binary": "QUJD",
    "integer": "1",
    "anyURI": "https://example.com/",
    "language": "de",
}
DEEPEST = 6


class Attribute(NamedTuple):
    name: str
    required: bool


class Model(Schemas):
    """The element types of one schema, with attributes and simple types."""

    def __init__(self, folder: Path) -> None:
        self.attributes: dict[str, list[Attribute]] = {}
        self.bases: dict[str, str] = {}
        self.choices: dict[str, str] = {}
        super().__init__(folder, {})

    def load(self, schema: etree._Element) -> None:
        super().load(schema)
        target = schema.get("targetNamespace") or ""
        for type_ in schema.findall(f"{XS}complexType") + schema.findall(f"{XS}simpleType"):
            name = self.shown(f"{{{target}}}{type_.get('name')}")
            self.attributes[name] = [
                Attribute(a.get("name", ""), a.get("use") == "required")
                for a in type_.iter(f"{XS}attribute")
                if a.get("name") and a.get("use") != "prohibited"
            ]
            derived = next((e for e in type_.iter(f"{XS}extension", f"{XS}restriction")), None)
            if derived is not None:
                self.bases[name] = self._base(derived)
            listed = type_.find(f".//{XS}enumeration")
            if listed is not None:
                self.choices[name] = listed.get("value", "")

    def _base(self, derived: etree._Element) -> str:
        prefix, _, local = derived.get("base", "").rpartition(":")
        return self.shown(f"{{{derived.nsmap.get(prefix or None) or ''}}}{local}")

    def shown(self, tag: str) -> str:
        """Types of the schema language by their bare name, all others in full."""
        return tag.rpartition("}")[2] if tag.startswith(XS) else tag

    def chain(self, type_: str) -> list[str]:
        """A type and what it is derived from."""
        found = [type_]
        while (base := self.bases.get(found[-1])) and base not in found:
            found.append(base)
        return found

    def children(self, type_: str) -> list[Declared]:
        return next((c for t in self.chain(type_) if (c := self.types.get(t))), [])

    def attributes_of(self, type_: str) -> dict[str, Attribute]:
        return {a.name: a for t in reversed(self.chain(type_)) for a in self.attributes.get(t, ())}

    def type_at(self, element: etree._Element) -> str:
        """The type of an element by the path that leads to it."""
        parent = element.getparent()
        if parent is None:
            return self.elements.get(str(element.tag), "-")
        return next((self.type_of(c) for c in self.children(self.type_at(parent)) if c.tag == element.tag), "-")

    def sample(self, type_: str) -> str:
        for name in self.chain(type_):
            if name in self.choices:
                return self.choices[name]
            if name in SAMPLES:
                return SAMPLES[name]
        return "X1"

    def minimal(self, declared: Declared, depth: int = 0) -> etree._Element:
        """An element with what the schema demands, and nothing else."""
        type_ = self.type_of(declared)
        element = etree.Element(declared.tag)
        for attribute in self.attributes_of(type_).values():
            if attribute.required:
                element.set(attribute.name, "EUR" if attribute.name == "currencyID" else "X1")
        children = self.children(type_)
        if not children:
            element.text = self.sample(type_)
        for child in children if depth < DEEPEST else ():
            if child.least != "0":
                element.append(self.minimal(child, depth + 1))
        return element

    def insert(self, parent: etree._Element, new: etree._Element, order: list[Declared]) -> None:
        """Put a child where the sequence of its parent wants it."""
        places = {c.tag: n for n, c in enumerate(order)}
        at = places.get(str(new.tag), len(order))
        index = next((i for i, c in enumerate(parent) if places.get(str(c.tag), -1) > at), len(parent))
        parent.insert(index, new)


@cache
def model(schema: str) -> Model:
    """The model of a schema, by its main file below `artefacts/xsd/`."""
    return Model(ARTEFACTS / schema.split("/")[0])
