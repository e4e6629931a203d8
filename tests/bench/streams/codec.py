"""What it costs to put a window on the wire and to read its matrix off it again.

A window of 256 steps and 50 columns, a tenth of its values missing, with the quality of every
column. Microseconds, the median of many; encoding makes the enveloped bytes, decoding ends with
`matrix()`.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from statistics import median
from time import perf_counter

import numpy as np

from scarcity.events import WindowSealed, decode, encode, pack_matrix
from scarcity.events.stream import WindowQuality

STEPS, COLUMNS = 256, 50
MISSING = 0.1
TIMES = 3000
GOAL_US = 40.0
BEGIN = datetime(2026, 1, 1, tzinfo=UTC)


def measure(seed: int) -> dict[str, float | bool]:
    """Return the medians."""
    window = example(seed)
    data = encode(window, producer="bench")
    encoding = median_us(lambda: encode(window, producer="bench"))
    decoding = median_us(lambda: matrix_of(data))
    both = median_us(lambda: matrix_of(encode(window, producer="bench")))
    return {
        "encode": encoding,
        "decode": decoding,
        "both": both,
        "bytes": len(data),
        "goal": GOAL_US,
        "met": both <= GOAL_US,
    }


def example(seed: int) -> WindowSealed:
    """Return a window like any other."""
    rng = np.random.default_rng(seed)
    matrix = rng.standard_normal((STEPS, COLUMNS))
    matrix[rng.random(matrix.shape) < MISSING] = np.nan
    values, validity = pack_matrix(matrix)
    floats, counts = np.zeros(COLUMNS).tobytes(), np.zeros(COLUMNS, "<u4").tobytes()
    return WindowSealed(
        window_id=f"codec/0/0-{STEPS}",
        stream="codec",
        epoch=0,
        start_step=0,
        steps=STEPS,
        columns=tuple(f"x{number}" for number in range(COLUMNS)),
        values=values,
        validity=validity,
        start_time=BEGIN,
        end_time=BEGIN + timedelta(seconds=STEPS - 1),
        definition_version=1,
        records=STEPS,
        flaws={"not-a-number": 3},
        quality=WindowQuality(counts, floats, floats, floats, counts, bytes(COLUMNS)),
    )


def matrix_of(data: bytes) -> float:
    """Decode a window and touch its matrix."""
    event = decode(data).event
    assert isinstance(event, WindowSealed)
    return float(event.matrix()[-1, -1])


def median_us(work: Callable[[], object]) -> float:
    """Return the median time of doing it."""
    times = []
    for _ in range(TIMES):
        begin = perf_counter()
        work()
        times.append(perf_counter() - begin)
    return round(1e6 * median(times), 1)
