"""Hosts of every kind: little address space, threads, forks, event loops, and a Saxon that dies."""

from __future__ import annotations

import asyncio
import os
import signal
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

import einvoice
from einvoice.check import saxon
from tests.command import python
from tools.processes import children

if TYPE_CHECKING:
    import pytest

FIXTURE = "fixtures/b2b-ubl.xml"


def long_invoice(lines: int) -> bytes:
    """The fixture with one of its lines many times: slow to judge, and wrong."""
    before, line, after = Path("fixtures/b2b-cii.xml").read_text("utf-8").partition("<ram:IncludedSupplyChainTradeLineItem>")
    body, end, rest = after.partition("</ram:IncludedSupplyChainTradeLineItem>")
    return (before + (line + body + end) * lines + rest).encode()


def verdict(source: bytes | str = FIXTURE) -> str:
    return einvoice.validate(source).verdict.value


def test_a_host_with_little_address_space() -> None:
    limited = "import resource as r; r.setrlimit(r.RLIMIT_AS, (5 << 29, r.getrlimit(r.RLIMIT_AS)[1]))"
    ran = python(f"{limited}; import einvoice; print(einvoice.validate('{FIXTURE}').verdict.value)")
    assert (ran.code, ran.out) == (0, "valid\n")


def test_a_host_that_may_not_have_more_address_space_gets_the_reason() -> None:
    limited = "import resource as r; r.setrlimit(r.RLIMIT_AS, (5 << 29, 5 << 29))"
    ran = python(f"{limited}; import einvoice; x = einvoice.validate('{FIXTURE}'); print(x.verdict.value, [y.reason for y in x.layers][2])")
    assert ran.code == 0, ran.err
    assert ran.out.startswith("unchecked the hard limit of address space")


def test_eight_threads() -> None:
    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(lambda _: verdict(), range(64))) == {"valid"}
    assert verdict() == "valid"


def test_a_forked_child_has_its_own_saxon() -> None:
    ran = python(f"""
import os, warnings, einvoice
warnings.simplefilter("ignore")
judge = lambda: einvoice.validate("{FIXTURE}").verdict.value
assert judge() == "valid"
if (child := os.fork()) == 0:
    os._exit(0 if judge() == "valid" else 1)
assert os.waitpid(child, 0)[1] == 0
print(judge())
""")
    assert (ran.code, ran.out) == (0, "valid\n"), ran.err


def test_an_event_loop_goes_on() -> None:
    async def judge_and_tick() -> tuple[set[str], int]:
        tasks = [asyncio.create_task(einvoice.avalidate(FIXTURE)) for _ in range(16)]
        ticks = 0
        while not all(task.done() for task in tasks):
            ticks += 1
            await asyncio.sleep(0.001)
        return {task.result().verdict.value for task in tasks}, ticks

    verdicts, ticks = asyncio.run(judge_and_tick())
    assert verdicts == {"valid"}
    assert ticks > 5


def test_saxon_killed_while_idle() -> None:
    assert verdict() == "valid"
    for pid in children():
        os.kill(pid, signal.SIGKILL)
    assert verdict() == "valid"


def test_saxon_killed_in_mid_flight() -> None:
    document = long_invoice(1500)
    assert verdict() == "valid"
    done: list[str] = []
    judging = threading.Thread(target=lambda: done.append(verdict(document)))
    judging.start()
    time.sleep(0.3)
    for pid in children():
        os.kill(pid, signal.SIGKILL)
    judging.join(120)
    assert done == ["invalid"]
    assert verdict() == "valid"


def test_a_document_past_its_time_is_unchecked_and_the_next_is_judged() -> None:
    report = einvoice.validate(long_invoice(1500), timeout=0.01)
    rules = next(layer for layer in report.layers if layer.name == "en16931")
    assert (report.verdict.value, rules.status) == ("unchecked", "error")
    assert "past its time" in (rules.reason or "")
    assert verdict() == "valid"


def test_a_process_is_replaced_when_it_has_served_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(saxon, "RECYCLE_AFTER", 1)
    saxon.POOL.close()
    assert verdict() == "valid"
    assert children() == []


def test_no_child_outlives_the_host() -> None:
    ran = python(f"""
import einvoice, pathlib
einvoice.validate("{FIXTURE}")
print(*pathlib.Path("/proc/self/task/%d/children" % __import__("os").getpid()).read_text().split())
""")
    assert ran.code == 0
    pids = [int(pid) for pid in ran.out.split()]
    assert len(pids) == 1
    assert not Path(f"/proc/{pids[0]}").exists()


def test_a_host_killed_outright_leaves_no_saxon_behind() -> None:
    ran = python(f"""
import einvoice, os, pathlib, signal
einvoice.validate("{FIXTURE}")
print(*pathlib.Path("/proc/self/task/%d/children" % os.getpid()).read_text().split(), flush=True)
os.kill(os.getpid(), signal.SIGKILL)
""")
    pid = int(ran.out)
    deadline = time.monotonic() + 30
    while Path(f"/proc/{pid}").exists() and time.monotonic() < deadline:
        if Path(f"/proc/{pid}/stat").read_text("ascii").split()[2] == "Z":
            break
        time.sleep(0.05)
    else:
        assert not Path(f"/proc/{pid}").exists()


def test_many_documents_keep_their_order() -> None:
    paths = sorted(Path("fixtures").glob("*.xml"))
    reports = list(einvoice.validate_many(paths, workers=3))
    assert [r.source.name for r in reports] == [str(p) for p in paths]
    assert {r.verdict.value for r in reports} == {"valid"}
    assert len(reports) == 32
