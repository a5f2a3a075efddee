"""`make bench-batch`: DOCUMENTS documents through `einvoice batch`: one core, two cores, killed at KILLS random moments, under Ray.

The documents are the public invoices (or, without them, the fixtures), each many times with another number. Everything runs
as a user runs it: a command, a folder of results. Written to benchmarks/results/batch.json.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from itertools import cycle, islice
from pathlib import Path
from typing import Any

from benchmarks import machine, save
from tools.processes import resident, tree

ROOT = Path(__file__).resolve().parent.parent
CORPORA = ROOT.parent / "shared/corpora/documents"
LARGEST = 200_000
"""bytes of the invoices that are multiplied; larger ones would be most of the work"""
NUMBER = re.compile(rb"(<(?:\w+:)?ID(?:\s[^>]*)?>)([^<]*)(</(?:\w+:)?ID>)")


def originals() -> list[bytes]:
    folder = CORPORA if CORPORA.is_dir() else ROOT / "fixtures"
    return [p.read_bytes() for p in sorted(folder.rglob("*.xml")) if p.stat().st_size <= LARGEST]


def multiply(folder: Path, count: int) -> None:
    """Each invoice with a number of its own, a thousand to a folder."""
    for number, content in enumerate(islice(cycle(originals()), count)):
        target = folder / f"{number // 1000:04d}" / f"{number:07d}.xml"
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(NUMBER.sub(rb"\g<1>N-%d\g<3>" % number, content, count=1))


def command(documents: Path, output: Path, *options: str) -> list[str]:
    return [sys.executable, "-m", "einvoice", "batch", str(documents), "--output", str(output), *options]


class Memory(threading.Thread):
    """The resident memory of a process and all below it, every half second."""

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self.pid, self.samples, self.over = pid, [], threading.Event()

    def run(self) -> None:
        while not self.over.wait(0.5):
            self.samples.append(sum(map(resident, tree(self.pid))))

    def megabytes(self) -> dict[str, int]:
        """The first quarter's peak and the whole peak: flat memory has them near each other."""
        quarter = self.samples[: max(1, len(self.samples) // 4)] or [0]
        return {"peak_of_first_quarter": max(quarter) >> 20, "peak": max(self.samples or [0]) >> 20}


def run(documents: Path, output: Path, *options: str) -> dict[str, Any]:
    process = subprocess.Popen(command(documents, output, *options), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    memory = Memory(process.pid)
    memory.start()
    code = process.wait()
    memory.over.set()
    if not (output / "summary.json").exists():
        raise SystemExit(f"the batch ended with {code} and no summary")
    summary = json.loads((output / "summary.json").read_text("utf-8"))
    return {**summary["run"], "outcomes": summary["outcomes"], "memory_mb": memory.megabytes(), "results_sha256": digest(output)}


def digest(output: Path) -> str:
    """Of the sorted lines."""
    return hashlib.sha256(b"".join(sorted((output / "results.jsonl").read_bytes().splitlines(keepends=True)))).hexdigest()


def killed(documents: Path, output: Path, kills: int, seconds: float, seed: int, *options: str) -> dict[str, Any]:
    """Killed outright at random moments of the time that one run takes, and gone on with each time."""
    chance = random.Random(seed)
    moments = []
    for _ in range(kills):
        process = subprocess.Popen(command(documents, output, "--resume", *options), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        moments.append(round(chance.uniform(0.2, 2 * seconds / (kills + 1)), 2))
        try:
            process.wait(moments[-1])
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
            process.wait()
    return {"killed_after_seconds": moments, **run(documents, output, "--resume", *options)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--documents", type=int, default=100_000)
    parser.add_argument("--kills", type=int, default=10)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--ray", action="store_true", help="through Ray as well")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="einvoice-") as scratch:
        result = measure(Path(scratch), arguments)
    save("batch", {**machine(), "documents": arguments.documents, "kills": arguments.kills, "seed": arguments.seed, **result})


def measure(scratch: Path, arguments: argparse.Namespace) -> dict[str, Any]:
    documents = scratch / "documents"
    multiply(documents, arguments.documents)
    runs: dict[str, Any] = {}
    runs["one core"] = run(documents, scratch / "one", "--workers", "1")
    runs["two cores"] = run(documents, scratch / "two", "--workers", "2")
    runs["killed"] = killed(documents, scratch / "killed", arguments.kills, runs["two cores"]["seconds"], arguments.seed, "--workers", "2")
    if arguments.ray:
        runs["ray"] = run(documents, scratch / "ray", "--workers", "2", "--executor", "ray")
        runs["ray killed"] = killed(
            documents, scratch / "rk", arguments.kills, runs["ray"]["seconds"], arguments.seed, "--workers", "2", "--executor", "ray"
        )
    for path in scratch.iterdir():
        shutil.rmtree(path)
    same = {entry["results_sha256"] for entry in runs.values()}
    speedup = runs["two cores"]["documents_per_second"] / runs["one core"]["documents_per_second"]
    return {"runs": runs, "two_cores_over_one": round(speedup, 2), "results_equal": len(same) == 1}


if __name__ == "__main__":
    main()
