"""Probes: for each assertion, a document that is likely to break it, made from what the test looks for.

not(a/b)            -> put a/b there        a/b, exists(a/b)   -> take it away
count(a/b) <= 1     -> put it there twice   anything else      -> a text that no list or format has
"""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING

from einvoice import official
from einvoice.schematron import load_xslt
from einvoice.schematron.contexts import Alternative, UnsupportedContext, alternatives, names_fit
from einvoice.schematron.rule_set import with_prefixes
from einvoice.schematron.xpath import DESCENDANTS, Binary, Expression, Path, Step, String, every
from einvoice.syntax.namespaces import RULE_PREFIXES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml import etree

    from fuzz.schema import Model

_NAMES = {f"{{{uri}}}": f"{prefix}:" for uri, prefix in RULE_PREFIXES.items()}
URIS = {prefix: uri for uri, prefix in RULE_PREFIXES.items()}
TEXTS = ("ZZZ", "", "-1.00", "1.234", "9999999.99", "true", "20263199", "S", "Z", "O", "L", "K")


def name_of(tag: str) -> str:
    """An element's name as compiled rules write it."""
    namespace, brace, local = tag.rpartition("}")
    return _NAMES.get(namespace + brace, "") + local


class Probe:
    """One assertion of one rule set."""

    def __init__(self, name: str, rule: str, context: Expression, test: Expression) -> None:
        self.name, self.rule, self.context, self.test = name, rule, context, test

    def documents(self, seed: etree._Element, model: Model) -> Iterator[etree._Element]:
        """Changed copies of an invoice, the likeliest first."""
        for context in _alternatives(self.context):
            copy = deepcopy(seed)
            node = _reached(copy, model, context.steps)
            if node is not None:
                yield copy
                yield from self._violated(copy, node, model)

    def _violated(self, root: etree._Element, node: etree._Element, model: Model) -> Iterator[etree._Element]:
        where = root.getroottree().getpath(node)
        paths = [p for part in every(self.test) if isinstance(part, Path) and part.steps for p in _expanded(part)]
        for path in paths:
            for change in (_put, _put_twice, _take):
                copy = deepcopy(root)
                (here,) = copy.getroottree().xpath(where, namespaces={p: u for p, u in root.nsmap.items() if p}) or (None,)
                if here is not None and change(copy, here, model, path):
                    yield copy
        for text in TEXTS if len(node) == 0 else ():
            copy = deepcopy(root)
            for here in copy.iter(str(node.tag)):
                if len(here) == 0:
                    here.text = text
            yield copy


def probes(rules: tuple[str, ...]) -> Iterator[Probe]:
    """All assertions of rule sets."""
    for name in rules:
        tree = with_prefixes(load_xslt.load(official.stylesheet(name)), RULE_PREFIXES)
        for rule in (r for pattern in tree.patterns for r in pattern.rules):
            yield from (Probe(name, a.id, rule.context, a.test) for a in rule.assertions)


def _expanded(path: Path) -> list[Path]:
    """The paths that a path with `(a | b)` in it stands for."""
    attribute = path.steps[-1:] if isinstance(path.steps[-1], Step) and path.steps[-1].axis == "attribute" else ()
    before = Path(path.absolute, path.steps[: len(path.steps) - len(attribute)])
    return [Path(a.absolute, (*a.steps, *attribute)) for a in _alternatives(before)] or [path]


def _alternatives(expression: Expression) -> tuple[Alternative, ...]:
    try:
        return alternatives(expression)
    except UnsupportedContext:
        return ()


def _put(root: etree._Element, node: etree._Element, model: Model, path: Path) -> bool:
    return _reached(root if path.absolute else node, model, path.steps) is not None


def _put_twice(root: etree._Element, node: etree._Element, model: Model, path: Path) -> bool:
    found = _reached(root if path.absolute else node, model, path.steps)
    if found is None or found.getparent() is None:
        return False
    found.addnext(deepcopy(found))
    return True


def _take(root: etree._Element, node: etree._Element, _: Model, path: Path) -> bool:
    names = [s.test for s in path.steps if isinstance(s, Step)]
    if not names:
        return False
    gone = [e for e in (root if path.absolute else node).iter("*") if name_of(str(e.tag)) == names[-1] and e.getparent() is not None]
    for element in gone:
        element.getparent().remove(element)  # type: ignore[union-attr]
    for element in node.iter("*"):
        if names[-1] in element.attrib and isinstance(path.steps[-1], Step) and path.steps[-1].axis == "attribute":
            del element.attrib[names[-1]]
            gone.append(element)
    return bool(gone)


def _reached(node: etree._Element, model: Model, steps: tuple[object, ...]) -> etree._Element | None:
    """The node at the end of a path, with what was missing on the way put in; None where the schema has no such place."""
    here: etree._Element | None = node
    for index, step in enumerate(steps):
        if here is None or not isinstance(step, Step):
            return None
        if step == DESCENDANTS or (index == 0 and _is_root(here, step)):
            continue
        if step.axis == "attribute":
            here.set(step.test, "X1")
        elif step.axis == "parent":
            here = here.getparent()
        elif step.axis == "child":
            here = _child(here, model, step.test) if here is not node or DESCENDANTS not in steps[:1] else _anywhere(here, model, step.test)
        _satisfy(here, step)
    return here


def _is_root(node: etree._Element, step: Step) -> bool:
    return node.getparent() is None and names_fit(step.test, name_of(str(node.tag)))


def _child(parent: etree._Element, model: Model, test: str) -> etree._Element | None:
    found = next((c for c in parent if names_fit(test, name_of(str(c.tag)))), None)
    if found is not None:
        return found
    order = model.children(model.type_at(parent))
    declared = next((d for d in order if names_fit(test, name_of(d.tag))), None)
    if declared is None:
        return _anywhere(parent, model, test) if parent.getparent() is None else None
    new = model.minimal(declared)
    model.insert(parent, new, order)
    return new


def _anywhere(root: etree._Element, model: Model, test: str) -> etree._Element | None:
    """Below some element that may have it: first where one is already."""
    for element in root.iter("*"):
        if names_fit(test, name_of(str(element.tag))):
            return element
    for element in list(root.iter("*")):
        if any(names_fit(test, name_of(d.tag)) for d in model.children(model.type_at(element))):
            return _child(element, model, test)
    return None


def _satisfy(node: etree._Element | None, step: Step) -> None:
    """Give a node the attributes and values that the predicates of its step compare."""
    for predicate in step.predicates if node is not None else ():
        for part in every(predicate):
            match part:
                case Binary("=", Path(False, (Step("attribute", name, _),)), String(value)) if node is not None:
                    node.set(name, value)
                case Path(False, (Step("attribute", name, _),)) if node is not None and name not in node.attrib:
                    node.set(name, "X1")
                case Binary("=", Path(False, (Step("child", name, ()), *_)), String(value)):
                    for child in node if node is not None else ():
                        if name_of(str(child.tag)) == name and len(child) == 0:
                            child.text = value
