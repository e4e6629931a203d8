import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scarcity.federation.pooling import Beliefs
from worlds.beliefs import beliefs_of

GOOD = np.ones((3, 2))
ROWS = np.full(3, 100.0)
HOLE = np.array([[np.nan, 1.0], [1.0, 1.0], [1.0, 1.0]])


@pytest.mark.parametrize(
    ("effect", "se", "rows", "complaint"),
    [
        (np.ones(3), np.ones(3), ROWS, r"\(peer, edge\)"),
        (np.ones((0, 2)), np.ones((0, 2)), np.ones(0), r"\(peer, edge\)"),
        (GOOD, np.ones((2, 2)), ROWS, "se has shape"),
        (GOOD, GOOD, np.ones(2), "rows has shape"),
        (HOLE, GOOD, ROWS, "same places"),
        (np.inf * GOOD, GOOD, ROWS, "infinite"),
        (GOOD, 0.0 * GOOD, ROWS, "standard error"),
        (GOOD, np.inf * GOOD, ROWS, "standard error"),
        (GOOD, GOOD, 0.0 * ROWS, "at least one row"),
        (GOOD, GOOD, np.nan * ROWS, "at least one row"),
    ],
)
def test_what_is_no_evidence_is_refused(
    effect: np.ndarray, se: np.ndarray, rows: np.ndarray, complaint: str
) -> None:
    with pytest.raises(ValueError, match=complaint):
        Beliefs(effect, se, rows)


@given(st.integers(0, 2**32 - 1), st.floats(1e-9, 1e9))
def test_no_claim_is_beyond_what_the_median_of_peers_allows(seed: int, factor: float) -> None:
    beliefs = beliefs_of(seed, missing=0.3)
    se = beliefs.se.copy()
    se[3] *= factor
    bounded = Beliefs(beliefs.effect, se, beliefs.rows).bounded()

    for edge in range(beliefs.edges):
        claims = se[~np.isnan(se[:, edge]), edge]
        if len(claims):
            kept = bounded.se[~np.isnan(se[:, edge]), edge]
            assert kept == pytest.approx(
                np.clip(claims, 0.5 * np.median(claims), 4.0 * np.median(claims))
            )
    assert np.array_equal(np.isnan(bounded.se), np.isnan(beliefs.effect))
