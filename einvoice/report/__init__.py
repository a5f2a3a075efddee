"""One report, in the forms that people and programs want; each form is a function from reports to text."""

from __future__ import annotations
