"""A stream changes: what is compatible goes on under a new version, what is not in a new epoch."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scarcity.events import (
    DefinitionOrigin,
    StreamDefined,
    Variable,
    VariableKind,
    WindowKind,
    WindowPolicy,
)
from scarcity.streams import Record, StreamOperator
from unit.streams.samples import (
    Happening,
    at,
    definitions,
    everything,
    explicit,
    fed,
    ramp,
    record,
    windows,
)

SIZE = 20
POLICY = WindowPolicy(size=SIZE)


def of(count: int, first: int, **names: float) -> list[Record]:
    """Records one second apart; the values rise by one each."""
    return [
        record(float(n), {name: value + n for name, value in names.items()})
        for n in range(first, first + count)
    ]


def text(count: int, first: int, **names: float) -> list[Record]:
    """The same with text in `x`."""
    return [replace(r, flaws={"x": "not-a-number"}) for r in of(count, first, **names)]


def stream(definition: StreamDefined | None = None) -> StreamOperator:
    return StreamOperator("s", definition, default_policy=POLICY)


def newest(found: list[Happening]) -> StreamDefined:
    return definitions(found)[-1]


def test_a_variable_that_comes_often_is_added_behind_the_others() -> None:
    found = everything(stream(), [*of(SIZE, 0, x=0.0), *of(SIZE, SIZE, x=0.0, new=5.0)])

    said = newest(found)
    assert [(d.version, d.epoch) for d in definitions(found)] == [(1, 0), (2, 0)]
    assert said.columns == ("x", "new")
    assert said.change == "new: new"
    assert [w.columns for w in windows(found)] == [("x",), ("x", "new")]
    assert windows(found)[-1].definition_version == said.version


def test_a_variable_that_vanishes_keeps_its_column_and_may_come_back() -> None:
    both, alone = {"x": 0.0, "y": 0.0}, {"x": 0.0}
    records = [*of(SIZE, 0, **both), *of(SIZE, SIZE, **alone), *of(SIZE, 2 * SIZE, **both)]

    found = everything(stream(), records)

    assert [d.change for d in definitions(found)] == ["", "vanished: y", "back: y"]
    assert [v.absent for v in definitions(found)[1].variables] == [False, True]
    assert {(w.columns, w.epoch) for w in windows(found)} == {(("x", "y"), 0)}


def test_zeros_and_ones_are_boolean_until_something_else_comes() -> None:
    bits = [record(float(n), {"x": float(n % 2)}) for n in range(SIZE)]

    found = everything(stream(), [*bits, *of(SIZE, SIZE, x=0.0)])

    kinds = [d.variables[0].kind for d in definitions(found)]
    assert kinds == [VariableKind.BOOLEAN, VariableKind.NUMERIC]
    assert newest(found).epoch == 0


def test_text_is_a_categorical_variable_and_no_column() -> None:
    found = everything(stream(), text(SIZE, 0, y=0.0))

    assert [(v.name, v.kind) for v in newest(found).variables] == [
        ("y", VariableKind.NUMERIC),
        ("x", VariableKind.CATEGORICAL),
    ]
    assert newest(found).columns == ("y",)


def test_numbers_that_turn_into_text_begin_a_new_epoch_and_nothing_is_lost() -> None:
    numbers, words = of(SIZE, 0, x=0.0, y=0.0), text(2 * SIZE + 5, SIZE, y=0.0)

    found = everything(stream(), [*numbers, *words])

    said = newest(found)
    assert (said.epoch, said.columns) == (1, ("y",))
    assert said.change == "turned between numbers and text, so a new epoch begins: x"
    assert [w.epoch for w in windows(found)] == [0, 0, 1, 1]
    assert sum(w.records for w in windows(found)) == len(numbers) + len(words)
    assert windows(found)[2].start_step == 0


def test_what_was_named_by_hand_does_not_evolve() -> None:
    found = everything(
        stream(explicit("x", window=POLICY)),
        [*of(SIZE, 0, x=0.0), *of(SIZE, SIZE, x=0.0, new=1.0), *text(SIZE, 2 * SIZE, new=1.0)],
    )

    assert definitions(found) == []
    assert {w.columns for w in windows(found)} == {("x",)}
    assert windows(found)[1].flaws == {"unknown-variable": SIZE}


def test_the_cadence_is_measured_and_said_with_the_variables() -> None:
    found = everything(stream(), ramp(SIZE, every=0.25))

    assert newest(found).cadence_s == 0.25


def test_a_paused_stream_seals_what_is_open_and_passes_records_over() -> None:
    operator = stream()
    fed(operator, of(SIZE + 3, 0, x=0.0))
    pause = explicit(window=POLICY, version=7)

    sealed = windows(operator.define(replace(pause, paused=True)))
    nothing = fed(operator, of(SIZE, 30, x=0.0))
    operator.define(replace(pause, version=8))
    found = windows(fed(operator, of(SIZE, 60, x=0.0)))

    assert [w.records for w in sealed] == [3]
    assert (nothing, operator.passed_over) == ([], SIZE)
    assert [(w.epoch, w.session, w.records) for w in found] == [(0, 1, SIZE)]


def test_a_forgotten_stream_begins_anew_once() -> None:
    operator = stream()
    fed(operator, of(SIZE + 3, 0, x=0.0))

    assert operator.forget(1000)
    assert not operator.forget(1000)
    found = everything(operator, of(SIZE, 0, y=0.0))

    assert operator.definition is not None
    assert (operator.definition.epoch, operator.definition.columns) == (1, ("y",))
    assert [(w.epoch, w.start_step, w.records) for w in windows(found)] == [(1, 0, SIZE)]


@pytest.mark.parametrize("chunk", [1, 7, 100])
def test_changes_are_found_in_any_chunks(chunk: int) -> None:
    records = [*of(SIZE, 0, x=0.0), *of(SIZE, SIZE, x=0.0, z=1.0), *text(SIZE, 2 * SIZE, z=1.0)]

    assert everything(stream(), records, chunk=chunk) == everything(stream(), records)


def test_an_explicit_definition_wins_over_what_was_inferred() -> None:
    operator = stream()
    fed(operator, of(SIZE, 0, x=0.0, y=0.0))

    events = operator.define(explicit("y", window=POLICY, version=5))
    found = everything(operator, of(SIZE, SIZE, x=0.0, y=0.0))

    [said] = definitions(events)
    assert (said.epoch, said.origin, said.columns) == (1, DefinitionOrigin.EXPLICIT, ("y",))
    assert said.version > 5
    assert [(w.columns, w.epoch) for w in windows(found)] == [(("y",), 1)]
    assert [variable.name for variable in said.variables] == [Variable("y").name]


def test_text_that_turns_into_numbers_begins_a_new_epoch_and_a_column() -> None:
    found = everything(stream(), [*text(SIZE, 0, y=0.0), *of(2 * SIZE, SIZE, x=0.0, y=0.0)])

    said = newest(found)
    assert (said.epoch, set(said.columns)) == (1, {"x", "y"})
    assert said.change == "turned between numbers and text, so a new epoch begins: x"
    assert [(w.epoch, w.records) for w in windows(found)] == [(0, SIZE), (0, SIZE), (1, SIZE)]


def test_a_short_window_without_a_variable_does_not_say_that_it_vanished() -> None:
    found = everything(stream(), [*of(SIZE, 0, x=0.0, y=0.0), *of(SIZE - 1, SIZE, x=0.0)])

    assert len(definitions(found)) == 1
    assert windows(found)[-1].columns == ("x", "y")


def test_a_vanished_variable_stays_vanished_without_being_said_again() -> None:
    found = everything(stream(), [*of(SIZE, 0, x=0.0, y=0.0), *of(3 * SIZE, SIZE, x=0.0)])

    assert [d.change for d in definitions(found)] == ["", "vanished: y"]


def test_what_comes_while_a_stream_is_paused_is_not_late_afterwards() -> None:
    seconds = WindowPolicy(WindowKind.TIME, SIZE, cadence_s=1.0)
    operator = stream(explicit("x", window=seconds))
    fed(operator, of(SIZE + 3, 0, x=0.0))
    operator.define(replace(explicit("x", window=seconds, version=2), paused=True))
    fed(operator, of(SIZE, 1000, x=0.0))

    operator.define(explicit("x", window=seconds, version=3))
    found = everything(operator, of(5, 100, x=0.0))

    assert (operator.late_records, operator.passed_over) == (0, SIZE)
    assert {w.session for w in windows(found)} == {1}
    assert sum(w.records for w in windows(found)) == 5


def test_a_wish_to_forget_is_remembered_through_a_stop() -> None:
    operator = stream()
    fed(operator, of(SIZE, 0, x=0.0))
    operator.forget(1000)

    restored = StreamOperator.restore("s", operator.snapshot(), default_policy=POLICY)

    assert not restored.forget(1000)
    assert restored.definition is None
    [said] = definitions(fed(restored, of(SIZE, 0, x=0.0)))
    assert (said.epoch, said.version) == (1, 2)


turns = st.lists(
    st.tuples(st.sampled_from(["number", "text", "bit", "nothing"]), st.integers(1, 30)),
    max_size=6,
)


def turning(spells: list[tuple[str, int]]) -> list[Record]:
    """Records of `y`, and of an `x` that is something else from time to time."""
    kinds = [kind for kind, count in spells for _ in range(count)]
    shown = {"number": 7.5, "bit": 1.0}
    return [
        Record(
            at(n),
            {"y": n / 3} | ({"x": shown[kind]} if kind in shown else {}),
            {"x": "not-a-number"} if kind == "text" else {},
        )
        for n, kind in enumerate(kinds)
    ]


@settings(max_examples=80)
@given(
    turns,
    st.sampled_from([WindowPolicy(size=9), WindowPolicy(WindowKind.TIME, 9, cadence_s=1.0)]),
    st.sampled_from([0.0, 12.0]),
    st.sampled_from([1, 7, 200]),
)
def test_nothing_is_lost_however_a_stream_changes(
    spells: list[tuple[str, int]], policy: WindowPolicy, lateness_s: float, chunk: int
) -> None:
    policy = replace(policy, lateness_s=lateness_s)
    records = turning(spells)

    found = everything(StreamOperator("s", default_policy=policy), records, chunk=chunk)

    assert found == everything(StreamOperator("s", default_policy=policy), records)
    assert sum(w.records for w in windows(found)) == len(records)
    versions = [d.version for d in definitions(found)]
    assert versions == list(range(1, len(versions) + 1))
    epochs = [d.epoch for d in definitions(found)]
    assert epochs == sorted(epochs)
    told = {d.version: d for d in definitions(found)}
    for window in windows(found):
        said = told[window.definition_version]
        assert (window.epoch, window.columns) == (said.epoch, said.columns)
