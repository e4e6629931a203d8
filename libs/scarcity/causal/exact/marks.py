"""The vocabulary of a graph with oriented, open and contested links."""

from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

Marks = NDArray[np.int8]
"""(lag, source, target) of `Mark`; at lag 0 both entries of a link are set."""

Triple = tuple[int, int, int, int]
"""(lag, source, middle, target): x_source(t-lag), x_middle(t), x_target(t)"""


class Mark(IntEnum):
    """How a link from source to target ends."""

    NONE = 0
    DIRECTED = 1
    """source → target"""
    REVERSED = 2
    """source ← target, at lag 0: the other entry of a directed link"""
    UNDIRECTED = 3
    """o-o: the data do not say which way"""
    CONFLICTING = 4
    """x-x: the data say both"""
