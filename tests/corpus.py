"""The public invoices with the official verdict of each (`../shared/corpora/README.md` there)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ORACLE = {"fx-minimum": "fx1092-minimum", "fx-basic": "fx1092-basic", "fx-extended": "fx1092-extended"}
"""rule set -> its name in the expected runs, where that has two generations"""
SCHEMAS = {"ubl-2.1/maindoc/UBL-Invoice-2.1.xsd": "ubl-inv", "ubl-2.1/maindoc/UBL-CreditNote-2.1.xsd": "ubl-cn"}


def expected(corpora: Path) -> Iterator[dict[str, Any]]:
    for file in sorted((corpora / "expected").glob("*.jsonl")):
        for line in file.read_text("utf-8").splitlines():
            yield {**json.loads(line), "path": corpora / "documents", "corpus": file.stem}


def path_of(entry: dict[str, Any]) -> Path:
    path: Path = entry["path"] / entry["file"]
    return path


def schema_key(schema: str) -> str:
    return SCHEMAS.get(schema) or schema.split("/", maxsplit=1)[0].removesuffix("-xsd")
