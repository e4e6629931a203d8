"""Compile the inner loops before they are needed: `python -m services.mpie.ahead`.

Otherwise the first window of a process waits for the compiler, 10 to 20 s where nothing was kept.
What is compiled is kept where `scarcity.stats.compiled` says, for processors like this one.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import numpy as np

from scarcity.causal import Budget, EngineConfig
from scarcity.causal.prior import Expected, Prior
from scarcity.events import WindowSealed, pack_matrix
from scarcity.stats.arrays import Floats
from services.mpie.domain import Given, StreamEngine

SIZE = 64
WINDOWS = 40
BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
VARIABLES = ("a", "b", "c", "d")


def compile_ahead() -> None:
    """Let engines meet what streams bring: priors, squares, gaps, a change, a column more."""
    for epoch, values in enumerate(_streams()):
        engine = StreamEngine(EngineConfig(), evidence_every=4)
        given = Given(Budget(), priors=(_prior(),))
        for number in range(WINDOWS):
            columns = 3 if number < WINDOWS // 4 else len(VARIABLES)
            engine.apply(_window(values[:, :columns], number, epoch), given, lambda: 0.0)


def _streams() -> Iterator[Floats]:
    """Yield (time, variable): a chain with squares that turns its sign; and the same with gaps."""
    rng = np.random.default_rng(0)
    values = rng.normal(size=(WINDOWS * SIZE, len(VARIABLES)))
    turn = len(values) * 3 // 4
    for t in range(2, len(values)):
        sign = 1.0 if t < turn else -1.0
        values[t, 1] += 0.6 * sign * values[t - 1, 0]
        values[t, 2] += 0.5 * sign * values[t - 2, 1] + 0.4 * values[t - 1, 0] ** 2
        values[t, 3] += 0.5 * values[t, 2] + 0.4 * values[t - 1, 0] * values[t - 1, 1]
    yield values
    yield np.where(rng.random(values.shape) < 0.1, np.nan, values)


def _prior() -> Prior:
    source, target = np.nonzero(~np.eye(len(VARIABLES), dtype=np.bool_))
    mean = np.full(len(source), 0.2)
    return Prior(
        origin="ahead",
        sequence=1,
        at=BEGIN,
        provenance=("nobody",),
        rows=SIZE,
        variables=VARIABLES,
        source=source,
        target=target,
        lag=np.ones(len(source), np.int64),
        expected=Expected(
            mean, np.full(len(mean), 0.1), np.zeros(len(mean), np.bool_), 0.5 + 0 * mean
        ),
    )


def _window(values: Floats, number: int, epoch: int) -> WindowSealed:
    first = SIZE * number
    packed, validity = pack_matrix(np.ascontiguousarray(values[first : first + SIZE]))
    return WindowSealed(
        window_id=f"ahead/{epoch}/{first}",
        stream="ahead",
        epoch=epoch,
        start_step=first,
        steps=SIZE,
        columns=VARIABLES[: values.shape[1]],
        values=packed,
        validity=validity,
        start_time=BEGIN + timedelta(seconds=first),
        end_time=BEGIN + timedelta(seconds=first + SIZE - 1),
        definition_version=1,
        records=SIZE,
    )


if __name__ == "__main__":
    compile_ahead()
