"""A worker: `python -P -m einvoice.batch.worker DESCRIPTOR`, a process with a Saxon process of its own, on one core.

It gets the work once, then lists of numbered documents, and answers with lists of results. It ends when the batch does:
the end of the pipe is the sign, whatever ended the batch.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from dataclasses import replace
from multiprocessing.connection import Connection
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from einvoice.batch.inputs import Item
    from einvoice.batch.work import Done, Work

TELL_SECONDS = 0.05


def main(descriptor: int) -> None:
    """Work until the batch is done."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole group; the batch decides
    pipe: Connection[Any, Any] = Connection(descriptor)
    try:
        work, core = pipe.recv()
        _stay_on(core)
        pipe.send([])  # it has begun
        while (documents := pipe.recv()) is not None:
            answer(pipe, work, documents)
    except (EOFError, ConnectionError):
        return


def answer(pipe: Connection[Any, Any], work: Work, documents: list[tuple[int, Item]]) -> None:
    """Results go back a few at a time: the batch has better to do than to wake up for each."""
    results: list[tuple[int, Done]] = []
    sent = time.monotonic()
    for number, item in documents:
        results.append((number, timed(work, item)))
        if time.monotonic() - sent > TELL_SECONDS:
            pipe.send(results)
            results, sent = [], time.monotonic()
    if results:
        pipe.send(results)


def _stay_on(core: int | None) -> None:
    """One core for this process and its Saxon: with several workers a document wanders less, with one no other core is taken."""
    if core is not None:
        os.sched_setaffinity(0, {core})


def timed(work: Work, item: Item) -> Done:
    """What the work makes of a document, and how long it took; a fault of ours costs this document and no other."""
    start = time.perf_counter()
    try:
        done = work.do(item)
    except (MemoryError, RecursionError, Exception) as error:  # noqa: BLE001  the last net
        done = work.stopped(item, f"the engine failed on this document, please report it: {type(error).__name__}: {error}")
    return replace(done, seconds=time.perf_counter() - start)


if __name__ == "__main__":
    main(int(sys.argv[1]))
