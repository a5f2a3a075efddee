"""`python -m tools.verapdf`."""

from __future__ import annotations

from tools.verapdf import main

main()
