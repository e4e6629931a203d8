"""That what harms goes, what does not stays, and nothing that cannot run is ever released."""

from collections.abc import Iterable
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scarcity.meta import Bounds, Decision, Guard, observe, propose, push
from scarcity.meta.betting import LOOKED_AT, START, Wealth, bet, most_lost, put_on_scale
from scarcity.meta.guard import State
from scarcity.stats.arrays import Floats

GUARD = Guard(
    {"forgetting": Bounds(0.9, 1.0), "ridge": Bounds(1.0, 1000.0)},
    shadow_rows=400,
    canary_rows=100,
    promoted_rows=200,
    within_rows=1000,
)
OLD = {"forgetting": 1.0, "ridge": 50.0}
NEW = {"forgetting": 0.99, "ridge": 50.0}
PUSHED = push(GUARD, GUARD.start(OLD), NEW)[0]
PROPOSED = propose(GUARD, GUARD.start(OLD), NEW)[0]


def through(state: State, differences: Iterable[float]) -> tuple[State, list[Decision]]:
    """Rows on which the new settings lost so much more than the old."""
    decisions = []
    for difference in differences:
        state, decision = observe(GUARD, state, difference, 0.0)
        decisions.append(decision)
    return state, decisions


def actions(decisions: list[Decision]) -> list[str]:
    return [each.action for each in decisions if each.action != "keep"]


def noise(seed: int, rows: int, mean: float, deviation: float = 0.25) -> list[float]:
    return [float(x) for x in np.random.default_rng(seed).normal(mean, deviation, rows)]


@pytest.mark.parametrize("tails", ["normal", "heavy", "spells", "exponential"])
def test_what_is_no_worse_is_hardly_ever_taken_for_worse(tails: str) -> None:
    rng = np.random.default_rng(6001)
    rows = {
        "normal": rng.normal(size=(500, 300)),
        "heavy": rng.standard_t(2, (500, 300)),
        "spells": rng.normal(size=(500, 300)) * np.exp(rng.normal(size=(500, 6))).repeat(50, 1),
        "exponential": np.where(rng.random((500, 300)) < 0.5, 1.0, -1.0)
        * rng.exponential(size=(500, 300)),
    }[tails]

    alarms = sum(_reaches(each) for each in rows)

    assert alarms <= 5 + 2.33 * np.sqrt(5)


def _reaches(differences: Floats) -> bool:
    wealth = START
    for difference in differences:
        wealth = bet(wealth, float(difference))
        if wealth.reaches(0.01):
            return True
    return False


def test_while_the_new_is_no_worse_wealth_is_not_expected_to_grow() -> None:
    wealth = START
    for difference in noise(6002, 200, 0.05):
        wealth = bet(wealth, difference)
    scale = np.sqrt(wealth.square)

    for size in (0.1, 1.0, 10.0):
        up, down = (bet(wealth, sign * size * scale) for sign in (1.0, -1.0))
        assert np.exp(up.log) + np.exp(down.log) == pytest.approx(2.0 * np.exp(wealth.log))


@pytest.mark.parametrize("seed", range(6010, 6020))
def test_a_harmful_push_is_rolled_back_within_a_hundred_rows(seed: int) -> None:
    state, decisions = through(PUSHED, noise(seed, 100, 0.15))

    assert actions(decisions) == ["roll-back"]
    assert state.stage == "rolled-back"
    assert state.running == OLD


def test_what_turns_bad_after_it_was_good_is_rolled_back_too() -> None:
    patient = replace(GUARD, canary_rows=2000)
    state = push(patient, patient.start(OLD), NEW)[0]
    decisions = []
    for difference in noise(6003, 1000, -0.1) + noise(6004, 150, 0.2):
        state, decision = observe(patient, state, difference, 0.0)
        decisions.append(decision)

    assert actions(decisions) == ["roll-back"]
    assert [each.action for each in decisions].index("roll-back") >= 1000


def test_a_better_proposal_goes_all_the_way() -> None:
    state, decisions = through(PROPOSED, noise(6005, 700, -0.15))

    assert actions(decisions) == ["release", "promote", "settle"]
    assert state.stage == "idle"
    assert state.trusted == NEW
    released = next(k for k, each in enumerate(decisions) if each.action == "release")
    assert all(each.settings == OLD for each in decisions[:released])
    assert all(each.settings == NEW for each in decisions[released:])


def test_a_proposal_that_is_no_better_never_leaves_the_shadow() -> None:
    state, decisions = through(PROPOSED, noise(6006, 400, 0.1))

    assert actions(decisions) == ["drop"]
    assert state.trusted == OLD
    assert all(each.settings == OLD for each in decisions)


def test_repeated_rollbacks_freeze_until_they_are_long_ago() -> None:
    state, _ = through(PUSHED, noise(6007, 100, 0.3))
    state, _ = push(GUARD, state, NEW)
    state, decisions = through(state, noise(6008, 100, 0.3))

    assert actions(decisions) == ["roll-back"]
    assert state.stage == "frozen"
    _, refused = push(GUARD, state, NEW)
    assert (refused.action, refused.why) == ("refuse", "frozen")

    state, decisions = through(state, [0.0] * 1000)
    assert state.stage == "idle"
    assert push(GUARD, state, NEW)[1].action == "begin"


def test_rollbacks_that_are_far_apart_do_not_freeze() -> None:
    state, _ = through(PUSHED, noise(6009, 100, 0.3))
    state, _ = through(state, [0.0] * 1000)
    state, _ = push(GUARD, state, NEW)
    state, _ = through(state, noise(6010, 80, 0.3))

    assert state.stage == "rolled-back"


@pytest.mark.parametrize(
    ("settings", "why"),
    [
        ({}, "forgetting, ridge missing"),
        ({"forgetting": 0.99}, "ridge missing"),
        ({**NEW, "lags": 3.0}, "lags unknown"),
        ({**NEW, "forgetting": 0.5}, "forgetting must lie between 0.9 and 1, not be 0.5"),
        ({**NEW, "ridge": float("nan")}, "ridge must lie between 1 and 1000, not be nan"),
        ({**NEW, "ridge": float("inf")}, "ridge must lie"),
        (OLD, "that is what runs"),
    ],
)
def test_what_cannot_be_released_is_refused_with_a_reason(
    settings: dict[str, float], why: str
) -> None:
    for begun in (push, propose):
        state, decision = begun(GUARD, GUARD.start(OLD), settings)

        assert decision.action == "refuse"
        assert why in decision.why
        assert decision.settings == OLD
        assert state.stage == "idle"


def test_one_trial_at_a_time() -> None:
    assert push(GUARD, PROPOSED, NEW)[1].why == "another trial goes on"


@given(st.lists(st.floats(-3.0, 3.0) | st.sampled_from(["push", "propose", "bad"]), max_size=80))
def test_whatever_happens_what_runs_is_complete_and_within_bounds(
    happened: list[float | str],
) -> None:
    state = GUARD.start(OLD)
    for each in happened:
        match each:
            case "push":
                state, decision = push(GUARD, state, NEW)
            case "propose":
                state, decision = propose(GUARD, state, {"forgetting": 0.95, "ridge": 5.0})
            case "bad":
                state, decision = push(GUARD, state, {"forgetting": 7.0})
            case _:
                state, decision = observe(GUARD, state, float(each), 0.0)
        assert GUARD.problem(decision.settings) is None
        assert decision.settings == state.running


def test_played_again_it_decides_the_same() -> None:
    rows = noise(6011, 200, 0.1)

    assert [d.e_value for d in through(PUSHED, rows)[1]] == [
        d.e_value for d in through(PUSHED, rows)[1]
    ]


def test_the_first_rows_are_only_looked_at() -> None:
    wealth: Wealth = START
    for _ in range(LOOKED_AT):
        wealth = bet(wealth, 1e6)

    assert wealth.log == 0.0


def test_what_is_no_loss_is_refused() -> None:
    with pytest.raises(ValueError, match="losses must be numbers"):
        observe(GUARD, PUSHED, float("nan"), 0.0)
    with pytest.raises(ValueError, match="name the settings"):
        Guard({})
    with pytest.raises(ValueError, match="between 0 and 1"):
        Guard(GUARD.bounds, alpha=0.0)
    with pytest.raises(ValueError, match="ridge missing"):
        GUARD.start({"forgetting": 1.0})


@given(st.lists(st.floats(-3.0, 3.0), min_size=1, max_size=120), st.floats(-1.0, 1.0))
def test_nobody_loses_more_than_is_promised_to_what_is_not_yet_taken_back(
    noise: list[float], worse: float
) -> None:
    alpha, wealth, scaled = 0.01, START, []
    for difference in noise:
        x = put_on_scale(wealth, difference + worse)
        wealth = bet(wealth, difference + worse)
        if wealth.reaches(alpha):
            break
        scaled += [] if x is None else [x]

    assert sum(scaled) < most_lost(sum(x * x for x in scaled), len(scaled), alpha)
