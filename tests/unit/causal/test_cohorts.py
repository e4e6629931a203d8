"""Who is tested beside whom."""

import numpy as np
import pytest

from scarcity.causal.cohorts import cohorts
from scarcity.causal.correlation import lagged_correlation
from scarcity.causal.lagged import LaggedMoments
from worlds.var import Floats

ROWS = 6000


def noise(**present: slice) -> Floats:
    """Independent variables, each present in these rows."""
    values = np.random.default_rng(85).normal(size=(ROWS, len(present)))
    for column, rows in enumerate(present.values()):
        absent = np.ones(ROWS, np.bool_)
        absent[rows] = False
        values[absent, column] = np.nan
    return values


def names(**present: slice) -> list[str]:
    moments = LaggedMoments(len(present), max_lag=1)
    moments.add(noise(**present))
    found = cohorts(lagged_correlation(moments))
    return ["".join(np.array(list(present))[members]) for members in found]


ALWAYS = slice(None)


@pytest.mark.parametrize("c", [ALWAYS, slice(5), slice(3400), slice(0, None, 2)])
def test_variables_that_are_mostly_there_form_one_cohort(c: slice) -> None:
    assert names(a=ALWAYS, b=ALWAYS, c=c) == ["ab" if c == slice(5) else "abc"]


def test_sparser_variables_are_tested_beside_denser_ones_not_the_other_way_round() -> None:
    assert names(a=slice(100), b=ALWAYS, c=slice(1500), d=ALWAYS) == ["bd", "bcd", "abcd"]


def test_variables_that_took_turns_are_not_tested_together() -> None:
    assert names(a=ALWAYS, b=slice(3100), c=slice(3100, None)) == ["ab", "ac"]
    assert names(a=ALWAYS, b=slice(3000), c=slice(2900, None)) == ["ac", "ab"]


@pytest.mark.parametrize(("met", "found"), [(3, ["a", "ab", "ac"]), (30, ["a", "abc"])])
def test_a_few_rows_together_are_no_acquaintance(met: int, found: list[str]) -> None:
    assert names(a=ALWAYS, b=slice(170), c=slice(170 - met, 330 - met)) == found


def test_variables_that_alternate_meet_at_another_lag() -> None:
    assert names(a=slice(0, None, 2), b=slice(1, None, 2)) == ["ab"]


def test_without_informative_variables_there_is_no_cohort() -> None:
    assert names(a=slice(0), b=slice(3)) == []
