"""Damaged PDFs: bytes flipped, cut, doubled, numbers and keys changed. Each is opened, judged and embedded into; only errors
that the engine documents may come out, in bounded time and memory.

    python -m fuzz.damage --files 20000 --seed 1 [--base FOLDER]
"""

from __future__ import annotations

import argparse
import faulthandler
import multiprocessing
import resource
import sys
import time
import traceback
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

from einvoice import document
from einvoice.check import container
from einvoice.errors import EngineError
from einvoice.pdf.embed import embed_xml
from einvoice.pdf.flavours import level_for

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

SECONDS, MEMORY = 20.0, 6 << 30
"""what one file may take; a process that grows beyond the memory dies, and is reported"""
_TOKENS = (
    b"/Length 99999999", b"/Length -1", b"/Count -1", b"/Kids [1 0 R]", b"/Filter/LZWDecode", b"/Filter/DCTDecode", b"/Filter[/FlateDecode/FlateDecode]",
    b"99999999999", b"-1", b"null", b"<<", b">>", b"[", b"]", b"(", b")", b"endobj", b"stream", b"endstream", b"0 0 R", b"1 0 R", b"/Type/Page",
    b"/W [1 2", b"1e99", b"\x00", b"%", b"/Parent 1 0 R", b"/Resources 1 0 R", b"/DescendantFonts [1 0 R]", b"/ToUnicode 1 0 R", b"/Predictor 15",
)  # fmt: skip


def flip(data: bytearray, random: Random) -> None:
    for _ in range(random.randint(1, 20)):
        data[random.randrange(len(data))] = random.randrange(256)


def cut(data: bytearray, random: Random) -> None:
    start = random.randrange(len(data))
    del data[start : start + random.randint(1, 2000)]


def truncate(data: bytearray, random: Random) -> None:
    del data[random.randrange(len(data)) :]


def double(data: bytearray, random: Random) -> None:
    start = random.randrange(len(data))
    data[start:start] = data[start : start + random.randint(1, 3000)]


def token(data: bytearray, random: Random) -> None:
    """Something that means something, where something else stood."""
    start = random.randrange(len(data))
    piece = random.choice(_TOKENS)
    data[start : start + len(piece)] = piece


def number(data: bytearray, random: Random) -> None:
    """A number of the file's syntax, changed."""
    places = [at for at in range(len(data) - 1) if data[at : at + 1].isdigit()][:20000]
    if places:
        data[random.choice(places)] = random.choice(b"0123456789-")


def reference(data: bytearray, random: Random) -> None:
    """A reference to another object than was meant."""
    places = [at for at in range(len(data) - 4) if data[at : at + 4] == b" 0 R"]
    if places:
        at = random.choice(places)
        data[at - 1] = random.choice(b"123456789")


OPERATORS: tuple[Callable[[bytearray, Random], None], ...] = (
    flip,
    flip,
    cut,
    truncate,
    double,
    token,
    token,
    number,
    number,
    reference,
    reference,
)


def damaged(bases: list[bytes], count: int, seed: int) -> Iterator[tuple[int, bytes]]:
    """`count` damaged files; the same seed gives the same."""
    for index in range(count):
        random = Random(f"{seed}/{index}")
        data = bytearray(random.choice(bases))
        for _ in range(random.randint(1, 3)):
            if len(data) > 16:
                random.choice(OPERATORS)(data, random)
        yield index, bytes(data)


def use(data: bytes, xml: bytes) -> str:
    """Everything the engine does with a PDF; gives how far it came."""
    try:
        opened = document.open(data)
        container.judge(opened)
        outcome = "judged"
    except EngineError:
        outcome = "refused"
    try:
        embed_xml(data, xml, level_for("urn:cen.eu:en16931:2017"), name="x", title="x")
    except EngineError:
        return outcome + ", not embedded"
    return outcome + ", embedded"


def run(part: tuple[list[bytes], bytes, int, int, int, int]) -> list[str]:
    """One process's share; gives the faults."""
    bases, xml, count, seed, share, shares = part
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    faulthandler.enable()
    faults = []
    for index, data in damaged(bases, count, seed):
        if index % shares != share:
            continue
        started = time.monotonic()
        try:
            use(data, xml)
        except Exception:  # noqa: BLE001  that is what is looked for
            faults.append(f"file {index} of seed {seed}: {traceback.format_exc(limit=-2)}")
        took = time.monotonic() - started
        if took > SECONDS:
            faults.append(f"file {index} of seed {seed}: took {took:.1f} s")
    return faults


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--base", type=Path, default=Path("fixtures"))
    arguments = parser.parse_args()
    bases = [path.read_bytes() for path in sorted(arguments.base.rglob("*.pdf")) if path.stat().st_size < 300_000]
    xml = Path("fixtures/b2b-cii.xml").read_bytes()
    shares = multiprocessing.cpu_count()
    with multiprocessing.get_context("spawn").Pool(shares) as pool:
        parts = [(bases, xml, arguments.files, arguments.seed, share, shares) for share in range(shares)]
        faults = [fault for found in pool.map(run, parts) for fault in found]
    print("\n".join(faults[:20]))
    print(f"{arguments.files} damaged files of {len(bases)}: {len(faults)} faults")
    sys.exit(bool(faults))


if __name__ == "__main__":
    main()
