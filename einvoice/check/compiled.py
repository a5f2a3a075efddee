"""Run the compiled rules of a scenario (`schematron/compile.py`) and read what they say.

The first documents of a process are judged by a stylesheet that holds only what they can violate, which compiles in a
fraction of the time, and grows with them. Once that did not do several times, the whole one is compiled behind an answer and
serves all that come after, but for the huge: there, what a stylesheet of their own leaves out is asked of too many nodes.
"""

from __future__ import annotations

import re
import time
from dataclasses import dataclass
from functools import cache, partial
from typing import TYPE_CHECKING, Any

from einvoice import official
from einvoice.check import saxon
from einvoice.check.rules import Dead, Fired, Outcome
from einvoice.errors import WorkerError
from einvoice.schematron.assemble import assembled, assembled_guarded
from einvoice.schematron.tokens import tokens
from einvoice.syntax.location import canonical

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from lxml import etree

LARGE, HUGE = 200_000, 5_000_000
"""bytes of a document from which on it has to be valid first, and from which on a stylesheet of its own is worth its compilation"""
STUB = 64
"""bytes of an embedded file that are left alone"""
GROWTHS = 6
"""compilations of an own stylesheet after which more are expected"""
_OTHER_ENCODING = re.compile(rb"""<\?xml[^>]*encoding\s*=\s*["'](?!utf-8["'])""", re.IGNORECASE)
_BASE64 = bytes(range(48, 58)) + bytes(range(65, 91)) + bytes(range(97, 123)) + b"+/= \t\r\n"


@dataclass(frozen=True, slots=True, eq=False)
class Sheet:
    """A stylesheet of a scenario, in parts."""

    name: str
    """of the whole one; never as a published one is called"""
    parts: Mapping[str, Any]
    put_together: Callable[[Mapping[str, Any], frozenset[str] | None], str]

    @property
    def own(self) -> str:
        """What a process calls the one for certain documents."""
        return f"{self.name} own"

    def text(self, tokens: frozenset[str] | None = None) -> bytes:
        """The whole one, or what a document with these tokens can violate."""
        return self.put_together(self.parts, tokens).encode()

    def needed(self, root: etree._Element) -> frozenset[str]:
        """What a document has, as far as the rules ask for it."""
        values = _values(self)
        return frozenset(token for token in tokens(root, self.parts["sheet"]["leaves"]) if "=" not in token or token in values)


@cache
def fast(rules: tuple[str, ...]) -> Sheet:
    """What rule sets were compiled to."""
    return Sheet(official.sheet_name(rules), official.compiled(rules), assembled)


@cache
def guarded(rules: tuple[str, ...]) -> Sheet:
    """The same for documents on which that dies."""
    return Sheet(f"{official.sheet_name(rules)} guarded", official.guarded(rules), assembled_guarded)


@cache
def _values(sheet: Sheet) -> frozenset[str]:
    """The tokens of values that a rule or a code list asks for."""
    codes = (f"={code}" for listed in sheet.parts["codes"].values() for code in listed)
    return frozenset([*codes, *sheet.parts["sheet"]["values"]])


class Judging:
    """The rules' side of one document: Saxon reads the bytes while the host parses them and checks the schema."""

    def __init__(self, data: bytes = b"") -> None:
        """Give bytes that look like XML to a Saxon process that is idle; any that cannot be used are read again later."""
        self._source = data
        self._stub = b""
        self._started = False
        usable = data[:64].lstrip().startswith(b"<") and not _OTHER_ENCODING.match(data)
        self._process = saxon.POOL.borrow_idle(or_only=len(data) <= LARGE) if usable else None
        if self._process is not None:
            self._stub = without_attachments(data)
            self._early()

    def _early(self) -> None:
        assert self._process is not None
        try:
            self._process.give(self._stub, time.monotonic() + saxon.START_SECONDS)
        except WorkerError:
            self.close(broken=True)

    def close(self, *, broken: bool = False) -> None:
        """Give the process back, if it was not needed; what it may still be asked, the next document waits for."""
        process, self._process = self._process, None
        if process is not None:
            saxon.POOL.give_back(process, broken=broken)

    def start(self, rules: tuple[str, ...], document: bytes, root: etree._Element, *, timeout: float, valid: bool) -> None:
        """Have the rules run while the host does something else, if Saxon has the document already.

        A large document has to be `valid` against its schema first: rules that nobody wants to hear would take too long.
        """
        if self._process is None or self._started or document is not self._source or (len(self._stub) > LARGE and not valid):
            return
        try:
            _start(self._process, fast(rules), self._stub, root, timeout)
            self._started = True
        except WorkerError:
            self.close(broken=True)

    def run(self, rules: tuple[str, ...], document: bytes, root: etree._Element, *, timeout: float) -> tuple[Outcome, ...]:
        """The outcome of each rule set for a document, given as UTF-8 and as the tree of it.

        Raises WorkerTimeout when it takes longer than `timeout` seconds, WorkerError when Saxon cannot be run.
        """
        process, self._process = self._process, None
        started, self._started = self._started, False
        stub = self._stub if process is not None and document is self._source else cut_for(rules, document)

        def work(process: saxon.Process) -> bytes | saxon.Aborted:
            nonlocal started
            if not started:
                _start(process, fast(rules), stub, root, timeout)
            started = False
            return _answer(process, fast(rules))

        return outcomes(rules, stub, root, saxon.run(work, process), timeout=timeout)


def outcomes(
    rules: tuple[str, ...], document: bytes, root: etree._Element, output: bytes | saxon.Aborted, *, timeout: float
) -> tuple[Outcome, ...]:
    """What the answer of a compiled stylesheet says; if that died, the guarded one is asked."""
    if not isinstance(output, saxon.Aborted):
        return read_outcomes(rules, output)
    second = saxon.run(partial(_judged, guarded(rules), document, root, timeout))
    if isinstance(second, saxon.Aborted):
        return tuple(Outcome(name, abort=second.message) for name in rules)
    return read_outcomes(rules, _without_idle_deaths(second, guarded(rules), root))


def _without_idle_deaths(output: bytes, sheet: Sheet, root: etree._Element) -> bytes:
    """Without assertions that died and that the document cannot violate, if others died: a sheet for it alone would not ask them."""
    lines = output.split(b"\n")
    died = [line for line in lines if line.startswith(b"!")]
    if len(died) < 2:
        return output
    has, needs = sheet.needed(root), sheet.parts["sheet"]["needs"]
    idle = {line for line in died if not has.issuperset(needs[int(line[1:].split(b"\t")[0])])}
    return b"\n".join(line for line in lines if line not in idle) if idle < set(died) else output


def _judged(sheet: Sheet, document: bytes, root: etree._Element, timeout: float, process: saxon.Process) -> bytes | saxon.Aborted:
    _start(process, sheet, document, root, timeout)
    return _answer(process, sheet)


def cut_for(rules: tuple[str, ...], document: bytes) -> bytes:
    """The document as these rules need it: users' own may read the files in it."""
    return without_attachments(document) if official.compiled(rules).get("cuts_files") else document


def without_attachments(document: bytes) -> bytes:
    """The document with embedded files cut to a stub.

    >>> without_attachments(b"<cbc:EmbeddedDocumentBinaryObject mimeCode='x'>" + b"QUJD" * 50 + b"</...>")
    b"<cbc:EmbeddedDocumentBinaryObject mimeCode='x'>QUJD</...>"
    """
    parts, done = [], 0
    found = document.find(b"BinaryObject")
    while found >= 0:
        start = document.find(b">", found) + 1
        end = document.find(b"<", start)
        if start and end - start > STUB and not document[start:end].translate(None, _BASE64) and document[start:end].strip():
            parts += [document[done:start], document[start:end].lstrip()[:4]]
            done = end
        found = document.find(b"BinaryObject", max(end, found + 1))
    return b"".join([*parts, document[done:]]) if parts else document


def prepare(data: bytes, name: str) -> None:
    """Have the stylesheet for a document compiled in an idle Saxon process, for who will judge it.

    Raises InputError for bytes that are no document, WorkerError when Saxon cannot be run.
    """
    from einvoice import document

    opened = document.open(data, name=name) if data.lstrip()[:1] == b"<" and len(data) <= LARGE else None
    if opened is None or opened.scenario is None:
        return
    process = saxon.POOL.borrow()
    try:
        sheet = fast(opened.scenario.rules)
        _prepare_own(process, sheet, sheet.needed(opened.root))
    except WorkerError:
        saxon.POOL.give_back(process, broken=True)
    else:
        saxon.POOL.give_back(process)


def _start(process: saxon.Process, sheet: Sheet, document: bytes, root: etree._Element, timeout: float) -> None:
    """Run the whole stylesheet if the process has it and the document is not huge, else one that does for the document."""
    if process.has(sheet.name) and len(document) < HUGE:
        process.start([sheet.name], document, lambda _: sheet.text(), timeout)
        return
    wanted = sheet.needed(root)
    covered = process.covered.get(sheet.name, frozenset()) if len(document) < HUGE else frozenset()
    if not wanted <= covered:
        _prepare_own(process, sheet, wanted | covered)
        process.growths[sheet.name] += len(document) < HUGE
    process.start([sheet.own], document, lambda _: sheet.text(process.covered[sheet.name]), timeout)


def _prepare_own(process: saxon.Process, sheet: Sheet, tokens: frozenset[str]) -> None:
    """Have what documents with these tokens can violate compiled; a process keeps the last such stylesheet of a scenario."""
    process.prepare(sheet.own, sheet.text(tokens))
    process.covered[sheet.name] = tokens


def _answer(process: saxon.Process, sheet: Sheet) -> bytes | saxon.Aborted:
    """What the stylesheet says; behind it, the whole one is compiled once the own one did not do often enough."""
    answer = process.outputs()[0]
    if process.growths[sheet.name] >= GROWTHS and not process.has(sheet.name):
        process.prepare(sheet.name, sheet.text())
    return answer


def read_outcomes(rules: tuple[str, ...], output: bytes) -> tuple[Outcome, ...]:
    """One outcome for each set in the stylesheet: the scenario's, and the advice that is compiled with them."""
    compiled = official.compiled(rules)
    fired: dict[str, list[Fired]] = {name: [] for name in compiled["matched"]}
    dead: dict[str, list[Dead]] = {name: [] for name in compiled["matched"]}
    matched: set[str] = set()
    for line in dict.fromkeys(output.decode().split("\n")[1:]):
        if line.startswith("+"):
            matched.add(line[1:])
        elif line.startswith("!"):
            number, location, reason = line[1:].split("\t")
            name, rule = compiled["asserts"][int(number)][:2]
            dead[name].append(Dead(rule, canonical(location), reason))
        else:
            name, one = _fired(line, compiled["asserts"])
            fired[name].append(one)
    return tuple(Outcome(name, tuple(fired[name]), name in matched, _died(dead[name]), tuple(dead[name])) for name in fired)


def _fired(line: str, asserts: list[list[Any]]) -> tuple[str, Fired]:
    number, location, *values = line.split("\t")
    name, rule, flag, attribute, message = asserts[int(number)]
    computed = iter(values)
    text = "".join(part if part is not None else next(computed) for part in message)
    return name, Fired(rule, flag, canonical(location), " ".join(text.split()), attribute)


def _died(dead: list[Dead]) -> str | None:
    rules = ", ".join(dict.fromkeys(d.rule for d in dead))
    return f"{rules} could not be evaluated: {dead[0].reason}" if dead else None
