"""A page whose line to the live feed breaks again and again, while edges change all the time."""

import tempfile
from pathlib import Path
from typing import Any

from bench.dashboard.page import watch
from ports import free_port
from running import System

BREAKS = 50


def measure(seed: int, folder: Path, *, breaks: int = BREAKS) -> dict[str, Any]:
    """Break the line so often, then start the gateway anew, and return what the page made of it."""
    with tempfile.TemporaryDirectory() as data:
        port = str(free_port())
        running = [_started(port, data)]

        def restart() -> None:
            running.pop().__exit__()
            running.append(_started(port, data))

        try:
            return watch(
                "reconnects.mjs",
                running[0].url,
                folder,
                within_s=180 + 6.0 * breaks,
                on={"restart": restart},
                breaks=str(breaks),
                seed=str(seed),
                restart="1",
            )
        finally:
            for system in running:
                system.__exit__()


def _started(port: str, data: str) -> System:
    return System(["--no-demo", "--port", port, "--data-dir", data]).__enter__()
