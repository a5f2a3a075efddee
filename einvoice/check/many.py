"""Many documents at once: in threads, since the work is done in lxml and in the Saxon processes; and for async callers."""

from __future__ import annotations

import os
from collections import deque
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING

from einvoice.check.pipeline import How, attempt, validate
from einvoice.limits import MAX_SIZE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from concurrent.futures import Future

    from einvoice.check.finding import Report
    from einvoice.document import Source
    from einvoice.languages import Language


def validate_many(
    sources: Iterable[Source],
    *,
    workers: int | None = None,
    rules: str | None = None,
    reference: bool = False,
    timeout: float | None = None,
    language: Language = "en",
    max_size: int = MAX_SIZE,
) -> Iterator[Report]:
    """Judge many documents, in their order; `workers` at a time, one per processor unless said otherwise.

    Takes only as many from `sources` as it has workers for. A file that cannot be read gives a report that says so.

    >>> import einvoice
    >>> [report.verdict.value for report in einvoice.validate_many(["fixtures/b2b-ubl.xml", "fixtures/b2g-cii.xml"])]
    ['valid', 'valid']
    """
    workers = workers or os.cpu_count() or 1
    judge = partial(attempt, how=How(rules=rules, reference=reference, timeout=timeout, language=language, max_size=max_size))
    if workers == 1:
        yield from map(judge, sources)
        return
    from concurrent.futures import ThreadPoolExecutor

    remaining = iter(sources)
    with ThreadPoolExecutor(workers, thread_name_prefix="einvoice") as pool:
        running: deque[Future[Report]] = deque(pool.submit(judge, source) for source in islice(remaining, 2 * workers))
        while running:
            report = running.popleft().result()
            running.extend(pool.submit(judge, source) for source in islice(remaining, 1))
            yield report


async def avalidate(
    source: Source, *, rules: str | None = None, reference: bool = False, timeout: float | None = None, language: Language = "en",
    name: str | None = None, max_size: int = MAX_SIZE,
) -> Report:  # fmt: skip
    """Judge a document without blocking the event loop; otherwise as `validate`."""
    import asyncio

    judge = partial(validate, source, rules=rules, reference=reference, timeout=timeout, language=language, name=name, max_size=max_size)
    return await asyncio.to_thread(judge)
