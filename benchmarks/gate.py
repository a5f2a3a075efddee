"""`make gate`: has the engine become slower beside the official stylesheets than it was when the figures were saved?

Both sides are measured now, in turns, in one run: what is compared is the ratio, which a slow or busy machine does not change
much, and never a time. Ends with 1 where a ratio fell below its share of that in `results/rules.json`.
"""

from __future__ import annotations

import json
import sys
from typing import Any

from benchmarks import RESULTS
from benchmarks.rules import suite, thousand

SHARE = 0.5
"""how much of the saved ratio has to be there: on machines that share their cores, medians of turns lay between 5.8 and 9.6"""


def ratios(result: dict[str, Any]) -> dict[str, float]:
    """What is compared: the median of the official samples, and 1,000 lines of each syntax."""
    lines = {f"1,000 lines, {syntax}": ratio for syntax, ratio in result["thousand"].items()}
    return {"official samples": result["suite"]["median_ratio"], **lines}


def fallen() -> list[str]:
    """What fell too far."""
    saved = ratios(json.loads((RESULTS / "rules.json").read_text("utf-8")))
    now = ratios({"suite": suite(5), "thousand": thousand(7)})
    for name, ratio in now.items():
        print(f"{name:24} {ratio:5.2f}x the official stylesheets; saved {saved[name]:.2f}x, at least {SHARE * saved[name]:.2f}x is asked")
    return [name for name, ratio in now.items() if ratio < SHARE * saved[name]]


if __name__ == "__main__":
    sys.exit(1 if fallen() else 0)
