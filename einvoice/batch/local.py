"""The processes of this machine: one worker for each core, given documents a few at a time, replaced when one dies.

A worker is only ever sent something when it has answered all it was sent before: neither side can block the other.
"""

from __future__ import annotations

import os
import socket
import subprocess
import time
from collections import deque
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import islice
from multiprocessing.connection import Connection, wait
from typing import TYPE_CHECKING, Any

from einvoice.check.saxon import python
from einvoice.errors import WorkerError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from einvoice.batch.inputs import Item
    from einvoice.batch.work import Done, Work

AT_ONCE = 32
"""documents that a worker is given at a time"""
AT_ONCE_BYTES = 4_000_000
"""and how many bytes of them, if they are sent and not named"""
AHEAD = 512
"""how many documents per worker may be done before the first that is not"""
RECYCLE_AFTER = 250_000
"""documents of a worker; what libraries never free goes with it"""
MAX_SECONDS = 900.0
"""for one document in whatever is done with it, unless said otherwise; the rules have a limit of their own"""


def cores() -> list[int]:
    """The cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return sorted(os.sched_getaffinity(0))
    return list(range(os.cpu_count() or 1))


@dataclass(slots=True)
class _Worker:
    process: subprocess.Popen[bytes]
    pipe: Connection[Any, Any]
    core: int | None
    given: deque[tuple[int, Item]] = field(default_factory=deque)
    since: float = 0.0
    served: int = 0
    begun: bool = False

    @classmethod
    def start(cls, work: Work, core: int | None) -> _Worker:
        ours, theirs = socket.socketpair()
        with theirs:
            command = [python(), "-P", "-m", "einvoice.batch.worker", str(theirs.fileno())]
            process = subprocess.Popen(command, pass_fds=[theirs.fileno()], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
        pipe: Connection[Any, Any] = Connection(ours.detach())
        pipe.send((work, core))
        return cls(process, pipe, core)

    def give(self, documents: list[tuple[int, Item]]) -> None:
        self.given.extend(documents)
        self.since = time.monotonic()
        self.pipe.send(documents)

    def end(self) -> None:
        """At once: what it had not answered is given to another."""
        self.pipe.close()
        self.process.kill()
        self.process.wait()


class Local:
    """An executor: numbered documents in, numbered results out, in the order they come."""

    def __init__(self, workers: int | None = None, max_seconds: float | None = None) -> None:
        self._cores = cores()
        self._count = workers or len(self._cores)
        self._seconds = max_seconds or MAX_SECONDS

    def __call__(self, documents: Iterator[tuple[int, Item]], work: Work) -> Iterator[tuple[int, Done]]:
        """Do the work; ends its processes when it is left."""
        run = _Run(documents, work, self._seconds, self._count)
        try:
            for index in range(self._count):
                run.start(self._core(index))
            yield from run.results()
        finally:
            for worker in run.workers:
                worker.end()

    def _core(self, index: int) -> int | None:
        bound = hasattr(os, "sched_setaffinity") and self._count <= len(self._cores)
        return self._cores[index] if bound else None


class _Run:
    def __init__(self, documents: Iterator[tuple[int, Item]], work: Work, seconds: float, count: int) -> None:
        self.workers: list[_Worker] = []
        self._coming, self._work, self._seconds, self._window = documents, work, seconds, AHEAD * count
        self._again: deque[tuple[int, Item]] = deque()
        """documents of workers that died, to be given before others"""
        self._deaths: set[int] = set()
        """the first of them: it may have been the reason"""
        self._open: set[int] = set()
        """numbers that are given and not done"""
        self._furthest = -1

    def start(self, core: int | None) -> None:
        self.workers.append(_Worker.start(self._work, core))

    def results(self) -> Iterator[tuple[int, Done]]:
        while self._feed() or any(worker.given for worker in self.workers):
            busy = [worker for worker in self.workers if worker.given]
            ready = wait([worker.pipe for worker in busy], timeout=1.0)
            for worker in busy:
                if worker.pipe in ready:
                    yield from self._answers(worker)
                elif time.monotonic() - worker.since > self._seconds:
                    yield from self._replace(worker, f"took longer than {self._seconds:g} s; split it, or allow more with --max-time")

    def _feed(self) -> bool:
        """Give documents to whoever has none; whether there was something to give."""
        fed = False
        for worker in self.workers:
            if not worker.given and (documents := self._next()):
                fed = True
                with suppress(ConnectionError):  # its end is seen when its answer is read
                    worker.give(documents)
        return fed

    def _next(self) -> list[tuple[int, Item]]:
        if self._again:
            return [self._again.popleft()]  # alone: whoever kills a worker is known by it
        if self._open and self._furthest - min(self._open) > self._window:
            return []
        chosen, size = [], 0
        for number, item in islice(self._coming, AT_ONCE):
            chosen.append((number, item))
            size += len(item.source) if isinstance(item.source, bytes) else 0
            if size > AT_ONCE_BYTES:
                break
        self._open.update(number for number, _ in chosen)
        self._furthest = max([self._furthest, *(number for number, _ in chosen)])
        return chosen

    def _answers(self, worker: _Worker) -> Iterator[tuple[int, Done]]:
        try:
            while worker.given and worker.pipe.poll():
                answers, worker.begun = worker.pipe.recv(), True
                for number, done in answers:
                    worker.given.popleft()
                    worker.since, worker.served = time.monotonic(), worker.served + 1
                    yield self._finished(number, done)
        except (EOFError, ConnectionError):
            if not worker.begun:
                raise WorkerError("a worker ended before it began; what it said is above") from None
            yield from self._replace(worker, "ended the process that worked on it, twice")
            return
        if worker.served >= RECYCLE_AFTER and not worker.given:
            yield from self._replace(worker, "")

    def _replace(self, worker: _Worker, reason: str) -> Iterator[tuple[int, Done]]:
        """A new worker; the document that the old one was at is tried once more.

        It may have been a later one of those that are left: alone in its turn, it will be known by its second time.
        """
        left = list(worker.given)
        self.workers.remove(worker)
        worker.end()
        self.start(worker.core)
        if left and left[0][0] in self._deaths:
            number, item = left.pop(0)
            yield self._finished(number, self._work.stopped(item, reason))
        elif left:
            self._deaths.add(left[0][0])
        self._again.extend(left)

    def _finished(self, number: int, done: Done) -> tuple[int, Done]:
        self._open.discard(number)
        self._deaths.discard(number)
        return number, done
