"""Streams of every kind as the engine gets them: windows, some with holes, gaps or more columns."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np

from scarcity.events import WindowSealed, pack_matrix
from worlds import gaps, shared, sparse, var
from worlds.world import Floats, World

BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
ROWS = 100
"""of a window"""

UNMISTAKABLE = sparse.Recipe(max_lag=1, own=(0.2, 0.4), size=(0.6, 0.9))
"""What can be told from another structure of the kind by a hundred rows."""


def streams(rng: np.random.Generator, *, count: int = 12) -> dict[str, list[WindowSealed]]:
    """The windows of ten streams of 2 to 12 variables, so many of each, in order.

    By name they spread over all of eight partitions, two of which hold two.
    """
    rows = ROWS * count
    whole = [
        sparse.linear(rng, 2, rows),
        sparse.linear(rng, 12, rows),
        sparse.quadratic(rng, 3, rows),
        sparse.contemporaneous(rng, 5, rows),
        _switching(rng, 5, rows),
        shared.with_cycle(rng, sparse.linear(rng, 6, rows)),
        var.with_missing_values(rng, sparse.linear(rng, 5, rows), share=0.05),
        gaps.with_outages(rng, sparse.linear(rng, 4, rows)),
    ]
    made = [_sealed(f"s{n}", world.values) for n, world in enumerate(whole)]
    made.append(_sealed("s8", sparse.linear(rng, 4, rows).values, silence=37))
    made.append(_sealed("s9", sparse.linear(rng, 5, rows).values, begins_with=3))
    return {windows[0].stream: windows for windows in made}


def interleaved(
    rng: np.random.Generator, windows: Sequence[Sequence[WindowSealed]]
) -> list[WindowSealed]:
    """The windows of streams that have equally many: each stream in order, one after another.

    In each round every stream has its turn, at random.
    """
    rounds = zip(*windows, strict=True)
    return [turns[n] for turns in rounds for n in rng.permutation(len(turns))]


def _switching(rng: np.random.Generator, d: int, rows: int) -> World:
    """One structure, another, and in the last third the first again."""
    third = rows // 3
    world = sparse.regimes(rng, d, (third, rows - 2 * third), UNMISTAKABLE)
    return replace(world, values=np.vstack([world.values, world.values[:third]]))


def _sealed(
    stream: str, values: Floats, *, silence: int = 0, begins_with: int | None = None
) -> list[WindowSealed]:
    """The windows of one stream.

    silence      so many steps are passed over half way
    begins_with  so many columns; the others are added half way; None = all
    """
    half = len(values) // 2
    return [
        _window(
            stream,
            values[first : first + ROWS, : begins_with if first < half else None],
            first + (silence if first >= half else 0),
        )
        for first in range(0, len(values), ROWS)
    ]


def _window(stream: str, values: Floats, start: int) -> WindowSealed:
    packed, validity = pack_matrix(values)
    steps, columns = values.shape
    return WindowSealed(
        window_id=f"{stream}/0/{start}",
        stream=stream,
        epoch=0,
        start_step=start,
        steps=steps,
        columns=tuple(f"x{n}" for n in range(columns)),
        values=packed,
        validity=validity,
        start_time=BEGIN + timedelta(seconds=start),
        end_time=BEGIN + timedelta(seconds=start + steps - 1),
        definition_version=1,
        records=steps,
    )
