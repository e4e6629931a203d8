"""Runs the scripts of this folder in a real browser, over a real system."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import orjson
import pytest

from browser import river
from running import TOKEN, System
from scarcity.bus.base import Message
from scarcity.events import RAW
from unit.cli.commands import fill

SCRIPTS = Path(__file__).parent
DASHBOARD = Path(__file__).parents[2] / "services" / "dashboard"
REFUSED = [
    Message(RAW.name, "plant", b"{", (("origin", b"sensor-7"), ("blob", b"\xff\x00"))),
    Message(RAW.name, "plant", b'{"ts": "2026-01-31 noon", "values": {"pressure": 1.5}}'),
    Message(RAW.name, "plant", b'{"values": "pressure=1.5"}'),
    Message(RAW.name, "no stream name!", b'{"values": {"x0": 1.5}}'),
    Message(RAW.name, "line-3", b'{"caf\xe9": 1}'),
    Message(RAW.name, "line-3", b"[1, 2, 3]"),
    Message(RAW.name, "huge", b"x" * 3_000_000),
]
"""What ends as dead letters, of several reasons."""


def chromium() -> str:
    """Return the browser, with what drives it; not to be had = failed in CI, skipped elsewhere."""
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    wanting = [
        what
        for what, there in (
            ("Chromium (`apt-get install chromium`)", found),
            ("Node.js 20", shutil.which("node")),
            ("the dashboard (`make setup`)", (DASHBOARD / "dist" / "index.html").is_file()),
        )
        if not there
    ]
    if wanting or found is None:
        message = f"the dashboard was not tested in a browser; install {', '.join(wanting)}"
        if os.environ.get("CI") == "true":
            pytest.fail(message, pytrace=False)
        pytest.skip(message)
    return found


@contextmanager
def demo(folder: Path, kind: str = "streams") -> Iterator[System]:
    """Run a demo that has refused some records, and has a stream with a past, in a folder."""
    fill(folder, [*REFUSED, *river.messages()])
    with System(
        ["--demo", kind, "--data-dir", str(folder)], {"SCARCITY_DEMO_WORLD_HZ": "100"}
    ) as system:
        yield system


def drive(
    script: str, system: System, folder: Path, *, within_s: float, pages: str = ""
) -> dict[str, Any]:
    """Run a script, which leaves its screenshots in a folder, and return what it reports.

    Raises AssertionError with all that it said when it found something wrong.
    """
    ran = subprocess.run(
        ["node", str(SCRIPTS / script), str(folder)],
        env={
            **os.environ,
            "SCARCITY_URL": system.url,
            "SCARCITY_TOKEN": TOKEN,
            "SCARCITY_CHROMIUM": chromium(),
            "SCARCITY_PAGES": pages,
        },
        capture_output=True,
        timeout=within_s,
        check=False,
        text=True,
    )
    assert ran.returncode == 0, ran.stdout.replace("\\n", "\n") + ran.stderr
    report: dict[str, Any] = orjson.loads(ran.stdout.splitlines()[-1])
    return report
