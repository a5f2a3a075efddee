"""`make bench`: what the engine costs, as JSON; every ratio is of things measured side by side in one run."""

from __future__ import annotations

import json
import os
import platform
import time
from contextlib import ExitStack, contextmanager
from pathlib import Path
from statistics import median, quantiles
from typing import TYPE_CHECKING, Any
from unittest import mock

import einvoice
from einvoice import document
from einvoice.check import saxon, xsd

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from einvoice.model import Invoice

ROOT = Path(__file__).resolve().parent.parent
FIXTURES = {"UBL": ROOT / "fixtures/b2b-ubl.xml", "CII": ROOT / "fixtures/b2b-cii.xml"}


def timed(work: Callable[[], object], *, repeat: int) -> list[float]:
    """Seconds of each run, the first tenth left out."""
    times = []
    for _ in range(repeat + repeat // 10):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return times[repeat // 10 :]


def spread(times: list[float], *, unit: float = 1e3) -> dict[str, float]:
    low, _, high = quantiles(times, n=4)
    return {"median": round(median(times) * unit, 4), "q1": round(low * unit, 4), "q3": round(high * unit, 4)}


def with_lines(invoice: Invoice, count: int) -> Invoice:
    line = invoice.lines[0]
    return invoice.model_copy(update={"lines": tuple(line.model_copy(update={"identifier": str(n)}) for n in range(1, count + 1))})


def model(syntax: einvoice.Syntax) -> dict[str, Any]:
    """Read and write: one page, then the time per line from 10 to 10,000 lines."""
    content = FIXTURES[syntax.value].read_bytes()
    opened = einvoice.open(content)
    invoice = einvoice.read(opened).invoice
    result: dict[str, Any] = {
        "read_ms": spread(timed(lambda: einvoice.read(opened), repeat=500)),
        "open_and_read_ms": spread(timed(lambda: einvoice.read(content), repeat=500)),
        "write_ms": spread(timed(lambda: einvoice.write(invoice, syntax), repeat=500)),
    }
    for count in (10, 100, 1000, 10_000):
        many = with_lines(invoice, count)
        parsed = einvoice.open(einvoice.write(many, syntax))
        repeat = max(3, 2000 // count)
        result[f"{count}_lines"] = {
            "read_us_per_line": round(median(timed(lambda d=parsed: einvoice.read(d), repeat=repeat)) / count * 1e6, 2),  # type: ignore[misc]
            "write_us_per_line": round(median(timed(lambda i=many: einvoice.write(i, syntax), repeat=repeat)) / count * 1e6, 2),  # type: ignore[misc]
        }
    return result


def validation(name: str) -> dict[str, Any]:
    """A small validation, and how much of the same runs lxml and Saxon themselves took."""
    content = FIXTURES[name].read_bytes()
    inside: list[float] = []
    whole, engine = [], []
    with measured(inside):
        for number in range(600):
            inside.clear()
            start = time.perf_counter()
            einvoice.validate(content)
            seconds = time.perf_counter() - start
            if number >= 100:  # both processes are warm then
                whole.append(seconds)
                engine.append((seconds - sum(inside)) / seconds)
    return {"validate_ms": spread(whole), "engine_share": spread(engine, unit=1)}


@contextmanager
def measured(seconds: list[float]) -> Iterator[None]:
    """Note the time of every call into lxml, and the time that the Saxon process says it spent in Saxon."""

    def noting(function: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any, **kwargs: Any) -> Any:
            start = time.perf_counter()
            try:
                return function(*args, **kwargs)
            finally:
                seconds.append(time.perf_counter() - start)

        return call

    def answering(process: saxon.Process, deadline: float) -> Any:
        header, body = answer(process, deadline)
        seconds.append(header.get("seconds", 0.0))
        return header, body

    answer = saxon.Process._answer
    with ExitStack() as stack:
        for target, attribute in ((document.etree, "fromstring"), (xsd, "validate")):
            stack.enter_context(mock.patch.object(target, attribute, noting(getattr(target, attribute))))
        stack.enter_context(mock.patch.object(saxon.Process, "_answer", answering))
        yield


def main() -> None:
    machine = {"python": platform.python_version(), "machine": platform.machine(), "processors": os.cpu_count()}
    result: dict[str, Any] = {"einvoice": einvoice.__version__, **machine}
    for syntax in einvoice.Syntax:
        result[f"model_{syntax.value}"] = model(syntax)
        result[f"validation_{syntax.value}"] = validation(syntax.value)
    text = json.dumps(result, indent=2)
    (ROOT / "out").mkdir(exist_ok=True)
    (ROOT / "out/bench.json").write_text(text + "\n", "utf-8")
    print(text)


if __name__ == "__main__":
    main()
