from dataclasses import replace

import pytest

from scarcity.errors import ConfigError
from scarcity.events import (
    DefinitionOrigin,
    StreamDefined,
    Variable,
    WindowKind,
    WindowPolicy,
)
from scarcity.streams import MAX_VARIABLES, StreamOperator, check_definition
from unit.streams.samples import (
    at,
    definitions,
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
SECONDS = WindowPolicy(WindowKind.TIME, size=8, cadence_s=1.0)


def test_a_stream_that_nobody_defined_is_inferred_from_its_first_window() -> None:
    stream = StreamOperator("s", default_policy=EIGHT)
    assert stream.definition is None

    events = fed(stream, ramp(8))

    found, sealed = events
    (definition,) = definitions(events)
    assert found is definition is stream.definition
    assert definition.variables == (Variable("x"), Variable("y"))
    assert (definition.version, definition.origin) == (1, DefinitionOrigin.INFERRED)
    assert definition.defined_at == at(7)
    assert definition.window == EIGHT
    assert windows([sealed])[0].definition_version == 1
    assert windows([sealed])[0].columns == ("x", "y")


def test_variables_are_inferred_in_the_order_of_event_time_not_of_arrival() -> None:
    patient = replace(EIGHT, lateness_s=60.0)
    records = [record(2, {"c": 1.0, "a": 1.0}), record(1, {"b": 1.0, "a": 1.0})]

    (definition,) = definitions(everything(StreamOperator("s", default_policy=patient), records))

    assert [variable.name for variable in definition.variables] == ["b", "a", "c"]


def test_names_that_never_had_a_number_are_no_variables() -> None:
    records = [record(i, {"x": 1.0, "y": float("nan")}, z="infinite") for i in range(8)]

    (definition,) = definitions(fed(StreamOperator("s", default_policy=EIGHT), records))

    assert definition.variables == (Variable("x"),)


def test_names_that_rarely_appear_are_counted_and_not_used() -> None:
    stream = StreamOperator("s", default_policy=WindowPolicy(size=16))
    rare = [record(16 + i, {"x": 1.0, **({"new": 1.0} if i < 7 else {})}) for i in range(16)]

    events = fed(stream, [*ramp(16), *rare])

    assert windows(events)[1].columns == ("x", "y")
    assert windows(events)[1].flaws == {"unknown-variable": 7}


def test_a_flush_infers_from_what_there_is() -> None:
    events = everything(StreamOperator("s"), ramp(3))

    assert [type(event).__name__ for event in events] == ["StreamDefined", "WindowSealed"]
    assert spans(events) == [(0, 3)]


def test_without_any_number_nothing_is_inferred_and_the_steps_are_passed_over() -> None:
    stream = StreamOperator("s", default_policy=EIGHT)

    assert fed(stream, [record(i, {}) for i in range(8)]) == []
    assert stream.definition is None
    events = fed(stream, ramp(8, first=8))
    assert spans(events) == [(8, 8)]
    assert definitions(events)[0].version == 1


def test_a_window_without_any_number_is_sealed_once_the_variables_are_known() -> None:
    stream = StreamOperator("s", explicit("x", window=EIGHT))

    assert spans(fed(stream, [record(i, {}) for i in range(8)])) == [(0, 8)]


def test_the_number_of_inferred_variables_is_bounded() -> None:
    names = [f"x{i}" for i in range(MAX_VARIABLES + 10)]
    records = [record(0, dict.fromkeys(names[:-10], 1.0)), record(1, dict.fromkeys(names, 1.0))]

    events = everything(StreamOperator("s"), records)

    assert list(windows(events)[0].columns) == names[:MAX_VARIABLES]
    assert windows(events)[0].flaws == {"unknown-variable": 10}


def test_an_explicit_definition_decides_the_columns_and_is_not_published_again() -> None:
    definition = explicit("y", "z", window=EIGHT, version=4)

    (sealed,) = fed(StreamOperator("s", definition), ramp(8))

    assert windows([sealed])[0].columns == ("y", "z")
    assert windows([sealed])[0].definition_version == 4


def test_an_explicit_definition_without_variables_leaves_them_to_be_inferred() -> None:
    definition = explicit(window=EIGHT, version=4)

    (found,) = definitions(fed(StreamOperator("s", definition), ramp(8)))

    assert found == replace(
        definition,
        version=5,
        origin=DefinitionOrigin.INFERRED,
        defined_at=at(7),
        variables=(Variable("x"), Variable("y")),
        cadence_s=1.0,
    )


def test_other_variables_begin_a_new_epoch_and_seal_what_is_open() -> None:
    stream = StreamOperator("s", explicit("x", window=EIGHT))
    fed(stream, ramp(11))

    events = stream.define(explicit("x", "y", window=EIGHT, version=2))

    (sealed,), (said,) = windows(events), definitions(events)
    assert (said.version, said.epoch, said.origin) == (3, 1, DefinitionOrigin.EXPLICIT)
    assert said.change == "the variables are others, so a new epoch begins"

    assert (sealed.window_id, sealed.columns) == ("s/0/8-3", ("x",))
    assert sealed.definition_version == 1
    assert (stream.epoch, stream.sealed_steps, stream.open_records) == (1, 0, 0)
    (first,) = windows(fed(stream, ramp(8, first=11)))
    assert (first.window_id, first.columns) == ("s/1/0-8", ("x", "y"))
    assert first.definition_version == 3


def test_another_order_of_the_variables_is_another_epoch() -> None:
    stream = StreamOperator("s", explicit("x", "y", window=EIGHT))
    fed(stream, ramp(3))

    assert spans(stream.define(explicit("y", "x", window=EIGHT))) == [(0, 3)]
    assert stream.epoch == 1


def test_another_window_policy_begins_a_new_epoch_and_infers_anew() -> None:
    stream = StreamOperator("s", default_policy=EIGHT)
    fed(stream, ramp(10))

    sealed = stream.define(explicit(window=SECONDS))

    assert definitions(sealed)[0].change == "windows are cut in another way, so a new epoch begins"
    assert spans(sealed) == [(8, 2)]
    assert stream.epoch == 1
    events = fed(stream, [record(20 + i, {"z": 1.0}) for i in range(9)])
    assert windows(events)[0].columns == ("z",)
    assert windows(events)[0].window_id == "s/1/0-8"
    assert definitions(events)[0].version == 3


def test_inferred_definitions_never_share_a_version() -> None:
    stream = StreamOperator("s", default_policy=EIGHT)
    seen = definitions(fed(stream, ramp(8)))
    for i, size in enumerate((9, 10, 11), start=1):
        stream.define(explicit(window=WindowPolicy(size=size), version=1))
        seen += definitions(everything(stream, ramp(3, first=100.0 * i)))

    assert len({definition.event_id for definition in seen}) == len(seen) == 4


def test_what_is_open_without_a_definition_is_inferred_before_another_policy_holds() -> None:
    stream = StreamOperator("s", default_policy=EIGHT)
    fed(stream, ramp(3))

    events = stream.define(explicit("y", window=SECONDS))

    kinds = [type(event).__name__ for event in events]
    assert kinds == ["StreamDefined", "WindowSealed", "StreamDefined"]
    assert windows(events)[0].columns == ("x", "y")
    assert (stream.epoch, stream.columns) == (1, ("y",))


def test_variables_that_are_named_before_they_are_inferred_keep_what_is_open() -> None:
    stream = StreamOperator("s", default_policy=EIGHT)
    fed(stream, ramp(7))

    assert stream.define(explicit("y", window=EIGHT)) == []
    (sealed,) = windows(fed(stream, ramp(1, first=7)))
    assert (sealed.window_id, sealed.columns) == ("s/0/0-8", ("y",))


def test_a_definition_before_the_first_record_begins_no_second_epoch() -> None:
    stream = StreamOperator("s", default_policy=EIGHT)

    assert stream.define(explicit("x", window=SECONDS)) == []
    assert stream.epoch == 0


def test_a_restored_stream_knows_which_versions_were_used() -> None:
    stream = StreamOperator("s", explicit(window=EIGHT, version=5))
    stream.define(explicit(window=EIGHT, version=1))

    restored = StreamOperator.restore("s", stream.snapshot())

    assert definitions(everything(restored, ramp(3)))[0].version == 6


@pytest.mark.parametrize("names", [("y", "x"), ()])
def test_the_same_content_again_changes_nothing_but_the_version(names: tuple[str, ...]) -> None:
    stream = StreamOperator("s", explicit("y", "x", window=EIGHT))
    fed(stream, ramp(3))

    events = stream.define(replace(explicit(*names, window=EIGHT, version=2), domain="d"))

    assert windows(events) == []
    assert (stream.epoch, stream.open_records) == (0, 3)
    assert stream.definition is not None
    assert (stream.definition.domain, stream.definition.version) == ("d", 2 if names else 3)
    assert definitions(events) == ([] if names else [stream.definition])
    assert windows(stream.flush())[0].columns == ("y", "x")


def test_a_first_unit_is_a_note_another_unit_is_another_variable() -> None:
    stream = StreamOperator("s", explicit("x", "y", window=EIGHT))
    fed(stream, ramp(3))

    assert stream.define(explicit("x", "y", window=EIGHT, units=["m"])) == []
    assert spans(stream.define(explicit("x", "y", window=EIGHT, units=["cm"]))) == [(0, 3)]


def test_what_was_sealed_in_an_earlier_epoch_stays_sealed() -> None:
    stream = StreamOperator("s", explicit("x", window=EIGHT))
    fed(stream, ramp(11))

    stream.define(explicit("x", window=SECONDS))

    assert len(late(fed(stream, [record(9, {"x": 1.0})]))) == 1
    assert late(fed(stream, [record(10, {"x": 1.0})])) == []


def test_a_definition_that_cannot_work_is_refused_and_changes_nothing() -> None:
    stream = StreamOperator("s", explicit("x", window=EIGHT))
    fed(stream, ramp(3))

    for bad in (
        replace(explicit("x"), stream="another"),
        explicit("x", window=replace(EIGHT, size=1)),
        explicit("x", "x"),
    ):
        with pytest.raises(ConfigError):
            stream.define(bad)

    assert stream.definition == explicit("x", window=EIGHT)
    assert stream.open_records == 3


def test_a_window_that_no_bus_would_take_is_refused_with_the_largest_size() -> None:
    names = tuple(Variable(f"x{number}") for number in range(100))
    definition = StreamDefined(
        "s", 1, at(0), DefinitionOrigin.EXPLICIT, names, WindowPolicy(size=65_536)
    )

    with pytest.raises(ConfigError, match="at most 10485"):
        check_definition(definition)
