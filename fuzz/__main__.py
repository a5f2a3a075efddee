"""`make fuzz MUTANTS=n SEED=s`: compare mutants, shrink what differs, say which rules fired."""

from __future__ import annotations

import argparse
import json
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any, NamedTuple

from lxml import etree

from einvoice import document
from einvoice.check import equivalence
from einvoice.errors import InputError
from einvoice.profiles import SCENARIOS, Scenario
from fuzz.mutate import mutant
from fuzz.probe import Probe, probes
from fuzz.schema import model
from fuzz.shrink import shrunk

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parent.parent
FOLDERS = (ROOT / "fixtures", ROOT.parent / "shared/corpora/documents")
SPECIAL_EVERY = 40
"""one mutant in so many is also judged by a stylesheet of its own: each of these has to be compiled"""


class Seed(NamedTuple):
    path: Path
    root: etree._Element
    scenario: Scenario


def seeds() -> dict[str, list[Seed]]:
    """The invoices to change, by scenario: fixtures, and the public invoices where they are at hand."""
    found: dict[str, list[Seed]] = {s.id: [] for s in SCENARIOS}
    for path in sorted(p for folder in FOLDERS for p in folder.rglob("*.xml")):
        try:
            opened = document.open(path)
        except InputError:
            continue
        if opened.kind is None or len(opened.data) > 60_000:
            continue
        for scenario in SCENARIOS:
            if scenario.kind is opened.kind and set(scenario.specifications) & set(opened.specifications):
                found[scenario.id].append(Seed(path, opened.root, scenario))
    return {name: members for name, members in found.items() if members}


class Result(NamedTuple):
    number: int
    scenario: str
    judged: bool
    differences: list[str]
    fired: set[str]


def judged_mutant(number: int, scenario: str, seed: str, by_scenario: dict[str, list[Seed]]) -> tuple[etree._Element, Scenario] | None:
    """Mutant number n of a seed: always the same one. Those that the schema refuses are made anew, a few times."""
    random = Random(f"{seed}:{number}")  # noqa: S311  repeatable, not secret
    for _ in range(12):
        chosen = random.choice(by_scenario[scenario])
        root = mutant(chosen.root, model(chosen.scenario.schema), random)
        root = document.parse(etree.tostring(root, encoding="UTF-8"), "mutant")
        if equivalence.is_judged(root, chosen.scenario):
            return root, chosen.scenario
    return None


def one(number: int, seed: str, by_scenario: dict[str, list[Seed]]) -> Result:
    """What is said of one mutant; the scenarios take turns."""
    name = sorted(by_scenario)[number % len(by_scenario)]
    made = judged_mutant(number, name, seed, by_scenario)
    if made is None:
        return Result(number, name, False, [], set())
    root, scenario = made
    content = etree.tostring(root, encoding="UTF-8")
    found, fired = equivalence.differences(content, root, scenario, special=number % SPECIAL_EVERY == 0)
    return Result(number, name, True, found, fired)


def replay(result: Result, seed: str, by_scenario: dict[str, list[Seed]], folder: Path) -> Path:
    """The mutant of a result, made as small as it gets while the difference stays, as a file."""
    made = judged_mutant(result.number, result.scenario, seed, by_scenario)
    assert made is not None
    small = shrunk(*made, special=result.differences[0].startswith("special"))
    path = folder / f"{result.scenario}-{seed}-{result.number}.xml"
    folder.mkdir(parents=True, exist_ok=True)
    path.write_bytes(etree.tostring(small, encoding="UTF-8", pretty_print=True))
    return path


def run(mutants: int, seed: str, *, folder: Path, workers: int = 2, first: int = 0) -> dict[str, Any]:
    """Compare mutants; the numbers, and the files of those that differ."""
    by_scenario = seeds()
    start, judged, differing = time.monotonic(), 0, []
    fired: dict[str, int] = {}
    with ThreadPoolExecutor(workers) as pool:
        for result in pool.map(lambda n: one(n, seed, by_scenario), range(first, first + mutants)):
            judged += result.judged
            for rule in result.fired:
                fired[rule] = fired.get(rule, 0) + 1
            if result.differences:
                differing.append(result)
                print(f"mutant {result.number} ({result.scenario}): {result.differences[:3]}", file=sys.stderr, flush=True)
            if result.number % 5000 == 4999:
                print(f"{result.number + 1} mutants, {judged} judged, {time.monotonic() - start:.0f} s", file=sys.stderr, flush=True)
    files = [str(replay(r, seed, by_scenario, folder)) for r in differing[:20]]
    return {"mutants": mutants, "seed": seed, "judged": judged, "differences": len(differing), "files": files, "fired": fired}


def cover(folder: Path, known: set[str]) -> dict[str, Any]:
    """Probe every assertion that is not among `known` until it fires; compare what the probes are judged."""
    fired, differing, compared = set(known), [], 0
    by_scenario = seeds()
    for members in by_scenario.values():
        scenario = members[0].scenario
        for probe in probes(scenario.rules):
            if f"{probe.name} {probe.rule}" in fired:
                continue
            for root in _probing(probe, members, scenario):
                content = etree.tostring(root, encoding="UTF-8")
                found, now = equivalence.differences(content, root, scenario, special=False)
                compared, fired = compared + 1, fired | now
                differing += [f"{probe.name} {probe.rule}: {d}" for d in found]
                if f"{probe.name} {probe.rule}" in now:
                    break
    folder.mkdir(parents=True, exist_ok=True)
    return {"probes": compared, "differences": differing, "fired": sorted(fired)}


def _probing(probe: Probe, members: list[Seed], scenario: Scenario) -> Iterator[etree._Element]:
    """The documents of a probe that the schema accepts, from a few seeds; not too many."""
    small = sorted(members, key=lambda seed: -len({e.tag for e in seed.root.iter("*")}))[:4]
    documents = (d for seed in small for d in probe.documents(seed.root, model(scenario.schema)))
    parsed = (document.parse(etree.tostring(d, encoding="UTF-8"), "probe") for d in islice(documents, 240))
    yield from islice((root for root in parsed if equivalence.is_judged(root, scenario)), 40)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m fuzz", description=__doc__)
    parser.add_argument("--mutants", type=int, default=2000)
    parser.add_argument("--seed", default="1")
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--output", type=Path, default=ROOT / "out/fuzz")
    parser.add_argument("--cover", nargs="*", type=Path, help="probe the rules that fired in none of these files of earlier runs")
    options = parser.parse_args()
    if options.cover is not None:
        known = {rule for path in options.cover for rule in json.loads(path.read_text("utf-8"))}
        covered = cover(options.output, known)
        (options.output / "fired-probes.json").write_text(json.dumps(covered["fired"], indent=0), "utf-8")
        print(json.dumps({**covered, "fired": len(covered["fired"])}, indent=1))
        sys.exit(1 if covered["differences"] else 0)
    result = run(options.mutants, options.seed, folder=options.output, first=options.first)
    fired = result.pop("fired")
    print(json.dumps({**result, "rules_fired": len(fired)}, indent=1))
    options.output.mkdir(parents=True, exist_ok=True)
    (options.output / f"fired-{options.seed}-{options.first}.json").write_text(json.dumps(fired, indent=0, sort_keys=True), "utf-8")
    sys.exit(1 if result["differences"] else 0)


if __name__ == "__main__":
    main()
