"""`make soak`: many validations in one host process, its Saxon processes killed every second: flat memory, no lost descriptor, no zombie.

python -m fuzz.soak --validations 1000000 --seed 1
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import sys
import threading
from collections import Counter
from pathlib import Path
from random import Random

import einvoice
from einvoice.check import saxon
from einvoice.check.many import validate_many
from tools.processes import children, resident

ROOT = Path(__file__).resolve().parent.parent
SAMPLES = 40
"""how often memory and descriptors are looked at"""
RUN = 500
"""the most of a kind in a row, as invoices come from a supplier: a new Saxon process compiles something for each kind"""


def documents(count: int, seed: int) -> list[str]:
    """Fixtures, in an order and in runs of chance; each is judged many times."""
    found = sorted(str(p) for p in (ROOT / "fixtures").rglob("*.xml"))
    random = Random(seed)
    chosen: list[str] = []
    while len(chosen) < count:
        chosen += [random.choice(found)] * random.randint(1, RUN)
    return chosen[:count]


class Killer(threading.Thread):
    """Kills one of our Saxon processes every second."""

    def __init__(self, seed: int) -> None:
        super().__init__(daemon=True)
        self.random, self.kills, self.over = Random(seed), 0, threading.Event()

    def run(self) -> None:
        while not self.over.wait(1.0):
            alive = children()
            if alive:
                try:
                    os.kill(self.random.choice(alive), signal.SIGKILL)
                    self.kills += 1
                except ProcessLookupError:
                    continue


def zombies() -> int:
    states = [Path(f"/proc/{pid}/stat") for pid in children()]
    return sum(path.exists() and path.read_text("ascii").rpartition(")")[2].split()[0] == "Z" for path in states)


def expected(paths: list[str]) -> dict[str, str]:
    """The verdict of each document, undisturbed."""
    return {path: einvoice.validate(path).verdict.value for path in sorted(set(paths))}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--validations", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--no-kills", action="store_true")
    arguments = parser.parse_args()
    paths = documents(arguments.validations, arguments.seed)
    right = expected(paths)
    killer = Killer(arguments.seed)
    if not arguments.no_kills:
        killer.start()
    wrong: Counter[str] = Counter()
    memory, descriptors = [], []
    for number, (path, report) in enumerate(zip(paths, validate_many(paths), strict=True)):
        if report.verdict.value != right[path]:
            wrong[
                f"{path}: {report.verdict.value} instead of {right[path]}: {[layer.reason for layer in report.layers if layer.reason][:1]}"
            ] += 1
        if number % max(1, arguments.validations // SAMPLES) == 0:
            memory.append(resident() >> 20)
            descriptors.append(len(list(Path("/proc/self/fd").iterdir())))
    killer.over.set()
    saxon.POOL.close()
    result = {
        "validations": arguments.validations, "seed": arguments.seed, "kills": killer.kills, "wrong": sum(wrong.values()),
        "memory_mb": memory, "descriptors": descriptors, "zombies": zombies(), "children_left": len(children()),
    }  # fmt: skip
    print(json.dumps(result))
    print(*(f"{count} x {text}" for text, count in wrong.most_common(10)), sep="\n")
    flat = max(memory[len(memory) // 4 :]) <= 1.1 * max(memory[: len(memory) // 4 + 1]) + 20
    sys.exit(bool(wrong) or not flat or result["zombies"] or result["children_left"])


if __name__ == "__main__":
    main()
