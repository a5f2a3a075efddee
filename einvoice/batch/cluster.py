"""A Ray cluster, or several processes of this machine under Ray: the same results as the processes of `local`.

Ray runs a task again when the process or machine under it is lost; a task that is lost too often is done document by
document, so that the one behind it is found.
"""

from __future__ import annotations

import logging
from collections import deque
from itertools import islice
from typing import TYPE_CHECKING, Any

from einvoice.batch.worker import timed
from einvoice.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from einvoice.batch.inputs import Item
    from einvoice.batch.work import Done, Work

AT_ONCE = 64
"""documents in a task: Ray spends about a millisecond on each"""
RETRIES = 5


class Ray:
    """An executor: numbered documents in, numbered results out, in the order they come."""

    def __init__(self, workers: int | None = None) -> None:
        """Connect to the cluster that RAY_ADDRESS names, or begin one on this machine."""
        try:
            import ray
        except ImportError:
            raise UsageError("ray is not installed: pip install 'einvoice-engine[ray]'") from None
        self._ray: Any = ray
        if not ray.is_initialized():
            ray.init(
                num_cpus=workers,
                include_dashboard=False,
                log_to_driver=False,
                logging_level=logging.ERROR,
            )
        self._ahead = 4 * int(self._ray.cluster_resources().get("CPU", 1))

    def __call__(self, documents: Iterator[tuple[int, Item]], work: Work) -> Iterator[tuple[int, Done]]:
        """Do the work; a few tasks per core are under way at a time, the oldest is awaited before there are more."""
        do = self._ray.remote(num_cpus=1, max_retries=RETRIES)(_do)
        shared = self._ray.put(work)
        running: deque[tuple[list[tuple[int, Item]], Any]] = deque()
        while True:
            while len(running) < self._ahead and (chunk := list(islice(documents, AT_ONCE))):
                running.append((chunk, do.remote(shared, chunk)))
            if not running:
                return
            chunk, task = running.popleft()
            yield from self._results(do, shared, chunk, task, work)

    def _results(self, do: Any, shared: Any, chunk: list[tuple[int, Item]], task: Any, work: Work) -> Iterator[tuple[int, Done]]:
        try:
            yield from self._ray.get(task)
        except self._ray.exceptions.RayError as error:
            if len(chunk) > 1:
                for one in chunk:
                    yield from self._results(do, shared, [one], do.remote(shared, [one]), work)
            else:
                number, item = chunk[0]
                yield number, work.stopped(item, f"ended the processes that worked on it: {type(error).__name__}")


def _do(work: Work, chunk: list[tuple[int, Item]]) -> list[tuple[int, Done]]:
    return [(number, timed(work, item)) for number, item in chunk]
