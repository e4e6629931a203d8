"""What a past is good for, and that it does no harm. Seeds are in the names of failing cases."""

from dataclasses import replace

import numpy as np
import pytest

from scarcity.meta import Domain, Edge, Evidence, judge, learn, shown_alone
from scarcity.stats.multiplicity import most_with_few_false
from worlds.domains import Family, family, told, typed_family
from worlds.peers import between
from worlds.world import Bools, Floats

SEEDS = range(4001, 4009)
PAST_SE, FEW_ROWS, MANY_ROWS = 0.03, 0.1, 0.03
"""Standard errors of some 1000, 100 and 1000 rows."""


def edges_of(structure: Floats) -> Floats:
    """(edge): in the order in which evidence lists them."""
    listed: Floats = structure[between(len(structure))]
    return listed


def past(rng: np.random.Generator, common: Family, streams: int = 8) -> list[Evidence]:
    return [told(rng, f"past {k}", common.domain(rng), PAST_SE) for k in range(streams)]


def without(evidence: Evidence, untested: Bools) -> Evidence:
    """The same, but for edges (edge) that were not tested."""
    effect, se = (np.where(untested, np.nan, each) for each in (evidence.effect, evidence.se))
    return replace(evidence, effect=effect, se=se)


def found_and_false(accepted: Bools, truth: Floats) -> tuple[int, int]:
    return int(np.sum(accepted & (truth != 0.0))), int(np.sum(accepted & (truth == 0.0)))


def test_few_rows_are_enough_where_a_past_is_related() -> None:
    with_past, without_past, false, there = 0, 0, 0, 0
    for seed in SEEDS:
        rng = np.random.default_rng(seed)
        common = family(rng, share=0.8)
        domain = learn(past(rng, common))
        structure = common.domain(rng)
        own = told(rng, "new", structure, FEW_ROWS)
        hits, misses = found_and_false(
            judge(domain.prior_for(own), own).accepted, edges_of(structure)
        )
        with_past, false, there = with_past + hits, false + misses, there + hits + misses
        without_past += found_and_false(shown_alone(own), edges_of(structure))[0]

    assert with_past > 3 * without_past
    assert false / there < 0.08


@pytest.mark.parametrize("se", [0.2, FEW_ROWS, 0.05, MANY_ROWS])
def test_probabilities_are_what_they_say(se: float) -> None:
    expected, existing, edges = 0.0, 0, 0
    for seed in SEEDS:
        rng = np.random.default_rng(seed)
        common = family(rng, share=0.8)
        domain = learn(past(rng, common))
        structure = common.domain(rng)
        own = told(rng, "new", structure, se)
        doubtful = judge(domain.prior_for(own), own).exists
        likely = doubtful > 0.5
        expected += float(np.sum(doubtful[likely]))
        existing += int(np.sum(edges_of(structure)[likely] != 0.0))
        edges += int(likely.sum())

    assert existing / edges == pytest.approx(expected / edges, abs=0.06)


@pytest.mark.parametrize("se", [0.2, FEW_ROWS, MANY_ROWS])
def test_where_there_is_nothing_hardly_ever_anything_is_found(se: float) -> None:
    with_an_edge = 0
    common = family(np.random.default_rng(4100), share=0.8)
    domain = learn(past(np.random.default_rng(4101), common))
    for seed in range(4200, 4400):
        own = told(np.random.default_rng(seed), "new", np.zeros((20, 20)), se)
        with_an_edge += bool(judge(domain.prior_for(own), own).accepted.any())

    assert with_an_edge / 200 <= 0.05 + 2.0 * np.sqrt(0.05 * 0.95 / 200)


@pytest.mark.parametrize("density", [0.05, 0.1, 0.2])
@pytest.mark.parametrize("se", [FEW_ROWS, MANY_ROWS])
def test_a_past_that_is_unrelated_changes_nothing(se: float, density: float) -> None:
    for seed in SEEDS:
        rng = np.random.default_rng(seed)
        domain = learn(past(rng, family(rng, share=0.8)))
        structure = family(rng, share=0.8, density=density).domain(rng)
        own = told(rng, "new", structure, se)

        prior = domain.prior_for(own)

        assert prior.informative < 0.1, f"seed {seed}"
        assert np.array_equal(judge(prior, own).accepted, shown_alone(own)), f"seed {seed}"


def test_where_the_past_has_nothing_to_say_what_was_accepted_before_stays() -> None:
    rng = np.random.default_rng(4513)
    domain = learn(past(rng, family(rng, share=0.8)))
    own = told(rng, "new", family(rng, share=0.8).domain(rng), FEW_ROWS)
    before = rng.random(380) < 0.1

    assert np.array_equal(judge(domain.prior_for(own), own, alone=before).accepted, before)


def test_the_order_of_streams_changes_nothing() -> None:
    rng = np.random.default_rng(4501)
    common = family(rng, share=0.8)
    streams = past(rng, common)
    own = told(rng, "new", common.domain(rng), FEW_ROWS)

    forward = learn(streams).prior_for(own)
    backward = learn(streams[::-1]).prior_for(own)

    assert np.array_equal(forward.slab.share, backward.slab.share)
    assert np.array_equal(forward.slab.mean, backward.slab.mean)
    assert forward.provenance == backward.provenance


def test_the_order_of_edges_changes_nothing() -> None:
    rng = np.random.default_rng(4502)
    common = family(rng, share=0.8)
    domain = learn(past(rng, common))
    own = told(rng, "new", common.domain(rng), FEW_ROWS)
    order = rng.permutation(len(own.edges))
    mixed = Evidence(
        "new", tuple(own.edges[each] for each in order), own.effect[order], own.se[order]
    )

    straight = judge(domain.prior_for(own), own)
    shuffled = judge(domain.prior_for(mixed), mixed)

    assert shuffled.exists == pytest.approx(straight.exists[order])


def test_a_stream_is_not_told_what_it_said_itself() -> None:
    rng = np.random.default_rng(4503)
    common = family(rng, share=0.8)
    streams = past(rng, common)
    liar = told(rng, "past 3", 5.0 * common.domain(rng), PAST_SE)
    asked = streams[3]

    honest = learn(streams, leave_out="past 3").prior_for(asked)
    lied = learn([*streams[:3], liar, *streams[4:]], leave_out="past 3").prior_for(asked)

    assert np.array_equal(honest.slab.share, lied.slab.share)
    assert "past 3" not in honest.provenance
    with pytest.raises(ValueError, match="leave_out='past 3'"):
        learn(streams).prior_for(asked)


def test_one_odd_stream_does_not_spoil_the_others() -> None:
    for seed in SEEDS:
        rng = np.random.default_rng(seed)
        common = family(rng, share=0.8)
        streams = past(rng, common)
        odd = told(rng, "odd", -3.0 * common.domain(rng), PAST_SE)
        own = told(rng, "new", common.domain(rng), FEW_ROWS)

        with_odd = learn([*streams, odd]).prior_for(own)
        without = learn(streams).prior_for(own)

        assert "odd" not in with_odd.provenance, f"seed {seed}"
        assert set(without.provenance) <= set(with_odd.provenance), f"seed {seed}"
        apart = judge(with_odd, own).exists - judge(without, own).exists
        assert np.max(np.abs(apart)) < 0.2, f"seed {seed}"
        assert np.mean(np.abs(apart)) < 0.01, f"seed {seed}"


def test_a_new_stream_is_told_by_the_family_it_is_like() -> None:
    rng = np.random.default_rng(4504)
    one, other = family(rng, share=0.9), family(rng, share=0.9)
    streams = [
        *(told(rng, f"a{k}", one.domain(rng), PAST_SE) for k in range(4)),
        *(told(rng, f"b{k}", other.domain(rng), PAST_SE) for k in range(4)),
    ]
    domain = learn(streams)

    told_by = domain.prior_for(told(rng, "new", other.domain(rng), FEW_ROWS)).provenance

    assert len(domain.families) == 2
    assert set(told_by) == {"b0", "b1", "b2", "b3"}


def typed_stream(
    rng: np.random.Generator, name: str, structure: Floats, types: list[str]
) -> Evidence:
    declared = {f"{name}.{place}": kind for place, kind in enumerate(types)}
    se = FEW_ROWS if name == "new" else PAST_SE
    return told(rng, name, structure, se, types=declared, prefix=f"{name}.")


def test_types_help_where_no_name_is_shared() -> None:
    with_past, without_past = 0, 0
    for seed in SEEDS:
        rng = np.random.default_rng(seed)
        common = typed_family(rng)
        domain = learn([typed_stream(rng, f"past{k}", *common.domain(rng)) for k in range(8)])
        structure, types = common.domain(rng)
        own = typed_stream(rng, "new", structure, types)
        found = judge(domain.prior_for(own), own).accepted
        with_past += found_and_false(found, edges_of(structure))[0]
        without_past += found_and_false(shown_alone(own), edges_of(structure))[0]

    assert with_past > 1.5 * without_past


def test_names_that_mean_another_type_are_not_the_same_variable() -> None:
    rng = np.random.default_rng(4505)
    common = family(rng, share=0.9)
    pumps = {f"x{k}": "pump" for k in range(20)}
    domain = learn([replace(each, types=pumps) for each in past(rng, common)])
    own = told(rng, "new", common.domain(rng), FEW_ROWS)

    undeclared = domain.prior_for(own).slab.share[0]
    same = domain.prior_for(replace(own, types=pumps)).slab.share[0]
    another = domain.prior_for(replace(own, types=dict.fromkeys(pumps, "valve"))).slab.share[0]

    assert np.array_equal(undeclared, same)
    assert np.ptp(same) > 0.5
    assert np.ptp(another) == 0.0


def test_a_stream_with_nothing_in_common_falls_back_on_how_edges_are() -> None:
    rng = np.random.default_rng(4506)
    domain = learn(past(rng, family(rng, share=0.9)))
    own = told(rng, "new", np.zeros((5, 5)), FEW_ROWS, prefix="other")

    share = domain.prior_for(own).slab.share

    assert np.ptp(share[0]) == 0.0
    assert share[0, 0] == pytest.approx(0.1, abs=0.05)


def test_edges_that_were_not_tested_are_not_accepted_and_disturb_nobody() -> None:
    rng = np.random.default_rng(4507)
    common = family(rng, share=0.9)
    streams = past(rng, common)
    holes = [without(each, rng.random(380) < 0.2) for each in streams]
    own = told(rng, "new", common.domain(rng), FEW_ROWS)
    untested = rng.random(380) < 0.5
    partly = without(own, untested)

    whole = judge(learn(streams).prior_for(own), own)
    found = judge(learn(holes).prior_for(partly), partly)

    assert np.isnan(found.exists[untested]).all()
    assert not found.accepted[untested].any()
    assert np.mean(np.abs(found.exists - whole.exists)[~untested]) < 0.03


def test_before_any_row_the_past_is_all_there_is() -> None:
    rng = np.random.default_rng(4508)
    common = family(rng, share=0.9)
    nothing = told(rng, "new", np.zeros((20, 20)), FEW_ROWS)
    silent = without(nothing, np.ones(380, np.bool_))

    prior = learn(past(rng, common)).prior_for(silent)
    expected = prior.expected().normal
    base = edges_of(common.base)

    assert prior.informative == pytest.approx(0.5)
    assert np.corrcoef(expected.mean, base)[0, 1] > 0.9
    assert np.all(np.abs(expected.mean - base) < 6.0 * expected.se)


def test_as_a_normal_prior_it_has_the_moments_of_the_mixture() -> None:
    rng = np.random.default_rng(4509)
    common = family(rng, share=0.8)
    prior = learn(past(rng, common)).prior_for(told(rng, "new", common.domain(rng), FEW_ROWS))
    share, mean, variance = (each[0] for each in prior.slab.columns)
    there = rng.random((20_000, 380)) < share
    drawn = np.where(there, mean + np.sqrt(variance) * rng.normal(size=there.shape), 0.0)

    expected = prior.expected().normal

    assert prior.informative > 0.99
    assert expected.mean == pytest.approx(drawn.mean(axis=0), abs=0.005)
    assert expected.se == pytest.approx(drawn.std(axis=0), abs=0.01)


def test_without_a_past_all_is_as_if_alone() -> None:
    rng = np.random.default_rng(4510)
    own = told(rng, "new", family(rng, share=0.8).domain(rng), MANY_ROWS)

    prior = learn([]).prior_for(own)

    assert prior.informative == 0.0
    assert prior.provenance == {}
    assert np.isnan(prior.expected().mean).all()
    assert np.array_equal(judge(prior, own).accepted, shown_alone(own))
    assert isinstance(learn([]), Domain)


def test_the_rule_keeps_the_expected_share_of_false_edges() -> None:
    rng = np.random.default_rng(4511)
    exists = rng.random(500)

    accepted = most_with_few_false(exists, 0.05)

    assert np.mean(1.0 - exists[accepted]) <= 0.05
    following = np.sort(exists[~accepted])[-1]
    assert np.mean(1.0 - np.append(exists[accepted], following)) > 0.05
    assert not most_with_few_false(np.array([0.9, np.nan]), 0.05).any()


@pytest.mark.parametrize(
    ("effect", "se", "why"),
    [
        ([1.0], [0.1], "2 edges"),
        ([1.0, np.nan], [0.1, 0.1], "same places"),
        ([1.0, np.inf], [0.1, 0.1], "infinite"),
        ([1.0, 1.0], [0.1, 0.0], "above 0"),
        ([1.0, 1.0], [0.1, -1.0], "above 0"),
    ],
)
def test_evidence_that_cannot_be_is_refused(effect: list[float], se: list[float], why: str) -> None:
    edges = (Edge("a", "b", 1), Edge("b", "a", 1))

    with pytest.raises(ValueError, match=why):
        Evidence("s", edges, np.array(effect), np.array(se))


def test_what_would_count_twice_is_refused() -> None:
    rng = np.random.default_rng(4512)
    one = told(rng, "s", np.zeros((3, 3)), 0.1)

    with pytest.raises(ValueError, match="one name"):
        learn([one, one])
    with pytest.raises(ValueError, match="twice"):
        Evidence("s", (Edge("a", "b", 1),) * 2, np.zeros(2), np.ones(2))
