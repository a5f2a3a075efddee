"""Official artefacts: only what the lock names gets into the package."""

from __future__ import annotations

import io
import re
import zipfile
from typing import TYPE_CHECKING

import pytest

from einvoice import official
from tests.command import einvoice as command
from tools import artefacts

if TYPE_CHECKING:
    from pathlib import Path


def test_a_wrong_hash_names_the_artefact_and_both_hashes(root: Path) -> None:
    artefact = artefacts.read_locks(root)[0]
    memory = io.BytesIO()
    with zipfile.ZipFile(memory, "w") as wheel:
        for name in artefact["files"]:
            wheel.writestr(f"{artefact['folder']}/{name}", b"something else")
    expected = next(iter(artefact["files"].values()))
    with pytest.raises(artefacts.ArtefactError) as stopped:
        artefacts.checked(artefact, zipfile.ZipFile(memory))
    assert re.search(
        rf"{artefact['id']}.*expected sha256 {expected}.*actual   sha256 {artefacts.sha256(b'something else')}",
        str(stopped.value),
        re.DOTALL,
    )


def test_what_is_shipped_is_what_the_build_recorded() -> None:
    assert [a.id for a in official.manifest() if official.digest(a) != a.sha256] == []
    assert len(official.manifest()) == 22
    assert command("rules", "verify").code == 0


def test_a_changed_rule_file_is_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    artefact = official.artefact("xr-ubl")
    for path in official.files(artefact):
        (tmp_path / "rules").mkdir(exist_ok=True)
        (tmp_path / "rules" / path.name).write_bytes(path.read_bytes() + b" ")
    monkeypatch.setattr(official, "FOLDER", tmp_path)
    assert official.digest(artefact) != artefact.sha256
