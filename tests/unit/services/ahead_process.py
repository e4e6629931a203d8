"""An engine that meets streams of its own, and says what it had to compile for them."""

from dataclasses import replace
from datetime import UTC, datetime

import numpy as np

from scarcity.causal import Budget, EngineConfig
from scarcity.events import WindowSealed, pack_matrix
from scarcity.stats.compiled import waited_for
from services.mpie.domain import Given, StreamEngine

AT = datetime(2026, 1, 1, tzinfo=UTC)
SIZE = 100


def main() -> None:
    rng = np.random.default_rng(7)
    for variables, gaps in ((2, 0.0), (9, 0.05), (40, 0.0)):
        values = rng.normal(size=(1500, variables))
        for t in range(1, len(values)):
            values[t, 1:] += 0.5 * values[t - 1, :-1]
        values[rng.random(values.shape) < gaps] = np.nan
        engine = StreamEngine(EngineConfig(max_lag=2), evidence_every=3)
        for first in range(0, len(values), SIZE):
            packed, validity = pack_matrix(values[first : first + SIZE])
            sealed = replace(window(variables), start_step=first, values=packed, validity=validity)
            engine.apply(sealed, Given(Budget()), lambda: 0.0)
        state = engine.snapshot()
        assert state is not None
        StreamEngine.restore(state, EngineConfig(max_lag=2), evidence_every=3)
    print("waited for", waited_for())


def window(variables: int) -> WindowSealed:
    return WindowSealed(
        window_id="w",
        stream="s",
        epoch=0,
        start_step=0,
        steps=SIZE,
        columns=tuple(f"x{n}" for n in range(variables)),
        values=b"",
        validity=b"",
        start_time=AT,
        end_time=AT,
        definition_version=1,
        records=SIZE,
    )


if __name__ == "__main__":
    main()
