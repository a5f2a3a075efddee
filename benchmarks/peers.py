"""`make bench-peers`: who judges how fast, and how rightly: every validator on the same documents, on one core, in one run.

Each Python peer runs in an environment of its own (out/peers), as its documentation shows; KoSIT's validator from
../shared/peers/kosit. Documents: the 86 official samples, all of which are valid, and the witnesses in XRechnung, each with the
rules that it breaks by the official artefacts.
"""

from __future__ import annotations

import json
import lzma
import os
import shutil
import subprocess
import sys
import tempfile
import time
import venv
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

import einvoice
from benchmarks import machine, save
from tools import maven

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parent.parent
SHARED = ROOT.parent / "shared"
SUITE = SHARED / "corpora/documents/xrechnung-testsuite"
KOSIT = SHARED / "peers/kosit"
ROUNDS = 2
WITNESSES = 300
"""of them, evenly: one peer takes half a second for each"""
COLD_ROUNDS = 5

#   a script gets file names on standard input; judge(bytes) -> (accepted, error rules); it prints verdicts and milliseconds
SCRIPT = """
import json, sys, time
{judge}
files = sys.stdin.read().split("\\n")
contents = [open(file, "rb").read() for file in files]
verdicts, times = [], []
def one(content):
    try:
        return judge(content)
    except Exception as error:
        return False, ["CRASH " + type(error).__name__]
for content in contents:
    verdicts.append(one(content))
for _ in range({rounds}):
    for content in contents[:86]:
        start = time.perf_counter(); one(content); times.append(time.perf_counter() - start)
print("RESULT" + json.dumps([verdicts, times]))
"""
OURS = """
import einvoice
def judge(content):
    report = einvoice.validate(content{reference})
    return report.verdict.value == "valid", sorted({{f.rule for f in report.errors}})
"""
VERIFYHASH = """
from einvoice import validate_bytes
def judge(content):
    report = validate_bytes(content)
    return report["valid"], sorted({v["rule"] for v in report["violations"] if v["severity"] == "fatal"})
"""
MCP = """
import asyncio
from mcp_einvoicing_de.tools.invoice_validate import invoice_validate
call = getattr(invoice_validate, "fn", invoice_validate)
def judge(content):
    report = asyncio.run(call(xml_content=content.decode("utf-8-sig")))
    return report["is_valid"], sorted({e["rule_id"] for e in report["errors"]})
"""
EU = """
from eu_einvoice.validate import validate
def judge(content):
    report = validate(content, fetch=False)
    return report["valid"], sorted({e["rule"] for e in report["errors"]})
"""
FACTURX = """
from facturx import xml_check_xsd, xml_check_schematron
def judge(content):
    try:
        xml_check_xsd(content)
        return bool(xml_check_schematron(content)), []
    except Exception as error:
        return False, [type(error).__name__]
"""


@dataclass(frozen=True, slots=True)
class Peer:
    """A Python package that judges invoices."""

    packages: tuple[str, ...]
    judge: str
    lacks: str
    """what it does not do of what the others do"""
    cold: str = ""
    """a command for one file, in its environment"""


PEERS = {
    "einvoice": Peer((), OURS.format(reference=""), "", "einvoice validate"),
    "official stylesheets on saxonche": Peer((), OURS.format(reference=", reference=True"), "nothing: schema, SVRL read, run in our worker process", "einvoice validate --reference"),
    "verifyhash-einvoice 0.2.9": Peer(("verifyhash-einvoice==0.2.9",), VERIFYHASH, "no schema; rules rewritten by hand", "einvoice validate"),
    "mcp-einvoicing-de 0.11.4": Peer(("mcp-einvoicing-de==0.11.4", "saxonche"), MCP, "no schema; Extension and CVD judged as CIUS"),
    "eu-einvoice 1.0.0": Peer(("eu-einvoice==1.0.0", "saxonche"), EU, "fetches its rules from the network; without it only a schema is checked, and all is called valid", "eu-einvoice validate"),
    "factur-x 7.8": Peer(("factur-x==7.8",), FACTURX, "rules need a Saxon server; without one it says True after the schema alone", "facturx-xmlcheck"),
}  # fmt: skip


def environment(name: str, peer: Peer) -> Path:
    """The interpreter of a peer."""
    if not peer.packages:
        return Path(sys.executable)
    folder = ROOT / "out/peers" / name.replace(" ", "-")
    python = folder / "bin/python"
    if not (folder / "ready").exists():
        venv.create(folder, with_pip=True, clear=True)
        subprocess.run([python, "-m", "pip", "install", "-q", "--disable-pip-version-check", *peer.packages], check=True)
        (folder / "ready").touch()
    return python


def pinned(*command: str | Path) -> list[str]:
    """On one core, where that can be said."""
    core = ["taskset", "-c", str(min(os.sched_getaffinity(0)))] if shutil.which("taskset") else []
    return [*core, *map(str, command)]


def judged(name: str, peer: Peer, files: list[Path]) -> tuple[list[tuple[bool, list[str]]], list[float]]:
    script = SCRIPT.format(judge=peer.judge, rounds=ROUNDS)
    with tempfile.TemporaryDirectory() as elsewhere:  # one peer's package is called as we are
        folder = str(ROOT) if not peer.packages else elsewhere
        command = pinned(environment(name, peer), "-c", script)
        text = "\n".join(map(str, files))
        done = subprocess.run(command, input=text, capture_output=True, text=True, cwd=folder, check=False)
    if done.returncode or "RESULT" not in done.stdout:
        raise SystemExit(f"{name}: {done.stderr[-2000:]}")
    verdicts, times = json.loads(done.stdout.rpartition("RESULT")[2])
    return verdicts, times


def cold(name: str, peer: Peer, file: Path) -> float | None:
    """Seconds of a command on one file in a fresh process."""
    if not peer.cold:
        return None
    tool, *arguments = peer.cold.split()
    command = pinned(environment(name, peer).with_name(tool), *arguments, file)
    return median(_seconds(command) for _ in range(COLD_ROUNDS))


def _seconds(command: list[str], folder: Path = ROOT) -> float:
    start = time.perf_counter()
    subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False, cwd=folder)
    return time.perf_counter() - start


def witnesses() -> Iterator[tuple[str, set[str]]]:
    """Schema-valid witnesses in XRechnung, and the errors of the official artefacts at the levels of their scenario."""
    packed = (SHARED / "corpora/cases/witness.jsonl.xz").read_bytes()
    for line in lzma.decompress(packed).decode().splitlines():
        case = json.loads(line)
        scenario = einvoice.open(case["xml"].encode()).scenario
        if scenario is None or not scenario.id.startswith("xrechnung") or not case["xsd_valid"]:
            continue
        rules = [rules for rules in scenario.rules if rules in case["runs"]]
        if len(rules) < 2 or any("fired" not in case["runs"][name] for name in rules):
            continue
        fired = [(rule, flag) for name in rules for rule, flag, *_ in case["runs"][name]["fired"]]
        yield case["xml"], {rule for rule, flag in fired if scenario.levels.get(rule, "error" if flag == "fatal" else flag) == "error"}


def evenly(cases: list[tuple[str, set[str]]]) -> list[tuple[str, set[str]]]:
    return cases[:: max(1, len(cases) // WITNESSES)][:WITNESSES]


def kosit(files: list[Path], scratch: Path) -> dict[str, Any] | None:
    if not KOSIT.is_dir() or shutil.which("java") is None:
        return None
    base = pinned("java", "-jar", "validator.jar", "-s", "scenarios.xml", "-r", KOSIT, "-o", scratch / "kosit")
    many = []
    for turn in range(10):  # its reports are named by the file
        for number, file in enumerate(files):
            link = scratch / f"{turn}-{number}.xml"
            link.symlink_to(file)
            many.append(str(link))
    (scratch / "kosit").mkdir()
    one = median(_seconds([*base, str(files[0])], KOSIT) for _ in range(3))
    start = time.perf_counter()
    done = subprocess.run([*base, *many], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False, cwd=KOSIT)
    whole = time.perf_counter() - start
    return {"warm_ms": round(1e3 * (whole - one) / (len(many) - 1), 3), "cold_s": round(one, 3), "rejected": done.returncode}


JAVA = {
    "Mustang validator 2.22.0 (Java)": ("mustang/MustangJudge.java", ""),
    "phive 11.1.1, phive-rules 4.1.8 (Java)": ("phive/PhiveJudge.java", "has to be told which rules; CVD judged as CIUS"),
}


def library(name: str, files: list[Path], samples: int, expected: list[set[str]]) -> dict[str, Any]:
    """A validator in Java as a library: all files once, then the samples again, by which time it is warm."""
    print(name, file=sys.stderr)
    source, lacks = Path(__file__).parent / JAVA[name][0], JAVA[name][1]
    command = pinned("java", "-cp", maven.build(source, ROOT / "out" / source.parent.name), source.stem)
    asked = "".join(f"{file}\n" for file in [*files, *files[:samples]])
    answers = subprocess.run(command, input=asked, capture_output=True, text=True, check=True).stdout.splitlines()
    cells = [answer.split("\t") for answer in answers]
    verdicts = [(status == "valid", rules.split()) for status, rules, _ in cells[: len(files)]]
    start = time.perf_counter()
    subprocess.run(command, input=f"{files[0]}\n", capture_output=True, text=True, check=True)
    seconds = time.perf_counter() - start
    times = [float(milliseconds) for *_, milliseconds in cells[len(files) :]]
    return {**rightly(verdicts, samples, expected), **speed(times, seconds), "lacks": lacks}


def speed(times: list[float], cold: float | None) -> dict[str, float | None]:
    """Milliseconds a sample once warm, and seconds of a first call."""
    return {"warm_ms": round(sum(times) / len(times), 3), "cold_s": round(cold, 3) if cold is not None else None}


def main() -> None:
    suite = sorted(SUITE.rglob("*.xml"))
    with tempfile.TemporaryDirectory(prefix="einvoice-peers-") as name:
        scratch = Path(name)
        expected = []
        for number, (xml, rules) in enumerate(evenly(list(witnesses()))):
            (scratch / f"w{number}.xml").write_text(xml, "utf-8")
            expected.append(rules)
        files = [*suite, *(scratch / f"w{number}.xml" for number in range(len(expected)))]
        rows = {peer: row(peer, PEERS[peer], files, len(suite), expected) for peer in PEERS}
        if maven.available():
            rows |= {peer: library(peer, files, len(suite), expected) for peer in JAVA}
        java = kosit(suite, scratch)
    save("peers", {**machine(), "samples": len(suite), "witnesses": len(expected), "peers": rows, "KoSIT": java})


def row(name: str, peer: Peer, files: list[Path], samples: int, expected: list[set[str]]) -> dict[str, Any]:
    print(name, file=sys.stderr)
    verdicts, times = judged(name, peer, files)
    seconds = cold(name, peer, next(file for file in files if file.name.endswith("_uncefact.xml")))
    return {
        **rightly(verdicts, samples, expected),
        **speed([1e3 * time for time in times], seconds),
        "lacks": peer.lacks,
    }


def rightly(verdicts: list[tuple[bool, list[str]]], samples: int, expected: list[set[str]]) -> dict[str, int]:
    """How many samples were accepted, of how many witnesses just the expected rules were named, how many of them were called valid."""
    of_witnesses = list(zip(verdicts[samples:], expected, strict=True))
    return {
        "accepted_samples": sum(accepted for accepted, _ in verdicts[:samples]),
        "exact_witnesses": sum(set(rules) == wanted for (_, rules), wanted in of_witnesses),
        "wrongly_valid": sum(accepted for (accepted, _), wanted in of_witnesses if wanted),
    }


if __name__ == "__main__":
    main()
