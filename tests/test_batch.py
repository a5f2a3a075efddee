"""Batches: the same answers as one by one, nothing lost or doubled by kills, bad documents, dead workers and full disks."""

from __future__ import annotations

import base64
import io
import json
import os
import resource
import shutil
import signal
import subprocess
import sys
import tarfile
import time
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import einvoice
from einvoice.batch import inputs
from einvoice.batch.inputs import Item, Wanted, items
from einvoice.batch.local import Local
from einvoice.batch.run import run
from einvoice.batch.work import Judge
from einvoice.errors import UsageError
from einvoice.report.json import to_jsonl
from tests.batch_work import Unlucky
from tests.command import einvoice as command

if TYPE_CHECKING:
    from collections.abc import Iterator

FIXTURES = sorted(str(p) for p in Path("fixtures").glob("*.xml"))
UBL, CII = Path("fixtures/b2b-ubl.xml").read_bytes(), Path("fixtures/b2b-cii.xml").read_bytes()


def entries(folder: Path, name: str = "results.jsonl") -> list[dict[str, Any]]:
    return [json.loads(line) for line in (folder / name).read_text("utf-8").splitlines()]


def names(folder: Path) -> list[str]:
    return [entry["source"]["name"] for entry in entries(folder)]


def many(folder: Path, count: int) -> Path:
    """JSON lines of so many invoices, each with its own number, every fifth broken."""
    lines = []
    for number in range(count):
        text = UBL.decode().replace("R-2026-0117", f"N-{number}", 1)
        lines.append(json.dumps({"name": f"n{number}", "xml": text[: len(text) // (1 if number % 5 else 2)]}))
    file = folder / "many.jsonl"
    file.write_text("\n".join(lines), "utf-8")
    return file


def test_results_are_those_of_validate_in_the_same_order(tmp_path: Path) -> None:
    ran = command("batch", "fixtures", "--output", str(tmp_path), "--workers", "2")
    reports = list(einvoice.validate_many(item.name for item in items(["fixtures"])))
    assert (tmp_path / "results.jsonl").read_text("utf-8") == "".join(map(to_jsonl, reports))
    assert len(reports) > 40
    assert ran.code == command("validate", "fixtures").code == 4
    summary = json.loads((tmp_path / "summary.json").read_text("utf-8"))
    assert sum(summary["outcomes"].values()) == summary["documents"] == len(reports)
    assert ran.out == (tmp_path / "summary.txt").read_text("utf-8")
    assert "<h1>Batch" in (tmp_path / "summary.html").read_text("utf-8")


def test_unordered_results_are_the_same_lines(tmp_path: Path) -> None:
    file = many(tmp_path, 60)
    command("batch", str(file), "--output", str(tmp_path / "a"))
    command("batch", str(file), "--output", str(tmp_path / "b"), "--unordered")
    assert sorted(entries(tmp_path / "a"), key=str) == sorted(entries(tmp_path / "b"), key=str)


# -- inputs -------------------------------------------------------------------------------------


def archive(folder: Path, name: str) -> Path:
    path = folder / name
    members = {"in/a.xml": UBL, "in/b.xml": CII, "readme.txt": b"no invoice"}
    if name.endswith(".zip"):
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
            for member, content in members.items():
                file.writestr(member, content)
        return path
    with tarfile.open(path, "w:gz") as tar:
        for member, content in members.items():
            info = tarfile.TarInfo(member)
            info.size = len(content)
            tar.addfile(info, io.BytesIO(content))
    return path


def given(*paths: str, stdin: bytes = b"", wanted: Wanted | None = None) -> list[tuple[str, bool]]:
    """Names, and whether there is a document under them."""
    return [(item.name, not item.fault) for item in items(paths, wanted or Wanted(), io.BytesIO(stdin))]


@pytest.mark.parametrize("name", ["a.zip", "a.tar.gz"])
def test_archives_give_their_documents(tmp_path: Path, name: str) -> None:
    path = archive(tmp_path, name)
    found = list(items([str(path)]))
    assert [(item.name, item.source) for item in found] == [(f"{path}/in/a.xml", UBL), (f"{path}/in/b.xml", CII)]


def test_a_folder_gives_documents_and_those_in_its_archives(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    shutil.copy("fixtures/b2b-ubl.xml", tmp_path / "sub/x.XML")
    archive(tmp_path, "a.zip")
    assert given(str(tmp_path)) == [
        (f"{tmp_path}/a.zip/in/a.xml", True),
        (f"{tmp_path}/a.zip/in/b.xml", True),
        (f"{tmp_path}/sub/x.XML", True),
    ]
    assert given(f"{tmp_path}/**/*.XML") == [(f"{tmp_path}/sub/x.XML", True)]


def test_json_lines_and_lists_on_standard_input() -> None:
    lines = [{"name": "a", "xml": UBL.decode()}, {"base64": base64.b64encode(CII).decode()}, {"path": "fixtures/b2b-ubl.xml"}]
    stdin = b"fixtures/b2b-cii.xml\n" + "\n".join(map(json.dumps, lines)).encode() + b"\n{no json\n\n{}\n"
    assert given("-", stdin=stdin) == [
        ("fixtures/b2b-cii.xml", True), ("a", True), ("-:3", True), ("fixtures/b2b-ubl.xml", True), ("-:5", False), ("-:7", False),
    ]  # fmt: skip


def test_what_cannot_be_had_is_said_and_the_others_go_on(tmp_path: Path) -> None:
    (tmp_path / "broken.zip").write_bytes(b"PK\x03\x04 no zip")
    (tmp_path / "broken.tgz").write_bytes(b"\x1f\x8b no gzip")
    (tmp_path / "empty").mkdir()
    with zipfile.ZipFile(tmp_path / "bomb.zip", "w", zipfile.ZIP_DEFLATED) as bomb:
        bomb.writestr("bomb.xml", b" " * 20_000_000)
    paths = [str(tmp_path / name) for name in ("broken.zip", "broken.tgz", "empty", "bomb.zip", "absent.xml")]
    assert [good for _, good in given(*paths)] == [False, False, False, False, True]  # an absent file is seen when it is read
    ran = command("batch", *paths, "fixtures/b2b-ubl.xml", "--output", str(tmp_path / "out"))
    assert ran.code == 3
    assert [entry["verdict"] for entry in entries(tmp_path / "out")] == ["unchecked"] * 5 + ["valid"]
    assert all(entry["layers"][0]["reason"].startswith(entry["source"]["name"]) for entry in entries(tmp_path / "out")[:5])


def test_the_limit_of_size_counts_what_is_read(tmp_path: Path) -> None:
    path = archive(tmp_path, "a.zip")
    assert given(str(path), wanted=Wanted(max_size=1000)) == [(f"{path}/in/a.xml", False), (f"{path}/in/b.xml", False)]
    with pytest.raises(einvoice.errors.InputError, match=r"larger than 0\.001 MB.*--max-size"):
        inputs.content(Item("fixtures/b2b-ubl.xml", "fixtures/b2b-ubl.xml"), 1000)
    with pytest.raises(einvoice.errors.InputError, match="larger than"):
        inputs.content(Item("/dev/zero", "/dev/zero"), 1000)


def test_an_archive_is_read_as_a_stream(tmp_path: Path) -> None:
    """A thousand members of a megabyte: never more than a few at a time."""
    with zipfile.ZipFile(tmp_path / "a.zip", "w", zipfile.ZIP_DEFLATED) as file:
        for number in range(200):
            file.writestr(f"{number}.xml", os.urandom(500_000))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert sum(1 for _ in items([str(tmp_path / "a.zip")])) == 200
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 50_000


# -- kills, crashes, full disks -----------------------------------------------------------------


def started(*arguments: str, **options: Any) -> subprocess.Popen[bytes]:
    line = [sys.executable, "-m", "einvoice", "batch", *arguments]
    return subprocess.Popen(line, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, **options)


def wait_for_lines(folder: Path, count: int) -> None:
    deadline = time.monotonic() + 60
    journal = folder / "journal.jsonl"
    while time.monotonic() < deadline and not (journal.exists() and journal.read_bytes().count(b"\n") >= count):
        time.sleep(0.005)


def test_killed_and_gone_on_with_nothing_is_lost_or_doubled(tmp_path: Path) -> None:
    file = many(tmp_path, 400)
    command("batch", str(file), "--output", str(tmp_path / "undisturbed"))
    for lines in (1, 90, 210):
        process = started(str(file), "--output", str(tmp_path / "killed"), "--resume")
        wait_for_lines(tmp_path / "killed", lines)
        process.send_signal(signal.SIGKILL)
        process.communicate()
    with (tmp_path / "killed/journal.jsonl").open("ab") as journal:
        journal.write(b'{"schema":"einvoice-report/1","sour')  # what a loss of power may leave
    ran = command("batch", str(file), "--output", str(tmp_path / "killed"), "--resume")
    assert (tmp_path / "killed/results.jsonl").read_bytes() == (tmp_path / "undisturbed/results.jsonl").read_bytes()
    assert len(names(tmp_path / "killed")) == 400
    assert "from an earlier run" in ran.out
    assert json.loads((tmp_path / "killed/summary.json").read_text("utf-8"))["documents"] == 400


def test_interrupted_it_says_how_to_go_on(tmp_path: Path) -> None:
    file = many(tmp_path, 2000)  # far from done, however busy the machine is
    process = started(str(file), "--output", str(tmp_path / "out"))
    wait_for_lines(tmp_path / "out", 5)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=30)
    assert process.returncode == 130
    assert b"--resume" in said


def test_a_dead_worker_costs_the_document_that_killed_it_twice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", str(Path.cwd()))
    documents = [Item(name, UBL) for name in ("a", "deadly", "b", "faulty", "c", "deadly too", "d")]
    summary = run(documents, Unlucky(), Local(2), tmp_path)
    assert names(tmp_path) == [item.name for item in documents]
    reasons = {entry["source"]["name"]: entry["layers"][0]["reason"] for entry in entries(tmp_path) if entry["verdict"] != "valid"}
    assert set(reasons) == {"deadly", "deadly too", "faulty"}
    assert "ended the process" in reasons["deadly"]
    assert "a fault of ours" in reasons["faulty"]
    assert summary.outcomes == {"valid": 4, "unchecked": 3}


def test_a_document_that_takes_too_long_costs_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", str(Path.cwd()))
    run([Item(name, UBL) for name in ("a", "slow", "b")], Unlucky(), Local(1, max_seconds=3), tmp_path)
    assert [(entry["source"]["name"], entry["verdict"]) for entry in entries(tmp_path)] == [
        ("a", "valid"),
        ("slow", "unchecked"),
        ("b", "valid"),
    ]
    assert "longer than 3 s" in entries(tmp_path)[1]["layers"][0]["reason"]


def test_a_full_disk_ends_it_with_a_line_and_loses_nothing(tmp_path: Path) -> None:
    file = many(tmp_path, 60)
    limit = lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (30_000, 30_000))  # noqa: E731
    process = started(str(file), "--output", str(tmp_path / "out"), preexec_fn=limit)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 2
    assert b"journal.jsonl: cannot be written" in said
    assert b"Traceback" not in said
    assert all(entry["schema"] for entry in entries(tmp_path / "out", "journal.jsonl"))
    command("batch", str(file), "--output", str(tmp_path / "out"), "--resume")
    assert names(tmp_path / "out") == [f"n{number}" for number in range(60)]


def test_results_are_never_written_over(tmp_path: Path) -> None:
    out = str(tmp_path)
    assert command("batch", "fixtures/b2b-ubl.xml", "--output", out).code == 0
    again = command("batch", "fixtures/b2b-ubl.xml", "--output", out)
    assert (again.code, again.err.count("\n")) == (2, 1)
    other = command("batch", "fixtures/b2b-ubl.xml", "--output", out, "--resume", "--rules", "en16931")
    assert other.code == 2
    assert "another rules" in other.err
    more = command("batch", "fixtures/b2b-ubl.xml", "fixtures/b2b-cii.xml", "fixtures/b2b-ubl.xml", "--output", out, "--resume")
    assert more.code == 0
    assert names(tmp_path) == ["fixtures/b2b-ubl.xml", "fixtures/b2b-cii.xml", "fixtures/b2b-ubl.xml"]


def test_two_batches_do_not_write_into_one_folder(tmp_path: Path) -> None:
    def endless() -> Iterator[Item]:
        yield Item("a", UBL)
        with pytest.raises(UsageError, match="another batch is writing here"):
            run([Item("b", UBL)], Judge(), Local(1), tmp_path, resume=True)

    run(endless(), Judge(), Local(1), tmp_path)
    assert names(tmp_path) == ["a"]


# -- create, convert ----------------------------------------------------------------------------


def test_convert_makes_what_convert_makes(tmp_path: Path) -> None:
    ran = command("batch", "convert", "fixtures/b2b-ubl.xml", "fixtures/broken/truncated-ubl.xml", "--to", "cii", "--output", str(tmp_path))
    good, bad = entries(tmp_path)
    assert ran.code == 1
    assert (tmp_path / "documents" / good["output"]).read_bytes() == einvoice.convert("fixtures/b2b-ubl.xml", to="cii").data
    assert bad["output"] is None
    assert "truncated-ubl.xml: is not well-formed" in bad["error"]


def test_create_makes_a_document_of_each_draft(tmp_path: Path) -> None:
    draft = einvoice.to_json(einvoice.read(UBL).invoice)
    without_price = json.loads(draft)
    del without_price["lines"][0]["price"], without_price["lines"][0]["net_amount"]
    drafts = ({"name": "../one", "invoice": json.loads(draft)}, {"lines": 3}, {"name": "two", "invoice": without_price})
    (tmp_path / "drafts.jsonl").write_text("".join(json.dumps(d) + "\n" for d in drafts), "utf-8")
    ran = command("batch", "create", str(tmp_path / "drafts.jsonl"), "--to", "zugferd", "--output", str(tmp_path / "out"))
    assert ran.code == 1
    made = tmp_path / "out/documents/one.pdf"
    assert einvoice.validate(made).verdict.value == "valid"
    good, bad, poor = entries(tmp_path / "out")
    assert (good["verdict"], good["lacks"]) == ("valid", [])
    assert "lines" in bad["error"]
    assert (tmp_path / "out/documents/two.pdf").exists()
    assert poor["verdict"] == "invalid"
    assert poor["lacks"][0].startswith("lines[0].price.net (BT-146 ")
    assert [f["rule"] for f in poor["findings"]] == ["XSD-ELEMENT-CONTENT"]
    assert [line.split()[:2] for line in ran.out.splitlines()[1:4]] == [["valid", "1"], ["invalid", "1"], ["not", "made"]]


def test_what_has_no_rules_here_is_made_and_not_judged(tmp_path: Path) -> None:
    (tmp_path / "draft.json").write_text(einvoice.to_json(einvoice.read(UBL).invoice), "utf-8")
    ran = command("batch", "create", str(tmp_path / "draft.json"), "--to", "peppol-bis", "--output", str(tmp_path / "out"))
    assert (ran.code, entries(tmp_path / "out")[0]["verdict"]) == (0, None)
    assert ran.out.splitlines()[1].split()[:2] == ["made", "1"]
