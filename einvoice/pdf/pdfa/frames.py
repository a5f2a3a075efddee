"""What is known of a content stream while it runs."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pikepdf import Name

from einvoice.pdf.pdfa.values import get

if TYPE_CHECKING:
    from einvoice.pdf.pdfa.shown import Shown


@dataclass(slots=True)
class State:
    """The part of the graphics state that rules ask for."""

    fill: Any = Name.DeviceGray
    stroke: Any = Name.DeviceGray
    mode: int = 0
    font: Shown | None = None
    overprint_mode: int = 0
    overprint_fill: bool = False
    overprint_stroke: bool = False


@dataclass(slots=True)
class Frame:
    """One content stream while it runs."""

    resources: Any
    where: str
    depth: int
    own: bool
    """the resources are the stream's own"""
    state: State = field(default_factory=State)
    stack: list[State] = field(default_factory=list)
    painted: set[object] = field(default_factory=set)
    inherited: bool = False
    """something was found in resources that are not its own"""

    def resource(self, kind: str, called: object) -> Any:
        """A named resource."""
        found = get(get(self.resources, kind), str(called)) if isinstance(called, Name) else None
        if found is not None and not self.own:
            self.inherited = True
        return found
