"""The books of a partition: never wrong, and never slower for the keys that nobody touched."""

import sys
import tracemalloc
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from types import FrameType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scarcity.runtime.ledger import Ledger

AT = datetime(2026, 1, 1, tzinfo=UTC)
KEYS = "abcde"

steps = st.lists(
    st.tuples(st.sampled_from(["apply", "save"]), st.sets(st.sampled_from(KEYS), min_size=1)),
    max_size=30,
)


@given(steps)
def test_the_safe_offset_is_the_first_input_that_is_in_no_snapshot(
    steps: list[tuple[str, set[str]]],
) -> None:
    ledger, inputs, offset = Ledger(), dict[int, str](), 0
    for what, keys in steps:
        if what == "save":
            ledger.saved(keys)
            inputs = {number: key for number, key in inputs.items() if key not in keys}
            continue
        for key in keys:
            ledger.applied(key, first=offset, next_offset=offset + 1, now=AT)
            inputs[offset] = key
            offset += 1

        assert ledger.safe_offset(offset) == min(inputs, default=offset)
        assert set(ledger.unsaved(limit=100)) == set(inputs.values())


@given(steps)
def test_a_key_is_known_from_its_first_input_on_and_what_its_state_holds(
    steps: list[tuple[str, set[str]]],
) -> None:
    ledger, expected = Ledger(), dict[str, int]()
    for offset, (what, keys) in enumerate(steps):
        if what == "save":
            ledger.saved(keys)
        else:
            for key in keys:
                ledger.applied(key, first=offset, next_offset=offset + 1, now=AT)
                expected[key] = offset + 1

        assert {key: ledger.next_offset(key) for key in ledger} == expected
        assert len(ledger) == len(expected)
        assert all((key in ledger) == (key in expected) for key in KEYS)


def test_keys_are_due_by_when_they_changed_first_and_no_more_than_asked_for() -> None:
    ledger = Ledger()
    for second, key in enumerate("abcab"):
        now = AT + timedelta(seconds=second)
        ledger.applied(key, first=second, next_offset=second + 1, now=now)

    assert ledger.due(before=AT - timedelta(seconds=1), limit=10) == []
    assert ledger.due(before=AT + timedelta(seconds=1), limit=10) == ["a", "b"]
    assert ledger.due(before=AT + timedelta(seconds=9), limit=2) == ["a", "b"]
    ledger.saved(["a"])
    assert ledger.due(before=AT + timedelta(seconds=9), limit=10) == ["b", "c"]


def test_what_a_batch_costs_does_not_depend_on_how_many_keys_there_are() -> None:
    assert cost_of_a_batch(ledger_of(10_000)) == cost_of_a_batch(ledger_of(10))


@pytest.mark.parametrize("are_saved", [True, False])
def test_a_key_takes_less_than_300_bytes(*, are_saved: bool) -> None:
    tracemalloc.start()
    before, _ = tracemalloc.get_traced_memory()
    ledger = ledger_of(12_000)  # just after a growth, when there is most air in it
    if are_saved:
        ledger.saved(list(ledger))
    after, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert (after - before) / len(ledger) < 300


def ledger_of(keys: int) -> Ledger:
    """Return a ledger in which all keys are changed, and unsaved."""
    ledger = Ledger()
    for number in range(keys):
        first = 1_000_000 + number
        ledger.applied(f"stream-{number:06d}", first=first, next_offset=first + 1, now=AT)
    return ledger


def cost_of_a_batch(ledger: Ledger) -> int:
    """Return how many instructions it takes to keep the books of a batch of three keys."""
    keys = ["stream-000001", "stream-000002", "new"]

    def batch() -> None:
        for key in keys:
            ledger.next_offset(key)
            ledger.applied(key, first=2_000_000, next_offset=2_000_001, now=AT)
        ledger.saved([*keys, *ledger.due(before=AT, limit=1)])
        ledger.safe_offset(2_000_001)

    return instructions(batch)


def instructions(work: Callable[[], None]) -> int:
    """Return how many instructions of the interpreter some work takes."""
    count = 0

    def trace(frame: FrameType, event: str, _argument: Any) -> Any:
        nonlocal count
        frame.f_trace_opcodes = True
        count += event == "opcode"
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        work()
    finally:
        sys.settrace(before)
    return count
