"""The Saxon process: `python -I worker.py SITE`. Never imported by the host, imports nothing of einvoice.

Saxon kills the process it lives in (finite RLIMIT_AS, threads that end, 32 GiB of address space), so it lives here.
Frames both ways: two big-endian 32-bit lengths, a JSON header, a body.

    {"op": "load", "name": …}  body = stylesheet           -> {"ok": true}
    {"op": "document"}           body = document           -> nothing
    {"op": "run", "names": […]}  on the document given     -> {"ok": true, "seconds": s,
                                                            "results": [{"size": n} | {"error": …, "lines": […]}]}
"""

from __future__ import annotations

import json
import os
import re
import select
import struct
import sys
import time
from typing import Any, BinaryIO

ADDRESS_SPACE = 40 << 30  # saxonche >= 13 reserves 32 GiB
PROHIBIT = {
    "http://saxon.sf.net/feature/allowedProtocols": "none",
    "http://saxon.sf.net/feature/parserFeature?uri=http%3A%2F%2Fapache.org%2Fxml%2Ffeatures%2Fdisallow-doctype-decl": "true",
}
WATCH_SECONDS = 0.001
LENGTHS = struct.Struct(">II")
PIPE = 1 << 20
"""bytes that a pipe takes at most, where the system lets us say so"""
LINE = re.compile(r"on line (\d+)")


def raise_address_space() -> str:
    """Lift the soft limit that a host (Odoo, uWSGI) inherits to us; the reason if the hard one forbids it."""
    try:
        import resource
    except ImportError:  # not POSIX: no such limit
        return ""
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    if hard != resource.RLIM_INFINITY and hard < ADDRESS_SPACE:
        return f"the hard limit of address space (ulimit -H -v) is {hard >> 20} MiB, Saxon needs {ADDRESS_SPACE >> 20} MiB"
    if soft != resource.RLIM_INFINITY and soft < ADDRESS_SPACE:
        resource.setrlimit(resource.RLIMIT_AS, (hard, hard))
    return ""


def scratch() -> BinaryIO:
    """A file without a name; in memory, where the system knows how (Linux)."""
    if hasattr(os, "memfd_create"):
        return os.fdopen(os.memfd_create("einvoice"), "w+b")
    import tempfile  # takes as long to import as all the rest

    return tempfile.TemporaryFile()


class Channel:
    """The pipe to the host, and the file that native code writes its errors to."""

    def __init__(self) -> None:
        self.requests = os.dup(0)
        self.answers: BinaryIO = os.fdopen(os.dup(1), "wb", buffering=PIPE)
        self.alone = not hasattr(os, "sched_getaffinity") or len(os.sched_getaffinity(0)) > 1
        self.poll = select.poll()
        self.poll.register(self.requests, select.POLLIN)
        self.native = scratch()
        null = os.open(os.devnull, os.O_RDWR)
        os.dup2(null, 0)
        os.dup2(null, 1)
        os.dup2(self.native.fileno(), 2)

    def receive(self) -> tuple[dict[str, Any], bytes]:
        self.watch()
        header, body = LENGTHS.unpack(self.read(LENGTHS.size))
        return json.loads(self.read(header)), self.read(body)

    def read(self, size: int) -> bytes:
        """So many bytes and no more: of what lay in a buffer already, `watch` would not know."""
        parts = []
        while size:
            part = os.read(self.requests, min(size, PIPE))
            if not part:  # the host has gone
                os._exit(0)
            parts.append(part)
            size -= len(part)
        return b"".join(parts)

    def watch(self) -> None:
        """Look out for the next request for a moment before going to sleep: waking up costs more than most documents.

        On a core of its own, that is: with the host on the same one it would only keep the host from asking.
        """
        if not self.alone:
            return
        until = time.perf_counter() + WATCH_SECONDS
        while time.perf_counter() < until and not self.poll.poll(0):
            os.sched_yield()

    def send(self, header: dict[str, Any], body: bytes = b"") -> None:
        encoded = json.dumps(header).encode()
        self.answers.write(LENGTHS.pack(len(encoded), len(body)) + encoded + body)
        self.answers.flush()

    def native_errors(self) -> str:
        """What Saxon printed since the last call: the only place where it names the line that failed."""
        self.native.seek(0)
        text = self.native.read().decode("utf-8", "replace")
        self.native.seek(0)
        self.native.truncate()
        return text


class Engine:
    """One processor, never destroyed; compiled stylesheets by name."""

    def __init__(self, channel: Channel) -> None:
        import saxonche

        self.error: type[Exception] = saxonche.PySaxonApiError
        self.channel = channel
        self.processor = saxonche.PySaxonProcessor(license=False)
        for name, value in PROHIBIT.items():
            self.processor.set_configuration_property(name, value)
        self.xslt = self.processor.new_xslt30_processor()
        self.sheets: dict[str, Any] = {}

    def load(self, name: str, stylesheet: bytes) -> None:
        self.sheets[name] = self.xslt.compile_stylesheet(stylesheet_text=stylesheet.decode())

    def read(self, document: bytes) -> None:
        """Parse a document, for the stylesheets that will be named."""
        self.document: Any = None
        self.unreadable: dict[str, Any] | None = None
        start = time.perf_counter()
        try:
            self.document = self.processor.parse_xml(xml_text=document.decode())
        except (self.error, UnicodeDecodeError) as error:
            self.unreadable = self.failed(error)
        self.seconds = time.perf_counter() - start

    def run(self, names: list[str]) -> tuple[list[dict[str, Any]], bytes]:
        """Every stylesheet on the document; one that dies costs only its own result."""
        if self.unreadable is not None:
            return [self.unreadable] * len(names), b""
        results: list[dict[str, Any]] = []
        outputs = []
        for name in names:
            try:
                output = (self.sheets[name].transform_to_string(xdm_node=self.document) or "").encode()
            except self.error as error:
                results.append(self.failed(error))
            else:
                results.append({"size": len(output)})
                outputs.append(output)
        self.document = None
        return results, b"".join(outputs)

    def failed(self, error: Exception) -> dict[str, Any]:
        lines = [int(n) for n in LINE.findall(self.channel.native_errors())]
        return {"error": " ".join(str(error).split()), "lines": lines}


def serve(channel: Channel, engine: Engine) -> None:
    while True:
        request, body = channel.receive()
        try:
            if request["op"] == "load":
                engine.load(request["name"], body)
                channel.send({"ok": True})
                continue
            if request["op"] == "document":
                engine.read(body)
                continue
            start = time.perf_counter()
            results, output = engine.run(request["names"])
            seconds = engine.seconds + time.perf_counter() - start
            channel.send({"ok": True, "results": results, "seconds": seconds}, output)
            if any("NamePool" in result.get("error", "") for result in results):
                os._exit(4)  # too many distinct names: no document can be parsed any more
        except engine.error as error:
            channel.native_errors()
            channel.send({"ok": False, "error": " ".join(str(error).split())})


def main() -> None:
    reason = raise_address_space()
    channel = Channel()
    sys.path[:0] = sys.argv[1:]
    if reason:
        channel.send({"ok": False, "error": reason})
        os._exit(3)
    try:
        engine = Engine(channel)
    except ImportError as error:
        channel.send({"ok": False, "error": f"saxonche cannot be imported: {error}"})
        os._exit(3)
    channel.send({"ok": True})
    serve(channel, engine)


if __name__ == "__main__":
    main()
