"""A half-life is found where a stream drifts, and what does harm goes back without a trace."""

from datetime import UTC, datetime

import numpy as np
import pytest

from scarcity.causal import Engine
from scarcity.causal.prior import Expected, Prior
from scarcity.meta.tuning import TunedEngine, Updated, Wanted
from scarcity.stats.arrays import Floats
from worlds.domains import drifting, wandering

NAMES = tuple(f"x{n}" for n in range(10))
WINDOW = 128


def fed(tuned: TunedEngine, values: Floats, *, may_try: bool = True) -> list[Updated]:
    """After these rows, window by window."""
    firsts = range(0, len(values), WINDOW)
    return [tuned.update(values[at : at + WINDOW], may_try=may_try) for at in firsts]


def actions(updates: list[Updated]) -> list[str]:
    return [each.decision.action for update in updates for each in update.judged]


def test_a_stream_that_drifts_is_soon_foreseen_with_a_shorter_memory() -> None:
    values = wandering(np.random.default_rng(3), 8192, speed=0.005)
    fixed, tuned = Engine(NAMES), TunedEngine(Engine(NAMES))
    told, scores = [], []
    for at in range(0, len(values), WINDOW):
        fixed.update(values[at : at + WINDOW])
        told.append(tuned.update(values[at : at + WINDOW]))
        scores.append((fixed.score or 0.0, tuned.engine.score or 0.0))

    assert actions(told)[:4] == ["begin", "release", "promote", "settle"]
    assert (tuned.engine.config.half_life or np.inf) <= 512.0
    without, with_it = np.mean(scores[len(scores) // 2 :], axis=0)
    assert with_it > without + 0.05


def test_a_stream_that_stays_as_it_is_keeps_all_its_rows() -> None:
    values = drifting(np.random.default_rng(4), 8192, None)
    fixed, tuned = Engine(NAMES), TunedEngine(Engine(NAMES))

    fed(tuned, values)
    for at in range(0, len(values), WINDOW):
        fixed.update(values[at : at + WINDOW])

    assert tuned.engine.config.half_life is None
    assert tuned.engine.snapshot() == fixed.snapshot()


def test_what_does_harm_goes_back_and_leaves_no_trace() -> None:
    values = drifting(np.random.default_rng(5), 6144, None)
    never, tuned = Engine(NAMES), TunedEngine(Engine(NAMES))
    for at in range(0, len(values), WINDOW):
        never.update(values[at : at + WINDOW])
    fed(tuned, values[:3072])

    tuned.want(Wanted(20.0, at_once=True, by="somebody"))
    told = fed(tuned, values[3072:])

    judged = [each for update in told for each in update.judged]
    assert [each.decision.action for each in judged] == ["begin", "roll-back"]
    assert judged[1].rows <= 300
    assert judged[1].gain < -0.1
    assert judged[1].by == "somebody"
    assert tuned.engine.snapshot() == never.snapshot()


def test_what_is_out_of_bounds_is_refused_and_nothing_changes() -> None:
    tuned = TunedEngine(Engine(NAMES))
    fed(tuned, drifting(np.random.default_rng(6), 3072, None))
    before = tuned.engine.snapshot()

    tuned.want(Wanted(-1.0, at_once=True, by="somebody"))
    told = tuned.update(np.zeros((0, 10)))
    told = tuned.update(drifting(np.random.default_rng(7), WINDOW, None))

    (judged,) = told.judged
    assert judged.decision.action == "refuse"
    assert "must lie between" in judged.decision.why
    assert tuned.engine.config.half_life is None
    assert tuned.engine.snapshot() != before


def test_nothing_is_tried_while_nothing_could_be_told() -> None:
    tuned = TunedEngine(Engine(NAMES))
    tuned.want(Wanted(512.0, at_once=True, by="somebody"))
    values = drifting(np.random.default_rng(8), 3072, None)

    early, late = fed(tuned, values[:1920]), fed(tuned, values[1920:])

    assert actions(early) == []
    assert actions(late)[0] == "begin"
    assert tuned.stage in ("canary", "promoted")


@pytest.mark.parametrize("at_once", [True, False])
def test_a_trial_ends_where_there_is_no_room_for_two(*, at_once: bool) -> None:
    values = drifting(np.random.default_rng(9), 4096, None)
    never, tuned = Engine(NAMES), TunedEngine(Engine(NAMES))
    for at in range(0, len(values), WINDOW):
        never.update(values[at : at + WINDOW])
    fed(tuned, values[:3072])
    tuned.want(Wanted(2048.0, at_once=at_once, by="somebody"))

    begun = fed(tuned, values[3072:3328])
    ended = fed(tuned, values[3328:], may_try=False)

    assert actions(begun) == ["begin"]
    assert actions(ended) == ["withdraw"]
    assert tuned.stage == "idle"
    assert tuned.engine.snapshot() == never.snapshot()


def test_what_somebody_wants_comes_before_what_the_engine_tries_by_itself() -> None:
    values = wandering(np.random.default_rng(3), 8192, speed=0.005)
    tuned, told = TunedEngine(Engine(NAMES)), []
    for at in range(0, len(values), WINDOW):
        told.append(tuned.update(values[at : at + WINDOW]))
        if actions(told) == ["begin"]:
            tuned.want(Wanted(300.0, at_once=True, by="somebody"))

    assert actions(told)[:3] == ["begin", "withdraw", "begin"]
    by = [each.by for update in told for each in update.judged]
    assert by[:3] == ["engine", "engine", "somebody"]


def test_restored_in_the_midst_of_a_trial_it_goes_on_identically() -> None:
    values = wandering(np.random.default_rng(3), 8192, speed=0.005)
    whole = TunedEngine(Engine(NAMES))
    stages = set()
    for at in range(0, len(values), WINDOW):
        restored = TunedEngine.restore(whole.snapshot())
        stages.add(restored.stage)
        window = values[at : at + WINDOW]

        assert repr(restored.update(window)) == repr(whole.update(window))
        assert restored.snapshot() == whole.snapshot()

    assert stages >= {"idle", "shadow", "canary", "promoted"}


def test_bytes_that_are_no_snapshot_are_refused() -> None:
    data = TunedEngine(Engine(NAMES)).snapshot()

    for broken in (b"", data[:40], data[:-100], b"\xff" * len(data)):
        with pytest.raises(ValueError, match="snapshot"):
            TunedEngine.restore(broken)


def test_variables_may_come_and_priors_be_heard_in_the_midst_of_a_trial() -> None:
    values = drifting(np.random.default_rng(10), 5119, None)
    with_another = np.hstack([values, np.random.default_rng(11).normal(size=(5120, 1))])
    tuned = TunedEngine(Engine(NAMES))
    fed(tuned, values[:3072])
    tuned.want(Wanted(50.0, at_once=True, by="somebody"))
    fed(tuned, values[3072:3200])

    tuned.extend(["new"])
    tuned.consider([prior()])
    told = fed(tuned, with_another[3200:])

    assert "roll-back" in actions(told)
    assert tuned.engine.variables == (*NAMES, "new")
    assert [each.origin for each in tuned.engine.believed().priors] == ["peers"]


def prior() -> Prior:
    one = np.array([0])
    expected = Expected(np.array([0.2]), np.array([0.1]), np.array([False]))
    at = datetime(2026, 1, 1, tzinfo=UTC)
    return Prior("peers", 1, at, ("p",), 500, ("x0", "x1"), one, one + 1, one + 1, expected)


def test_missing_values_and_gaps_are_borne() -> None:
    values = wandering(np.random.default_rng(11), 6144, speed=0.005)
    values[np.random.default_rng(12).random(values.shape) < 0.1] = np.nan
    tuned = TunedEngine(Engine(NAMES))

    firsts = [at for at in range(0, len(values), WINDOW) if at % (8 * WINDOW)]
    told = [tuned.update(values[at : at + WINDOW], at) for at in firsts]

    assert "begin" in actions(told)
    assert np.isfinite(tuned.weights).all()
