"""Chromium for the tests of what browsers show: the one that is here, or Debian's package where it can be installed."""

from __future__ import annotations

import os
import shutil
import subprocess
from functools import cache


@cache
def chromium() -> str | None:
    """The program; None where there is none and none can be had."""
    found = _found()
    if found is None and os.environ.get("CI") == "true" and shutil.which("apt-get") and os.geteuid() == 0:
        for command in (["apt-get", "-qq", "update"], ["apt-get", "-qq", "install", "-y", "--no-install-recommends", "chromium"]):
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"})
        found = _found()
    return found


def _found() -> str | None:
    return next((path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))), None)
