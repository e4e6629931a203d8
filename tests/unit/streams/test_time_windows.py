from dataclasses import replace

import numpy as np

from scarcity.events import WindowKind, WindowPolicy
from scarcity.streams import MAX_WAITING, StreamOperator
from scarcity.streams.timed import CROWD
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

SECONDS = WindowPolicy(WindowKind.TIME, size=8, cadence_s=1.0)
PATIENT = replace(SECONDS, lateness_s=5.0)


def operator(policy: WindowPolicy = SECONDS) -> StreamOperator:
    return StreamOperator("s", default_policy=policy)


def test_a_window_is_sealed_when_no_record_in_time_can_fall_on_it() -> None:
    stream = operator()

    assert fed(stream, [*ramp(8), record(7.49, {"x": 7.5})]) == []

    (sealed,) = windows(fed(stream, [record(7.5, {"x": 8.0})]))
    assert sealed.window_id == "s/0/0-8"
    assert (sealed.start_time, sealed.end_time) == (at(0), at(7))
    assert (sealed.records, sealed.steps) == (9, 8)
    np.testing.assert_array_equal(sealed.matrix()[:, 0], [0, 1, 2, 3, 4, 5, 6, 7.5])
    assert (stream.open_records, stream.sealed_steps) == (1, 8)


def test_a_window_waits_for_the_lateness_to_pass() -> None:
    stream = operator(PATIENT)

    assert windows(fed(stream, ramp(13))) == []
    assert spans(fed(stream, [record(12.5, {"x": 1.0})])) == [(0, 8)]


def test_the_grid_is_made_of_multiples_of_the_cadence_since_1970() -> None:
    tens = replace(SECONDS, cadence_s=10.0)

    (sealed,) = windows(everything(operator(tens), [record(s, {"x": s}) for s in (13, 24, 26)]))

    # 12:00:13 begins the epoch at 12:00:10; 24 is nearest to 20, 26 to 30.
    assert (sealed.start_time, sealed.end_time) == (at(10), at(30))
    assert sealed.matrix().tolist() == [[13.0], [24.0], [26.0]]


def test_the_epoch_begins_at_or_before_its_earliest_record_not_at_the_nearest_step() -> None:
    (sealed,) = windows(everything(operator(), [record(0.75, {"x": 1.0})]))

    assert (sealed.start_time, sealed.end_time) == (at(0), at(1))
    np.testing.assert_array_equal(sealed.matrix(), [[np.nan], [1.0]])


def test_the_earliest_record_begins_the_epoch_even_when_it_is_not_the_first() -> None:
    records = [record(6, {"x": 6.0}), record(2, {"x": 2.0}), record(20, {"x": 20.0})]

    assert windows(fed(operator(PATIENT), records))[0].start_time == at(2)


def test_a_cell_holds_the_last_value_in_event_time() -> None:
    records = [
        record(1.2, {"x": 1.0, "y": 1.0}),
        record(0.9, {"x": 2.0, "z": 2.0}),
        record(1.2, {"y": 3.0}),
    ]

    (sealed,) = windows(everything(operator(PATIENT), records))

    assert sealed.columns == ("x", "z", "y")
    assert sealed.matrix()[-1].tolist() == [1.0, 2.0, 3.0]
    assert sealed.records == 3


def test_steps_without_a_record_are_missing() -> None:
    (sealed,) = windows(everything(operator(), [record(1, {"x": 1.0}), record(4, {"x": 4.0})]))

    np.testing.assert_array_equal(sealed.matrix()[:, 0], [1.0, np.nan, np.nan, 4.0])


def test_a_window_without_a_record_is_passed_over_and_the_numbers_show_the_gap() -> None:
    stream = operator()

    events = fed(stream, [*ramp(3), record(1_000_000, {"x": 1.0})])

    assert spans(events) == [(0, 8)]
    assert stream.sealed_steps == 1_000_000
    assert spans(stream.flush()) == [(1_000_000, 1)]


def test_a_record_for_a_sealed_step_is_late_even_when_nothing_had_come_for_it() -> None:
    stream = operator()
    fed(stream, [record(0, {"x": 1.0}), record(17, {"x": 1.0})])

    (found,) = late(fed(stream, [record(15.49, {"x": 1.0})]))

    assert found.sealed_until == at(15.5)
    assert late(fed(stream, [record(15.5, {"x": 1.0})])) == []
    assert stream.late_records == 1


def test_what_remains_of_a_flushed_window_is_a_window_of_its_own() -> None:
    stream = operator()

    assert spans([*fed(stream, ramp(3)), *stream.flush()]) == [(0, 3)]
    assert stream.flush() == []
    assert len(late(fed(stream, [record(2.2, {"x": 1.0})]))) == 1
    assert spans(everything(stream, ramp(7, first=4))) == [(3, 5), (8, 3)]


def test_a_flush_over_several_windows_keeps_to_their_borders() -> None:
    hours = replace(SECONDS, lateness_s=3600.0)
    records = [record(s, {"x": 1.0}) for s in (0, 7, 8, 31)]

    assert spans(everything(operator(hours), records)) == [(0, 8), (8, 8), (24, 8)]


def test_every_value_of_an_unknown_name_is_counted_also_those_that_gave_way() -> None:
    stream = StreamOperator("s", explicit("x", window=SECONDS))
    records = [record(i / 10, {"x": 1.0, "y": 1.0}) for i in range(25)]

    (sealed,) = windows(everything(stream, records))

    assert sealed.flaws == {"unknown-variable": 25}
    assert sealed.records == 25


def test_steps_that_get_very_many_records_stay_small() -> None:
    stream = StreamOperator("s", explicit("x", window=SECONDS))
    many = CROWD // 2
    crowd = [record(i / many, {"x": float(i), "z": 0.0}, y="infinite") for i in range(6 * many)]

    fed(stream, crowd, chunk=1000)
    restored = StreamOperator.restore("s", stream.snapshot())

    assert len(stream.snapshot()) < 100 * CROWD
    assert stream.open_records == restored.open_records == len(crowd)
    assert stream.snapshot() == restored.snapshot()
    assert restored.flush() == stream.flush()


def test_what_was_reduced_early_is_what_the_window_would_have_shown() -> None:
    policy, many = replace(SECONDS, size=9), CROWD // 2
    crowd = [record(i / many, {"x": float(i)}, y="infinite") for i in range(6 * many)]

    (sealed,) = windows(everything(operator(policy), crowd, chunk=20_000))

    ends = [round(many * (step + 0.5)) - 1 for step in range(6)]
    assert sealed.matrix()[:, 0].tolist() == [*ends, len(crowd) - 1.0]
    assert (sealed.records, sealed.flaws) == (len(crowd), {"infinite": len(crowd)})


def test_the_open_steps_are_bounded_however_long_the_lateness() -> None:
    stream = operator(replace(SECONDS, lateness_s=1e9))

    events = fed(stream, ramp(8 + MAX_WAITING + 1), chunk=1000)

    assert spans(events) == [(0, 8)]
    assert stream.open_records == MAX_WAITING + 1


def test_a_cadence_that_no_float_can_hold_never_skips_or_doubles_a_step() -> None:
    tenths = replace(SECONDS, cadence_s=0.1)

    events = everything(operator(tenths), ramp(10_000, every=0.1))

    found = np.concatenate([window.matrix()[:, 0] for window in windows(events)])
    np.testing.assert_array_equal(found, np.arange(10_000))
