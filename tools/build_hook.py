"""Hatchling's hook: puts the official artefacts into the package before it is packed."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class ArtefactsHook(BuildHookInterface):  # type: ignore[misc]
    """Assembles `einvoice/artefacts/` for a wheel; a source distribution carries only the locks."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002
        if self.target_name == "wheel":
            sys.path.insert(0, self.root)
            from tools.artefacts import assemble

            assemble(Path(self.root))
