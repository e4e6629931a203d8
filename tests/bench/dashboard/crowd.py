"""A stream of many variables, as a bus holds it: its definition and its causal graph."""

from datetime import UTC, datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from scarcity.bus.base import Message
from scarcity.events import (
    BeliefTable,
    DefinitionOrigin,
    EdgeTable,
    EngineBudget,
    Event,
    GraphUpdated,
    ParentTable,
    StreamDefined,
    Variable,
    WindowPolicy,
)
from scarcity.events.codec import encode

STREAM = "crowd"
AT = datetime(2026, 1, 1, tzinfo=UTC)
LAGS = 3
ROWS = 5000
ACCEPTED, LINEAR = b"\1", b"\1"


def messages(rng: np.random.Generator, *, variables: int, edges: int) -> list[Message]:
    """Return what makes a gateway show a stream with a random graph."""
    names = tuple(f"v{number:03}" for number in range(variables))
    definition = StreamDefined(
        STREAM,
        1,
        AT,
        DefinitionOrigin.EXPLICIT,
        tuple(map(Variable, names)),
        WindowPolicy(),
    )
    return [_message(event) for event in (definition, graph(rng, names, edges, version=1))]


def graph(
    rng: np.random.Generator, names: tuple[str, ...], edges: int, *, version: int
) -> GraphUpdated:
    """Return a graph of accepted edges between pairs drawn without choice."""
    possible = len(names) * (len(names) - 1)
    pairs = np.sort(rng.choice(possible, edges, replace=False))
    source, other = np.divmod(pairs, len(names) - 1)
    return GraphUpdated(
        stream=STREAM,
        epoch=0,
        version=version,
        as_of=AT + timedelta(seconds=version),
        rows=ROWS,
        windows=version,
        variables=names,
        max_lag=LAGS,
        tested=possible * LAGS,
        possible=possible * LAGS,
        edges=_table(rng, source, other + (other >= source)),
        paths=(),
        window_id=f"{STREAM}/0/{version}",
        regime=0,
        parents=ParentTable((), (), ()),
        fresh=possible * LAGS,
        budget=EngineBudget(every=1, targets=None, most_parents=5, nonlinear=True, single=False),
        hyperedges=(),
        priors=(),
        beliefs=BeliefTable((), (), b"", b"", b"", b""),
    )


def _table(
    rng: np.random.Generator, source: NDArray[np.int64], target: NDArray[np.int64]
) -> EdgeTable:
    count = len(source)
    effect = rng.choice([-1.0, 1.0], count) * rng.uniform(0.1, 0.6, count)
    se = np.full(count, 0.02)
    stamp = int(AT.timestamp() * 1e6)
    return EdgeTable(
        source=tuple(source.tolist()),
        target=tuple(target.tolist()),
        lag=tuple(rng.integers(1, LAGS + 1, count).tolist()),
        effect=effect.tobytes(),
        se=se.tobytes(),
        ci_low=(effect - 1.96 * se).tobytes(),
        ci_high=(effect + 1.96 * se).tobytes(),
        p_value=np.full(count, 1e-9).tobytes(),
        q_value=np.full(count, 1e-8).tobytes(),
        score=np.abs(effect).tobytes(),
        stability=rng.uniform(0.5, 1.0, count).tobytes(),
        state=ACCEPTED * count,
        oriented=b"\1" * count,
        windows=(1,) * count,
        first_seen_us=(stamp,) * count,
        last_seen_us=(stamp,) * count,
        form=LINEAR * count,
        rows=(ROWS,) * count,
    )


def _message(event: Event) -> Message:
    return Message(event.topic.name, event.key, encode(event, producer="bench"))
