"""Each rule against the same written out peer by peer, and the bounds it promises to keep."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scarcity.federation.pooling import RULES, Beliefs, Terms
from scarcity.federation.rule_name import RuleName
from worlds.beliefs import beliefs_of, replaced
from worlds.world import Floats

seeds = st.integers(0, 2**32 - 1)
PEERS = 11
BAD = 2
TERMS = Terms(own=0, bad=BAD)
NAMES = list(RULES)
WITHIN_HONEST: list[RuleName] = ["trimmed-mean", "median", "bulyan", "krum", "multi-krum"]
BOUNDED_SHIFT: list[RuleName] = ["geometric-median", "centred-clipping", "fltrust", "trusted"]


def several(seed: int, missing: float = 0.0) -> Beliefs:
    return beliefs_of(seed, peers=PEERS, missing=missing)


def columns(beliefs: Beliefs) -> list[tuple[Floats, Floats]]:
    """Effects and bounded standard errors of those that tested each edge."""
    bounded = beliefs.bounded()
    return [
        (bounded.effect[tested, edge], bounded.se[tested, edge])
        for edge, tested in enumerate(bounded.tested.T)
    ]


def in_units(beliefs: Beliefs) -> Floats:
    return beliefs.effect / np.median(beliefs.bounded().se, axis=0)


def krum_scores(x: Floats, bad: int) -> list[float]:
    away = [[float(np.sum((a - b) ** 2)) for b in x] for a in x]
    return [sum(sorted(row)[1 : len(x) - bad - 1]) + 1e-9 * sum(row) for row in away]


@given(seeds, st.sampled_from([0.0, 0.4]))
@settings(max_examples=40)
def test_averages_are_those_of_each_edge(seed: int, missing: float) -> None:
    beliefs = several(seed, missing)
    mean, precise = (RULES[name](beliefs, TERMS) for name in ("mean", "inverse-variance"))

    for edge, (effect, se) in enumerate(columns(beliefs)):
        if len(effect):
            assert mean.effect[edge] == pytest.approx(np.mean(effect))
            assert mean.se[edge] == pytest.approx(np.sqrt(np.sum(se**2)) / len(se))
            assert precise.effect[edge] == pytest.approx(np.average(effect, weights=se**-2))
            assert precise.se[edge] == pytest.approx(np.sum(se**-2) ** -0.5)
        else:
            assert np.isnan([mean.effect[edge], precise.se[edge]]).all()


@given(seeds, st.sampled_from([0.0, 0.4]))
@settings(max_examples=40)
def test_random_effects_are_those_of_dersimonian_and_laird_drawn_together(
    seed: int, missing: float
) -> None:
    beliefs = several(seed, missing)
    parts = []
    for effect, se in columns(beliefs):
        w = se**-2.0
        if len(w) > 1:
            q = np.sum(w * (effect - np.average(effect, weights=w)) ** 2)
            parts.append((q - len(w) + 1, np.sum(w) - np.sum(w**2) / np.sum(w)))
    common = max(0.0, sum(excess for excess, _ in parts) / sum(scale for _, scale in parts))

    found = RULES["random-effects"](beliefs, TERMS)

    remaining = iter(parts)
    for edge, (effect, se) in enumerate(columns(beliefs)):
        if len(effect) > 1:
            excess, scale = next(remaining)
            k = len(effect)
            tau2 = (4.0 * common + (k - 1) * max(0.0, excess / scale)) / (3.0 + k)
            w = 1.0 / (se**2 + tau2)
            assert found.effect[edge] == pytest.approx(np.average(effect, weights=w))
            assert found.se[edge] == pytest.approx(np.sum(w) ** -0.5)


@given(seeds, st.sampled_from([0.0, 0.4]))
@settings(max_examples=40)
def test_coordinates_are_trimmed_edge_by_edge(seed: int, missing: float) -> None:
    beliefs = several(seed, missing)
    trimmed, middle = (RULES[name](beliefs, TERMS) for name in ("trimmed-mean", "median"))

    for edge, (effect, se) in enumerate(columns(beliefs)):
        if len(effect) > 2 * BAD:
            kept = np.sort(effect)[BAD:-BAD]
            assert trimmed.effect[edge] == pytest.approx(kept.mean())
        else:
            assert np.isnan(trimmed.effect[edge])
        if len(effect) > 2:
            assert middle.effect[edge] == pytest.approx(np.median(effect))
            expected = np.median(se) * np.sqrt(np.pi / 2 / len(se))
            assert middle.se[edge] == pytest.approx(expected, rel=2e-3)


@given(seeds)
@settings(max_examples=40)
def test_krum_takes_who_has_the_nearest_neighbours(seed: int) -> None:
    beliefs = several(seed)
    scores = krum_scores(in_units(beliefs), BAD)
    best = sorted(range(PEERS), key=lambda k: scores[k])

    one, many = (RULES[name](beliefs, TERMS) for name in ("krum", "multi-krum"))

    assert one.effect == pytest.approx(beliefs.effect[best[0]])
    assert one.reasons.count("not-chosen") == PEERS - 1
    assert many.effect == pytest.approx(beliefs.effect[best[: PEERS - BAD]].mean(axis=0))
    assert set(np.flatnonzero(many.used)) == set(best[: PEERS - BAD])


@given(seeds)
@settings(max_examples=40)
def test_bulyan_is_what_its_paper_says(seed: int) -> None:
    beliefs = several(seed)
    x = in_units(beliefs)
    left = list(range(PEERS))
    chosen: list[int] = []
    while len(chosen) < PEERS - 2 * BAD:
        scores = krum_scores(x[left], BAD)
        chosen.append(left.pop(scores.index(min(scores))))
    expected = []
    for values in beliefs.effect[chosen].T:
        nearest = np.argsort(np.abs(values - np.median(values)))
        expected.append(values[nearest[: PEERS - 4 * BAD]].mean())

    found = RULES["bulyan"](beliefs, TERMS)

    assert found.effect == pytest.approx(np.array(expected))


@given(seeds)
@settings(max_examples=40)
def test_no_point_is_nearer_to_all_than_the_geometric_median(seed: int) -> None:
    beliefs = several(seed)
    x = in_units(beliefs)
    unit = np.median(beliefs.bounded().se, axis=0)
    centre = RULES["geometric-median"](beliefs, TERMS).effect / unit

    def away(point: Floats) -> float:
        return float(np.linalg.norm(x - point, axis=1).sum())

    rng = np.random.default_rng(seed)
    for size in (0.01, 0.1, 1.0):
        assert away(centre) <= away(centre + size * rng.normal(size=len(centre))) + 1e-4
    assert away(centre) <= min(away(point) for point in (*x, x.mean(axis=0))) + 1e-4


@given(seeds)
@settings(max_examples=40)
def test_centred_clipping_shortens_what_is_far(seed: int) -> None:
    beliefs = several(seed)
    x = in_units(beliefs)
    centre = np.median(x, axis=0)
    for _ in range(5):
        away = np.linalg.norm(x - centre, axis=1)
        radius = np.median(away)
        centre = centre + np.mean(
            [(each - centre) * min(1.0, radius / d) for each, d in zip(x, away, strict=True)],
            axis=0,
        )

    found = RULES["centred-clipping"](beliefs, TERMS)

    unit = np.median(beliefs.bounded().se, axis=0)
    assert found.effect == pytest.approx(centre * unit)


@given(seeds)
@settings(max_examples=40)
def test_fltrust_weighs_by_agreement_with_the_asking_peer(seed: int) -> None:
    beliefs = replaced(several(seed), [4], -several(seed).effect[[0]])
    x = in_units(beliefs)
    norms = np.linalg.norm(x, axis=1)
    trust = np.maximum(0.0, x @ x[0] / norms / norms[0])
    expected = np.average(beliefs.effect * (norms[0] / norms)[:, None], axis=0, weights=trust)

    found = RULES["fltrust"](beliefs, TERMS)

    assert found.effect == pytest.approx(expected)
    assert found.reasons[4] == "opposes-own"


@pytest.mark.parametrize("name", NAMES)
@given(seed=seeds, missing=st.sampled_from([0.0, 0.3]))
@settings(max_examples=15)
def test_the_order_of_peers_makes_no_difference(name: RuleName, seed: int, missing: float) -> None:
    beliefs = several(seed, missing)
    order = np.random.default_rng(seed).permutation(PEERS)
    shuffled = Beliefs(beliefs.effect[order], beliefs.se[order], beliefs.rows[order])

    before = RULES[name](beliefs, TERMS)
    after = RULES[name](shuffled, Terms(int(np.argmax(order == 0)), BAD))

    assert after.effect == pytest.approx(before.effect, nan_ok=True)
    assert after.se == pytest.approx(before.se, nan_ok=True)
    assert after.shares == pytest.approx(before.shares[order], nan_ok=True)
    assert after.reasons == tuple(before.reasons[k] for k in order)


@pytest.mark.parametrize("name", NAMES)
@given(seed=seeds)
@settings(max_examples=15)
def test_what_a_peer_did_not_test_it_has_no_share_in(name: RuleName, seed: int) -> None:
    beliefs = several(seed, missing=0.3)

    found = RULES[name](beliefs, TERMS)

    known = ~np.isnan(found.effect)
    assert np.array_equal(known, ~np.isnan(found.se))
    assert np.array_equal(known, ~np.isnan(found.shares[0]))
    assert np.all(found.shares[:, known][~beliefs.tested[:, known]] == 0.0)
    assert found.shares[:, known].sum(axis=0) == pytest.approx(1.0)
    assert np.all(found.shares[~found.used][:, known] == 0.0)


@pytest.mark.parametrize("name", WITHIN_HONEST)
@given(seed=seeds, size=st.sampled_from([1.0, 30.0, 1e6]))
@settings(max_examples=20)
def test_f_peers_cannot_lead_an_edge_out_of_what_honest_ones_say(
    name: RuleName, seed: int, size: float
) -> None:
    honest = several(seed)
    bad = [3, 7]
    lies = size * np.random.default_rng(seed + 1).normal(size=(BAD, honest.edges))

    found = RULES[name](replaced(honest, bad, lies), TERMS)

    others = np.delete(honest.effect, bad, axis=0)
    if name in {"krum", "multi-krum"} and size < 1e3:
        return  # Krum may choose what is near
    assert np.all(found.effect >= others.min(axis=0) - 1e-12)
    assert np.all(found.effect <= others.max(axis=0) + 1e-12)


@pytest.mark.parametrize("name", BOUNDED_SHIFT)
@given(seed=seeds)
@settings(max_examples=20)
def test_how_large_a_lie_is_makes_no_difference(name: RuleName, seed: int) -> None:
    honest = several(seed)
    lie = np.random.default_rng(seed + 1).normal(size=(BAD, honest.edges))

    large, huge = (
        RULES[name](replaced(honest, [3, 7], size * lie), TERMS).effect for size in (1e3, 1e6)
    )

    assert large == pytest.approx(huge, abs=0.01)
    assert np.abs(large - honest.effect.mean(axis=0)).max() < 0.5


@pytest.mark.parametrize("name", NAMES)
@given(seed=seeds)
@settings(max_examples=10)
def test_who_claims_to_be_sure_owns_nothing(name: RuleName, seed: int) -> None:
    honest = several(seed)
    se = honest.se.copy()
    se[5] = 1e-9

    found = RULES[name](Beliefs(honest.effect, se, honest.rows), TERMS)

    if name != "krum":  # which takes one peer as it is
        # A floor of half the median is a weight of at most four times a usual one, here of 2/3.
        assert np.nanmax(found.shares[5]) <= (0.5 if name not in {"median", "bulyan"} else 1.0)
    assert np.all(found.se > 0.01)


@pytest.mark.parametrize(
    ("name", "peers", "bad"),
    [("trimmed-mean", 4, 2), ("krum", 6, 2), ("multi-krum", 6, 2), ("bulyan", 10, 2)],
)
def test_a_rule_is_refused_where_its_bound_does_not_hold(
    name: RuleName, peers: int, bad: int
) -> None:
    with pytest.raises(ValueError, match=f"needs {peers + 1} peers to bear {bad} bad ones"):
        RULES[name](beliefs_of(1, peers=peers), Terms(0, bad))

    RULES[name](beliefs_of(1, peers=peers + 1), Terms(0, bad))


def test_a_negative_number_of_liars_is_refused() -> None:
    with pytest.raises(ValueError, match="cannot be -1"):
        RULES["krum"](several(1), Terms(0, -1))


@pytest.mark.parametrize("name", ["fltrust", "trusted"])
def test_a_root_of_trust_has_to_be_told(name: RuleName) -> None:
    with pytest.raises(ValueError, match="say which peer"):
        RULES[name](several(1), Terms())
    with pytest.raises(ValueError, match="one of 11 peers"):
        RULES[name](several(1), Terms(PEERS))


@pytest.mark.parametrize("name", ["mean", "random-effects", "fltrust", "trusted"])
def test_the_asking_peer_can_judge_without_counting(name: RuleName) -> None:
    found = RULES[name](several(3), Terms(own=0, counts_own=False))

    assert np.all(found.shares[0] == 0.0)
    assert found.shares.sum(axis=0) == pytest.approx(1.0)
