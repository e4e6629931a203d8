from dataclasses import replace

import pytest

from scarcity.errors import ConfigError
from scarcity.events import WindowKind, WindowPolicy
from scarcity.streams import (
    MAX_VARIABLES,
    StreamOperator,
    check_definition,
    check_policy,
    check_stream_id,
)
from unit.streams.samples import explicit

COUNT = WindowPolicy()
TIME = WindowPolicy(WindowKind.TIME, cadence_s=1.0)


@pytest.mark.parametrize(
    "policy",
    [
        COUNT,
        TIME,
        replace(COUNT, size=8),
        replace(COUNT, size=65_536),
        replace(TIME, lateness_s=1e9),
        replace(TIME, cadence_s=1e-6),
    ],
)
def test_a_policy_that_can_work_is_accepted(policy: WindowPolicy) -> None:
    check_policy(policy)


@pytest.mark.parametrize(
    ("policy", "words"),
    [
        (replace(COUNT, size=7), "size from 8 to 65536"),
        (replace(COUNT, size=65_537), "size from 8 to 65536"),
        (replace(COUNT, lateness_s=-1.0), "lateness"),
        (replace(COUNT, lateness_s=float("inf")), "lateness"),
        (replace(COUNT, lateness_s=float("nan")), "lateness"),
        (replace(COUNT, hop=0), "hop"),
        (replace(COUNT, size=8, hop=9), "hop"),
        (replace(COUNT, session_gap_s=0.0), "session gap"),
        (replace(COUNT, session_gap_s=float("nan")), "session gap"),
        (replace(TIME, cadence_s=1.0, session_gap_s=1.9), "twice the cadence"),
        (replace(TIME, cadence_s=0.0), "cadence"),
        (replace(TIME, cadence_s=1e-7), "cadence"),
        (replace(TIME, cadence_s=float("nan")), "cadence"),
        (replace(TIME, cadence_s=float("inf")), "cadence"),
        (replace(TIME, cadence_s=1e9), "century"),
    ],
)
def test_a_policy_that_cannot_work_says_what_to_change(policy: WindowPolicy, words: str) -> None:
    with pytest.raises(ConfigError, match=words):
        check_policy(policy)
    with pytest.raises(ConfigError, match=words):
        StreamOperator("s", default_policy=policy)


@pytest.mark.parametrize("name", ["a", "plant-1:line_2.B", "9" * 200])
def test_a_stream_id_has_letters_digits_and_a_few_marks(name: str) -> None:
    check_stream_id(name)


@pytest.mark.parametrize("name", ["", "a/b", "a b", "é", "a\n", "9" * 201])
def test_any_other_stream_id_is_refused(name: str) -> None:
    with pytest.raises(ConfigError, match="cannot name a stream"):
        check_stream_id(name)
    with pytest.raises(ConfigError, match="cannot name a stream"):
        StreamOperator(name)


def test_a_definition_names_each_variable_once() -> None:
    check_definition(explicit("x", "y"))
    with pytest.raises(ConfigError, match="'x'"):
        check_definition(explicit("x", "y", "x"))


def test_a_definition_has_a_bounded_number_of_variables() -> None:
    check_definition(explicit(*(f"x{i}" for i in range(MAX_VARIABLES))))
    with pytest.raises(ConfigError, match="at most 2000"):
        check_definition(explicit(*(f"x{i}" for i in range(MAX_VARIABLES + 1))))
