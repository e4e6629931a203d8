"""What holds for any records, in any order, under any policy."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from scarcity.events import WindowKind, WindowPolicy
from scarcity.streams import Record, StreamOperator
from unit.streams.oracle import Oracle, late_times, outcome
from unit.streams.samples import (
    Happening,
    definitions,
    delayed,
    everything,
    explicit,
    fed,
    late,
    noisy,
    record,
    windows,
)

lateness = st.sampled_from([0.0, 0.3, 2.0, 15.0])
counted = st.builds(WindowPolicy, size=st.sampled_from([8, 11]), lateness_s=lateness)
timed = st.builds(
    WindowPolicy,
    kind=st.just(WindowKind.TIME),
    size=st.sampled_from([8, 11]),
    lateness_s=lateness,
    cadence_s=st.sampled_from([0.1, 1 / 3, 1.0, 2.5, 40.0]),
)
policies = counted | timed
seeds = st.integers(0, 2**32)
batches = st.builds(noisy, seeds, st.integers(0, 90), seconds=st.sampled_from([2.0, 30.0, 400.0]))


def operator(policy: WindowPolicy, stream: str = "s") -> StreamOperator:
    return StreamOperator(stream, default_policy=policy)


def agree_with_oracle(records: Sequence[Record], policy: WindowPolicy) -> None:
    oracle = Oracle(policy).run(records)

    events = everything(operator(policy), records)

    assert late_times(events) == [r.time for r in oracle.late]
    assert [outcome(window) for window in windows(events)] == oracle.windows


@settings(deadline=None)
@given(batches, policies)
def test_the_windows_are_those_of_the_oracle_whatever_arrives(
    records: list[Record], policy: WindowPolicy
) -> None:
    agree_with_oracle(records, policy)


@settings(deadline=None)
@given(batches, policies, seeds)
def test_the_windows_are_those_of_the_oracle_when_records_come_within_the_lateness(
    records: list[Record], policy: WindowPolicy, seed: int
) -> None:
    agree_with_oracle(delayed(records, seed, lateness_s=policy.lateness_s), policy)


@settings(deadline=None, max_examples=10)
@given(seeds, st.sampled_from([20.0, 40.0, 900.0]))
def test_the_windows_are_those_of_the_oracle_when_very_many_records_share_a_step(
    seed: int, cadence_s: float
) -> None:
    policy = WindowPolicy(WindowKind.TIME, size=8, lateness_s=60.0, cadence_s=cadence_s)

    agree_with_oracle(noisy(seed, 250, seconds=60.0), policy)


@given(st.sampled_from([1, 2, 3, 7]), st.integers(0, 70))
def test_late_begins_at_the_very_microsecond_where_the_sealed_steps_end(
    cadence_us: int, time_us: int
) -> None:
    policy = WindowPolicy(WindowKind.TIME, size=8, cadence_s=cadence_us / 1e6)
    times = 0, 60, time_us

    agree_with_oracle([record(time / 1e6, {"a": 1.0}) for time in times], policy)


@settings(deadline=None)
@given(batches, policies, seeds)
def test_any_order_of_arrival_within_the_lateness_gives_the_same_windows(
    records: list[Record], policy: WindowPolicy, seed: int
) -> None:
    # Equal times keep their order of arrival, which is part of the data; here all times differ.
    unique = list({r.time: r for r in records}.values())
    in_order = sorted(unique, key=lambda r: r.time)
    expected = everything(operator(policy), in_order)

    found = everything(operator(policy), delayed(unique, seed, lateness_s=policy.lateness_s))

    assert late(found) == []
    assert [*definitions(found), *windows(found)] == [*definitions(expected), *windows(expected)]


@settings(deadline=None)
@given(batches, policies, st.lists(st.integers(0, 90), max_size=4))
def test_a_stop_and_restore_at_any_points_changes_nothing(
    records: list[Record], policy: WindowPolicy, stops: list[int]
) -> None:
    expected = everything(operator(policy), records)

    stream, found = operator(policy), list[Happening]()
    for i, r in enumerate(records):
        if i in stops:
            state = stream.snapshot()
            stream = StreamOperator.restore("s", state, default_policy=policy)
            assert stream.snapshot() == state
        found += fed(stream, [r])

    assert [*found, *stream.flush()] == expected


@settings(deadline=None)
@given(batches, batches, policies, seeds)
def test_any_interleaving_with_another_stream_changes_nothing(
    left: list[Record], right: list[Record], policy: WindowPolicy, seed: int
) -> None:
    expected = [*everything(operator(policy, "a"), left), *everything(operator(policy, "b"), right)]

    turns = np.random.default_rng(seed).permutation([0] * len(left) + [1] * len(right))
    streams = operator(policy, "a"), operator(policy, "b")
    rest, found = (iter(left), iter(right)), (list[Happening](), list[Happening]())
    for turn in turns:
        found[turn].extend(fed(streams[turn], [next(rest[turn])]))

    both = [*found[0], *streams[0].flush(), *found[1], *streams[1].flush()]
    assert both == expected


@settings(deadline=None)
@given(batches, policies, st.lists(st.integers(0, 90), max_size=3))
def test_every_record_is_in_exactly_one_window_or_late(
    records: list[Record], policy: WindowPolicy, flushes: list[int]
) -> None:
    stream, found = StreamOperator("s", explicit("a", window=policy)), list[Happening]()
    for i, r in enumerate(records):
        found += stream.flush() if i in flushes else []
        found += fed(stream, [r])
        in_windows = sum(window.records for window in windows(found))
        assert in_windows + stream.late_records + stream.open_records == i + 1
    found += stream.flush()

    assert stream.open_records == 0
    assert sum(window.records for window in windows(found)) + len(late(found)) == len(records)
    ends = [(window.start_step, window.start_step + window.steps) for window in windows(found)]
    assert all(end <= start for (_, end), (start, _) in pairwise(ends))


@settings(deadline=None)
@given(batches, policies, seeds)
def test_definitions_may_come_at_any_time_and_no_record_is_lost_or_used_twice(
    records: list[Record], policy: WindowPolicy, seed: int
) -> None:
    rng = np.random.default_rng(seed)
    others = [
        explicit("a", window=policy),
        explicit("b", "a", window=policy),
        explicit("b", window=replace(policy, size=policy.size + 1)),
        explicit("c", window=WindowPolicy(WindowKind.TIME, size=9, cadence_s=0.7)),
    ]
    stream, found = StreamOperator("s", others[0]), list[Happening]()
    for r in records:
        if rng.random() < 0.1:
            found += stream.define(others[rng.integers(len(others))])
        found += fed(stream, [r])
    found += stream.flush()

    ids = Counter(window.window_id for window in windows(found))
    assert all(count == 1 for count in ids.values())
    assert sum(window.records for window in windows(found)) + len(late(found)) == len(records)
    epochs = [window.epoch for window in windows(found)]
    assert epochs == sorted(epochs)


@given(batches, policies)
def test_the_same_chunks_or_others_give_the_same_events(
    records: list[Record], policy: WindowPolicy
) -> None:
    whole, pieces = operator(policy), operator(policy)

    expected = fed(whole, records)

    found = [event for i in range(0, len(records), 7) for event in fed(pieces, records[i : i + 7])]
    assert found == expected
    assert pieces.snapshot() == whole.snapshot()
