"""The host's side of the Saxon process: started lazily, one pool per process, killed when a document runs too long.

A forked child drops the pool it inherited and starts its own. Threads share the pool; each document borrows one
process. See `worker.py` for why Saxon is never loaded here.
"""

from __future__ import annotations

import atexit
import contextlib
import importlib.util
import json
import os
import select
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar
from zlib import crc32

from einvoice.check.worker import LENGTHS, PIPE
from einvoice.errors import WorkerError, WorkerTimeout

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

Answer = TypeVar("Answer")
START_SECONDS = 60.0
ATTEMPTS, ATTEMPTS_IF_KILLED = 3, 16
"""a document that ends two processes is likely the reason, unless somebody kills them: systems short of memory kill any"""
DYING_SECONDS = 0.5
"""how long a process that has closed its pipe may take to end, before it is ended"""
ANSWER = 1 << 12
"""bytes that most answers do not have"""
RECYCLE_AFTER = 250_000  # documents; Saxon never frees the names it has seen, and a new process compiles everything anew


@dataclass(frozen=True, slots=True)
class Aborted:
    """A stylesheet that died on a document: a type error in one assertion ends the whole run."""

    message: str
    lines: tuple[int, ...]
    """lines of the stylesheet that Saxon named, innermost first"""


def python() -> str:
    """The interpreter to start: an embedding host (uWSGI) may call itself `sys.executable`."""
    if "python" in Path(sys.executable or "").name.lower():
        return sys.executable
    return str(Path(sys.prefix) / "bin" / "python3")


def _site() -> str:
    """The folder that saxonche is installed in, which an isolated interpreter may not look into."""
    spec = importlib.util.find_spec("saxonche")
    if spec is None or spec.origin is None:
        raise WorkerError("saxonche is not installed: pip install saxonche")
    return str(Path(spec.origin).parent)


def _widen(pipe: int) -> None:
    """A pipe that takes a document at once, where the system knows how (Linux): each refill is a change of process."""
    with contextlib.suppress(ImportError, AttributeError, OSError):
        import fcntl

        fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, PIPE)


class Process:
    """One Saxon process; not for two threads at a time."""

    def __init__(self) -> None:
        if not hasattr(select, "poll"):
            raise WorkerError("this system cannot wait for pipes (Windows), so no rules are run; use WSL or a container")
        self.served = 0
        self._loaded: dict[str, int] = {}
        self.covered: dict[str, frozenset[str]] = {}
        """what a document may have to be judged by the own stylesheet of its scenario, by the name of the whole one"""
        self.growths: Counter[str] = Counter()
        """how often an own stylesheet was compiled"""
        self._given: bytes | None = None
        self._came = bytearray()
        self._seconds, self._deadline = 0.0, 0.0
        self._owed = 1  # answers that nobody has read yet: the first says that Saxon has started
        command = [python(), "-I", str(Path(__file__).with_name("worker.py")), _site()]
        self._popen = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True, bufsize=0)
        assert self._popen.stdin is not None
        assert self._popen.stdout is not None
        self._in, self._out = self._popen.stdin.fileno(), self._popen.stdout.fileno()
        os.set_blocking(self._in, False)
        _widen(self._in)

    def has(self, name: str) -> bool:
        """Whether a stylesheet is compiled here, or will be before the next document."""
        return name in self._loaded

    @property
    def lives(self) -> bool:
        """Whether it has not ended, as far as the system knows."""
        return self._popen.poll() is None

    @property
    def is_free(self) -> bool:
        """Whether it would answer at once, not after something it is still compiling."""
        return not self._owed

    def prepare(self, name: str, stylesheet: bytes) -> None:
        """Have a stylesheet compiled while the host does something else; another one of the same name is forgotten."""
        digest = crc32(stylesheet)
        if self._loaded.get(name) != digest:
            self._send({"op": "load", "name": name}, stylesheet, time.monotonic() + START_SECONDS)
            self._owed += 1
            self._loaded[name] = digest

    def give(self, document: bytes, deadline: float) -> None:
        """Have a UTF-8 document parsed while the host does something else."""
        self._send({"op": "document"}, document, deadline)
        self._given = document

    def start(self, names: Sequence[str], document: bytes, load: Callable[[str], bytes], timeout: float) -> None:
        """Have stylesheets run on a UTF-8 document, for `timeout` seconds at most; `outputs` gets what they say."""
        for name in names:
            if not self.has(name):
                self.prepare(name, load(name))
        self.served += 1
        self._seconds = timeout
        self._deadline = time.monotonic() + timeout
        patience = self._deadline + (START_SECONDS if self._owed else 0)
        if self._given != document:
            self.give(document, patience)
        self._given = None
        self._send({"op": "run", "names": list(names)}, b"", patience)
        self._owed += 1

    def outputs(self) -> list[bytes | Aborted]:
        """What each stylesheet says about the document; Aborted for one that died.

        Raises WorkerTimeout and WorkerError; the process is of no use after either.
        """
        if self._owed > 1:  # its time does not begin before Saxon and the stylesheets are there
            self._settle(but=1)
            self._deadline = time.monotonic() + self._seconds
        self._owed -= 1
        header, body = self._answer(self._deadline)
        found: list[bytes | Aborted] = []
        for result in header["results"]:
            if "error" in result:
                found.append(Aborted(result["error"], tuple(result["lines"])))
            else:
                found.append(body[: result["size"]])
                body = body[result["size"] :]
        return found

    def run(self, names: Sequence[str], document: bytes, load: Callable[[str], bytes], timeout: float) -> list[bytes | Aborted]:
        """Both at once."""
        self.start(names, document, load, timeout)
        return self.outputs()

    def kill(self) -> None:
        """End the process and collect it."""
        self._popen.kill()
        self._popen.wait()
        self.forget()

    def was_killed(self) -> bool:
        """Whether somebody else ended it, or the system; for one that has gone."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            return self._popen.wait(DYING_SECONDS) == -signal.SIGKILL
        return False

    def forget(self) -> None:
        """Close our ends of the pipes."""
        for pipe in (self._popen.stdin, self._popen.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()

    def abandon(self) -> None:
        """In a forked child: the process is the parent's."""
        self.forget()
        self._popen.returncode = 0  # not ours to wait for

    # -- frames -----------------------------------------------------------------------------------

    def _send(self, header: dict[str, Any], body: bytes, deadline: float) -> None:
        encoded = json.dumps(header).encode()
        self._write(LENGTHS.pack(len(encoded), len(body)) + encoded + body, deadline)

    def _settle(self, *, but: int = 0) -> None:
        """Read the answers that are owed, but for the last ones."""
        while self._owed > but:
            self._owed -= 1
            try:
                self._answer(time.monotonic() + START_SECONDS)
            except WorkerTimeout:
                raise WorkerError("the Saxon process did not end what it was asked before") from None

    def _answer(self, deadline: float) -> tuple[dict[str, Any], bytes]:
        header_size, body_size = LENGTHS.unpack(self._read(LENGTHS.size, deadline))
        header = json.loads(self._read(header_size, deadline))
        body = self._read(body_size, deadline)
        if not header["ok"]:
            raise WorkerError(header["error"])
        return header, body

    def _write(self, frame: bytes, deadline: float) -> None:
        view = memoryview(frame)
        while view:
            try:
                view = view[os.write(self._in, view) :]
            except BlockingIOError:
                self._wait(self._in, select.POLLOUT, deadline)
            except BrokenPipeError:
                self._settle()  # it may have said why
                raise WorkerError("the Saxon process ended while a document was sent to it") from None

    def _read(self, size: int, deadline: float) -> bytes:
        while len(self._came) < size:
            self._wait(self._out, select.POLLIN, deadline)
            chunk = os.read(self._out, max(size, ANSWER))
            if not chunk:
                raise WorkerError("the Saxon process ended in the middle of a document")
            self._came += chunk
        taken = bytes(self._came[:size])
        del self._came[:size]
        return taken

    @staticmethod
    def _wait(descriptor: int, event: int, deadline: float) -> None:
        poll = select.poll()  # not select(): a host may have more than 1,024 files open
        poll.register(descriptor, event)
        if not poll.poll(max(0.0, deadline - time.monotonic()) * 1000):
            raise WorkerTimeout("the document ran past its time in the rules; raise the time limit or split the invoice")


class Pool:
    """The idle processes of this host process; borrowing starts one when none is idle."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._idle: list[Process] = []
        self._new_locks()

    def _new_locks(self) -> None:
        self._lock = threading.Lock()
        self._places = threading.BoundedSemaphore(self._size)
        self._lent = 0

    def borrow(self, *, fresh: bool = False) -> Process:
        """A process for one document, once there is a place for it: one of the idle, or a new one."""
        self._places.acquire()
        with self._lock:
            process = None if fresh else self._next()
            self._lent += 1
        try:
            return process or Process()
        except BaseException:
            self._returned(None)
            raise

    def borrow_idle(self, *, or_only: bool = False) -> Process | None:
        """A process that would answer at once; or else the only one there is, whatever it still has to compile."""
        if not self._places.acquire(blocking=False):
            return None
        with self._lock:
            process = self._next()
            if process is not None and (process.is_free or (or_only and not self._idle and not self._lent)):
                self._lent += 1
                return process
            self._idle += [process] if process is not None else []
        self._places.release()
        return None

    def give_back(self, process: Process, *, broken: bool = False) -> None:
        """After a document; a process that something went wrong with, or that has served enough, is ended."""
        if broken or process.served >= RECYCLE_AFTER:
            process.kill()
            self._returned(None)
        else:
            self._returned(process)

    def _returned(self, process: Process | None) -> None:
        with self._lock:
            self._lent -= 1
            self._idle += [process] if process is not None else []
        self._places.release()

    def _next(self) -> Process | None:
        """One that answers at once, if there is one; those that were killed while they were idle are no use."""
        for dead in [process for process in self._idle if not process.lives]:
            self._idle.remove(dead)
            dead.kill()
        best = next((p for p in reversed(self._idle) if p.is_free), self._idle[-1] if self._idle else None)
        if best is not None:
            self._idle.remove(best)
        return best

    def start(self) -> None:
        """Start a process while the host is still busy with other things, unless one waits already."""
        with self._lock:
            if not self._idle:
                self._idle.append(Process())

    def close(self) -> None:
        """End all idle processes."""
        with self._lock:
            idle, self._idle = self._idle, []
        for process in idle:
            process.kill()

    def abandon(self) -> None:
        """Forget the parent's processes, in a forked child."""
        self._new_locks()  # another thread of the parent may have held the old ones
        for process in self._idle:
            process.abandon()
        self._idle = []


POOL = Pool(os.cpu_count() or 1)
atexit.register(POOL.close)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=POOL.abandon)


def run(work: Callable[[Process], Answer], process: Process | None = None) -> Answer:
    """What `work` gets out of a Saxon process, a borrowed one or the next; if that dies, again with a new one, some times.

    Raises WorkerTimeout when it takes longer than it may, WorkerError when Saxon cannot be run.
    """
    attempts = 0
    while True:
        attempts += 1
        process = process or POOL.borrow(fresh=attempts > 1)
        try:
            answer = work(process)
        except BaseException as error:
            died = isinstance(error, WorkerError) and not isinstance(error, WorkerTimeout)
            limit = 0 if not died else ATTEMPTS_IF_KILLED if process.was_killed() else ATTEMPTS
            POOL.give_back(process, broken=True)
            if attempts >= limit:
                raise
            process = None
        else:
            POOL.give_back(process)
            return answer
