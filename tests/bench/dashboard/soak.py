"""A page that is left open on a busy stream."""

from pathlib import Path
from typing import Any

from bench.dashboard.page import watch
from running import System

HZ = "200"


def measure(_seed: int, folder: Path, *, minutes: float, every_s: float = 60.0) -> dict[str, Any]:
    """Return the heap after every so many seconds, and by how much it grew."""
    with System(["--demo"], {"SCARCITY_DEMO_WORLD_HZ": HZ}) as system:
        system.graph("world", rows=640)
        return watch(
            "soak.mjs",
            system.url,
            folder,
            within_s=60 * minutes + 300,
            minutes=str(minutes),
            sample_s=str(every_s),
        )
