"""PDF/A-3b (ISO 19005-3) checked rule by rule; rule ids are the clause and test number of veraPDF's profile.

Used: `check.py`. What may not be is in `clauses.py`, how to look at values in `values.py`; every other module looks at one
part of a file and yields breaches.
"""

from __future__ import annotations
