"""The templates of the web pages: everything that a document says is escaped, a name that is missing is an error."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jinja2 import Template


@cache
def template(name: str) -> Template:
    """A template of `report/templates/`; jinja2 is loaded for it, no other command needs it."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    loader = PackageLoader("einvoice", "report/templates")
    environment = Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    return environment.get_template(name)
