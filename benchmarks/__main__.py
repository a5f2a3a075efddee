"""`make bench`: what the engine costs, as JSON; every ratio is of things measured side by side in one run."""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median, quantiles
from typing import Any

import einvoice
from einvoice import official, profiles
from einvoice.check import xsd
from einvoice.document import parse
from einvoice.model import Invoice

ROOT = Path(__file__).resolve().parent.parent
FIXTURES = {"UBL": ROOT / "fixtures/b2b-ubl.xml", "CII": ROOT / "fixtures/b2b-cii.xml"}
RAW = """
import sys, time, json, saxonche
*sheets, document = sys.argv[1:]
with saxonche.PySaxonProcessor(license=False) as saxon:
    xslt = saxon.new_xslt30_processor()
    compiled = [xslt.compile_stylesheet(stylesheet_file=sheet) for sheet in sheets]
    text, times = open(document, encoding="utf-8").read(), []
    for _ in range(400):
        start = time.perf_counter()
        node = saxon.parse_xml(xml_text=text)
        for sheet in compiled:
            sheet.transform_to_string(xdm_node=node)
        times.append(time.perf_counter() - start)
print(json.dumps(times[100:]))
"""


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
    document = einvoice.open(content)
    invoice = einvoice.read(document).invoice
    result: dict[str, Any] = {
        "read_ms": spread(timed(lambda: einvoice.read(document), repeat=500)),
        "open_and_read_ms": spread(timed(lambda: einvoice.read(content), repeat=500)),
        "write_ms": spread(timed(lambda: einvoice.write(invoice, syntax), repeat=500)),
    }
    for count in (10, 100, 1000, 10_000):
        many = with_lines(invoice, count)
        opened = einvoice.open(einvoice.write(many, syntax))
        repeat = max(3, 2000 // count)
        result[f"{count}_lines"] = {
            "read_us_per_line": round(median(timed(lambda d=opened: einvoice.read(d), repeat=repeat)) / count * 1e6, 2),  # type: ignore[misc]
            "write_us_per_line": round(median(timed(lambda i=many: einvoice.write(i, syntax), repeat=repeat)) / count * 1e6, 2),  # type: ignore[misc]
        }
    return result


def validation(name: str) -> dict[str, Any]:
    """A small validation, and what of it is lxml and Saxon themselves."""
    path = FIXTURES[name]
    content = path.read_bytes()
    kind = einvoice.open(content).kind
    assert kind is not None
    scenario = profiles.named("xrechnung-3.0", kind)
    assert scenario is not None
    sheets = [str(official.FOLDER / f"rules/{rules}.xsl") for rules in scenario.rules]
    raw = json.loads(subprocess.run([sys.executable, "-c", RAW, *sheets, str(path)], capture_output=True, check=True).stdout)
    root = parse(content, name)
    parts = {
        "saxon_parse_and_rules": raw,
        "lxml_parse": timed(lambda: parse(content, name), repeat=300),
        "lxml_schema": timed(lambda: xsd.validate(root, scenario.schema), repeat=300),
    }
    whole = timed(lambda: einvoice.validate(content), repeat=300)
    floor = sum(median(times) for times in parts.values())
    shown = {f"{part}_ms": spread(times) for part, times in parts.items()}
    return {"validate_ms": spread(whole), **shown, "engine_share": round(1 - floor / median(whole), 3)}


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
