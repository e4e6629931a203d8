"""Windows follow from the records: not from chunks, partitions, stops, or the order of arrival."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from chaos.oracle import Observed
from chaos.oracle import windows as expected_windows
from scarcity.events import Resample, Variable, WindowKind, WindowPolicy
from scarcity.streams import Record, StreamOperator
from scarcity.streams.batch import to_us
from unit.streams.samples import (
    Happening,
    definitions,
    delayed,
    everything,
    explicit,
    fed,
    late,
    noisy,
    windows,
)

seeds = st.integers(0, 2**32)
lateness = st.sampled_from([0.0, 0.3, 2.0, 15.0])
hops = st.sampled_from([None, 1, 3, 8])
gaps = st.sampled_from([None, None, 5.0, 90.0])
counted = st.builds(
    WindowPolicy, size=st.sampled_from([8, 11]), lateness_s=lateness, hop=hops, session_gap_s=gaps
)
timed = st.builds(
    WindowPolicy,
    kind=st.just(WindowKind.TIME),
    size=st.sampled_from([8, 11]),
    lateness_s=lateness,
    cadence_s=st.sampled_from([None, 0.1, 1 / 3, 1.0, 2.5]),
    hop=hops,
    session_gap_s=gaps,
)
policies = counted | timed
batches = st.builds(noisy, seeds, st.integers(1, 120), seconds=st.sampled_from([2.0, 30.0, 400.0]))
Variables = tuple[Variable, ...]
RESAMPLED: Variables = tuple(
    Variable(name, resample=rule)
    for name, rule in zip("abcd", (*Resample, Resample.MEAN), strict=True)
)
variables = st.sampled_from([(), RESAMPLED])
"""Nothing is defined, or the variables and how they are resampled."""


def operator(policy: WindowPolicy, variables: Variables) -> StreamOperator:
    if variables:
        return StreamOperator("s", replace(explicit(window=policy), variables=variables))
    return StreamOperator("s", default_policy=policy)


@settings(max_examples=150)
@given(batches, policies, variables, st.lists(st.integers(1, 40), min_size=1, max_size=8))
def test_any_chunks_give_the_same_events(
    records: list[Record], policy: WindowPolicy, variables: Variables, sizes: list[int]
) -> None:
    expected = everything(operator(policy, variables), records)

    stream, found, rest = operator(policy, variables), list[Happening](), records
    while rest:
        size = sizes[len(rest) % len(sizes)]
        found += fed(stream, rest[:size], chunk=size)
        rest = rest[size:]

    assert [*found, *stream.flush()] == expected


@settings(max_examples=100)
@given(batches, policies, variables, st.lists(st.integers(0, 120), max_size=4))
def test_a_stop_and_restore_at_any_points_gives_the_same_events(
    records: list[Record], policy: WindowPolicy, variables: Variables, stops: list[int]
) -> None:
    expected = everything(operator(policy, variables), records)

    stream, found, begin = operator(policy, variables), list[Happening](), 0
    for stop in [*sorted(stops), len(records)]:
        found += fed(stream, records[begin:stop], chunk=9)
        begin = max(begin, stop)
        state = stream.snapshot()
        stream = StreamOperator.restore("s", state, default_policy=policy)
        assert stream.snapshot() == state

    assert [*found, *stream.flush()] == expected


@settings(max_examples=100)
@given(batches, policies, variables, seeds)
def test_any_order_of_arrival_within_the_lateness_gives_the_same_windows(
    records: list[Record], policy: WindowPolicy, variables: Variables, seed: int
) -> None:
    # Equal times keep their order of arrival, which is part of the data; here all times differ.
    unique = sorted({r.time: r for r in records}.values(), key=lambda r: r.time)
    expected = everything(operator(policy, variables), unique)

    mixed = delayed(unique, seed, lateness_s=policy.lateness_s)
    found = everything(operator(policy, variables), mixed, chunk=7)

    assert late(found) == []
    assert [*definitions(found), *windows(found)] == [*definitions(expected), *windows(expected)]


@settings(max_examples=100)
@given(batches, policies, variables, seeds, st.sampled_from([2, 3, 5]))
def test_any_interleaving_of_partitions_gives_the_same_windows(
    records: list[Record], policy: WindowPolicy, variables: Variables, seed: int, partitions: int
) -> None:
    unique = sorted({r.time: r for r in records}.values(), key=lambda r: r.time)
    expected = everything(operator(policy, variables), unique)

    stream, found = operator(policy, variables), list[Happening]()
    for source, part in interleaved(unique, policy, partitions, seed):
        found += fed(stream, part, chunk=len(part), source=source)

    assert late(found) == []
    whole = [*found, *stream.flush()]
    assert [*definitions(whole), *windows(whole)] == [*definitions(expected), *windows(expected)]


def interleaved(
    records: Sequence[Record], policy: WindowPolicy, partitions: int, seed: int
) -> Iterator[tuple[int, list[Record]]]:
    """Deal records out to partitions, and read these in turns of any length.

    Each partition has spoken before one is read on: nobody can wait for one that never spoke.
    """
    rng = random.Random(seed)
    parts: list[list[Record]] = [[] for _ in range(partitions)]
    for place, r in enumerate(records):
        parts[place if place < partitions else rng.randrange(partitions)].append(r)
    arriving = [
        [*part[:1], *delayed(part[1:], seed + n, lateness_s=policy.lateness_s)]
        for n, part in enumerate(parts)
    ]
    for source, part in enumerate(arriving):
        if part:
            yield source, [part.pop(0)]
    while any(arriving):
        source = rng.choice([n for n, part in enumerate(arriving) if part])
        size = rng.randint(1, 12)
        yield source, arriving[source][:size]
        del arriving[source][:size]


@settings(max_examples=200)
@given(batches, counted | timed, seeds)
def test_the_windows_are_those_of_an_offline_oracle(
    records: list[Record], policy: WindowPolicy, seed: int
) -> None:
    policy = replace(policy, session_gap_s=None)
    if policy.kind is WindowKind.TIME and policy.cadence_s is None:
        policy = replace(policy, cadence_s=0.7)
    arriving = delayed(records, seed, lateness_s=policy.lateness_s)
    observed = [Observed("s", to_us(r.time), r.values) for r in arriving]
    expected = expected_windows(observed, policy, "abcd")

    found = windows(fed(StreamOperator("s", explicit(*"abcd", window=policy)), arriving, chunk=13))

    assert [w.window_id for w in found] == [w.window_id for w in expected]
    for window, other in zip(found, expected, strict=True):
        np.testing.assert_array_equal(window.matrix(), other.matrix)
        assert (window.records, to_us(window.start_time)) == (other.records, other.start_us)
        assert to_us(window.end_time) == other.end_us
