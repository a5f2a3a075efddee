"""Ask PyPI for known faults of what a user installs with the engine; extras and what only developers use are left out.

python -m tools.audit
"""

from __future__ import annotations

import json
import subprocess
import sys
from importlib.metadata import distribution
from typing import Any

from packaging.requirements import Requirement


def installed_with(name: str) -> dict[str, str]:
    """A distribution's requirements and theirs, without extras: name -> version.

    >>> sorted(installed_with("pikepdf"))
    ['lxml', 'packaging', 'pikepdf', 'pillow']
    """
    found: dict[str, str] = {}
    waiting = [name]
    while waiting:
        dist = distribution(waiting.pop())
        if dist.name not in found:
            found[dist.name] = dist.version
            wanted = [Requirement(text) for text in dist.requires or ()]
            waiting += [one.name for one in wanted if one.marker is None or one.marker.evaluate({"extra": ""})]
    return found


def asked(packages: dict[str, str]) -> list[dict[str, Any]]:
    """What pip-audit says of each package. Nothing, but why, where it could not ask at all."""
    pinned = "".join(f"{name}=={version}\n" for name, version in packages.items())
    options = "--requirement /dev/stdin --no-deps --disable-pip --timeout 5 --format json"
    done = subprocess.run([sys.executable, "-m", "pip_audit", *options.split()], input=pinned, capture_output=True, text=True, check=False)
    if not done.stdout:
        print(done.stderr.strip().rpartition("\n")[2], file=sys.stderr)
        return []
    return list(json.loads(done.stdout)["dependencies"])


def faults(answers: list[dict[str, Any]]) -> list[str]:
    """The known faults among pip-audit's answers, a line each.

    >>> faults([{"name": "a", "version": "1", "vulns": [{"id": "CVE-1", "fix_versions": ["2"]}]}, {"name": "b"}])
    ['a 1: CVE-1, mended in 2']
    """
    return [
        f"{one['name']} {one['version']}: {fault['id']}, mended in {' or '.join(fault['fix_versions']) or 'no version'}"
        for one in answers
        for fault in one.get("vulns", ())
    ]


def main() -> None:
    packages = installed_with("einvoice-engine")
    packages.pop("einvoice-engine")
    answers = asked(packages)
    found = faults(answers)
    told = sum("vulns" in one for one in answers)
    print(*found, f"audit: PyPI told of {told} of {len(packages)} packages, {len(found)} known faults", sep="\n")
    sys.exit(bool(found))


if __name__ == "__main__":
    main()
