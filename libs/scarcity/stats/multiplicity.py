"""Many tests at once: the false-discovery rate after Benjamini and Hochberg.

With the m p-values of one family in ascending order p(1) ≤ … ≤ p(m),

    q(i) = min over j ≥ i of  p(j) · m / j ,

and rejecting every hypothesis with q ≤ α keeps the expected share of false rejections at or
below α, for independent tests and for positively dependent ones.

Source: Y. Benjamini, Y. Hochberg, "Controlling the false discovery rate: a practical and powerful
approach to multiple testing", J. R. Stat. Soc. B 57 (1995).
"""

import numpy as np

from scarcity.stats.arrays import Floats


def benjamini_hochberg(p_values: Floats) -> Floats:
    """The q-value of each test of one family, in the order and shape given.

    NaN marks a test that was not made: it does not count in m and stays NaN.

    >>> benjamini_hochberg(np.array([0.01, 0.04, np.nan, 0.03])).tolist()
    [0.03, 0.04, nan, 0.04]
    """
    q_values = np.full(p_values.shape, np.nan)
    made = ~np.isnan(p_values)
    tests = p_values[made]
    order = np.argsort(tests)[::-1]
    ranks = np.arange(tests.size, 0, -1)
    stepped = np.empty(tests.size)
    stepped[order] = np.minimum.accumulate(tests[order] * tests.size / ranks)
    q_values[made] = stepped
    return q_values
