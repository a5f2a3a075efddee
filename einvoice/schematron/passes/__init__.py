"""The optimiser: small passes, each from value to value, each with a switch of its name (`compile.PASSES`)."""

from __future__ import annotations
