"""A worker: `python -P -m einvoice.batch.worker DESCRIPTOR`, a process with a Saxon process of its own, on one core.

It gets the work once, then lists of numbered documents, and answers each document by itself. It ends when the batch does:
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


def main(descriptor: int) -> None:
    """Work until the batch is done."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole group; the batch decides
    pipe: Connection[Any, Any] = Connection(descriptor)
    try:
        work, core = pipe.recv()
        _stay_on(core)
        while (documents := pipe.recv()) is not None:
            for number, item in documents:
                pipe.send((number, timed(work, item)))
    except (EOFError, ConnectionError):
        return


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
