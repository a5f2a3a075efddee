"""Equivalence of compiled and published rules on mutated invoices: `make fuzz MUTANTS=n SEED=s`."""

from __future__ import annotations
