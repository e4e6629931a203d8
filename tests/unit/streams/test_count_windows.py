from dataclasses import replace

import numpy as np
import pytest

from scarcity.events import WindowPolicy
from scarcity.streams import MAX_WAITING, Late, Record, StreamOperator
from unit.streams.samples import (
    at,
    everything,
    explicit,
    fed,
    late,
    ramp,
    record,
    spans,
    windows,
)

EIGHT = WindowPolicy(size=8)
PATIENT = replace(EIGHT, lateness_s=5.0)


def operator(policy: WindowPolicy = EIGHT) -> StreamOperator:
    return StreamOperator("s", default_policy=policy)


def test_a_window_is_sealed_with_its_last_record() -> None:
    stream = operator()

    assert fed(stream, ramp(7)) == []
    assert (stream.open_records, stream.sealed_steps) == (7, 0)

    (sealed,) = windows(fed(stream, ramp(1, first=7)))
    assert sealed.window_id == "s/0/0-8"
    assert (sealed.stream, sealed.epoch, sealed.start_step, sealed.steps) == ("s", 0, 0, 8)
    assert (sealed.start_time, sealed.end_time) == (at(0), at(7))
    assert (sealed.records, sealed.flaws) == (8, {})
    assert (stream.open_records, stream.sealed_steps) == (0, 8)


def test_every_record_is_one_step_in_the_order_of_event_time() -> None:
    records = ramp(8)

    (sealed,) = windows(fed(operator(PATIENT), [*records[::-1], record(100, {"x": 0.0})]))

    np.testing.assert_array_equal(sealed.matrix()[:, 0], np.arange(8))
    np.testing.assert_array_equal(sealed.matrix()[:, 1], 10 * np.arange(8))


def test_steps_are_numbered_on_from_window_to_window() -> None:
    assert spans(fed(operator(), ramp(40))) == [(0, 8), (8, 8), (16, 8), (24, 8), (32, 8)]


def test_a_window_waits_for_the_lateness_to_pass() -> None:
    stream = operator(PATIENT)

    assert windows(fed(stream, ramp(12))) == []
    assert spans(fed(stream, [record(12, {"x": 1.0})])) == [(0, 8)]


def test_one_record_may_complete_several_windows() -> None:
    stream = operator(replace(EIGHT, lateness_s=100.0))
    fed(stream, ramp(20))

    assert spans(fed(stream, [record(500, {"x": 1.0})])) == [(0, 8), (8, 8)]
    assert stream.open_records == 5


def test_a_record_before_the_last_sealed_step_is_late_and_changes_nothing() -> None:
    stream = operator()
    fed(stream, ramp(8))

    (found,) = fed(stream, [record(6.9, {"x": 5.0})])

    assert found == Late(at(6.9), at(7))
    assert (stream.late_records, stream.open_records, stream.sealed_steps) == (1, 0, 8)


def test_a_record_at_the_time_of_the_last_sealed_step_is_the_next_step() -> None:
    stream = operator()
    fed(stream, ramp(8))

    assert late(fed(stream, [record(7, {"x": 5.0})])) == []
    assert stream.open_records == 1


def test_records_of_the_same_time_keep_the_order_of_arrival() -> None:
    (sealed,) = windows(fed(operator(), [record(0, {"x": float(i)}) for i in range(8)]))

    np.testing.assert_array_equal(sealed.matrix()[:, 0], np.arange(8))


def test_a_flush_seals_a_shorter_window_and_the_next_goes_on_behind_it() -> None:
    stream = operator()

    assert spans([*fed(stream, ramp(11)), *stream.flush()]) == [(0, 8), (8, 3)]
    assert stream.flush() == []
    assert spans(everything(stream, ramp(9, first=20))) == [(11, 8), (19, 1)]


def test_a_flush_of_more_than_a_window_seals_whole_windows_first() -> None:
    assert spans(everything(operator(PATIENT), ramp(12))) == [(0, 8), (8, 4)]
    assert spans(everything(operator(replace(PATIENT, lateness_s=99)), ramp(20))) == [
        (0, 8),
        (8, 8),
        (16, 4),
    ]


def test_a_missing_name_is_a_missing_value_and_no_flaw() -> None:
    records = [record(i, {"x": 1.0} if i % 2 else {"y": 2.0}) for i in range(8)]

    (sealed,) = windows(fed(operator(), records))

    nan = np.nan
    assert sealed.columns == ("y", "x")
    assert sealed.flaws == {}
    np.testing.assert_array_equal(sealed.matrix(), [[2.0, nan], [nan, 1.0]] * 4)


def test_the_flaws_of_a_window_are_counted_by_reason() -> None:
    stream = StreamOperator("s", explicit("x", window=EIGHT))
    flawed = [record(i, {"x": 1.0}, y="not-a-number", z="infinite") for i in range(3)]
    strangers = [record(3 + i, {"x": 1.0, "a": 1.0, "b": 2.0}) for i in range(4)]

    first, second = windows(fed(stream, [*flawed, *strangers, *ramp(9, first=7)]))

    assert first.flaws == {"not-a-number": 3, "infinite": 3, "unknown-variable": 9}
    assert second.flaws == {"unknown-variable": 8}


def test_large_values_are_finite_even_when_their_sum_is_not() -> None:
    (sealed,) = windows(everything(operator(), [record(0, {"x": 1e308, "y": 1e308})]))

    assert sealed.matrix().tolist() == [[1e308, 1e308]]


@pytest.mark.parametrize("reverse", [False, True])
def test_the_open_records_are_bounded_however_long_the_lateness(*, reverse: bool) -> None:
    stream = operator(replace(EIGHT, lateness_s=1e9))
    crowd = [Record(at(i), {"x": float(i)}) for i in range(8 + MAX_WAITING + 1)]

    events = fed(stream, crowd[::-1] if reverse else crowd, chunk=1000)

    assert spans(events) == [(0, 8)]
    assert windows(events)[0].matrix()[:, 0].tolist() == [float(i) for i in range(8)]
    assert stream.open_records == MAX_WAITING + 1


def test_a_stream_too_wide_to_wait_for_is_sealed_early_and_nothing_is_lost() -> None:
    wide = {f"x{number}": 1.0 for number in range(2000)}
    stream = StreamOperator("s", default_policy=WindowPolicy(size=600, lateness_s=1e9))

    events = fed(stream, [record(second, wide) for second in range(1200)])
    sealed = windows([*events, *stream.flush()])

    assert sum(window.records for window in sealed) == 1200
    assert max(window.steps for window in sealed) <= 600
    assert windows(events)
