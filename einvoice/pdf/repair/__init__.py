"""Turn an ordinary PDF into one that conforms to PDF/A-3b, its pages looking as they did.

`repair.py` has the order of the steps. A step changes an open PDF and yields what it did, in words; what no step can mend is
found by the check that follows.
"""

from __future__ import annotations
