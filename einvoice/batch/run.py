"""A batch from its inputs to its summary: any executor does the work, the journal decides what is left to do."""

from __future__ import annotations

import time
from contextlib import closing
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from einvoice.batch.results import Results, Seen, in_order
from einvoice.batch.summary import Summary
from einvoice.version import __version__

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from einvoice.batch.inputs import Item
    from einvoice.batch.work import Done, Work

    Executor = Callable[[Iterator[tuple[int, Item]], Work], Iterator[tuple[int, Done]]]


def run(
    items: Iterable[Item], work: Work, executor: Executor, folder: Path, *, resume: bool = False, ordered: bool = True,
    watch: Callable[[Summary], None] = lambda _: None,
) -> Summary:  # fmt: skip
    """Work on all items and keep the results in a folder; what is done already is not done again with `resume`.

    A batch goes on only with the same work. `watch` is called after each document. The lines stand in the order of the
    items unless `ordered` is off. Raises UsageError for a folder that cannot be used or written to.
    """
    summary, seen = Summary(), Seen()
    start = time.perf_counter()
    with Results(folder, _asked(work), resume=resume) as results:
        for line in results.done():
            seen.add(summary.add(line))
        left = (item for item in items if not seen.take(item.name))
        with closing(executor(enumerate(left), work)) as finished:  # type: ignore[type-var]
            for done in in_order(finished) if ordered else (done for _, done in finished):
                results.add(done)
                summary.add(done.line, done.seconds)
                summary.seconds = time.perf_counter() - start
                watch(summary)
        results.complete()
    return summary


def _asked(work: Work) -> dict[str, Any]:
    options = asdict(work)
    return {"engine": __version__, "work": type(work).__name__, **options.pop("how", {}), **options}
