"""Whom the default rule leaves out, and that it says why."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.federation.attacks import GENERIC, Attack
from scarcity.federation.pooling import RULES, Beliefs, Combined, Terms
from scarcity.federation.pooling.trusted import two_sides
from worlds.peers import Setting, evidence, fleet

seeds = st.integers(0, 2**32 - 1)
OWN = 4
HONEST = (None,) * 5


def peers_of(seed: int, setting: Setting | None = None) -> Attack:
    """Twelve alike peers, the first seven to be bad, so the honest ones are fewer."""
    rng = np.random.default_rng(seed)
    world = fleet(rng, setting or Setting(peers=12))
    bad = np.array([k for k in range(8) if k != OWN])
    return Attack(rng, evidence(world), bad, world.sign)


def judged(beliefs: Beliefs) -> Combined:
    return RULES["trusted"](beliefs, Terms(own=OWN))


def reasons(found: Combined, on: Attack) -> tuple[set[object], tuple[object, ...]]:
    """Those of the bad peers, and of the others."""
    others = np.setdiff1d(np.arange(len(found.reasons)), on.bad)
    return {found.reasons[k] for k in on.bad}, tuple(found.reasons[k] for k in others)


@pytest.mark.parametrize("seed", range(5))
def test_of_honest_peers_all_are_used(seed: int) -> None:
    assert judged(peers_of(seed).honest).used.all()


@pytest.mark.parametrize("seed", range(5))
def test_who_shares_few_edges_is_seldom_suspected(seed: int) -> None:
    found = judged(peers_of(seed, Setting(peers=12, overlap=0.6)).honest)

    assert found.used.sum() >= 10


@pytest.mark.parametrize(
    ("attack", "expected"),
    [
        ("sign flip", {"opposes-own"}),
        ("inner product", {"opposes-own"}),
        ("false certainty", {"opposes-own"}),
        ("noise", {"opposes-own", "outlier"}),
        ("ALIE z=0.5", {"opposes-own", "clone", "outlier", "coalition"}),
        ("injection", {"coalition"}),
    ],
)
@pytest.mark.parametrize("seed", range(3))
def test_most_peers_can_lie_and_it_is_said_how(
    attack: str, expected: set[object], seed: int
) -> None:
    on = peers_of(seed)

    of_bad, of_others = reasons(judged(GENERIC[attack](on).beliefs), on)

    assert of_bad <= expected
    assert of_others == HONEST


@given(seeds, st.integers(0, 11))
@settings(max_examples=10)
def test_of_copies_one_is_kept_and_never_a_copy_of_oneself(seed: int, copied: int) -> None:
    honest = peers_of(seed).honest
    copies = [k for k in (9, 10, 11) if k != copied]
    effect = honest.effect.copy()
    effect[copies] = effect[copied]
    beliefs = Beliefs(effect, honest.se, honest.rows)

    found = judged(beliefs)

    alike = [copied, *copies]
    assert [found.reasons[k] for k in alike].count("clone") == len(copies)
    assert found.reasons[OWN] is None


@given(seeds)
@settings(max_examples=10)
def test_the_asking_peer_is_never_left_out(seed: int) -> None:
    rng = np.random.default_rng(seed)
    effect = rng.normal(size=(8, 40)) * rng.choice([0.1, 1.0, 100.0], (8, 1))
    beliefs = Beliefs(effect, np.full(effect.shape, 0.1), np.full(8, 100.0))

    found = judged(beliefs)

    assert found.reasons[OWN] is None
    assert np.isfinite(found.effect).all()


def test_alone_the_asking_peer_believes_itself() -> None:
    on = peers_of(1)
    effect = -on.honest.effect
    effect[OWN] *= -1.0

    found = judged(Beliefs(effect, on.honest.se, on.honest.rows))

    assert found.effect == pytest.approx(effect[OWN])
    assert found.se == pytest.approx(on.honest.se[OWN])


def test_who_tested_nothing_cannot_judge() -> None:
    honest = peers_of(1).honest

    with pytest.raises(ValueError, match="tested no edge"):
        judged(honest.silenced(np.arange(12) == OWN))


def test_two_sides_are_cut_where_the_gap_is() -> None:
    assert two_sides(np.array([3.0, -1.0, 3.2, -1.1, 2.9])).tolist() == [True, False] * 2 + [True]
