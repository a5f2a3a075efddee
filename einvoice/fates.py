"""What became of each leaf of a document that was converted: kept, moved, changed or lost."""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Literal

from lxml import etree

from einvoice import document
from einvoice.exchange import read, to_json
from einvoice.syntax.locate import Map
from einvoice.syntax.location import Locator
from einvoice.syntax.plan import plan
from einvoice.terms import at

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from einvoice.arrangement import Change
    from einvoice.conversion import Conversion
    from einvoice.document import Document

Kind = Literal["kept", "moved", "changed", "lost"]
Became = tuple[Kind, "str | None", "str | None"]
"""kind, new text, reason"""
KINDS: tuple[Kind, ...] = ("kept", "moved", "changed", "lost")
UNEXPLAINED = "not found in the result"
_MOVED = "the result says it by its structure, or once for the whole invoice"
_INDEX = re.compile(r"\[\d+\]")
_RECORD = re.compile(r"[^\[]+\[\d+\]")
_VALUE = re.compile(r"\.(?:value|content|text)$")


@dataclass(frozen=True, slots=True)
class Fate:
    """A text or attribute of the source, and what became of it."""

    kind: Kind
    location: str
    line: int
    text: str
    term: str | None = None
    path: str | None = None
    """where the model has it"""
    becomes: str | None = None
    """the text of the result, where it was changed"""
    reason: str | None = None
    """why it is lost or changed, or where it was moved"""


@dataclass(frozen=True, slots=True)
class _Leaf:
    location: str
    line: int
    text: str
    attribute: str
    term: str | None
    path: str | None


def fates(source: Document, conversion: Conversion, to: str) -> tuple[Fate, ...]:
    """One fate for each leaf of the source, in its order: each element without children, and each attribute.

    *kept*: the result says the same at the same term; *moved*: it says it in another way, as the code of a scheme or a
    currency that the whole invoice has; *changed*: the same value written differently (a date, an amount); *lost*: not
    in the result, with the reason.

    >>> import einvoice
    >>> opened = einvoice.open("fixtures/b2b-ubl.xml")
    >>> counted(fates(opened, einvoice.convert(opened.xml, to="cii"), "cii"))
    {'kept': 62, 'moved': 16, 'changed': 3, 'lost': 0}
    """
    reading, result = read(source), _values(conversion.data, to)
    sides = _Sides(
        unread={loss.location: loss.reason for loss in conversion.losses if loss.location is not None},
        beyond=frozenset(unmapped.location for unmapped in reading.unmapped),
        unwritten={loss.term: loss.reason for loss in conversion.losses if loss.term is not None and loss.path is None},
        model=_texts(_flat(json.loads(to_json(reading.invoice)))),
        result=result,
        below=_below(result),
        anywhere=frozenset(text for texts in result.values() for text in texts),
        left_out={loss.path: loss.reason for loss in conversion.losses if loss.path is not None},
        moves=conversion.moves,
        changed={change.path: change for change in conversion.changes},
    )
    return tuple(_fate(leaf, sides) for leaf in _leaves(source))


def counted(all_fates: tuple[Fate, ...]) -> dict[str, int]:
    """How many there are of each kind."""
    number = Counter(fate.kind for fate in all_fates)
    return {kind: number[kind] for kind in KINDS}


def loss_report(source: Document, conversion: Conversion, to: str) -> dict[str, Any]:
    """The counts, every leaf that was not simply kept, and what the result says and the source did not, ready for JSON."""
    found = fates(source, conversion, to)
    told = [{key: value for key, value in asdict(fate).items() if value is not None} for fate in found if fate.kind != "kept"]
    paths = {fate.path for fate in found}
    added = [asdict(change) for change in conversion.changes if change.path not in paths]
    return {"leaves": len(found), **counted(found), "fates": told, "added": added}


def _leaves(opened: Document) -> Iterator[_Leaf]:
    root = opened.model_root
    places, locate = Map(plan(opened.dialect), root), Locator()
    for element in root.iter(etree.Element):
        text = (element.text or "").strip() if not len(element) else ""
        if not text and not element.attrib:
            continue
        spot, location, line = places.spot(element), locate(element), element.sourceline or 0
        term, path = (spot.term, spot.path) if spot is not None and spot.exact else (None, None)
        if text:
            yield _Leaf(location, line, text, "", term, path)
        for name, value in element.attrib.items():
            plain = etree.QName(name).localname
            if etree.QName(name).namespace is None:
                yield _Leaf(f"{location}/@{plain}", line, value, plain, term, path)


@dataclass(frozen=True, slots=True)
class _Sides:
    """What is known of the way from the source to the result."""

    unread: Mapping[str, str]
    """location -> why the model cannot hold it"""
    beyond: frozenset[str]
    """locations of what is no term of the model; it is there all the same, if it is not among the unread (`keeping.py`)"""
    unwritten: Mapping[str, str]
    """term -> why the result has no place for it"""
    changed: Mapping[str, Change]
    model: Mapping[str, list[str]]
    """path -> texts, of the model and of the result"""
    result: Mapping[str, list[str]]
    below: Mapping[str, list[str]]
    """path of a record -> all texts that the result has in it"""
    anywhere: frozenset[str]
    left_out: Mapping[str, str]
    """path of what was left out -> why"""
    moves: Mapping[str, str]
    """path of a record that stands elsewhere in the result -> where; nothing, where the structure says it"""

    def dropped(self, leaf: _Leaf) -> str | None:
        """Why a leaf, or the record around it, was not even offered to the result."""
        path = leaf.path or ""
        record = _RECORD.match(path)
        return self.unread.get(leaf.location) or self.left_out.get(record[0] if record else path)

    def moved(self, path: str) -> str:
        """The path in the result, where the record around it may stand elsewhere."""
        around = path
        while around:
            if around in self.moves:
                return self.moves[around] + path[len(around) :] if self.moves[around] else ""
            around = around.rpartition(".")[0]
        return path

    def at(self, path: str) -> list[str]:
        """What the result says at a path; else in the record around it, if that is one text, or in the record below it."""
        below = self.below.get(path)
        return self.result.get(path) or self.result.get(path.rpartition(".")[0]) or ([" ".join(below)] if below else [])

    def no_place(self, path: str) -> str | None:
        """Why the term of a path, or a group around it, is not in the result."""
        names = tuple(_INDEX.sub("", path).split("."))
        above = (at(names[:length]) or "" for length in range(1, len(names) + 1))
        return next((self.unwritten[term] for term in above if term in self.unwritten), None)


def _values(data: bytes, to: str) -> Mapping[str, list[str]]:
    if to == "json":
        return _texts(_flat(json.loads(data)))
    return _texts((leaf.path or "", leaf.text) for leaf in _leaves(document.open(data)))


def _texts(pairs: Iterable[tuple[str, str]]) -> Mapping[str, list[str]]:
    """Path -> texts; a record's value also under the path of the record."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    for path, text in pairs:
        for name in {path, _VALUE.sub("", path)}:
            found[name].append(text)
    return dict(found)


def _below(result: Mapping[str, list[str]]) -> Mapping[str, list[str]]:
    """Each record's texts, made once: an invoice has thousands of lines."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    for path, texts in result.items():
        above = path.rpartition(".")[0]
        while above:
            found[above] += texts
            above = above.rpartition(".")[0]
    return dict(found)


def _flat(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _flat(inner, f"{path}.{key}".lstrip("."))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _flat(inner, f"{path}[{index}]")
    else:
        yield path, str(value)


def _fate(leaf: _Leaf, sides: _Sides) -> Fate:
    kind, becomes, reason = _became(leaf, sides)
    return Fate(kind, leaf.location, leaf.line, leaf.text, leaf.term, leaf.path, becomes, reason)


def _became(leaf: _Leaf, sides: _Sides) -> Became:
    if (dropped := sides.dropped(leaf)) is not None:
        return "lost", None, dropped
    if leaf.path is None or leaf.location in sides.beyond:
        return ("kept", None, None) if leaf.location in sides.beyond else ("moved", None, _MOVED)
    if (change := sides.changed.get(leaf.path)) is not None and not leaf.attribute:
        return "changed", change.text, change.reason
    return _compared(leaf, leaf.path, sides)


def _compared(leaf: _Leaf, before: str, sides: _Sides) -> Became:
    """What became of a leaf of the model that nothing was told of: by what the result says there."""
    path = sides.moved(before)
    if leaf.text in sides.result.get(path, ()):
        return "kept", None, None
    why = sides.no_place(path)
    there = sides.at(path)
    if why is not None and not there:
        return "lost", None, why
    if leaf.attribute or not path:
        return "moved", None, _MOVED
    if there:
        return "changed", there[0], None
    if leaf.text in sides.anywhere:
        return "moved", None, "the result has it at another place"
    return "lost", None, UNEXPLAINED if before in sides.model else "the reader takes it as saying nothing: a placeholder, or 0"
