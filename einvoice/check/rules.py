"""Run the official rules of a scenario and read what they say: compiled (`compiled.py`) or as published.

Both give the same outcome for the same document. Where an assertion dies on a document, the published stylesheet
loses every finding, the compiled one that assertion alone.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from lxml import etree

from einvoice import official
from einvoice.check import saxon
from einvoice.syntax.location import canonical

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from einvoice.schematron.load_xslt import Published


@dataclass(frozen=True, slots=True)
class Fired:
    """An assertion that failed, or a report that holds, at one node."""

    rule: str
    flag: str
    location: str
    message: str
    attribute: str = ""
    """the XML attribute that the test is about, if it is about one"""


@dataclass(frozen=True, slots=True)
class Dead:
    """An assertion that could not be evaluated at a node."""

    rule: str
    location: str
    reason: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one rule set says about one document."""

    rules: str
    fired: tuple[Fired, ...] = ()
    evaluated: bool = True
    """False: no rule of the set matched anything, so it has judged nothing"""
    abort: str | None = None
    """why the run died, with the rule that died where it is known"""
    dead: tuple[Dead, ...] = ()
    """the assertions that died, where the others were evaluated all the same; else `fired` is not all there is"""


def run_published(names: Sequence[str], document: bytes, *, timeout: float) -> tuple[Outcome, ...]:
    """The outcome of each rule set for a UTF-8 document, by its stylesheet as it is published.

    Raises WorkerTimeout when it takes longer than `timeout` seconds, WorkerError when Saxon cannot be run.
    """
    outputs = saxon.run(lambda process: process.run(names, document, official.stylesheet, timeout))
    return tuple(_outcome(name, output) for name, output in zip(names, outputs, strict=True))


def _outcome(name: str, output: bytes | saxon.Aborted) -> Outcome:
    from einvoice.schematron.load_xslt import FIRED_RULE

    if isinstance(output, saxon.Aborted):
        rule = died_at(official.assertions(name), output.lines)
        return Outcome(name, abort=f"{rule}: {output.message}" if rule else output.message)
    if not output.startswith(b"<"):  # a user's Schematron, which is not published as XSLT (`custom.py`)
        from einvoice.check import compiled

        return compiled.read_outcomes((name,), output)[0]
    root = etree.fromstring(output, etree.XMLParser(huge_tree=True, resolve_entities=False))
    return Outcome(name, tuple(read_svrl(root)), evaluated=root.find(f".//{FIRED_RULE}") is not None)


def read_svrl(root: etree._Element) -> Iterator[Fired]:
    """The failed assertions and successful reports of an SVRL document, in its order."""
    from einvoice.schematron.load_xslt import ASSERTIONS, FIRED_RULE, SVRL, flag, unnamed

    context = ""
    for node in root.iter(FIRED_RULE, *ASSERTIONS):
        if node.tag == FIRED_RULE:
            context = node.get("context", "")
            continue
        text = "".join(t for part in node.findall(f"{SVRL}text") for t in part.itertext())
        yield Fired(
            rule=node.get("id") or unnamed(context, node.get("test", "")),
            flag=flag(node.get("flag"), node.get("role")),
            location=canonical(node.get("location", "")),
            message=" ".join(text.split()),
            attribute=_attribute(node.get("test", "")),
        )


@cache
def _attribute(test: str) -> str:
    from einvoice.schematron.rule_set import tested_attribute
    from einvoice.schematron.xpath import parse

    return tested_attribute(parse(test))


def died_at(assertions: tuple[Published, ...], lines: tuple[int, ...]) -> str | None:
    """The rule whose test stands at the first line that Saxon names, if that is a line of a test.

    >>> from einvoice.schematron.load_xslt import Published
    >>> died_at((Published("BR-06", "fatal", "/", "…", "…", 870), Published("BR-07", "fatal", "/", "…", "…", 880)), (875,))
    'BR-06'
    """
    starts = [a.line for a in assertions]
    for line in lines:
        if (index := bisect_right(starts, line)) > 0:
            return assertions[index - 1].id
    return None
