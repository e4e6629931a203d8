"""Many tests at once: the false-discovery rate after Benjamini and Hochberg, and by probabilities.

With the m p-values of one family in ascending order p(1) ≤ … ≤ p(m),

    q(i) = min over j ≥ i of  p(j) · m / j ,

and rejecting every hypothesis with q ≤ α keeps the expected share of false rejections at or
below α, for independent tests and for positively dependent ones.

Where it is known how probable each is, the same follows without p-values: of a set, the expected
share of false ones is the mean of 1 - P over it.

Sources: Y. Benjamini, Y. Hochberg, "Controlling the false discovery rate: a practical and powerful
approach to multiple testing", J. R. Stat. Soc. B 57 (1995); M. A. Newton, A. Noueiry, D. Sarkar,
P. Ahlquist, "Detecting differential gene expression with a semiparametric hierarchical mixture
method", Biostatistics 5 (2004).
"""

import numpy as np

from scarcity.stats.arrays import Bools, Floats


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


def share_false(exists: Floats) -> Floats:
    """Of each, the expected share of false ones among all that are as probable or more so; 1-d.

    NaN marks one that nothing is known of, and stays NaN.

    >>> share_false(np.array([0.99, np.nan, 0.93, 0.5])).round(2).tolist()
    [0.01, nan, 0.04, 0.19]
    """
    doubt = 1.0 - exists
    known = np.sort(doubt[~np.isnan(exists)])
    means = np.cumsum(known) / np.arange(1, len(known) + 1)
    last = np.searchsorted(known, doubt, side="right") - 1
    return np.where(np.isnan(exists), np.nan, np.append(means, np.nan)[last])


def most_with_few_false(exists: Floats, alpha: float) -> Bools:
    """The largest set, the most probable first, of which at most α are false on average; 1-d.

    >>> most_with_few_false(np.array([0.99, np.nan, 0.93, 0.5]), 0.05).tolist()
    [True, False, True, False]
    """
    chosen: Bools = share_false(exists) <= alpha
    return chosen
