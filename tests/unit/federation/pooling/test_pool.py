"""The verdict on an edge, and on a peer."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import norm

from scarcity.federation.pooling import Beliefs, Pooled, pool
from scarcity.federation.pooling.pool import p_values
from scarcity.federation.rule_name import RuleName
from worlds.beliefs import beliefs_of

PEERS = 10
AGREED, HALF, OUTVOTED, VARIED, ABSENT, UNTESTED = range(6)


def six_edges() -> Beliefs:
    """One edge for each thing that peers can have to say; standard errors are 0.1."""
    noise = 0.02 * np.resize([1.0, -1.0], PEERS)
    effect = np.column_stack(
        [
            0.5 + noise,
            np.repeat([1.0, 0.0], 5) + noise,
            np.repeat([2.0, 0.0], [2, 8]) + noise,
            np.linspace(0.3, 1.5, PEERS),
            noise,
            np.full(PEERS, np.nan),
        ]
    )
    return Beliefs(effect, np.where(np.isnan(effect), np.nan, 0.1), np.full(PEERS, 100.0))


def by_mean(beliefs: Beliefs) -> Pooled:
    return pool(beliefs, 0, rule="mean")


def test_an_edge_is_accepted_contested_or_rejected() -> None:
    states = by_mean(six_edges()).states

    assert states[AGREED] == "accepted"
    assert states[HALF] == states[OUTVOTED] == "contested"
    assert states[VARIED] == "accepted"  # peers differ, but hardly any is against it
    assert states[ABSENT] == "rejected"
    assert states[UNTESTED] == "untested"


def test_a_contested_edge_tells_the_sides() -> None:
    pooled = by_mean(six_edges())

    assert pooled.supports[:, HALF].tolist() == [True] * 5 + [False] * 5
    assert pooled.opposes[:, HALF].tolist() == [False] * 5 + [True] * 5
    assert not (pooled.supports | pooled.opposes)[:, UNTESTED].any()


def test_what_is_common_need_not_hold_across_peers() -> None:
    pooled = by_mean(six_edges())

    assert pooled.is_common[:4].all()
    assert pooled.holds_across[AGREED]
    assert not pooled.holds_across[OUTVOTED]


def test_intervals_are_as_wide_as_they_say() -> None:
    pooled = by_mean(six_edges())
    low, high = pooled.interval
    below, above = pooled.prediction

    assert pooled.effect[AGREED] == pytest.approx(0.5)
    assert pooled.se[AGREED] == pytest.approx(0.1 / np.sqrt(PEERS))
    assert high[AGREED] - low[AGREED] == pytest.approx(2 * norm.ppf(0.975) * 0.1 / np.sqrt(PEERS))
    assert np.all(below[:UNTESTED] < low[:UNTESTED])
    assert np.all(above[:UNTESTED] > high[:UNTESTED])
    assert pooled.i2[AGREED] == 0.0
    assert pooled.i2_interval[0][HALF] < pooled.i2[HALF] < pooled.i2_interval[1][HALF]


def test_rows_and_weights_are_those_of_the_used_peers() -> None:
    beliefs = six_edges()
    young = replace(beliefs, rows=np.array([100.0] * 8 + [29.0, 100.0]))
    silent = young.silenced(np.arange(PEERS) == 9)

    pooled = by_mean(silent)

    assert pooled.reasons == (None,) * 8 + ("too-few-rows", "nothing-tested")
    assert pooled.used.tolist() == [True] * 8 + [False] * 2
    assert pooled.weight == pytest.approx([1 / 8] * 8 + [0.0] * 2)
    assert pooled.rows.tolist() == [800.0] * 5 + [0.0]


def test_the_asking_peer_is_heard_however_few_its_rows() -> None:
    beliefs = replace(beliefs_of(1), rows=np.array([5.0] + [100.0] * 8))

    assert pool(beliefs, 0).used[0]
    assert pool(beliefs, 1).reasons[0] == "too-few-rows"


def test_the_place_of_the_asking_peer_is_that_among_all() -> None:
    beliefs = replace(beliefs_of(1), rows=np.array([5.0] + [100.0] * 8))

    without = pool(beliefs.of(np.arange(9) > 0), 3)

    assert pool(beliefs, 4).effect == pytest.approx(without.effect)


@pytest.mark.parametrize("rule", ["mean", "trusted"])
def test_own_evidence_can_be_left_out(rule: RuleName) -> None:
    pooled = pool(beliefs_of(2), 0, rule=rule, counts_own=False)

    assert pooled.weight[0] == 0.0
    assert pooled.weight.sum() == pytest.approx(1.0)
    assert not (pooled.supports | pooled.opposes)[0].any()
    assert pooled.rows.max() == 800.0


def test_nobody_else_leaves_nothing_to_be_said() -> None:
    alone = beliefs_of(1).of(np.arange(9) == 0)

    pooled = pool(alone, 0, counts_own=False)

    assert set(pooled.states) == {"untested"}
    assert np.isnan(pooled.effect).all()


def test_the_middle_of_many_edges_tells_the_width_of_chance() -> None:
    z = np.random.default_rng(1).normal(0.0, 2.0, 400)

    assert np.mean(p_values(z, np.ones(400)) < 0.05) == pytest.approx(0.05, abs=0.02)
    assert p_values(z[:40], np.ones(40)) == pytest.approx(2.0 * norm.sf(np.abs(z[:40])))
    assert p_values(0.1 * z, np.ones(400)) == pytest.approx(2.0 * norm.sf(np.abs(0.1 * z)))


def test_what_cannot_be_pooled_is_refused() -> None:
    beliefs = beliefs_of(1)

    with pytest.raises(ValueError, match="between 0 and 1"):
        pool(beliefs, 0, q=1.0)
    with pytest.raises(ValueError, match="no rule 'vote'; there are mean"):
        pool(beliefs, 0, rule="vote")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="one of 9 peers, not -1"):
        pool(beliefs, -1, rule="mean")
    with pytest.raises(ValueError, match="no peer tested"):
        pool(replace(beliefs, rows=np.full(9, 10.0)), None, rule="mean")
