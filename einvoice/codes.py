"""Code lists that the engine itself decides by; the rules bring their own."""

from __future__ import annotations

CREDIT_NOTE_TYPES = frozenset(["81", "83", "261", "262", "296", "308", "381", "396", "420", "458", "502", "503", "532"])
"""BT-3 of a UBL CreditNote (UNTDID 1001 as BR-CL-01 of EN 16931 1.3.16 has it); any other type is an Invoice"""
