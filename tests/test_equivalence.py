"""Compiled and published rules say the same of every document: rule, flag, place, text, and which rules die.

The oracle is the published stylesheet on the same Saxon, asked anew. Here the schema is not asked first: documents that
it refuses are compared as well.
"""

from __future__ import annotations

import json
import lzma
from concurrent.futures import ThreadPoolExecutor
from copy import deepcopy
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from lxml import etree

from einvoice import document
from einvoice.check import compiled, equivalence, saxon
from einvoice.errors import InputError
from einvoice.profiles import SCENARIOS, named
from fuzz.__main__ import run as fuzz
from tests.conftest import needed
from tests.corpus import ORACLE, expected, path_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from einvoice.check.rules import Outcome

VEFA = "{http://difi.no/xsd/vefa/validator/1.0}"
SPECIAL_EVERY = 50
"""a stylesheet for one document alone has to be compiled: one document in so many is judged by one too"""


class Compared(NamedTuple):
    runs: int
    differing: list[str]
    fired: set[str]


def compare(documents: Iterable[tuple[str, bytes]], profiles: tuple[str, ...] = ("xrechnung-3.0",)) -> Compared:
    """Every document by the rules of every profile for its kind."""
    tasks = list(_tasks(documents, profiles))
    with ThreadPoolExecutor(2) as pool:
        results = list(pool.map(lambda task: _one(*task), enumerate(tasks)))
    return Compared(len(tasks), [d for found, _ in results for d in found], set().union(*(fired for _, fired in results)))


Task = tuple[str, bytes, etree._Element, str]


def _tasks(documents: Iterable[tuple[str, bytes]], profiles: tuple[str, ...]) -> Iterator[Task]:
    for name, content in documents:
        try:
            opened = document.open(content, name=name)
        except InputError:
            continue
        if opened.kind is not None:
            yield from ((name, opened.utf8, opened.root, profile) for profile in profiles if named(profile, opened.kind))


def _one(number: int, task: Task) -> tuple[list[str], set[str]]:
    name, content, root, profile = task
    scenario = named(profile, document.ROOTS[str(root.tag)])
    assert scenario is not None
    found, fired = equivalence.differences(content, root, scenario, special=number % SPECIAL_EVERY == 0)
    return [f"{name} by {profile}: {d}" for d in found if "judged nothing" not in d and "no rule fired" not in d], fired


# -- the documents ------------------------------------------------------------------------------------


def test_the_public_invoices(corpora: Path) -> None:
    compared = compare((e["file"], path_of(e).read_bytes()) for e in expected(corpora))
    assert compared.differing == []
    assert compared.runs == 1552


def test_the_unit_tests_of_cen(corpora: Path) -> None:
    compared = compare(
        (f"{path.name} {n}", etree.tostring(snippet, encoding="UTF-8", with_tail=False))
        for path in sorted((corpora / "cases/cen-testsets").rglob("*.xml"))
        for test in etree.parse(path).iter(f"{VEFA}test")
        for n, snippet in enumerate(s for s in test.iterchildren("*") if not str(s.tag).startswith(VEFA))
    )
    assert compared.differing == []
    assert compared.runs == 1140


def test_the_witnesses(corpora: Path) -> None:
    by_profile: dict[str, list[tuple[str, bytes]]] = {}
    with lzma.open(corpora / "cases/witness.jsonl.xz", "rt", encoding="utf-8") as lines:
        for number, line in enumerate(lines):
            witness = json.loads(line)
            for profile in profiles_of(witness["runs"]):
                by_profile.setdefault(profile, []).append((f"witness {number}", witness["xml"].encode()))
    compared = [compare(documents, (profile,)) for profile, documents in by_profile.items()]
    assert [d for c in compared for d in c.differing] == []
    assert sum(c.runs for c in compared) == 3_454
    fired: set[str] = set().union(*(c.fired for c in compared))
    assert len(fired) == WITNESSED


WITNESSED = 2_693


def profiles_of(runs: dict[str, object]) -> set[str]:
    """The profiles whose rules a witness was made for."""
    sets = {name: rules for rules, name in ORACLE.items()}
    return {s.profile for s in SCENARIOS for name in runs if sets.get(name, name) in s.rules and s.profile in JUDGED}


JUDGED = {"xrechnung-3.0", *(s.profile for s in SCENARIOS if s.profile.startswith("facturx"))}


# -- mutants --------------------------------------------------------------------------------------------


def test_fresh_mutants(corpora: Path, tmp_path: Path) -> None:
    """A slice of `make fuzz`; a mutant that differs is made small and written where the message says."""
    needed(corpora, "the folder of public invoices")
    result = fuzz(2_100, "ci", folder=tmp_path)
    assert result["files"] == []
    assert result["judged"] >= 2_000


CASES = "tests/cases/equivalence"


def test_documents_that_are_easy_to_get_wrong(root: Path) -> None:
    """One file each, named after the scenario and the difficulty; a mutant that differs once becomes one."""
    files = sorted((root / CASES).glob("*.xml"))
    for path in files:
        scenario = max((s for s in SCENARIOS if path.name.startswith(s.id)), key=lambda s: len(s.id))
        compared = compare([(path.name, path.read_bytes())], (scenario.profile,))
        assert compared.differing == []
    assert len(files) == 3


# -- documents on which a rule dies -----------------------------------------------------------------------


def test_what_dies_does_not_depend_on_what_a_process_judged_before() -> None:
    """With each element of a fixture twice: the sheet that grew with the documents says what the whole one says of them."""
    doubled = [(opened, rules) for file in ("b2b-ubl", "b2b-cii") for opened, rules in _doubled(f"fixtures/{file}.xml")]
    saxon.POOL.close()
    grown = [_guarded(*one) for one in doubled]
    for rules in {rules for _, rules in doubled}:
        sheet = compiled.guarded(rules)
        saxon.run(lambda process, sheet=sheet: process.prepare(sheet.name, sheet.text()))  # type: ignore[misc]
    assert [_guarded(*one) for one in doubled] == grown
    assert (len(doubled), sum(any(o.dead for o in outcomes) for outcomes in grown)) == (52, 15)


def _doubled(file: str) -> Iterator[tuple[document.Document, tuple[str, ...]]]:
    """The documents with one element twice that the schema lets pass."""
    original = document.open(file).root
    for number in range(1, sum(1 for _ in original.iter("*"))):
        root = deepcopy(original)
        element = next(islice(root.iter("*"), number, None))
        element.addnext(deepcopy(element))
        opened = document.open(etree.tostring(root, encoding="UTF-8"))
        if opened.scenario is not None and equivalence.is_judged(opened.root, opened.scenario):
            yield opened, opened.scenario.rules


def _guarded(opened: document.Document, rules: tuple[str, ...]) -> tuple[Outcome, ...]:
    return compiled.outcomes(rules, opened.utf8, opened.root, saxon.Aborted("", ()), timeout=60)
