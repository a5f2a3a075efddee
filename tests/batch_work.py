"""Work that goes wrong, for the batch's tests: it must be importable in a worker."""

from __future__ import annotations

import os
import signal
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from einvoice.batch.work import Done, Judge

if TYPE_CHECKING:
    from einvoice.batch.inputs import Item


@dataclass(frozen=True, slots=True)
class Unlucky(Judge):
    """Dies on documents named deadly, sleeps on those named slow, fails on those named faulty."""

    def do(self, item: Item) -> Done:
        if "deadly" in item.name:
            os.kill(os.getpid(), signal.SIGKILL)
        if "slow" in item.name:
            time.sleep(60)
        if "faulty" in item.name:
            raise RuntimeError("a fault of ours")
        return Judge.do(self, item)
