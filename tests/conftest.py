from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import pytest
from hypothesis import HealthCheck, settings

from tools import maven
from tools.verapdf import Verapdf

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parent.parent
SHARED = ROOT.parent / "shared"

settings.register_profile(
    "einvoice",
    deadline=None,
    derandomize="CI" in os.environ,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
settings.load_profile("einvoice")


def needed(path: Path, what: str) -> Path:
    """A path that a test needs: absent, it is a reason to skip for a user, and a failure in CI."""
    if not path.exists():
        absent(f"{what} is not here: {path}")
    return path


def absent(what: str) -> NoReturn:
    """Something that a test needs is missing."""
    (pytest.fail if os.environ.get("CI") else pytest.skip)(what)


@pytest.fixture(scope="session")
def root() -> Path:
    return ROOT


@pytest.fixture(scope="session")
def corpora() -> Path:
    return needed(SHARED / "corpora", "the folder of public invoices")


@pytest.fixture(autouse=True)
def _in_root(monkeypatch: pytest.MonkeyPatch) -> None:
    """Doctests and examples name fixtures as a reader of the README does."""
    monkeypatch.chdir(ROOT)


@pytest.fixture(scope="session")
def verapdf() -> Iterator[Verapdf]:
    if not maven.available():
        (pytest.fail if os.environ.get("CI") else pytest.skip)(f"veraPDF cannot be run: {maven.MISSING}")
    with Verapdf() as running:
        yield running
