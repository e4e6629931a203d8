"""A graph of 1,000 variables and 5,000 edges in a browser that has no graphics card."""

import tempfile
from pathlib import Path
from typing import Any

import numpy as np

from bench.dashboard import crowd
from bench.dashboard.page import watch
from running import System
from unit.cli.commands import fill

VARIABLES, EDGES = 1000, 5000


def measure(seed: int, folder: Path, *, seconds: float = 5.0) -> dict[str, Any]:
    """Open the graph, wait until it is drawn, and move it in two ways for so long each."""
    with tempfile.TemporaryDirectory() as data:
        rng = np.random.default_rng(seed)
        fill(Path(data), crowd.messages(rng, variables=VARIABLES, edges=EDGES))
        with System(["--no-demo", "--data-dir", data]) as system:
            return watch(
                "large_graph.mjs",
                system.url,
                folder,
                within_s=400,
                stream=crowd.STREAM,
                seconds=str(seconds),
                wait_s="180",
            )
