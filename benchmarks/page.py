"""docs/performance.md: the last results of every benchmark (benchmarks/results/), as tables and plots."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


def render(root: Path) -> str:
    results = {path.stem: json.loads(path.read_text("utf-8")) for path in sorted((root / "benchmarks/results").glob("*.json"))}
    lines = ["<!-- Generated from benchmarks/results/ by `make generate`; do not edit. -->", "# Speed", ""]
    lines += ["Every ratio is of things measured side by side in one run; times are of the machine that each section names.", ""]
    for name, section in SECTIONS.items():
        if name in results:
            lines += [*section(results[name]), ""]
    return "\n".join(lines).rstrip() + "\n"


def table(head: list[str], rows: list[list[Any]]) -> list[str]:
    """Cells as text; None is an empty one."""
    cells = [["" if cell is None else f"{cell:,}" if isinstance(cell, int | float) else str(cell) for cell in row] for row in rows]
    return ["| " + " | ".join(head) + " |", "|" + "---|" * len(head), *("| " + " | ".join(row) + " |" for row in cells)]


def plot(title: str, x: list[Any], y: str, curves: list[list[float]]) -> list[str]:
    lines = ["```mermaid", "xychart-beta", f'    title "{title}"', f"    x-axis [{', '.join(map(str, x))}]", f'    y-axis "{y}"']
    return [*lines, *(f"    line [{', '.join(map(str, curve))}]" for curve in curves), "```"]


def rules(result: dict[str, Any]) -> Iterator[str]:
    yield from ["## Rules", "", f"`make bench-rules`, {result['machine']}. Compiled rules against the published stylesheets, bytes to report: parse, schema and rules, on", "both sides with lxml and Saxon in the same kind of process; published rules with SVRL.", ""]  # fmt: skip
    suite = result["suite"]
    if suite:
        yield f"**{suite['documents']} official samples**: median {suite['median_ratio']} times as fast (quartiles {suite['quartiles'][0]} and {suite['quartiles'][1]}); {suite['compiled_ms']} ms a document against {suite['published_ms']} ms; parse and schema alone take {suite['parse_only_ms']} ms."
        yield ""
    head = ["", "lines", "compiled, s", "published, s", "ratio", "parse and schema alone, s", "us a line", "peak MB, compiled", "published"]
    yield from table(
        head,
        [
            [
                r["syntax"],
                r["lines"],
                r["compiled_s"],
                r["published_s"],
                f"**{r['ratio']}**",
                r["parse_only_s"],
                r["us_per_line"],
                r["compiled_mb"],
                r["published_mb"],
            ]
            for r in result["large"]
        ],
    )
    yield from [
        "",
        "First call in a fresh process (`einvoice validate FILE`), against a bare script that compiles both published stylesheets:",
        "",
    ]
    cold = [[r["syntax"], r["command_ms"], r["imports_ms"], r["bare_ms"], f"**{r['share']}**"] for r in result["cold"]]
    yield from table(["", "command, ms", "of it, imports", "bare script, ms", "share"], cold)
    yield from ["", "Seconds at sizes that double (a cost that grows with the square would grow fourfold):", ""]
    curves = [
        [f"{r['case']}, {r['sizes'][0]:,} to {r['sizes'][-1]:,}", r["syntax"], ", ".join(map(str, r["seconds"]))] for r in result["curves"]
    ]
    yield from table(["case", "", "seconds"], curves)
    lines = [r for r in result["curves"] if r["case"] == "lines"]
    yield from ["", *plot("Seconds for n lines: UBL, CII", lines[0]["sizes"], "seconds", [r["seconds"] for r in lines])]


def peers(result: dict[str, Any]) -> Iterator[str]:
    yield from ["## Beside others", "", f"`make bench-peers`, {result['machine']}, everything on one core in one run. Samples: the {result['samples']} of the XRechnung test suite, all valid by KoSIT.", f"Witnesses: {result['witnesses']:,} schema-valid invoices in XRechnung, each with the errors that the official artefacts find in it.", ""]  # fmt: skip
    rows = [
        [
            name,
            r["warm_ms"],
            r["cold_s"],
            f"{r['accepted_samples']} of {result['samples']}",
            f"{r['exact_witnesses']:,}",
            r["wrongly_valid"],
            r["lacks"],
        ]
        for name, r in result["peers"].items()
    ]
    java = result["KoSIT"]
    if java:
        rows.append(["KoSIT validator 1.6.4 (Java)", java["warm_ms"], java["cold_s"], f"{result['samples'] - java['rejected'] // 10} of {result['samples']}", "the oracle", 0, ""])  # fmt: skip
    head = [
        "",
        "ms a sample, warm",
        "s for one file, cold",
        "samples accepted",
        "witnesses exact",
        "broken ones called valid",
        "what it does not do",
    ]
    yield from table(head, rows)


def batch(result: dict[str, Any]) -> Iterator[str]:
    yield from ["## Batches", "", f"`make bench-batch`, {result['machine']}. {result['documents']:,} documents: the public invoices, each many times with another number. Two thirds are of", "no scenario (other countries) and are parsed and reported as unchecked.", ""]  # fmt: skip
    rows = [
        [name, run["seconds"], run["documents_per_second"], run["memory_mb"]["peak_of_first_quarter"], run["memory_mb"]["peak"]]
        for name, run in result["runs"].items()
    ]
    yield from table(["", "seconds", "documents a second", "peak MB, first quarter", "peak MB"], rows)
    same = "All gave the same lines." if result["results_equal"] else "**They gave different lines.**"
    yield from ["", f"Two cores over one: **{result['two_cores_over_one']}**. The killed runs were killed outright {result['kills']} times at random moments (seed {result['seed']})", f"and gone on with `--resume`; theirs are the figures of the last part. {same}"]  # fmt: skip


def pdf(result: dict[str, Any]) -> Iterator[str]:
    yield from ["## PDF", "", f"`make bench-pdf`, {result['machine']}. Each task in a process of its own.", ""]
    head = ["", "a second", "peak MB", "beside it, a second", "ratio"]
    rows = [[r["task"], r["per_second"], r["peak_mb"], f"{r['peer']}: {r['peer_per_second']:,}" if r["peer"] else None, f"**{r['ratio']}**" if r["peer"] else None] for r in result["tasks"]]  # fmt: skip
    yield from table(head, rows)


def invoices(result: dict[str, Any]) -> Iterator[str]:
    yield from [
        "## Create and report",
        "",
        f"`make bench-invoices`, {result['machine']}. The engine completes and writes, the others write what is complete.",
        "",
    ]
    rows = []
    for row in result["create"]:
        for work in ("write, per second", "write and read, per second"):
            rates = row[work]
            rows.append([row["lines"], work.partition(",")[0], rates["einvoice"], rates["factur-x"], rates["drafthorse"], f"**{rates['times as fast as the faster']}**"])  # fmt: skip
    yield from table(["lines", "", "einvoice, a second", "factur-x", "drafthorse", "ratio to the faster"], rows)
    report = result["report"]
    adds = ", ".join(f"{form} {share} %" for form, share in report["a report adds, %"].items())
    each = ", ".join(f"{form} {ms}" for form, ms in report["a report of them, ms per 10"].items())
    yield from [
        "",
        f"A report adds to the validation of a small valid invoice: {adds}. For {report['findings']:,} findings, ms for ten: {each}.",
    ]


SECTIONS: dict[str, Callable[[dict[str, Any]], Iterator[str]]] = {
    "rules": rules,
    "peers": peers,
    "batch": batch,
    "pdf": pdf,
    "invoices": invoices,
}
