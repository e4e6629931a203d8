"""CPU seconds of this process, and how they compare."""

import os
from collections.abc import Callable, Sequence
from time import process_time

import numpy as np

from worlds.world import Floats


def cpu(work: Callable[[], object]) -> float:
    """The CPU seconds that the work took."""
    begin = process_time()
    work()
    return process_time() - begin


def median(seconds: Sequence[float]) -> float:
    """The middle one."""
    return float(np.median(seconds))


def exponent(size: Sequence[int], seconds: Sequence[float]) -> float:
    """The slope of log seconds over log size, by least squares.

    >>> round(exponent([10, 100, 1000], [1.0, 100.0, 10_000.0]), 6)
    2.0
    """
    slope, _ = np.polyfit(np.log(size), np.log(seconds), 1)
    return float(slope)


def gemm_rate(size: int = 768, rounds: int = 5) -> float:
    """Floating-point operations per second of this machine's matrix product; the best round."""
    a: Floats = np.random.default_rng(0).normal(size=(size, size))
    return 2.0 * size**3 / min(cpu(lambda: a @ a) for _ in range(rounds))


def require_one_thread() -> None:
    """SystemExit unless BLAS is bound to one thread, without which CPU seconds mislead."""
    if os.environ.get("OPENBLAS_NUM_THREADS") != "1":
        raise SystemExit("set OPENBLAS_NUM_THREADS=1: times are compared on one thread")
