"""Compile the table into one plan per syntax: a tree of the elements that the rows name.

Strategy: every row's path is walked from the root (or from its group's node), sharing what exists. The tree is then
sorted by the schema's order (`order.py`, generated), so that the table can keep the norm's order. Reading and writing
are two recursive walks over this tree (`read.py`, `write.py`); no row is looked at again.

What is wrong with the table (an element that the schema lacks, a term bound twice) is raised here, when the plan is built.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cache
from itertools import chain
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from einvoice.rows import Group, Row, Term, of_norm
from einvoice.syntax import order
from einvoice.syntax.namespaces import CII_PARTS, CREDIT_NOTE_NAMES, UBL_CREDIT_NOTE, UBL_INVOICE, UBL_PARTS
from einvoice.terms import INVOICE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from einvoice.datatypes import Codec
    from einvoice.places import Condition, Path, Place, Places
    from einvoice.syntax.lean import Lean

Attributes = tuple[str, ...]
T = TypeVar("T")


def asked(path: Attributes) -> Callable[[Any], Any]:
    """A function that digs for the value at a path; None as soon as something on the way is None."""
    if not path:
        return lambda record: record
    if len(path) == 1:
        (name,) = path
        return lambda record: getattr(record, name, None)
    first, second, *rest = path
    if not rest:
        return lambda record: getattr(getattr(record, first, None), second, None)
    below = asked(tuple(rest))
    return lambda record: below(getattr(getattr(record, first, None), second, None))


class TableError(Exception):
    """The table contradicts itself, the model or the schema."""


@dataclass(frozen=True, slots=True)
class Dialect:
    """A syntax in one version, for one kind of document: all that the plans differ in."""

    name: str
    syntax: str
    root: str
    namespaces: Mapping[str, str]
    types: Mapping[str, tuple[order.Child, ...]]
    root_type: str
    rename: Mapping[str, str] = field(default_factory=dict)
    """elements that a credit note calls by another name"""
    credit: bool = False
    norm: bool = False
    """it has the terms of the norm alone"""
    lacks: frozenset[str] = frozenset()
    """terms and groups that came with a later version"""


_SINCE_D22B = frozenset({"BG-X-85", "BT-X-532", "BT-X-533", "BT-X-534", "BT-X-536"})
DIALECTS = (
    Dialect("ubl-invoice", "ubl", "Invoice", {"": UBL_INVOICE, **UBL_PARTS}, order.UBL, "InvoiceType"),
    Dialect("ubl-credit-note", "ubl", "CreditNote", {"": UBL_CREDIT_NOTE, **UBL_PARTS}, order.UBL, "CreditNoteType", CREDIT_NOTE_NAMES, credit=True),  # noqa: E501
    Dialect("cii-d16b", "cii", "rsm:CrossIndustryInvoice", CII_PARTS, order.CII_D16B, "rsm:CrossIndustryInvoiceType", lacks=_SINCE_D22B),
    Dialect("cii-en16931", "cii", "rsm:CrossIndustryInvoice", CII_PARTS, order.CII_D16B, "rsm:CrossIndustryInvoiceType", norm=True),
    Dialect("cii-d22b", "cii", "rsm:CrossIndustryInvoice", CII_PARTS, order.CII_D22B, "rsm:CrossIndustryInvoiceType"),
)  # fmt: skip


@dataclass(eq=False, slots=True)
class Leaf:
    """A value at an element or attribute: which attribute of which frame, and its codec."""

    row: Row
    id: str
    depth: int
    """which frame holds it: 0 is the invoice, then one per repeating group around it"""
    path: Attributes
    """from the frame's record to the value; empty when the frame is the value"""
    codec: Codec
    place: Place
    ask: Callable[[Any], Any]
    """the value in a frame, or None"""


class Scope(NamedTuple):
    """A repeating element: which tuple its items come from."""

    depth: int
    path: Attributes
    spread: bool
    """the items are of a subgroup: the element stands once even if there are none"""
    nested: bool
    """the items are of the kind of their holder, and take its place among the frames"""
    holder: Callable[[Any], Any]
    """the record that has the items, in a frame"""

    def inner(self, frames: Sequence[T], item: T) -> list[T]:
        """The frames below an item."""
        return [*frames[: self.depth], item] if self.nested else [*frames, item]


def scope(depth: int, path: Attributes, *, spread: bool = False, nested: bool = False) -> Scope:
    """The scope of items at a path."""
    return Scope(depth, path, spread, nested, asked(path[:-1]))


@dataclass(eq=False, slots=True)
class Node:
    """One element of the plan: how to recognise it, what to read and write there."""

    name: str
    tag: str
    conditions: tuple[Condition, ...] = ()
    id: str = ""
    """the term or group that has this element"""
    children: list[Node] = field(default_factory=list)
    by_tag: dict[Any, list[Node]] = field(default_factory=dict)
    leaf: Leaf | None = None
    attributes: list[tuple[str, Leaf]] = field(default_factory=list)
    constant: str | None = None
    constant_attributes: list[tuple[str, str]] = field(default_factory=list)
    scope: Scope | None = None
    further: bool = False
    """it is any after the first of its name, which is another node"""
    twin: Node | None = None
    """an element beside it that counts as the first, if it comes before it"""
    record: tuple[int, Attributes] | None = None
    """frame and path of the group that has this element"""
    gate: tuple[int, Callable[[Any], Any]] | None = None
    """a frame, and what to ask it: if that is None, nothing here or below has a value"""
    outer: tuple[Leaf, ...] = ()
    """values below a repeating element that belong to a frame outside it"""
    start: str = ""
    """what is written before the attributes: line feed, blanks, `<name`"""
    end: str = ""
    close: str = ""
    """the end tag on a line of its own"""
    rank: int = 0
    required: bool = False
    limit: int | None = None
    demands: tuple[Leaf, ...] = ()
    """values that the schema demands in this optional element"""
    constant_only: bool = False
    held: frozenset[str] = frozenset()
    """XML attributes that are read here"""
    nests: bool = False
    """it has the children of an element around it, itself among them: a walk over the plan ends here"""
    placeless: list[tuple[str, Callable[[Any], Any]]] = field(default_factory=list)
    """terms and groups of this element's record that the syntax has no place for, and how to ask the record for them"""
    lean: Lean | None = None
    """the same without what is beyond the norm, for the many records that have nothing of that"""

    @property
    def below(self) -> Sequence[Node]:
        """The children, for walks that have no document to end them."""
        return () if self.nests else self.children

    def nodes(self) -> Iterator[Node]:
        """The element and all below it."""
        yield self
        for child in self.below:
            yield from child.nodes()

    def leaves(self) -> Iterator[Leaf]:
        """All values at and below this element."""
        for node in self.nodes():
            if node.leaf is not None:
                yield node.leaf
            yield from (leaf for _, leaf in node.attributes)


@dataclass(frozen=True, slots=True, eq=False)
class Plan:
    """A dialect's tree, and the places of the terms that other rows refer to."""

    dialect: Dialect
    root: Node
    references: Mapping[str, tuple[str, ...]]
    """`BT-5` -> the tags that lead to it from the root"""
    table: Group
    repeated: Mapping[str, list[Node]]
    """group that repeats -> its elements"""


@cache
def plan(name: str) -> Plan:
    """The plan of a dialect, compiled on first use and kept."""
    return compile_plan(INVOICE, next(d for d in DIALECTS if d.name == name))


def compile_plan(table: Group, dialect: Dialect) -> Plan:
    """Compile rows for a dialect; raises TableError where table and schema contradict each other."""
    compiler = grow(table, dialect)
    references = {name: _tags_to(compiler.root, name) for name in compiler.referenced}
    return Plan(dialect, compiler.root, references, table, compiler.repeated)


def grow(table: Group, dialect: Dialect) -> _Compiler:
    """The tree that rows grow to, and what was noted on the way."""
    compiler = _Compiler(dialect)
    compiler.rows(table.rows, compiler.root, 0, ())
    _finish(compiler.root, dialect.types, dialect.root_type)
    return compiler


class _Compiler:
    """Grows the tree from the rows; holds nothing but the tree and what it was told."""

    def __init__(self, dialect: Dialect) -> None:
        self.dialect = dialect
        self.root = self.new(dialect.root, ())
        self.referenced: set[str] = set()
        self.repeated: dict[str, list[Node]] = {}
        """group that repeats -> its elements"""
        self.frames = [self.root]
        """the elements of the records around the row at hand"""

    # -- rows -------------------------------------------------------------------------------------

    def rows(self, rows: tuple[Row, ...], at: Node, depth: int, prefix: Attributes) -> None:
        for row in rows:
            if not self.places(row):
                self.frames[depth].placeless.append((row.id, asked((*prefix, row.attribute))))
            for place in self.places(row):
                start = self.root if place.path.absolute else at
                self.bind(row, place, start, depth, (*prefix, row.attribute))
                if place.beside:
                    self.pair(start, place)

    def places(self, row: Row) -> Places:
        if row.id in self.dialect.lacks or (self.dialect.norm and not of_norm(row.id)):
            return ()
        if self.dialect.syntax == "cii":
            return row.cii
        return row.credit if self.dialect.credit else row.ubl

    def bind(self, row: Row, place: Place, start: Node, depth: int, path: Attributes) -> None:
        node, repeating = self.walk(start, place.path)
        if isinstance(row, Group) and row.nests:
            self.nest(row, node, start, depth, path)
            return
        if isinstance(row, Group) and not self.text_of(row):
            self.group(row, node, repeating, depth, path)
            return
        many = row.card.endswith("n")
        if many and repeating is None:
            raise TableError(f"{row.id} repeats, but no step of its {self.dialect.name} path does")
        if many and repeating is not None:
            repeating.scope = scope(depth, path)
            depth, path = depth + 1, ()
        leaf = Leaf(row, row.id, depth, path, self.codec(row), place, asked(path))
        if place.path.attribute:
            node.attributes.append((place.path.attribute, leaf))
        elif node.leaf is not None:
            raise TableError(f"{row.id} and {node.leaf.id} are bound to the same {self.dialect.name} element {node.name}")
        else:
            node.leaf, node.id = leaf, row.id
        if isinstance(row, Group):  # its text says what the norm has
            self.repeated.setdefault(row.id, []).append(node)
            node.placeless += [(inner.id, asked((inner.attribute,))) for inner in row.rows if not of_norm(inner.id)]

    def pair(self, start: Node, place: Place) -> None:
        """Note at the two elements of a term that either may be the first."""
        around, _ = self.walk(start, replace(place.path, steps=place.path.steps[:-1]))
        first, other = self.child(around, place.path.steps[-1].name), self.child(around, place.beside)
        first.twin, other.twin = other, first

    def nest(self, row: Group, node: Node, around: Node, depth: int, path: Attributes) -> None:
        node.id, node.record, node.nests = row.id, (depth, ()), True
        node.scope = scope(depth, path, nested=True)
        node.children, node.by_tag, node.placeless = around.children, around.by_tag, around.placeless

    def group(self, row: Group, node: Node, repeating: Node | None, depth: int, path: Attributes) -> None:
        if node is not self.root and not node.id:
            node.id, node.record = row.id, (depth, path)
        if row.spread:
            assert repeating is not None
            repeating.scope = scope(depth, (*path, row.spread), spread=True)
            spread = next(r for r in row.rows if r.attribute == row.spread)
            self.rows(tuple(r for r in row.rows if r is not spread), node, depth, path)
            assert isinstance(spread, Group)
            self.rows(spread.rows, self.walk(node, self.places(spread)[0].path)[0], depth + 1, ())
        elif row.card.endswith("n"):
            if repeating is None:
                raise TableError(f"{row.id} repeats, but no step of its {self.dialect.name} path does")
            repeating.scope = scope(depth, path)
            self.repeated.setdefault(row.id, []).append(repeating)
            node.record = depth + 1, ()
            self.frames[depth + 1 :] = [repeating]
            self.rows(row.rows, node, depth + 1, ())
        else:
            self.rows(row.rows, node, depth, path)

    def text_of(self, row: Row) -> bool:
        return isinstance(row, Group) and self.dialect.syntax == "ubl" and row.ubl_text is not None

    def codec(self, row: Row) -> Codec:
        data_type = row.type if isinstance(row, Term) else row.ubl_text
        assert data_type is not None
        return data_type.ubl if self.dialect.syntax == "ubl" else data_type.cii

    # -- paths ------------------------------------------------------------------------------------

    def walk(self, node: Node, path: Path) -> tuple[Node, Node | None]:
        """The node at the end of a path, and the one that repeats."""
        repeating = None
        for step in path.steps:
            node = self.child(node, step.name, step.conditions, further=step.further)
            repeating = node if step.repeats else repeating
        return node, repeating

    def child(self, node: Node, name: str, conditions: tuple[Condition, ...] = (), *, further: bool = False) -> Node:
        shown = self.renamed(name)
        for child in node.children:
            if child.name == shown and child.conditions == conditions and child.further == further:
                return child
        child = self.new(name, conditions)
        child.further = further
        node.children.append(child)
        for condition in conditions:
            self.constant(child, condition)
        return child

    def constant(self, node: Node, condition: Condition) -> None:
        """What a predicate demands is written there."""
        *steps, last = condition.path
        if condition.literal.startswith("$"):
            self.referenced.add(condition.literal[1:])
        for name in steps:
            node = self.child(node, name)
        if last.startswith("@"):
            node.constant_attributes.append((last[1:], condition.literal))
        else:
            self.child(node, last).constant = condition.literal

    def renamed(self, name: str) -> str:
        prefix, colon, local = name.rpartition(":")
        return f"{prefix}{colon}{self.dialect.rename.get(local, local)}"

    def new(self, name: str, conditions: tuple[Condition, ...]) -> Node:
        shown = self.renamed(name)
        prefix, _, local = shown.rpartition(":")
        return Node(shown, f"{{{self.dialect.namespaces[prefix]}}}{local}", conditions)


# -- after the tree has grown ---------------------------------------------------------------------


def _finish(node: Node, types: Mapping[str, tuple[order.Child, ...]], type_name: str, indent: str = "\n") -> list[Leaf]:
    """Put the children in the schema's order and note what the walks need to know of each node; gives the values at and below it."""
    _tags(node, indent)
    children = {child.name: (rank, child) for rank, child in enumerate(types.get(type_name, ()))}
    below: dict[Node, list[Leaf]] = {}
    for child in node.children:
        if child.name not in children:
            raise TableError(f"the schema has no {child.name} in {node.name}")
        child.rank, declared = children[child.name]
        child.required, child.limit = declared.least > 0, declared.most
        if not child.nests:
            below[child] = _finish(child, types, declared.type, indent + "  ")
        else:
            _tags(child, indent + "  ")
    node.children.sort(key=lambda child: child.rank)
    for child in node.children:
        node.by_tag.setdefault(child.tag, []).append(child)
    for alternatives in node.by_tag.values():  # the most particular first
        alternatives.sort(key=lambda n: (not n.conditions, any(not c.exact for c in n.conditions)))
    own = [leaf for leaf in (node.leaf, *(leaf for _, leaf in node.attributes)) if leaf is not None]
    leaves = [*own, *chain.from_iterable(below.get(child, ()) for child in node.children)]
    _note_values(node, leaves)
    return leaves


def _tags(node: Node, indent: str) -> None:
    node.start, node.end, node.close = f"{indent}<{node.name}", f"</{node.name}>", f"{indent}</{node.name}>"


def _note_values(node: Node, leaves: list[Leaf]) -> None:
    node.constant_only = not leaves
    wanted = (child.leaf for child in node.children if child.required and not node.required)
    node.demands = tuple(leaf for leaf in wanted if leaf is not None and leaf.place.filler is None)
    leaf_attributes = node.leaf.codec.attributes if node.leaf else frozenset()
    node.held = leaf_attributes | {n for n, _ in node.attributes} | {n for n, _ in node.constant_attributes}
    leaves = [leaf for leaf in leaves if not leaf.place.echo]
    if node.scope is not None:
        inside = node.scope.depth
        node.outer = tuple(leaf for leaf in leaves if leaf.depth <= inside)
    elif leaves and len({leaf.depth for leaf in leaves}) == 1:
        ask = _asking(leaves)
        node.gate = (leaves[0].depth, ask) if ask is not None else None


_FEW = 3


def _asking(leaves: list[Leaf]) -> Callable[[Any], Any] | None:
    """What tells whether any of these values is there: the record that they share, or each of a few."""
    shared = _shared([leaf.path[:-1] for leaf in leaves])
    if shared and len(leaves) > 1:
        return asked(shared)
    if len(leaves) > _FEW or any(leaf.place.filler is not None or not leaf.path for leaf in leaves):
        return None
    first, *others = (leaf.ask for leaf in leaves)
    return first if not others else lambda record: next((found for ask in (first, *others) if (found := ask(record)) is not None), None)


def _shared(paths: list[Attributes]) -> Attributes:
    first, last = min(paths), max(paths)
    length = next((i for i, (a, b) in enumerate(zip(first, last, strict=False)) if a != b), min(len(first), len(last)))
    return first[:length]


def _tags_to(root: Node, name: str) -> tuple[str, ...]:
    def search(node: Node) -> tuple[str, ...] | None:
        if node.leaf is not None and node.leaf.id == name:
            return (node.tag,)
        below = (found for child in node.below if (found := search(child)) is not None)
        found = next(below, None)
        return None if found is None else (node.tag, *found)

    found = search(root)
    if found is None:
        raise TableError(f"${name} is not bound to an element")
    return found[1:]
