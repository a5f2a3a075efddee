"""PDF: create, embed, extract, check per second and peak memory, beside factur-x and veraPDF, all in one run.

make bench-pdf     (installs factur-x beside the engine, builds veraPDF)
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import time
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

from benchmarks import machine, save

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROOT = Path(__file__).resolve().parent.parent
OUT = ROOT / "out" / "bench-pdf"
ROUNDS, TURNS = 40, 5


def rate(task: Callable[[], object], rounds: int) -> float:
    """Runs per second, after two that do not count."""
    task()
    task()
    started = time.perf_counter()
    for _ in range(rounds):
        task()
    return rounds / (time.perf_counter() - started)


def tasks() -> dict[str, Callable[[], object]]:
    """Name -> task; each child process runs one, so that memory is its own."""
    import einvoice
    from einvoice.pdf.extract import embedded
    from einvoice.pdf.pdfa.check import check

    invoice = einvoice.read(ROOT / "fixtures/b2b-cii.xml").invoice
    xml, hybrid = (ROOT / "fixtures/b2b-cii.xml").read_bytes(), (OUT / "hybrid.pdf").read_bytes()
    en16931 = (OUT / "en16931.xml").read_bytes()
    page, long = (OUT / "page.pdf").read_bytes(), (OUT / "long.pdf").read_bytes()
    found: dict[str, Callable[[], object]] = {
        "create": lambda: einvoice.create_pdf(invoice, profile="en16931"),
        "embed": lambda: einvoice.embed(page, en16931),
        "extract": lambda: embedded(hybrid, "x").invoice("x"),
        "check": lambda: check(hybrid),
        "check, 1,000 lines": lambda: check(long),
        "nothing": lambda: xml,
    }
    try:
        from facturx import generate_from_binary, get_facturx_xml_from_pdf
    except ImportError:
        return found
    found["factur-x embed"] = lambda: generate_from_binary(page, en16931)
    found["factur-x extract"] = lambda: get_facturx_xml_from_pdf(hybrid)
    found["factur-x embed, its checks off"] = lambda: generate_from_binary(page, en16931, check_xsd=False, check_schematron=False)
    found["factur-x extract, its checks off"] = lambda: get_facturx_xml_from_pdf(hybrid, check_xsd=False, check_schematron=False)
    return found


def child(name: str) -> None:
    rounds = 5 if "1,000" in name else ROUNDS
    per_second = rate(tasks()[name], rounds)
    print(json.dumps({"task": name, "per_second": per_second, "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}))


def measured(names: list[str]) -> dict[str, dict[str, float]]:
    """Each task several times in a process of its own, in turns: machines are not as fast in one minute as in the next."""
    found: dict[str, list[dict[str, float]]] = {name: [] for name in names}
    for name in names * TURNS:
        done = subprocess.run([sys.executable, "-m", "benchmarks.pdf", name], capture_output=True, text=True, check=True, cwd=ROOT)
        found[name].append(json.loads(done.stdout.splitlines()[-1]))
    return {name: {key: median(run[key] for run in runs) for key in ("per_second", "peak_mb")} for name, runs in found.items()}


def prepare() -> None:
    import einvoice
    from einvoice.hybrids import profile_xml

    OUT.mkdir(parents=True, exist_ok=True)
    invoice = einvoice.read(ROOT / "fixtures/b2b-cii.xml").invoice
    (OUT / "hybrid.pdf").write_bytes(einvoice.create_pdf(invoice))
    (OUT / "long.pdf").write_bytes(einvoice.create_pdf(invoice.model_copy(update={"lines": invoice.lines * 500})))
    (OUT / "en16931.xml").write_bytes(profile_xml(invoice, "en16931").xml)
    from reportlab.pdfgen.canvas import Canvas

    canvas = Canvas(str(OUT / "page.pdf"))
    canvas.drawString(50, 700, "Rechnung R-1, 1.381,59 EUR")
    canvas.save()


def verapdf() -> dict[str, float]:
    """Checks per second of one warm Java process."""
    from tools.verapdf import Verapdf

    with Verapdf() as running:
        return {
            "check": rate(lambda: running.judge(OUT / "hybrid.pdf"), ROUNDS),
            "check, 1,000 lines": rate(lambda: running.judge(OUT / "long.pdf"), 5),
        }


def main() -> None:
    prepare()
    names = [name for name in tasks() if name != "nothing"]
    results = measured(names)
    java = verapdf()
    save("pdf", {**machine(), "tasks": [row for name in names if not name.startswith("factur-x") for row in rows(name, results, java)]})


def rows(name: str, results: dict[str, dict[str, float]], java: dict[str, float]) -> Iterator[dict[str, Any]]:
    """A task beside each of its peers."""
    mine = {"task": name, "per_second": round(results[name]["per_second"], 1), "peak_mb": round(results[name]["peak_mb"])}
    peers = {peer: result["per_second"] for peer, result in results.items() if peer.startswith(f"factur-x {name}")}
    peers |= {"veraPDF": java[name]} if name in java else {}
    for peer, rate in peers.items() or [(None, 0.0)]:
        ratio = round(results[name]["per_second"] / rate, 2) if peer else None
        yield {**mine, "peer": peer, "peer_per_second": round(rate, 1), "ratio": ratio}


if __name__ == "__main__":
    child(sys.argv[1]) if len(sys.argv) > 1 else main()
