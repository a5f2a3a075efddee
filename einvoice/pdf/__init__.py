"""Hybrid invoices: PDF/A-3 with the XML inside."""

from __future__ import annotations
