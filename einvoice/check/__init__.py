"""Judging: XML, schema, official rules; findings and a verdict."""

from __future__ import annotations
