"""Cut an invoice in CII down to what a Factur-X profile knows, naming what falls away."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from lxml import etree

from einvoice import official, terms
from einvoice.check import pipeline, xsd
from einvoice.conversion import Loss
from einvoice.syntax.locate import Map
from einvoice.syntax.location import Locator
from einvoice.syntax.plan import plan

if TYPE_CHECKING:
    from collections.abc import Iterator

    from einvoice.profiles import Scenario

_XS = "{http://www.w3.org/2001/XMLSchema}"
_NOT_USED = "FX-NOTUSED:"
_PREDICATE = re.compile(r"\[[^]]*\]")
_Shape = dict[str, tuple[str, int | None]]
"""what a type of the schema may hold: child -> its type, and how often it may stand (None: without limit)"""


def reduce(root: etree._Element, scenario: Scenario) -> tuple[Loss, ...]:
    """Remove from an invoice, in place, what the schema of a scenario has no place for; gives what was lost.

    >>> from einvoice import document, profiles
    >>> root = document.open("fixtures/b2b-cii.xml").root
    >>> losses = reduce(root, profiles.named("facturx-minimum", profiles.Kind.CII))
    >>> losses[0].what
    'BT-22 Invoice note'
    """
    shapes, top = _shapes(scenario.schema)
    by_schema = _cut(root, list(_foreign(root, top, shapes)), scenario)
    return tuple(dict.fromkeys([*by_schema, *_cut(root, _not_used(root, scenario), scenario)]))


def _cut(root: etree._Element, doomed: list[etree._Element], scenario: Scenario) -> list[Loss]:
    """Remove elements, and say what was in them."""
    spots = Map(plan(scenario.dialect), root)
    losses = [loss for element in doomed for loss in _losses(element, spots)]
    for element in doomed:
        parent = element.getparent()
        if parent is not None:
            parent.remove(element)
    _without_empty(root)
    return losses


def _not_used(root: etree._Element, scenario: Scenario) -> list[etree._Element]:
    """Elements that the schema allows and the rules of the profile say are not used."""
    report = pipeline.validate(etree.tostring(root), rules=scenario.id)
    places = [finding.location for finding in report.findings if finding.rule.startswith(_NOT_USED)]
    namespaces = {prefix: uri for prefix, uri in root.nsmap.items() if prefix}
    found = [root.xpath(place, namespaces=namespaces) for place in places]
    return [element for elements in found if isinstance(elements, list) for element in elements if isinstance(element, etree._Element)]


def fits(root: etree._Element, scenario: Scenario) -> bool:
    """Whether nothing of an invoice has to be cut for a scenario, as far as its schema and the places of its rules say."""
    if xsd.validate(root, scenario.schema):
        return False
    unused = _unused_paths(scenario.rules)
    names = {path.rpartition("/")[2] for path in unused}
    return not any(_path(element) in unused for element in root.iter("{*}*") if _local_name(element) in names)


@cache
def _unused_paths(rules: tuple[str, ...]) -> frozenset[str]:
    """The elements that the rules say are not used, in some context at least: their ids are their places."""
    ids = (rule for _, rule, *_ in official.compiled(rules)["asserts"] if rule.startswith(_NOT_USED) and "@" not in rule)
    return frozenset(_PREDICATE.sub("", rule.removeprefix(_NOT_USED)) for rule in ids)


def _path(element: etree._Element) -> str:
    names = [_local_name(element), *map(_local_name, element.iterancestors())]
    return "/" + "/".join(reversed(names))


def _local_name(element: etree._Element) -> str:
    return str(element.tag).rpartition("}")[2]


def _foreign(element: etree._Element, type_name: str, shapes: dict[str, _Shape]) -> Iterator[etree._Element]:
    """The outermost elements that have no place, or stand too often."""
    shape = shapes.get(type_name)
    if shape is None:
        return
    counts: dict[str, int] = {}
    for child in element:
        name = _local_name(child)
        inner, limit = shape.get(name, ("", 0))
        counts[name] = counts.get(name, 0) + 1
        if name not in shape or (limit is not None and counts[name] > limit):
            yield child
        else:
            yield from _foreign(child, inner, shapes)


def _losses(element: etree._Element, spots: Map) -> Iterator[Loss]:
    locate = Locator()
    for leaf in element.iter():
        if len(leaf) == 0 and (leaf.text or "").strip():
            spot = spots.spot(leaf)
            term = spot.term if spot and spot.exact and spot.term in terms.NAMES else None
            reason = "the profile has no place for it"
            yield (
                Loss(reason, term=term)
                if term
                else Loss(reason, location=locate(leaf), line=leaf.sourceline, text=(leaf.text or "").strip())
            )


def _without_empty(root: etree._Element) -> None:
    """Groups that lost all they held. Some may stand empty in every profile: the two between agreement and settlement."""
    for element in reversed(list(root.iter())):
        parent = element.getparent()
        empty = len(element) == 0 and not (element.text or "").strip() and not element.attrib
        if parent is None or not empty:
            continue
        if _local_name(element).startswith("ApplicableHeader"):
            element.text = None
        else:
            parent.remove(element)


@cache
def _shapes(schema: str) -> tuple[dict[str, _Shape], str]:
    """The types of a schema by name, and that of its root."""
    main = official.schema_path(schema)
    trees = [etree.parse(path).getroot() for path in sorted(Path(main.parent).glob("*.xsd"))]
    shapes = {str(kind.get("name")): _shape(kind) for tree in trees for kind in tree.iter(f"{_XS}complexType") if kind.get("name")}
    root = next(element for tree in trees for element in tree.findall(f"{_XS}element"))
    return shapes, _local(root.get("type", ""))


def _shape(kind: etree._Element) -> _Shape:
    return {
        str(element.get("name")): (_local(element.get("type", "")), _limit(element.get("maxOccurs", "1")))
        for element in kind.iter(f"{_XS}element")
        if element.get("name")
    }


def _limit(occurs: str) -> int | None:
    return None if occurs == "unbounded" else int(occurs)


def _local(name: str) -> str:
    return name.rpartition(":")[2]
