"""The results of a batch in its folder: a journal that any kill leaves whole, from which the next run goes on.

journal.jsonl    a line for each document that is done, while the batch runs
results.jsonl    the same, once all are done
run.json         what was asked for: a batch goes on only with the same options
documents/       what was made (convert, create)
summary.txt, summary.json, summary.html
"""

from __future__ import annotations

import contextlib
import json
import os
import time
from collections import Counter
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

from einvoice import files
from einvoice.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from einvoice.batch.work import Done

SYNC_SECONDS = 1.0
"""how much work a loss of power may cost"""


class Results:
    """The open results of one run; use it as a context."""

    def __init__(self, folder: Path, options: dict[str, Any], *, resume: bool) -> None:
        """Begin, or go on. Raises UsageError where there are results already, or those of other options."""
        self.folder = files.made(folder)
        self._journal, self._complete = folder / "journal.jsonl", folder / "results.jsonl"
        self._agree(options, resume=resume)
        self._file = os.open(self._journal, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o666)
        self._lock()
        self._synced = time.monotonic()

    def __enter__(self) -> Results:
        return self

    def __exit__(self, *_: object) -> None:
        os.close(self._file)

    def _agree(self, options: dict[str, Any], *, resume: bool) -> None:
        if not resume and (self._journal.exists() or self._complete.exists()):
            raise UsageError(f"{self.folder}: has the results of a batch; go on with it by --resume, or name another folder")
        asked = self.folder / "run.json"
        if resume and asked.exists() and (before := json.loads(asked.read_text("utf-8"))) != options:
            changed = ", ".join(name for name in options if options[name] != before.get(name))
            raise UsageError(f"{self.folder}: was begun with another {changed}; go on with the same, or name another folder")
        if resume and self._complete.exists():
            self._complete.rename(self._journal)  # there may be more documents now
        files.write(asked, (json.dumps(options, indent=2) + "\n").encode())

    def _lock(self) -> None:
        """Two runs must not write into one journal."""
        with contextlib.suppress(ImportError):
            import fcntl

            try:
                fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                os.close(self._file)
                raise UsageError(f"{self.folder}: another batch is writing here; wait for it, or name another folder") from None

    def done(self) -> Iterator[str]:
        """The lines of documents that are done; what a kill left of a last one is cut off."""
        whole = 0
        with self._journal.open("rb") as journal:
            for line in journal:
                if line.endswith(b"\n"):
                    whole += len(line)
                    yield line.decode()
        os.ftruncate(self._file, whole)

    def add(self, done: Done) -> None:
        """Write what was made, then the line that says so. Raises UsageError where there is no room."""
        if done.file:
            target = self.folder / "documents" / _safe_path(done.file)
            files.write(files.made(target.parent) / target.name, done.content)
        before = os.fstat(self._file).st_size
        try:
            self._append(done.line.encode())
        except OSError as error:
            os.ftruncate(self._file, before)
            raise UsageError(f"{self._journal}: cannot be written: {error.strerror}; make room and go on with --resume") from None

    def _append(self, line: bytes) -> None:
        view = memoryview(line)
        while view:
            view = view[os.write(self._file, view) :]
        if time.monotonic() - self._synced > SYNC_SECONDS:
            os.fsync(self._file)
            self._synced = time.monotonic()

    def complete(self) -> Path:
        """All are done: the journal becomes the results."""
        os.fsync(self._file)
        self._journal.rename(self._complete)
        return self._complete


class Seen:
    """Which documents are done, by name: as many times as they are given. 8 bytes stand for a name."""

    def __init__(self) -> None:
        self._times: Counter[bytes] = Counter()

    def add(self, name: str) -> None:
        """One more is done."""
        self._times[_mark(name)] += 1

    def take(self, name: str) -> bool:
        """Whether this one is done already; each counts once."""
        mark = _mark(name)
        if mark not in self._times:
            return False
        self._times.subtract([mark])
        if not self._times[mark]:
            del self._times[mark]
        return True


def _mark(name: str) -> bytes:
    return blake2b(name.encode("utf-8", "surrogatepass"), digest_size=8).digest()


def _safe_path(name: str) -> str:
    """A path below a folder, whatever was in the name.

    >>> _safe_path("s3://bucket/../a/b.xml.json"), _safe_path("/etc/passwd")
    ('s3/bucket/a/b.xml.json', 'etc/passwd')
    """
    parts = [part for part in name.replace("\\", "/").replace("://", "/").split("/") if part not in {"", ".", ".."}]
    return "/".join(map(files.safe_name, parts)) or "document"


def in_order(finished: Iterator[tuple[int, Done]]) -> Iterator[Done]:
    """What is done, in the order of numbers from 0; executors never run far ahead of the first that is missing."""
    waiting: dict[int, Done] = {}
    following = 0
    for number, done in finished:
        waiting[number] = done
        while following in waiting:
            yield waiting.pop(following)
            following += 1
