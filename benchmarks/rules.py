"""`make bench-rules`: compiled rules against the published stylesheets, side by side in one run, bytes to report.

Each of the two runs in a process of its own, of the same kind: a host that parses and checks the schema with lxml, and
a Saxon process; the published side reads SVRL. Documents are judged in turns. Written to benchmarks/results/rules.json.
"""

from __future__ import annotations

import argparse
import compileall
import json
import multiprocessing
import os
import pickle
import re
import subprocess
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from statistics import median, quantiles
from typing import TYPE_CHECKING, Any

from benchmarks import machine, save

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).resolve().parent.parent
SUITE = ROOT.parent / "shared/corpora/documents/xrechnung-testsuite"
SYNTAXES = {
    "UBL": (ROOT / "fixtures/b2b-ubl.xml", "cac:InvoiceLine", ("cen-ubl", "xr-ubl")),
    "CII": (ROOT / "fixtures/b2b-cii.xml", "ram:IncludedSupplyChainTradeLineItem", ("cen-cii", "xr-cii")),
}
SPAWN = multiprocessing.get_context("spawn")
TIMEOUT = 3600.0


# -- documents ----------------------------------------------------------------------------------------


def with_lines(syntax: str, count: int, change: Callable[[int, str], str] = lambda _, line: line) -> bytes:
    """A fixture with so many copies of its first line, each numbered, each changed."""
    path, tag, _ = SYNTAXES[syntax]
    text = path.read_text("utf-8")
    first = re.search(rf"[ \t]*<{tag}>.*?</{tag}>\s*?\n", text, re.DOTALL)
    assert first is not None
    end = text.rindex(f"</{tag}>") + len(f"</{tag}>") + 1
    numbered = (re.sub(r"(<(?:cbc:ID|ram:LineID)>)[^<]*", rf"\g<1>{n + 100}", first[0], count=1) for n in range(count))
    return (text[:end] + "".join(change(n, line) for n, line in enumerate(numbered)) + text[end:]).encode()


def with_rates(syntax: str, count: int) -> bytes:
    """Lines of count/10 VAT rates: the official rules ask every line for every rate."""
    percent = r"(<(?:cbc:Percent|ram:RateApplicablePercent)>)[^<]*"
    text = with_lines(syntax, count, lambda n, line: re.sub(percent, rf"\g<1>{1 + n // 10 / 100:.2f}", line)).decode()
    group = "cac:TaxSubtotal" if syntax == "UBL" else "ram:ApplicableTradeTax"
    found = [m for m in re.finditer(rf"[ \t]*<{group}>.*?</{group}>\s*?\n", text, re.DOTALL) if "Calculated" in m[0] or syntax == "UBL"]
    breakdown = "".join(re.sub(percent, rf"\g<1>{1 + n / 100:.2f}", found[-1][0]) for n in range(max(1, count // 10)))
    return (text[: found[-1].end()] + breakdown + text[found[-1].end() :]).encode()


def with_notes(syntax: str, count: int) -> bytes:
    """As many notes as an invoice may have."""
    note = "<cbc:Note>a note</cbc:Note>" if syntax == "UBL" else "<ram:IncludedNote><ram:Content>a note</ram:Content></ram:IncludedNote>"
    text = SYNTAXES[syntax][0].read_text("utf-8")
    before = "</cbc:InvoiceTypeCode>" if syntax == "UBL" else "</ram:IssueDateTime>"
    return text.replace(before, before + note * count, 1).encode()


def with_failures(syntax: str, count: int) -> bytes:
    """Every line fails: its unit is no unit."""
    return with_lines(syntax, count, lambda _, line: re.sub(r'unitCode="[^"]*"', 'unitCode="ZZZZ"', line))


CURVES: dict[str, Callable[[str, int], bytes]] = {
    "lines": with_lines,
    "lines of n/10 rates": with_rates,
    "notes": with_notes,
    "lines that fail": with_failures,
}


# -- one side -----------------------------------------------------------------------------------------


def judge(documents: list[bytes], reference: bool) -> list[float]:
    """Seconds for each document, in this process."""
    import einvoice

    seconds = []
    for content in documents:
        start = time.perf_counter()
        einvoice.validate(content, reference=reference, timeout=TIMEOUT)
        seconds.append(time.perf_counter() - start)
    return seconds


def judge_alone(content: bytes, reference: bool, repeat: int) -> dict[str, float]:
    """Seconds (best of some) and peak memory of host and Saxon process together, once the stylesheets are compiled."""
    judge([with_lines("UBL", 1), with_lines("CII", 1)] * 4, reference)
    seconds = min(min(judge([content], reference)) for _ in range(repeat))
    children = Path(f"/proc/self/task/{os.getpid()}/children").read_text("ascii").split()
    peak = sum(int(re.search(r"VmHWM:\s+(\d+)", Path(f"/proc/{pid}/status").read_text("ascii"))[1]) for pid in ["self", *children])  # type: ignore[index]
    return {"seconds": seconds, "peak_mb": peak / 1024}


def alone(content: bytes, reference: bool, repeat: int = 1) -> dict[str, float]:
    """The same in a fresh process."""
    with ProcessPoolExecutor(1, mp_context=SPAWN) as pool:
        return pool.submit(judge_alone, content, reference, repeat).result()


# -- what is measured -----------------------------------------------------------------------------------


def in_turns(documents: list[bytes], rounds: int) -> tuple[list[float], list[float]]:
    """The median of each document's times, compiled and published, once both are warm: two processes that take turns."""
    with ProcessPoolExecutor(1, mp_context=SPAWN) as ours, ProcessPoolExecutor(1, mp_context=SPAWN) as theirs:
        for _ in range(3):
            ours.submit(judge, documents, False).result()
            theirs.submit(judge, documents, True).result()
        compiled, published = [], []
        for _ in range(rounds):
            compiled.append(ours.submit(judge, documents, False).result())
            published.append(theirs.submit(judge, documents, True).result())
    ours_each, theirs_each = ([median(times) for times in zip(*side, strict=True)] for side in (compiled, published))
    return ours_each, theirs_each


def thousand(rounds: int) -> dict[str, float]:
    """How many times as fast 1,000 lines of each syntax are, in turns: what `gate.py` compares."""
    found = {syntax: in_turns([valid(syntax, 1000)], rounds) for syntax in SYNTAXES}
    return {syntax: round(theirs[0] / ours[0], 2) for syntax, (ours, theirs) in found.items()}


def suite(rounds: int) -> dict[str, Any]:
    """The official samples, in turns; for each the median of its times."""
    documents = [p.read_bytes() for p in sorted(SUITE.rglob("*.xml"))]
    a, b = in_turns(documents, rounds)
    ratios = [y / x for x, y in zip(a, b, strict=True)]
    low, _, high = quantiles(ratios, n=4)
    return {
        "documents": len(documents),
        "compiled_ms": round(1e3 * sum(a) / len(a), 3),
        "published_ms": round(1e3 * sum(b) / len(b), 3),
        "parse_only_ms": round(1e3 * parse_only(*documents) / len(documents), 3),
        "median_ratio": round(median(ratios), 2),
        "quartiles": [round(low, 2), round(high, 2)],
        "ratio_of_sums": round(sum(b) / sum(a), 2),
    }


def valid(syntax: str, count: int) -> bytes:
    """A valid XRechnung of so many lines."""
    import einvoice
    from benchmarks.invoices import draft

    return einvoice.write(einvoice.complete(draft(count)), einvoice.Syntax(syntax))


def large(counts: tuple[int, ...]) -> list[dict[str, Any]]:
    rows = []
    for syntax in SYNTAXES:
        for count in counts:
            content = valid(syntax, count)
            ours, theirs = alone(content, False, 3), alone(content, True)
            row = {"syntax": syntax, "lines": count, "mb": round(len(content) / 1e6, 1)}
            row |= {"compiled_s": round(ours["seconds"], 3), "published_s": round(theirs["seconds"], 3)}
            row |= {"ratio": round(theirs["seconds"] / ours["seconds"], 2), "parse_only_s": round(parse_only(content), 3)}
            row |= {"compiled_mb": round(ours["peak_mb"]), "published_mb": round(theirs["peak_mb"])}
            rows.append(row | {"us_per_line": round(ours["seconds"] / count * 1e6, 1)})
            print(json.dumps(rows[-1]), file=sys.stderr)
    return rows


def parse_only(*documents: bytes) -> float:
    """Seconds for what neither side can do without: Saxon's and lxml's parse of the documents, and the schema; in the third round."""
    code = (
        "import sys, time, pickle, saxonche\nfrom einvoice import document\nfrom einvoice.check import xsd\n"
        "p, documents = saxonche.PySaxonProcessor(license=False), pickle.load(sys.stdin.buffer)\n"
        "for _ in range(3):\n    seconds = 0\n    for data in documents:\n        text, s = data.decode('utf-8-sig'), time.perf_counter()\n"
        "        p.parse_xml(xml_text=text); o = document.open(data); xsd.validate(o.root, o.scenario.schema)\n"
        "        seconds += time.perf_counter() - s\nprint(seconds)"
    )
    given = pickle.dumps(documents)
    return float(subprocess.run([sys.executable, "-c", code], input=given, capture_output=True, check=True, cwd=ROOT).stdout)


def curves(sizes: tuple[int, ...]) -> list[dict[str, Any]]:
    """Seconds at sizes that double: a cost that grows with the square would grow fourfold."""
    rows = []
    for name, make in CURVES.items():
        for syntax in SYNTAXES:
            seconds = [alone(make(syntax, size), False, 3)["seconds"] for size in sizes]
            rows.append({"case": name, "syntax": syntax, "sizes": list(sizes), "seconds": [round(s, 4) for s in seconds]})
            print(json.dumps(rows[-1]), file=sys.stderr)
    return rows


BARE = """
import sys, saxonche
processor = saxonche.PySaxonProcessor(license=False)
xslt = processor.new_xslt30_processor()
document = processor.parse_xml(xml_file_name=sys.argv[1])
for sheet in sys.argv[2:]:
    xslt.compile_stylesheet(stylesheet_file=sheet).transform_to_string(xdm_node=document)
"""


def cold(repeat: int) -> list[dict[str, Any]]:
    """A fresh process for one document: the command, and a bare script that compiles the two published stylesheets."""
    compileall.compile_dir(ROOT / "einvoice", quiet=1)  # as pip does with what it installs
    rows = []
    for syntax, (path, _, rules) in SYNTAXES.items():
        command = [str(Path(sys.executable).with_name("einvoice")), "validate", str(path)]
        sheets = [str(ROOT / f"einvoice/artefacts/rules/{name}.xsl") for name in rules]
        bare = [sys.executable, "-c", BARE, str(path), *sheets]
        imports = [sys.executable, "-c", "import einvoice.cli, einvoice.check.many, einvoice.report.text"]
        parts: dict[str, list[float]] = {"command": [], "bare": [], "imports": []}
        for _ in range(repeat):
            for name, arguments in (("command", command), ("bare", bare), ("imports", imports)):
                start = time.perf_counter()
                subprocess.run(arguments, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False, cwd=ROOT)
                parts[name].append(time.perf_counter() - start)
        row: dict[str, Any] = {"syntax": syntax, **{f"{name}_ms": round(1e3 * median(times)) for name, times in parts.items()}}
        rows.append(row | {"share": round(median(parts["command"]) / median(parts["bare"]), 2)})
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="small sizes, to see that it runs")
    quick = parser.parse_args().quick
    result: dict[str, Any] = machine()
    result["cold"] = cold(3 if quick else 15)
    result["suite"] = suite(2 if quick else 15) if SUITE.is_dir() else None
    result["thousand"] = thousand(2 if quick else 15)
    result["curves"] = curves((100, 200) if quick else (1000, 2000, 4000, 8000))
    result["large"] = large((100,) if quick else (1000, 10_000, 50_000))
    if quick:
        print(json.dumps(result, indent=1))
    else:
        save("rules", result)


if __name__ == "__main__":
    main()
