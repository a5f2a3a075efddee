"""Whether compiled and published rules say the same of a document; the oracle is the published stylesheet on the same Saxon."""

from __future__ import annotations

from collections import Counter
from functools import cache
from typing import TYPE_CHECKING, Any

from einvoice.check import compiled, rules, saxon, xsd

if TYPE_CHECKING:
    from lxml import etree

    from einvoice.profiles import Scenario

SECONDS = 120.0
NOTHING_TO_COMPARE = "no rule fired in the published stylesheet"
"""of official rules, some always fire; of a user's, maybe none is about the document"""


def is_judged(root: etree._Element, scenario: Scenario) -> bool:
    """Whether the document would come to the rules at all."""
    return not xsd.validate(root, scenario.schema)


def differences(document: bytes, root: etree._Element, scenario: Scenario, *, special: bool) -> tuple[list[str], set[str]]:
    """What the two say differently of a UTF-8 document, and the rules that fired (`set rule`).

    `special` also compares the stylesheet that is made for this document. Raises WorkerError.
    """
    sets = scenario.rules
    published = rules.run_published(sets, document, timeout=SECONDS)
    wanted = Counter(_key(o.rules, f) for o in published for f in o.fired)
    died = {o.rules for o in published if o.abort}
    idle = {o.rules for o in published if not o.evaluated} - died
    found = [f"whole: {d}" for d in _compared(sets, _whole(sets, document, root), wanted, died, idle)]
    if special:
        found += [f"special: {d}" for d in _compared(sets, _special(sets, document, root), wanted, died, idle)]
    found += [NOTHING_TO_COMPARE] * bool(idle)
    return found, {f"{name} {rule}" for name, rule, *_ in wanted}


def _compared(
    sets: tuple[str, ...], outcomes: tuple[rules.Outcome, ...], wanted: Counter[Any], died: set[str], idle: set[str]
) -> list[str]:  # fmt: skip
    """Where the published stylesheet died, all its findings are lost: there the compiled rules have to say that one died."""
    outcomes = tuple(o for o in outcomes if o.rules in sets)  # without our own advice
    dead = {o.rules for o in outcomes if o.abort}
    if dead != died:
        return [f"died {sorted(dead)}, published {sorted(died)}"]
    got = Counter(_key(o.rules, f) for o in outcomes for f in o.fired if o.rules not in died)
    missing, extra = wanted - got, got - wanted
    unevaluated = [o.rules for o in outcomes if not o.evaluated and o.rules not in idle]
    return [f"missing {k}" for k in missing] + [f"extra {k}" for k in extra] + [f"{name} judged nothing" for name in unevaluated]


def _key(name: str, fired: rules.Fired) -> tuple[str, ...]:
    return name, fired.rule, fired.flag, fired.location, fired.message, fired.attribute


def _whole(sets: tuple[str, ...], document: bytes, root: etree._Element) -> tuple[rules.Outcome, ...]:
    return _run(sets, document, root, compiled.fast(sets).name, _whole_sheet(sets))


@cache
def _whole_sheet(sets: tuple[str, ...]) -> bytes:
    return compiled.fast(sets).text()


def _special(sets: tuple[str, ...], document: bytes, root: etree._Element) -> tuple[rules.Outcome, ...]:
    sheet = compiled.fast(sets)
    return _run(sets, document, root, sheet.own, sheet.text(sheet.needed(root)))


def _run(sets: tuple[str, ...], document: bytes, root: etree._Element, name: str, sheet: bytes) -> tuple[rules.Outcome, ...]:
    stub = compiled.cut_for(sets, document)

    def work(process: saxon.Process) -> bytes | saxon.Aborted:
        process.prepare(name, sheet)
        return process.run([name], stub, lambda _: sheet, SECONDS)[0]

    return compiled.outcomes(sets, stub, root, saxon.run(work), timeout=SECONDS)
