"""`python -m einvoice`."""

from __future__ import annotations

from einvoice.command import main

if __name__ == "__main__":
    main()
