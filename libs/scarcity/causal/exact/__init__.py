"""PCMCI and PCMCI+ from a stream's state: the same numbers and decisions as from its rows.

Both methods, with partial correlation and its analytic p-values, look at the data only through
correlations of lagged columns. These follow from `LaggedMoments`, so that a graph costs no pass
over the past, and equals the one that tigramite's `run_pcmci` and `run_pcmciplus` find in the rows.

    >>> import numpy as np
    >>> from scarcity.causal.exact import LaggedSample, Mark, PcmciConfig, pcmci, pcmci_plus
    >>> rng = np.random.default_rng(0)
    >>> x, y = rng.normal(size=(2, 800))
    >>> y[1:] += 0.5 * x[:-1]
    >>> sample = LaggedSample.of_rows(np.column_stack([x, y]), max_lag=2)
    >>> sample.rows
    796
    >>> np.argwhere(pcmci(sample, PcmciConfig(fdr="bh")).accepted).tolist()
    [[1, 0, 1]]
    >>> Mark(pcmci_plus(sample).marks[1, 0, 1]).name
    'DIRECTED'

One module each:

    sample                 what has to be known of the data
    independence           one test, from that
    parents                PC1: which lagged variables may be parents
    momentary              MCI: one link, given the parents of both its ends
    pcmci                  every link by MCI
    skeleton orientation   the phases of PCMCI+ that are its own
    marks                  what its graph consists of
    pcmciplus              all four phases, and the choice of a level
    levels                 settings of both
"""

from scarcity.causal.exact.marks import Mark
from scarcity.causal.exact.parents import Parent
from scarcity.causal.exact.pcmci import PcmciConfig, PcmciResult, pcmci
from scarcity.causal.exact.pcmciplus import PcmciPlusConfig, PcmciPlusResult, pcmci_plus
from scarcity.causal.exact.sample import LaggedSample

__all__ = [
    "LaggedSample",
    "Mark",
    "Parent",
    "PcmciConfig",
    "PcmciPlusConfig",
    "PcmciPlusResult",
    "PcmciResult",
    "pcmci",
    "pcmci_plus",
]
