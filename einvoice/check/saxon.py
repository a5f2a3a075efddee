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
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from einvoice.check.worker import LENGTHS
from einvoice.errors import WorkerError, WorkerTimeout

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

START_SECONDS = 60.0
RECYCLE_AFTER = 50_000  # documents; Saxon never frees the names it has seen


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


class Process:
    """One Saxon process; not for two threads at a time."""

    def __init__(self) -> None:
        self.served = 0
        self._loaded: set[str] = set()
        command = [python(), "-I", str(Path(__file__).with_name("worker.py")), _site()]
        self._popen = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True, bufsize=0)
        assert self._popen.stdin is not None
        assert self._popen.stdout is not None
        self._in, self._out = self._popen.stdin.fileno(), self._popen.stdout.fileno()
        os.set_blocking(self._in, False)
        self._answer(time.monotonic() + START_SECONDS)

    def run(self, names: Sequence[str], document: bytes, load: Callable[[str], bytes], timeout: float) -> list[bytes | Aborted]:
        """The output of each stylesheet for a UTF-8 document; Aborted for one that died.

        Raises WorkerTimeout and WorkerError; the process is of no use after either.
        """
        for name in names:
            if name not in self._loaded:
                self._ask({"op": "load", "name": name}, load(name), time.monotonic() + START_SECONDS)
                self._loaded.add(name)
        self.served += 1
        header, body = self._ask({"op": "run", "names": list(names)}, document, time.monotonic() + timeout)
        outputs: list[bytes | Aborted] = []
        for result in header["results"]:
            if "error" in result:
                outputs.append(Aborted(result["error"], tuple(result["lines"])))
            else:
                outputs.append(body[: result["size"]])
                body = body[result["size"] :]
        return outputs

    def kill(self) -> None:
        """End the process and collect it."""
        self._popen.kill()
        self._popen.wait()
        self.forget()

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

    def _ask(self, header: dict[str, Any], body: bytes, deadline: float) -> tuple[dict[str, Any], bytes]:
        encoded = json.dumps(header).encode()
        self._write(LENGTHS.pack(len(encoded), len(body)) + encoded + body, deadline)
        return self._answer(deadline)

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
            self._wait(self._in, select.POLLOUT, deadline)
            try:
                view = view[os.write(self._in, view) :]
            except BlockingIOError:
                continue
            except BrokenPipeError:
                raise WorkerError("the Saxon process ended while a document was sent to it") from None

    def _read(self, size: int, deadline: float) -> bytes:
        chunks = []
        while size:
            self._wait(self._out, select.POLLIN, deadline)
            chunk = os.read(self._out, size)
            if not chunk:
                raise WorkerError("the Saxon process ended in the middle of a document")
            chunks.append(chunk)
            size -= len(chunk)
        return b"".join(chunks)

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

    @contextlib.contextmanager
    def borrow(self, *, fresh: bool = False) -> Iterator[Process]:
        """A process for one document; it comes back unless something went wrong with it or it has served enough."""
        with self._places:
            with self._lock:
                process = self._idle.pop() if self._idle and not fresh else None
            process = process or Process()
            try:
                yield process
            except BaseException:
                process.kill()
                raise
            if process.served >= RECYCLE_AFTER:
                process.kill()
                return
            with self._lock:
                self._idle.append(process)

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


def run(names: Sequence[str], document: bytes, load: Callable[[str], bytes], *, timeout: float) -> list[bytes | Aborted]:
    """Run stylesheets on a UTF-8 document in a Saxon process; if that dies, once more in a new one.

    Raises WorkerTimeout when it takes longer than `timeout` seconds, WorkerError when Saxon cannot be run.
    """
    try:
        with POOL.borrow() as process:
            return process.run(names, document, load, timeout)
    except WorkerTimeout:
        raise
    except WorkerError:
        with POOL.borrow(fresh=True) as process:
            return process.run(names, document, load, timeout)
