"""The array types of the science; shapes are given where a value of the type is described."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

Stored = Floats | Ints | Bools | NDArray[np.int8]
"""What a snapshot keeps of a state."""
