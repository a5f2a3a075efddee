"""The report as JSON: one object per document, `docs/report.schema.json`. The same report gives the same bytes."""

from __future__ import annotations

import json
from dataclasses import asdict
from enum import Enum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

    from einvoice.check.finding import Report


def as_object(report: Report) -> dict[str, Any]:
    """The report in values that JSON knows."""
    return asdict(report, dict_factory=lambda pairs: {name: _plain(value) for name, value in pairs})


def _plain(value: Any) -> Any:
    return value.value if isinstance(value, Enum) else value


def to_json(reports: Iterable[Report]) -> str:
    """One object for one report, a list for several."""
    objects = [as_object(report) for report in reports]
    return json.dumps(objects[0] if len(objects) == 1 else objects, indent=2, ensure_ascii=False) + "\n"


def to_jsonl(report: Report) -> str:
    """One report as one line."""
    return json.dumps(as_object(report), ensure_ascii=False, separators=(",", ":")) + "\n"
