"""Run the compiled rules of a scenario (`schematron/compile.py`) and read what they say.

The first documents of a process are judged by a stylesheet that holds only what they can violate, which compiles in a
fraction of the time, and grows with them. Once that did not do several times, the whole one is compiled behind an answer and
serves all that come after, but for the huge: there, what a stylesheet of their own leaves out is asked of too many nodes.
"""

from __future__ import annotations

import re
import time
from functools import cache
from typing import TYPE_CHECKING, Any

from einvoice import official
from einvoice.check import saxon
from einvoice.check.rules import Dead, Fired, Outcome
from einvoice.errors import WorkerError
from einvoice.schematron.assemble import assembled
from einvoice.schematron.tokens import tokens
from einvoice.syntax.location import canonical

if TYPE_CHECKING:
    from lxml import etree

LARGE, HUGE = 200_000, 5_000_000
"""bytes of a document from which on it has to be valid first, and from which on a stylesheet of its own is worth its compilation"""
STUB = 64
"""bytes of an embedded file that are left alone"""
GROWTHS = 6
"""compilations of an own stylesheet after which more are expected"""
_OTHER_ENCODING = re.compile(rb"""<\?xml[^>]*encoding\s*=\s*["'](?!utf-8["'])""", re.IGNORECASE)
_BASE64 = bytes(range(48, 58)) + bytes(range(65, 91)) + bytes(range(97, 123)) + b"+/= \t\r\n"


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
            _start(self._process, rules, self._stub, root, timeout)
            self._started = True
        except WorkerError:
            self.close(broken=True)

    def run(self, rules: tuple[str, ...], document: bytes, root: etree._Element, *, timeout: float) -> tuple[Outcome, ...]:
        """The outcome of each rule set for a document, given as UTF-8 and as the tree of it.

        Raises WorkerTimeout when it takes longer than `timeout` seconds, WorkerError when Saxon cannot be run.
        """
        process, self._process = self._process, None
        started, self._started = self._started, False
        stub = self._stub if process is not None and document is self._source else without_attachments(document)

        def work(process: saxon.Process) -> bytes | saxon.Aborted:
            nonlocal started
            if not started:
                _start(process, rules, stub, root, timeout)
            started = False
            return _answer(process, rules)

        return outcomes(rules, stub, saxon.run(work, process), timeout=timeout)


def outcomes(rules: tuple[str, ...], document: bytes, output: bytes | saxon.Aborted, *, timeout: float) -> tuple[Outcome, ...]:
    """What the answer of a compiled stylesheet says; if that died, the guarded one is asked."""
    if not isinstance(output, saxon.Aborted):
        return read_outcomes(rules, output)
    name = f"{official.sheet_name(rules)} guarded"
    second = saxon.run(lambda process: process.run([name], document, lambda _: official.guarded(rules), timeout)[0])
    if isinstance(second, saxon.Aborted):
        return tuple(Outcome(name, abort=second.message) for name in rules)
    return read_outcomes(rules, second)


def without_attachments(document: bytes) -> bytes:
    """The document with embedded files cut to a stub: official rules ask whether they are empty and nothing else.

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
        _prepare_own(process, opened.scenario.rules, needed(opened.scenario.rules, opened.root))
    except WorkerError:
        saxon.POOL.give_back(process, broken=True)
    else:
        saxon.POOL.give_back(process)


def needed(rules: tuple[str, ...], root: etree._Element) -> frozenset[str]:
    """What a document has, as far as the rules ask for it."""
    sheet = official.compiled(rules)["sheet"]
    values = _values(rules)
    return frozenset(token for token in tokens(root, sheet["leaves"]) if "=" not in token or token in values)


@cache
def _values(rules: tuple[str, ...]) -> frozenset[str]:
    """The tokens of values that a rule or a code list asks for."""
    compiled = official.compiled(rules)
    codes = (f"={code}" for listed in compiled["codes"].values() for code in listed)
    return frozenset([*codes, *compiled["sheet"]["values"]])


def _start(process: saxon.Process, rules: tuple[str, ...], document: bytes, root: etree._Element, timeout: float) -> None:
    """Run the whole stylesheet if the process has it and the document is not huge, else one that does for the document."""
    name = official.sheet_name(rules)
    if process.has(name) and len(document) < HUGE:
        process.start([name], document, lambda _: stylesheet(rules), timeout)
        return
    wanted = needed(rules, root)
    covered = process.covered.get(name, frozenset()) if len(document) < HUGE else frozenset()
    if not wanted <= covered:
        _prepare_own(process, rules, wanted | covered)
        process.growths[name] += len(document) < HUGE
    process.start([own_name(rules)], document, lambda _: stylesheet(rules, process.covered[name]), timeout)


def _prepare_own(process: saxon.Process, rules: tuple[str, ...], tokens: frozenset[str]) -> None:
    """Have what documents with these tokens can violate compiled; a process keeps the last such stylesheet of a scenario."""
    name = official.sheet_name(rules)
    process.prepare(own_name(rules), stylesheet(rules, tokens))
    process.covered[name] = tokens


def own_name(rules: tuple[str, ...]) -> str:
    """What a process calls its stylesheet for certain documents."""
    return f"{official.sheet_name(rules)} own"


def _answer(process: saxon.Process, rules: tuple[str, ...]) -> bytes | saxon.Aborted:
    """What the stylesheet says; behind it, the whole one is compiled once the own one did not do often enough."""
    answer = process.outputs()[0]
    name = official.sheet_name(rules)
    if process.growths[name] >= GROWTHS and not process.has(name):
        process.prepare(name, stylesheet(rules))
    return answer


def stylesheet(rules: tuple[str, ...], own: frozenset[str] | None = None) -> bytes:
    """The whole one, or what a document with these tokens can violate."""
    return assembled(official.compiled(rules), own).encode()


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
