import io
import json
from datetime import UTC, datetime
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scarcity.causal import Engine, EngineConfig
from worlds import var

NOON = datetime(2026, 1, 31, 12, tzinfo=UTC)
RNG = np.random.default_rng(61)
CLEAN = var.comparison(RNG, 3, 400)
HOLED = var.with_missing_values(RNG, CLEAN, share=0.02)
CONFIG = EngineConfig(max_lag=2, alpha=0.05, min_effect=0.0, stability_span=7)

stops = st.lists(st.integers(0, 399), min_size=1, max_size=5, unique=True).map(sorted)


@given(stops, st.sampled_from([CLEAN, HOLED]), st.sampled_from([0, 5]))
@settings(max_examples=40, deadline=None)
def test_a_restored_engine_goes_on_as_if_it_had_never_stopped(
    stops: list[int], world: var.World, gap: int
) -> None:
    steady = restarted = Engine(world.variables, CONFIG)
    edges = [0, *stops, 400]

    for first, last in pairwise(edges):
        for engine in {id(each): each for each in (steady, restarted)}.values():
            engine.update(world.values[first:last], first + gap * (first > 200), at=NOON)
        restarted = Engine.restore(restarted.snapshot())

    assert restarted.snapshot() == steady.snapshot()
    assert restarted.graph().to_json(state="all") == steady.graph().to_json(state="all")
    assert (restarted.config, restarted.variables) == (CONFIG, tuple(world.variables))


def test_an_engine_that_saw_nothing_survives_too() -> None:
    restored = Engine.restore(Engine(["ä", "b c"]).snapshot())

    restored.update(np.zeros((5, 2)))

    assert restored.variables == ("ä", "b c")
    assert restored.next_step == 5


def test_bytes_that_are_no_snapshot_are_refused() -> None:
    whole = Engine(["a", "b"]).snapshot()
    other = io.BytesIO()
    np.savez(other, numbers=np.arange(3))

    for data in (b"", b"nonsense", whole[: len(whole) // 2], other.getvalue()):
        with pytest.raises(ValueError, match="snapshot"):
            Engine.restore(data)


@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("regime.0.clocks.drift", np.zeros(0)),
        ("regime.0.clocks.drift", np.array(["a"])),
        ("regime.0.counts", np.zeros(2)),
        ("scale.exponent", np.full(2, np.nan)),
    ],
)
def test_a_snapshot_with_another_part_is_refused(name: str, other: np.ndarray) -> None:
    with np.load(io.BytesIO(Engine(["a", "b"]).snapshot())) as file:
        arrays = dict(file) | {name: other}
    changed = io.BytesIO()
    np.savez(changed, allow_pickle=False, **arrays)

    with pytest.raises(ValueError, match="snapshot"):
        Engine.restore(changed.getvalue())


def test_an_array_that_is_larger_than_the_bytes_it_is_in_is_refused() -> None:
    small = io.BytesIO()
    np.savez_compressed(small, header=np.zeros(10**6))

    with pytest.raises(ValueError, match="larger than the bytes"):
        Engine.restore(small.getvalue())


def test_a_snapshot_of_another_version_is_refused_by_name() -> None:
    header = {"format": "scarcity.engine", "version": 999}
    file = io.BytesIO()
    np.savez(file, header=np.frombuffer(json.dumps(header).encode(), dtype=np.uint8))

    with pytest.raises(ValueError, match="version 999"):
        Engine.restore(file.getvalue())
