"""What a method says of a world, whoever says it."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from scarcity.causal import Engine, EngineConfig
from worlds.findings import Findings, findings
from worlds.world import Bools, Floats

DEFAULTS = EngineConfig()


@dataclass(frozen=True, slots=True)
class Answer:
    """Arrays (lag, source, target) from lag 0 on; NaN where nothing is said."""

    score: Floats
    """larger is surer"""
    accepted: Bools
    """at the method's own default level, with a direction"""
    p_value: Floats
    undirected: Bools
    """(source, target), symmetric: accepted at lag 0 without a direction"""


def silence(max_lag: int, d: int) -> Answer:
    """What a method says that cannot use the data."""
    unknown = np.full((max_lag + 1, d, d), np.nan)
    nowhere = np.zeros(unknown.shape, dtype=np.bool_)
    return Answer(unknown, nowhere, unknown, nowhere[0])


def streamed(values: Floats, window: int) -> Findings:
    """What our engine, as it comes, knows after a stream in windows of so many rows."""
    engine = Engine(names(values.shape[1]), DEFAULTS)
    for first in range(0, len(values), window):
        engine.update(values[first : first + window])
    return findings(engine.graph(), first_lag=0)


def ours(values: Floats, window: int) -> Answer:
    """The graph after the last window."""
    found = streamed(values, window)
    accepted = found.accepted.copy()
    accepted[0] &= found.oriented[0]
    open_ended = found.accepted[0] & ~found.oriented[0]
    return Answer(found.score, accepted, found.p_value, open_ended | open_ended.T)


def names(d: int) -> Sequence[str]:
    """Names for so many variables."""
    return [f"x{index}" for index in range(d)]
