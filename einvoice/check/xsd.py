"""Schema validation with lxml, each error at its node."""

from __future__ import annotations

import re
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lxml import etree

from einvoice import official
from einvoice.syntax.location import Locator, step_name

if TYPE_CHECKING:
    from collections.abc import Iterator

_LOCK = threading.Lock()  # a schema object keeps the error log of its last document
_SCHEMAS: dict[str, etree.XMLSchema] = {}
_EXPANDED = re.compile(r"\{[^}]*\}[\w.-]+")


@dataclass(frozen=True, slots=True)
class SchemaError:
    """One violation of a schema."""

    code: str
    """libxml2's name of the constraint: ELEMENT-CONTENT, DATATYPE-VALID …"""
    message: str
    location: str
    line: int
    element: etree._Element | None


def validate(root: etree._Element, schema: str) -> tuple[SchemaError, ...]:
    """The violations of a schema (a file below `artefacts/xsd/`), in document order; none if it is valid."""
    with _LOCK:
        if schema not in _SCHEMAS:
            _SCHEMAS[schema] = etree.XMLSchema(file=str(official.schema_path(schema)))
        validator = _SCHEMAS[schema]
        if validator.validate(root):
            return ()
        log = list(validator.error_log)
    return tuple(_errors(root, log))


def _errors(root: etree._Element, log: list[etree._LogEntry]) -> Iterator[SchemaError]:
    locate = Locator()
    for entry in log:
        element = _element(root, entry.path)
        yield SchemaError(
            code=entry.type_name.removeprefix("SCHEMAV_").removeprefix("CVC_").replace("_", "-").rstrip("-0123456789"),
            message=_EXPANDED.sub(lambda m: step_name(m[0]), entry.message),
            location="" if element is None else locate(element),
            line=entry.line,
            element=element,
        )


def _element(root: etree._Element, path: str | None) -> etree._Element | None:
    """The node at libxml2's own path, in which `*` stands for an element in the default namespace."""
    prefixes = {prefix: uri for prefix, uri in root.nsmap.items() if prefix}
    try:
        found = root.getroottree().xpath(path, namespaces=prefixes) if path else []
    except etree.XPathError:  # a prefix that is declared further down
        return None
    return found[0] if isinstance(found, list) and found and isinstance(found[0], etree._Element) else None
