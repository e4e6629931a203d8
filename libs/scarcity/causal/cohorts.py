"""Which variables are tested together, when not all of them were there all the time.

One regression needs every variable beside every other. One that came late, or left early, would
put the noise of its few values into the edges of all; of two that took turns the correlation is
not known at all. So variables i are taken by falling n_i, the number of their values, and each
joins the first cohort that it fits, or founds a new one with all earlier ones that it fits:

    n_i ≥ 0.4 · n_founder ,   and i was seen together with every member.

An edge is tested in the first cohort that has both its ends, given the other members. Thus the
edges of variables never depend on sparser ones, and a variable that has been renamed costs
nobody an edge. Without missing values there is one cohort. An edge whose ends share no cohort is
not tested.
"""

import numpy as np

from scarcity.causal.correlation import LaggedCorrelation
from scarcity.stats.arrays import Bools, Ints

DENSITY = 0.4
"""Conditioning on a variable with coefficient β that is present in a share p of the rows takes β²
from the variance of a residual and adds β² (1-p)/p: below a half it costs more than it gains. This
is a little less, so that a variable which comes every second row stays on one side."""


def cohorts(correlation: LaggedCorrelation) -> list[Bools]:
    """The members of each cohort (variable), the densest first."""
    if correlation.is_complete:
        return [correlation.informative.copy()] if correlation.informative.any() else []
    values = correlation.values
    together = _together(correlation)
    falling = correlation.falling[correlation.informative[correlation.falling]]
    found: list[tuple[float, Bools]] = []
    for place, variable in enumerate(falling.tolist()):
        for fewest, members in found:
            if values[variable] >= fewest and together[variable, members].all():
                members[variable] = True
                break
        else:
            founded = _founded(variable, falling[:place], together)
            found.append((DENSITY * values[variable], founded))
    return [members for _, members in found]


def _founded(founder: int, earlier: Ints, together: Bools) -> Bools:
    members = np.zeros(len(together), np.bool_)
    members[founder] = True
    for variable in earlier.tolist():
        members[variable] = together[variable, members].all()
    return members


def _together(correlation: LaggedCorrelation) -> Bools:
    """(variable, variable): their correlation is known at some lag."""
    known: Bools = np.any(correlation.known, axis=1)
    together: Bools = known | known.T
    return together
