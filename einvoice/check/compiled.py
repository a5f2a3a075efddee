"""Run the compiled rules of a scenario (`schematron/compile.py`) and read what they say.

The first documents of a process are judged by stylesheets that hold only what they can violate, which compile in a
fraction of the time; the whole one is compiled behind their answers and serves all that come after.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from zlib import crc32

from einvoice import official
from einvoice.check import saxon
from einvoice.check.rules import Dead, Fired, Outcome
from einvoice.schematron.assemble import assembled
from einvoice.schematron.tokens import tokens
from einvoice.syntax.location import canonical

if TYPE_CHECKING:
    from lxml import etree

LARGE = 200_000
"""bytes of a document from which on the whole stylesheet is worth its compilation"""
EXAMPLES = 2
"""documents of a kind after which more are expected"""
_ATTACHMENT = re.compile(rb"(<(?:[\w.-]+:)?(?:EmbeddedDocument|Attachment)BinaryObject\b[^<>]*>)([A-Za-z0-9+/=\s]{64,})(?=<)")


def run(rules: tuple[str, ...], document: bytes, root: etree._Element, *, timeout: float) -> tuple[Outcome, ...]:
    """The outcome of each rule set for a document, given as UTF-8 and as the tree of it.

    Raises WorkerTimeout when it takes longer than `timeout` seconds, WorkerError when Saxon cannot be run.
    """
    stub = without_attachments(document)
    output = saxon.run(lambda process: _judged(process, rules, stub, root, timeout))
    if not isinstance(output, saxon.Aborted):
        return _outcomes(rules, output)
    name = f"{official.sheet_name(rules)} guarded"
    second = saxon.run(lambda process: process.run([name], stub, lambda _: official.guarded(rules), timeout)[0])
    if isinstance(second, saxon.Aborted):
        return tuple(Outcome(name, abort=second.message) for name in rules)
    return _outcomes(rules, second)


def without_attachments(document: bytes) -> bytes:
    """The document with embedded files cut to a stub: official rules ask whether they are empty and nothing else.

    >>> without_attachments(b"<cbc:EmbeddedDocumentBinaryObject mimeCode='x'>" + b"QUJD" * 50 + b"</...>")
    b"<cbc:EmbeddedDocumentBinaryObject mimeCode='x'>QUJD</...>"
    """
    return _ATTACHMENT.sub(lambda m: m[1] + m[2].lstrip()[:4], document) if b"BinaryObject" in document else document


def _judged(process: saxon.Process, rules: tuple[str, ...], document: bytes, root: etree._Element, timeout: float) -> bytes | saxon.Aborted:
    """The answer of the whole stylesheet if the process has it or the document is large, else of one for the document."""
    name = official.sheet_name(rules)
    if process.has(name) or len(document) > LARGE:
        return process.run([name], document, lambda _: _sheet(rules), timeout)[0]
    own = _sheet(rules, tokens(root, official.compiled(rules)["sheet"]["leaves"]))
    answer = process.run([f"{name} {crc32(own)}"], document, lambda _: own, timeout)[0]
    process.specials[name] += 1
    if process.specials[name] >= EXAMPLES:
        process.prepare(name, _sheet(rules))
    return answer


def _sheet(rules: tuple[str, ...], own: frozenset[str] | None = None) -> bytes:
    return assembled(official.compiled(rules), own).encode()


def _outcomes(rules: tuple[str, ...], output: bytes) -> tuple[Outcome, ...]:
    asserts = official.compiled(rules)["asserts"]
    fired: dict[str, list[Fired]] = {name: [] for name in rules}
    dead: dict[str, list[Dead]] = {name: [] for name in rules}
    matched: set[str] = set()
    for line in dict.fromkeys(output.decode().split("\n")[1:]):
        if line.startswith("+"):
            matched.add(line[1:])
        elif line.startswith("!"):
            number, location, reason = line[1:].split("\t")
            name, rule = asserts[int(number)][:2]
            dead[name].append(Dead(rule, canonical(location), reason))
        else:
            name, one = _fired(line, asserts)
            fired[name].append(one)
    return tuple(
        Outcome(name, tuple(fired[name]), name in matched, _died(dead[name]), tuple(dead[name])) for name in rules
    )


def _fired(line: str, asserts: list[list[Any]]) -> tuple[str, Fired]:
    number, location, *values = line.split("\t")
    name, rule, flag, attribute, message = asserts[int(number)]
    computed = iter(values)
    text = "".join(part if part is not None else next(computed) for part in message)
    return name, Fired(rule, flag, canonical(location), " ".join(text.split()), attribute)


def _died(dead: list[Dead]) -> str | None:
    rules = ", ".join(dict.fromkeys(d.rule for d in dead))
    return f"{rules} could not be evaluated: {dead[0].reason}" if dead else None
