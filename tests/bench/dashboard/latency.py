"""From an event to the screen: windows over HTTP into a running system, and a page that looks on.

told_ms     from when a reader of the live feed is told of a new graph to its being in the document
record_ms   from when its last record was sent, through windows, tests and graph
overtaken   graphs of which a newer one was shown at once
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from bench.dashboard.page import watch
from running import System

WINDOWS = 200


def measure(seed: int, folder: Path, *, windows: int = WINDOWS) -> dict[str, Any]:
    """Return quantiles over the graphs of so many windows."""
    with System(["--no-demo"]) as system:
        seen = watch(
            "latency.mjs",
            system.url,
            folder,
            within_s=120 + 3.0 * windows,
            windows=str(windows),
            seed=str(seed),
        )
    return {
        "events": seen["events"],
        "overtaken": seen["overtaken"],
        "told_ms": _quantiles(seen["told_ms"]),
        "record_ms": _quantiles(seen["record_ms"]),
    }


def _quantiles(values: Sequence[float]) -> dict[str, float]:
    return {f"p{q}": round(float(np.percentile(values, q)), 1) for q in (50, 95, 99)}
