"""The report as JSON: one object per document, `docs/report.schema.json`. The same report gives the same bytes."""

from __future__ import annotations

import json
from dataclasses import fields, is_dataclass
from enum import Enum
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

    from einvoice.check.finding import Report


def as_object(report: Report) -> dict[str, Any]:
    """The report in values that JSON knows."""
    return dict(_plain(report))


def _plain(value: Any) -> Any:
    """What `dataclasses.asdict` does, without its copies: reports are written by the hundred thousand."""
    names = _names(type(value))  # type: ignore[arg-type]
    if names:
        return {name: _plain(getattr(value, name)) for name in names}
    if isinstance(value, tuple):
        return [_plain(one) for one in value]
    return value.value if isinstance(value, Enum) else value


@cache
def _names(kind: Any) -> tuple[str, ...]:
    return tuple(field.name for field in fields(kind)) if is_dataclass(kind) else ()


def to_json(reports: Iterable[Report]) -> str:
    """One object for one report, a list for several."""
    objects = [as_object(report) for report in reports]
    return json.dumps(objects[0] if len(objects) == 1 else objects, indent=2, ensure_ascii=False) + "\n"


def to_jsonl(report: Report) -> str:
    """One report as one line."""
    return as_line(as_object(report))


def as_line(value: object) -> str:
    """A value as a line of JSON lines."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")) + "\n"
