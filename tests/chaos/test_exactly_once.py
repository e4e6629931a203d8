"""One short run of what `make chaos` does at length; and that its judge can say no."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from chaos.once import Scale
from chaos.oracle import Expected
from chaos.run import logged_run
from chaos.schedule import schedule
from chaos.traffic import traffic
from chaos.verdict import EPOCH, MICROSECOND, problems
from scarcity.events import WindowSealed, pack_matrix

SEED = 7102
SCALE = Scale(streams=4, records=500, faults=3, within_s=3.0)


@pytest.mark.kafka
def test_every_window_comes_exactly_once_though_instances_die_and_come_back(
    kafka_bootstrap: str, tmp_path: Path
) -> None:
    outcome = logged_run(kafka_bootstrap, SEED, SCALE, logs=tmp_path)

    assert outcome.windows > 0
    assert outcome.problems == (), f"see {tmp_path}"


def test_the_short_run_has_the_faults_that_leave_something_half_done() -> None:
    faults = {fault.what for fault in schedule(SEED, faults=SCALE.faults, within_s=SCALE.within_s)}

    assert {"kill", "freeze_long"} <= faults


def test_windows_as_expected_are_no_problem() -> None:
    expected = traffic(1, "s", streams=2, records=100).expected()

    assert expected
    assert problems(list(map(sealed, expected)), expected) == []


def test_what_is_missing_twice_different_or_strange_is_named() -> None:
    expected = traffic(1, "s", streams=1, records=100).expected()
    first, second, third, *others = map(sealed, expected)
    values = third.matrix().copy()
    values[1, 0] = -1.0
    wrong = replace(third, values=pack_matrix(values)[0], records=third.records + 1)
    strange = replace(first, window_id="strange")

    found = problems([first, first, wrong, strange, *others], expected)

    assert found == sorted(
        [
            f"{first.window_id}: came 2 times",
            f"{second.window_id}: missing",
            f"{third.window_id}: records is {third.records + 1}, not {third.records}",
            f"{third.window_id}: 1 cells differ, first (1, 0): -1.0, not {third.matrix()[1, 0]}",
            "strange: not expected",
        ]
    )


def sealed(window: Expected) -> WindowSealed:
    """Return the event that says what is expected."""
    values, validity = pack_matrix(np.asarray(window.matrix))
    stream, epoch, _ = window.window_id.split("/")
    return WindowSealed(
        window_id=window.window_id,
        stream=stream,
        epoch=int(epoch),
        start_step=window.start_step,
        steps=window.steps,
        columns=tuple(map(str, range(window.matrix.shape[1]))),
        values=values,
        validity=validity,
        start_time=EPOCH + window.start_us * MICROSECOND,
        end_time=EPOCH + window.end_us * MICROSECOND,
        definition_version=1,
        records=window.records,
    )
