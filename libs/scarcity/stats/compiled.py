"""Loops over small matrices, compiled: what numpy's cost per call would dominate.

Compiled at the first call, and kept beside the source, or in NUMBA_CACHE_DIR where that is set.
Compiled code obeys IEEE 754 to the letter (no fused or reordered sums), so that equal input gives
equal bits on every machine of one architecture.
"""

from collections.abc import Callable
from typing import ParamSpec, TypeVar, cast

import numba

Parameters = ParamSpec("Parameters")
Result = TypeVar("Result")


def compiled(function: Callable[Parameters, Result]) -> Callable[Parameters, Result]:
    """The function as machine code."""
    made = numba.njit(cache=True, error_model="numpy")(function)
    return cast(Callable[Parameters, Result], made)
