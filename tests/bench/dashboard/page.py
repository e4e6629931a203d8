"""Runs a script of `tests/browser` against an address, and returns what it found."""

import os
import subprocess
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import orjson

from browser.driving import SCRIPTS, chromium
from running import TOKEN

NOTHING: Mapping[str, Callable[[], None]] = {}


def watch(
    script: str,
    url: str,
    folder: Path,
    *,
    within_s: float,
    on: Mapping[str, Callable[[], None]] = NOTHING,
    **environment: str,
) -> dict[str, Any]:
    """Return what a script reports, of which it may leave screenshots in a folder.

    `on` is what to do when it says a line, beside it; further arguments are what its own first
    lines name, without `SCARCITY_`. Raises RuntimeError with all that it said when it found
    something wrong, or did not come to an end.
    """
    said: list[str] = []
    with subprocess.Popen(
        ["node", str(SCRIPTS / script), str(folder)],
        env={
            **os.environ,
            "SCARCITY_URL": url,
            "SCARCITY_TOKEN": TOKEN,
            "SCARCITY_CHROMIUM": chromium(),
            **{f"SCARCITY_{name.upper()}": value for name, value in environment.items()},
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        alarm = threading.Timer(within_s, process.kill)
        alarm.start()
        try:
            for line in process.stdout or ():
                said.append(line)
                on.get(line.strip(), _nothing)()
        finally:
            alarm.cancel()
    if process.returncode:
        raise RuntimeError("".join(said).replace("\\n", "\n") or f"{script} took too long")
    report: dict[str, Any] = orjson.loads(said[-1])
    return report


def _nothing() -> None:
    """Lines that mean nothing to anybody are kept for whoever asks what went wrong."""
