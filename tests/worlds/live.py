"""Worlds through the command line, and graphs as the JSON of every surface."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import orjson

from worlds import records, var
from worlds.var import Bools, Floats


def discovered(world: var.World, folder: Path) -> dict[str, Any]:
    """Return what `scarcity discover --json --state all` says of the world."""
    file = folder / "world.ndjson"
    flat = (orjson.loads(line) for line in records.lines(world))
    file.write_bytes(b"\n".join(orjson.dumps({"ts": r["ts"], **r["values"]}) for r in flat))
    command = [
        str(Path(sys.executable).parent / "scarcity"),
        "discover",
        str(file),
        "--json",
        "--state",
        "all",
    ]
    found = subprocess.run(command, capture_output=True, check=True)
    document: dict[str, Any] = orjson.loads(found.stdout)
    return document


def pair_scores(document: dict[str, Any]) -> tuple[Floats, Bools]:
    """Return (source, target) arrays: the best score over lags, and whether any was accepted."""
    place = {name: index for index, name in enumerate(document["variables"])}
    score = np.zeros((len(place), len(place)))
    accepted = np.zeros(score.shape, dtype=np.bool_)
    for edge in document["edges"]:
        cell = place[edge["source"]], place[edge["target"]]
        score[cell] = max(score[cell], edge["score"])
        accepted[cell] |= edge["state"] == "accepted"
    return score, accepted
