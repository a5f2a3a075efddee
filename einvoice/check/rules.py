"""Run the official rules of a scenario and read what they say."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lxml import etree

from einvoice import official
from einvoice.check import saxon
from einvoice.schematron.load_xslt import ASSERTIONS, SVRL, flag, unnamed
from einvoice.syntax.location import canonical

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from einvoice.schematron.load_xslt import Assertion

_ATTRIBUTE = re.compile(r"(?<![/\w:\]])@(\w+)")
FIRED_RULE = f"{SVRL}fired-rule"


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
class Outcome:
    """What one rule set says about one document."""

    rules: str
    fired: tuple[Fired, ...] = ()
    evaluated: bool = True
    """False: no rule of the set matched anything, so it has judged nothing"""
    abort: str | None = None
    """why the run died, with the rule that died where it is known; then `fired` is not all there is"""


def run(names: Sequence[str], document: bytes, *, timeout: float) -> tuple[Outcome, ...]:
    """The outcome of each rule set for a UTF-8 document.

    Raises WorkerTimeout when it takes longer than `timeout` seconds, WorkerError when Saxon cannot be run.
    """
    outputs = saxon.run(names, document, official.stylesheet, timeout=timeout)
    return tuple(_outcome(name, output) for name, output in zip(names, outputs, strict=True))


def _outcome(name: str, output: bytes | saxon.Aborted) -> Outcome:
    if isinstance(output, saxon.Aborted):
        rule = died_at(official.assertions(name), output.lines)
        return Outcome(name, abort=f"{rule}: {output.message}" if rule else output.message)
    root = etree.fromstring(output, etree.XMLParser(huge_tree=True, resolve_entities=False))
    return Outcome(name, tuple(read_svrl(root)), evaluated=root.find(f".//{FIRED_RULE}") is not None)


def read_svrl(root: etree._Element) -> Iterator[Fired]:
    """The failed assertions and successful reports of an SVRL document, in its order."""
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
            attribute=tested_attribute(node.get("test", "")),
        )


def tested_attribute(test: str) -> str:
    """The one XML attribute of the context that a test looks at.

    >>> tested_attribute("exists(@schemeID)"), tested_attribute("@a = @b"), tested_attribute("cbc:ID/@schemeID")
    ('schemeID', '', '')
    """
    names = set(_ATTRIBUTE.findall(test))
    return names.pop() if len(names) == 1 else ""


def died_at(assertions: tuple[Assertion, ...], lines: tuple[int, ...]) -> str | None:
    """The rule whose test stands at the first line that Saxon names, if that is a line of a test.

    >>> from einvoice.schematron.load_xslt import Assertion
    >>> died_at((Assertion("BR-06", "fatal", "/", "…", "…", 870), Assertion("BR-07", "fatal", "/", "…", "…", 880)), (875,))
    'BR-06'
    """
    starts = [a.line for a in assertions]
    for line in lines:
        if (index := bisect_right(starts, line)) > 0:
            return assertions[index - 1].id
    return None
