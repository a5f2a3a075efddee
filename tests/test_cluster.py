"""Batches elsewhere: documents in S3 (moto's server), work under Ray with processes killed in the middle."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.command import einvoice as command
from tests.command import python
from tests.conftest import absent
from tests.test_batch import entries, many, names, started, wait_for_lines

if TYPE_CHECKING:
    from collections.abc import Iterator


def needs(module: str) -> None:
    """An optional package."""
    if find_spec(module) is None:
        absent(f"{module} is not installed")


@pytest.fixture(scope="module")
def bucket() -> Iterator[str]:
    """A bucket with three documents, one of them in an archive; the address is in the environment."""
    needs("s3fs")
    needs("moto")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    keys = {
        "AWS_ENDPOINT_URL": f"http://127.0.0.1:{port}",
        "AWS_ACCESS_KEY_ID": "x",
        "AWS_SECRET_ACCESS_KEY": "x",
        "AWS_DEFAULT_REGION": "us-east-1",
    }
    server = subprocess.Popen([sys.executable, "-m", "moto.server", "-p", str(port)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    with pytest.MonkeyPatch.context() as environment:
        for name, value in keys.items():
            environment.setenv(name, value)
        filled = python(f"""
import time, zipfile, socket, io, s3fs
for _ in range(300):
    try: socket.create_connection(("127.0.0.1", {port})).close(); break
    except OSError: time.sleep(0.1)
s3 = s3fs.S3FileSystem()
s3.mkdir("inbox")
s3.put("fixtures/b2b-ubl.xml", "inbox/a.xml")
s3.put("fixtures/broken/no-buyer-reference-ubl.xml", "inbox/sub/b.xml")
packed = io.BytesIO()
with zipfile.ZipFile(packed, "w") as archive: archive.write("fixtures/b2b-cii.xml", "c.xml")
s3.pipe("inbox/z.zip", packed.getvalue())
""")
        assert filled.code == 0, filled.err
        yield "s3://inbox"
    server.kill()
    server.wait()


EXPECTED = [("s3://inbox/a.xml", "valid"), ("s3://inbox/sub/b.xml", "invalid"), ("s3://inbox/z.zip/c.xml", "valid")]


@pytest.mark.parametrize("executor", ["local", "ray"])
def test_documents_come_from_s3(bucket: str, executor: str, tmp_path: Path) -> None:
    if executor == "ray":
        needs("ray")
    ran = command("batch", bucket, "--output", str(tmp_path), "--executor", executor, "--workers", "2")
    assert [(entry["source"]["name"], entry["verdict"]) for entry in entries(tmp_path)] == EXPECTED, ran.err
    assert ran.code == 1


def test_what_is_not_in_s3_is_said(bucket: str, tmp_path: Path) -> None:
    ran = command("batch", f"{bucket}/absent/", "s3://no-such-bucket/", "nonsense://x/y", "--output", str(tmp_path))
    assert ran.code == 2
    assert "nonsense" in ran.err
    assert "Traceback" not in ran.err
    ran = command("batch", f"{bucket}/absent/", "s3://no-such-bucket/", "--output", str(tmp_path / "b"))
    assert ran.code == 3
    assert len(entries(tmp_path / "b")) == 2


def test_ray_gives_the_same_results_also_when_its_processes_are_killed(tmp_path: Path) -> None:
    needs("ray")
    file = many(tmp_path, 600)
    command("batch", str(file), "--output", str(tmp_path / "local"))
    process = started(str(file), "--output", str(tmp_path / "ray"), "--executor", "ray", "--workers", "2")
    killed = 0
    for lines in (1, 150, 300):
        wait_for_lines(tmp_path / "ray", lines)
        for pid in workers(process.pid)[:1]:
            os.kill(pid, signal.SIGKILL)
            killed += 1
    process.communicate(timeout=120)
    assert killed > 0
    assert (tmp_path / "ray/results.jsonl").read_bytes() == (tmp_path / "local/results.jsonl").read_bytes()
    assert len(names(tmp_path / "ray")) == 600


def workers(driver: int) -> list[int]:
    """Ray's processes at work on our documents, of whatever driver there is."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            line = (folder / "cmdline").read_bytes()
        except OSError:
            continue
        if line.startswith(b"ray::_do") and int(folder.name) != driver:
            found.append(int(folder.name))
    return found
