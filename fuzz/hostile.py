"""`make fuzz-input`: damaged and hostile XML, PDF, JSON, CSV, archives and lists through all that the engine does with them.

Only errors that the engine documents may come out; within 5 seconds, within the memory, without a connection, and without a
file opened that is not the engine's own. The work runs in the workers of `batch`, so that a crash or a hang is a fault of one input.

    python -m fuzz.hostile --inputs 1000000 --seed 1 [--kind xml] [--only INDEX]
"""

from __future__ import annotations

import argparse
import contextlib
import io
import os
import resource
import sys
import tarfile
import tempfile
import time
import traceback
import zipfile
from collections import Counter
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any, ClassVar

import einvoice
from einvoice import official
from einvoice.batch.inputs import Item, Wanted, content, items
from einvoice.batch.local import Local
from einvoice.batch.work import Done
from einvoice.check import container
from einvoice.errors import EngineError
from einvoice.limits import MAX_SIZE
from fuzz import mutators

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from einvoice.check.finding import Report

ROOT = Path(__file__).resolve().parent.parent
SECONDS, MEMORY = 5.0, 4 << 30
SMALL = 60_000
"""bytes of a seed: larger ones cost time and find the same"""
_FORBIDDEN = {"socket.connect", "socket.getaddrinfo", "urllib.Request", "subprocess.Popen", "os.system", "shutil.rmtree"}


# -- what is done with each kind ------------------------------------------------------------------


def judge(data: bytes, random: Random) -> None:
    report = einvoice.validate(data, timeout=SECONDS)
    from einvoice.report import html, junit, sarif, text, varl

    forms: dict[str, Callable[[Report], object]] = {
        "text": text.to_text, "html": lambda one: html.to_html(one, data), "varl": varl.to_varl,
        "sarif": lambda one: sarif.to_sarif([one]), "junit": lambda one: junit.to_junit([one]),
    }  # fmt: skip
    random.choice(list(forms.values()))(report)


def use_xml(data: bytes, random: Random) -> None:
    work = random.choice((judge, judge, judge, convert, render, repair))
    work(data, random)


def convert(data: bytes, random: Random) -> None:
    einvoice.convert(data, to=random.choice(("ubl", "cii", "json")))


def render(data: bytes, _: Random) -> None:
    einvoice.render(data)


def repair(data: bytes, _: Random) -> None:
    einvoice.fix(data)


def use_json(data: bytes, random: Random) -> None:
    invoice = einvoice.complete(einvoice.from_json(data))
    einvoice.write(invoice, random.choice(list(einvoice.Syntax)))


def use_csv(data: bytes, _: Random) -> None:
    from einvoice.tabular import lines_of

    lines_of(data)


def use_pdf(data: bytes, _: Random) -> None:
    from einvoice.pdf.embed import embed_xml
    from einvoice.pdf.flavours import level_for

    with contextlib.suppress(EngineError):
        container.judge(einvoice.open(data))
    embed_xml(data, (ROOT / "fixtures/b2b-cii.xml").read_bytes(), level_for("urn:cen.eu:en16931:2017"), name="x", title="x")


def use_archive(data: bytes, random: Random) -> None:
    suffix = {b"PK": ".zip", b"{": ".jsonl"}.get(data[:2].rstrip(b'"'), random.choice((".tar", ".tar.gz", ".zip", ".jsonl")))
    with tempfile.NamedTemporaryFile(suffix=suffix, dir=scratch()) as file:
        file.write(data)
        file.flush()
        for item in items([file.name], Wanted(max_size=5_000_000)):
            try:
                einvoice.open(content(item, MAX_SIZE))
            except EngineError:
                continue


# -- seeds ----------------------------------------------------------------------------------------


@cache
def scratch() -> str:
    return tempfile.mkdtemp(prefix="einvoice-hostile-")


@cache
def files(suffix: str) -> list[bytes]:
    """Fixtures, and public documents where there are some."""
    folders = [ROOT / "fixtures", ROOT.parent / "shared/corpora/documents", ROOT.parent / "shared/corpora/pdf"]
    found = [p for folder in folders for p in sorted(folder.rglob(f"*{suffix}")) if p.stat().st_size <= SMALL]
    return [p.read_bytes() for p in found]


@cache
def drafts() -> list[bytes]:
    import datetime

    from einvoice import templates

    made = [templates.template(name, today=datetime.date(2026, 1, 1)).encode() for name in templates.names()]
    return [*made, *(einvoice.convert(data, to="json").data for data in files(".xml")[:20] if b"<" in data and _reads(data))]


def _reads(data: bytes) -> bool:
    try:
        einvoice.read(data)
    except EngineError:
        return False
    return True


@cache
def tables() -> list[bytes]:
    return [b"BT-129;BT-130;BT-153;BT-146;BT-151;BT-152\n3;HUR;Work;95,50;S;19\n1;C62;Thing;1.234,50;S;7\n", b"BT-129,BT-146\n1,2.5\n"]


@cache
def archives() -> list[bytes]:
    documents = files(".xml")[:5]
    packed, tar = io.BytesIO(), io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for number, data in enumerate(documents):
            archive.writestr(f"../{number}.xml", data)
    with tarfile.open(fileobj=tar, mode="w:gz") as archive:
        for number, data in enumerate(documents):
            info = tarfile.TarInfo(f"/{number}.xml")
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    lines = b'{"xml": "<a/>"}\n{"base64": "PGEvPg=="}\n{"name": "x", "path": "absent.xml"}\n'
    return [packed.getvalue(), tar.getvalue(), lines]


@dataclass(frozen=True, slots=True)
class Kind:
    """Inputs of one sort."""

    share: int
    seeds: Callable[[], list[bytes]]
    mutators: tuple[Callable[[bytearray, Random], None], ...]
    use: Callable[[bytes, Random], None]


#   kind -> how often, what it is made of, how it is damaged, what is done with it
KINDS: dict[str, Kind] = {
    "xml": Kind(70, lambda: files(".xml"), mutators.XML, use_xml),
    "json": Kind(15, drafts, mutators.JSON, use_json),
    "csv": Kind(5, tables, mutators.JSON, use_csv),
    "archive": Kind(8, archives, mutators.ANY, use_archive),
    "pdf": Kind(2, lambda: files(".pdf"), mutators.PDF, use_pdf),
}


def made(kind: Kind, random: Random) -> bytes:
    data = bytearray(random.choice(kind.seeds()))
    for _ in range(random.randint(1, 4)):
        if len(data) > 16:
            random.choice(kind.mutators)(data, random)
    return bytes(data)


# -- the run --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Hostile:
    """Work of a worker: the input of an index, made and used."""

    suffixes: ClassVar[frozenset[str]] = frozenset()
    seed: int = 1
    max_size: int = MAX_SIZE
    kinds: tuple[str, ...] = field(default_factory=lambda: tuple(KINDS))

    def do(self, item: Item) -> Done:
        guarded()
        random = Random(f"{self.seed}/{item.name}")
        name = random.choices(self.kinds, [KINDS[kind].share for kind in self.kinds])[0]
        data = made(KINDS[name], random)
        return Done(fault(KINDS[name], data, random), file=name)

    def stopped(self, item: Item, reason: str) -> Done:
        return Done(reason, file="stopped")


def fault(kind: Kind, data: bytes, random: Random) -> str:
    """What the engine did that it must not; nothing is what is hoped for."""
    WATCHED.clear()
    started = time.monotonic()
    try:
        kind.use(data, random)
    except EngineError:
        pass
    except Exception:  # noqa: BLE001  that is what is looked for
        return traceback.format_exc(limit=-3)
    took = time.monotonic() - started
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    slow = [f"took {took:.1f} s"] if took > SECONDS + 1 else []
    return "; ".join([*WATCHED, *slow, *([f"{peak >> 20} MB of memory"] if peak > MEMORY else [])])


WATCHED: list[str] = []


@cache
def guarded() -> None:
    """From now on every connection, and every file that is not the engine's, is noted; memory has a limit."""
    resource.setrlimit(resource.RLIMIT_AS, (4 * MEMORY, resource.getrlimit(resource.RLIMIT_AS)[1]))
    einvoice.validate(ROOT / "fixtures/b2b-ubl.xml")  # loads what is loaded once
    own = (
        str(ROOT),
        sys.prefix,
        sys.base_prefix,
        "/proc/self",
        "/dev/",
        scratch(),
        "/usr/share/zoneinfo",
        "/etc/mime.types",
        "/usr/lib",
        str(Path.home() / ".reportlab"),
        str(official.own_folder()),
    )

    def note(event: str, arguments: tuple[Any, ...]) -> None:
        if event == "open" and isinstance(arguments[0], str | bytes):
            path = os.path.abspath(os.fsdecode(arguments[0]))  # noqa: PTH100
            if not path.startswith(own) and "w" not in str(arguments[1]):
                WATCHED.append(f"opened {path}")
        elif event in _FORBIDDEN and not (event == "subprocess.Popen" and "worker.py" in str(arguments)):
            WATCHED.append(event)

    sys.addaudithook(note)


def numbered(count: int, only: int | None) -> Iterator[tuple[int, Item]]:
    for index in range(count) if only is None else [only]:
        yield index, Item(str(index), b"")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--inputs", type=int, default=5000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--kind", choices=list(KINDS), action="append")
    parser.add_argument("--only", type=int, help="index of the one input to use again")
    arguments = parser.parse_args()
    os.environ["PYTHONPATH"] = str(ROOT)
    work = Hostile(seed=arguments.seed, kinds=tuple(arguments.kind or KINDS))
    used: Counter[str] = Counter()
    faults = 0
    for index, done in Local(max_seconds=60)(numbered(arguments.inputs, arguments.only), work):
        used[done.file] += 1
        if done.line:
            faults += 1
            print(f"input {index} of seed {arguments.seed} ({done.file}): {done.line}", flush=True)
        if sum(used.values()) % 50_000 == 0:
            print(f"{sum(used.values()):,} inputs, {faults} faults", file=sys.stderr, flush=True)
    print(
        f"{sum(used.values()):,} inputs of seed {arguments.seed} ({', '.join(f'{n:,} {kind}' for kind, n in sorted(used.items()))}): {faults} faults"
    )
    sys.exit(bool(faults))


if __name__ == "__main__":
    from fuzz.hostile import main as run  # under its own name, so that workers find the work

    run()
