"""The bytes an engine survives in: numpy's .npz with a JSON header, no pickle.

Arrays keep every bit, so that an engine restored goes on as if it had never stopped; equal engines
give equal bytes. The header names the format and its version; a version that this code does not
know is refused, not guessed at.
"""

import io
import json
from dataclasses import dataclass
from typing import Any

import numpy as np

from scarcity.stats.arrays import Bools, Floats, Ints, Stored, arrays_in

FORMAT = "scarcity.engine"
VERSION = 4


@dataclass(frozen=True, slots=True)
class Header:
    """What an engine is, its arrays apart."""

    variables: list[str]
    config: dict[str, Any]
    budget: dict[str, Any]
    rows: int
    windows: int
    next_step: int | None
    regimes: list[int]
    """their numbers, the current one last"""
    gates: dict[int, dict[str, Any]]
    """of what comes from elsewhere: the state of a gate by regime and origin"""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Everything an engine knows."""

    header: Header
    arrays: dict[str, Stored]

    def part(self, prefix: str) -> "Snapshot":
        """The arrays whose names begin with the prefix, under what follows it."""
        size = len(prefix)
        arrays = {n[size:]: array for n, array in self.arrays.items() if n.startswith(prefix)}
        return Snapshot(self.header, arrays)

    def floats(self, name: str) -> Floats:
        """An array of real numbers; TypeError when it holds others."""
        return self.arrays[name].astype(np.float64, casting="same_kind", copy=False)

    def ints(self, name: str) -> Ints:
        """An array of whole numbers; TypeError when it holds others."""
        return self.arrays[name].astype(np.int64, casting="same_kind", copy=False)

    def bools(self, name: str) -> Bools:
        """An array of truths; TypeError when it holds others."""
        return self.arrays[name].astype(np.bool_, casting="same_kind", copy=False)


def pack(snapshot: Snapshot) -> bytes:
    """The snapshot as bytes."""
    header = snapshot.header
    about = {
        "format": FORMAT,
        "version": VERSION,
        "variables": header.variables,
        "config": header.config,
        "budget": header.budget,
        "rows": header.rows,
        "windows": header.windows,
        "next_step": header.next_step,
        "regimes": header.regimes,
        "gates": header.gates,
    }
    text = np.frombuffer(json.dumps(about).encode(), dtype=np.uint8)
    file = io.BytesIO()
    np.savez(file, allow_pickle=False, header=text, **snapshot.arrays)
    return file.getvalue()


def unpack(data: bytes) -> Snapshot:
    """The snapshot in these bytes; ValueError when they hold none, or one of another version."""
    try:
        arrays = arrays_in(data)
        about = json.loads(arrays.pop("header").tobytes())
        known = (about["format"], about["version"]) == (FORMAT, VERSION)
    except (ValueError, KeyError, TypeError, RecursionError) as flaw:
        raise ValueError(f"these bytes are not the snapshot of an engine: {flaw!r}") from flaw
    if not known:
        raise ValueError(
            f"this is a snapshot of {about['format']} version {about['version']}; "
            f"this library reads {FORMAT} version {VERSION}"
        )
    header = Header(
        variables=about["variables"],
        config=about["config"],
        budget=about["budget"],
        rows=about["rows"],
        windows=about["windows"],
        next_step=about["next_step"],
        regimes=about["regimes"],
        gates={int(regime): states for regime, states in about["gates"].items()},
    )
    return Snapshot(header, arrays)
