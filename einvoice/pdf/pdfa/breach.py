"""One place where a file breaks one rule."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Breach:
    """What breaks a rule, and where."""

    rule: str
    """clause and test number as in veraPDF's profile: `6.2.11.4.1-t1`"""
    where: str = ""
    """page, object, font: `page 3, font Helvetica (12 0)`"""
    detail: str = ""
    """what stands there"""

    @property
    def clause(self) -> str:
        """The clause of ISO 19005-3: `6.2.11.4.1`."""
        return self.rule.partition("-")[0]
