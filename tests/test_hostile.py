"""A slice of the long runs: hostile input through everything, and one process whose Saxon is killed every second."""

from __future__ import annotations

import json
import subprocess
import sys


def ran(module: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", module, *arguments], capture_output=True, text=True, check=False, timeout=600)


def test_hostile_input_never_crashes_hangs_reads_or_connects() -> None:
    done = ran("fuzz.hostile", "--inputs", "3000", "--seed", "7")
    assert done.returncode == 0, done.stdout[-3000:]
    assert done.stdout.startswith("3,000 inputs of seed 7")
    assert "0 faults" in done.stdout


def test_one_process_judges_on_while_its_saxon_is_killed() -> None:
    done = ran("fuzz.soak", "--validations", "1500", "--seed", "2")
    result = json.loads(done.stdout.splitlines()[0])
    assert done.returncode == 0, done.stdout
    assert (result["wrong"], result["zombies"], result["children_left"]) == (0, 0, 0)
    assert result["kills"] > 2
