"""Loops over small matrices, compiled: what numpy's cost per call would dominate.

Compiled at the first call, and kept beside the source, in NUMBA_CACHE_DIR, or in the user's cache;
where none of them can be written, each process compiles for itself. Compiled code obeys IEEE 754 to
the letter (no fused or reordered sums), so that equal input gives equal bits on equal processors.
"""

from collections.abc import Callable
from contextlib import suppress
from typing import Any, ParamSpec, TypeVar, cast

import numba

Parameters = ParamSpec("Parameters")
Result = TypeVar("Result")
_ALL: list[Any] = []
"""What Numba made of each function."""


def compiled(function: Callable[Parameters, Result]) -> Callable[Parameters, Result]:
    """The function as machine code."""
    made = numba.njit(error_model="numpy")(function)
    _ALL.append(made)
    with suppress(RuntimeError):  # there is no place to keep it
        made.enable_caching()
    return cast(Callable[Parameters, Result], made)


def waited_for() -> list[str]:
    """Return which functions this process had to compile, as nobody had kept them for it."""
    return [made.py_func.__qualname__ for made in _ALL if made.stats.cache_misses]
