"""What a batch found, added up line by line: verdicts, the rules that fire most, the slowest documents."""

from __future__ import annotations

import heapq
import json
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from einvoice.batch.work import MADE

SCHEMA = "einvoice-summary/1"
TOP = 20
OUTCOMES = ("valid", "invalid", "unchecked", "unreadable", "made", "failed")


@dataclass(slots=True)
class Rule:
    """A rule that fired."""

    severity: str
    message: str
    example: str
    """name of a document"""
    documents: int = 0
    findings: int = 0


@dataclass(slots=True)
class Summary:
    """The sums; `add` a line of the results at a time."""

    outcomes: Counter[str] = field(default_factory=Counter)
    rules: dict[tuple[str, str], Rule] = field(default_factory=dict)
    losses: int = 0
    size: int = 0
    slowest: list[tuple[float, str, int]] = field(default_factory=list)
    """seconds, name and bytes; of the documents of this run"""
    here: int = 0
    """documents of this run, without those of an earlier one that it goes on with"""
    seconds: float = 0.0

    @property
    def documents(self) -> int:
        """How many."""
        return self.outcomes.total()

    @property
    def rate(self) -> float:
        """Documents of this run in a second."""
        return self.here / self.seconds if self.seconds else 0.0

    def add(self, line: str, seconds: float | None = None) -> str:
        """Count one document, and give its name; `seconds` if it was worked on in this run."""
        entry = json.loads(line)
        self.outcomes[_outcome(entry)] += 1
        source = entry["source"]
        self.size += source["size"] or 0
        self.losses += len(entry.get("losses", ()))
        self._count(entry.get("findings", ()), source["name"])
        if seconds is not None:
            self.here += 1
            add = heapq.heappush if len(self.slowest) < TOP else heapq.heappushpop
            add(self.slowest, (seconds, source["name"], source["size"] or 0))
        return str(source["name"])

    def _count(self, findings: list[dict[str, Any]], name: str) -> None:
        of_document = set()
        for finding in findings:
            key = finding["rule"], finding["severity"]
            rule = self.rules.setdefault(key, Rule(finding["severity"], finding["explanation"] or finding["message"], name))
            rule.findings += 1
            rule.documents += key not in of_document
            of_document.add(key)

    def top_rules(self) -> list[tuple[str, Rule]]:
        """The rules that most documents break, errors before warnings."""
        order = {"error": 0, "warning": 1}
        ranked = sorted(self.rules.items(), key=lambda pair: (order.get(pair[1].severity, 2), -pair[1].documents, pair[0]))
        return [(rule, counted) for (rule, _), counted in ranked[:TOP]]

    def as_object(self) -> dict[str, Any]:
        """In values that JSON knows."""
        return {
            "schema": SCHEMA,
            "documents": self.documents,
            "outcomes": {outcome: self.outcomes[outcome] for outcome in OUTCOMES if self.outcomes[outcome]},
            "bytes": self.size,
            "losses": self.losses,
            "rules": [
                {
                    "rule": name,
                    "severity": r.severity,
                    "documents": r.documents,
                    "findings": r.findings,
                    "message": r.message,
                    "example": r.example,
                }
                for name, r in self.top_rules()
            ],
            "run": {
                "documents": self.here,
                "seconds": round(self.seconds, 3),
                "documents_per_second": round(self.rate, 1),
                "slowest": [{"seconds": round(s, 4), "name": name, "bytes": size} for s, name, size in sorted(self.slowest, reverse=True)],
            },
        }


def _outcome(entry: dict[str, Any]) -> str:
    if entry["schema"] == MADE:
        return "failed" if entry["error"] else entry.get("verdict") or "made"
    return "unreadable" if entry["layers"][0]["status"] == "failed" else str(entry["verdict"])
