"""Every event survives the wire, fits its proto message, and refuses bytes that are none."""

import dataclasses
import types
import typing
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from scarcity.errors import PoisonEvent
from scarcity.events import (
    Envelope,
    Event,
    HeartbeatSent,
    InstanceState,
    StateSaved,
    WindowSealed,
    decode,
    encode,
    pack_matrix,
)
from scarcity.events.catalog import EVENTS
from scarcity.events.codec import EPOCH, _message_type, from_bytes, to_bytes

AT = datetime(2026, 1, 31, 12, 0, 0, 250_000, UTC)
KINDS = [*EVENTS, StateSaved]

text = st.text(st.characters(codec="utf-8"), max_size=20)
moments = st.integers(0, 2**53).map(lambda number: EPOCH + timedelta(microseconds=number))


def values(hint: Any) -> st.SearchStrategy[Any]:
    """Return a strategy for any value that a field of an event may have."""
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin is types.UnionType:
        return st.none() | values(arguments[0])
    if origin is tuple:
        return st.lists(values(arguments[0]), max_size=3).map(tuple)
    if origin is not None:
        return st.dictionaries(text, st.integers(0, 2**32 - 1), max_size=3)
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return st.sampled_from(list(hint))
    if dataclasses.is_dataclass(hint):
        return events(hint)
    return {
        str: text,
        int: st.integers(0, 2**32 - 1),
        float: st.floats(allow_nan=False),
        bool: st.booleans(),
        bytes: st.binary(max_size=64),
        datetime: moments,
    }[hint]


def events(kind: Any) -> st.SearchStrategy[Any]:
    """Return a strategy for events of one type."""
    hints = typing.get_type_hints(kind)
    names = [field.name for field in dataclasses.fields(kind)]
    return st.builds(kind, **{name: values(hints[name]) for name in names})


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_fields_are_those_of_the_message_in_the_same_order(kind: type) -> None:
    message = _message_type(kind).DESCRIPTOR

    assert [field.name for field in dataclasses.fields(kind)] == [f.name for f in message.fields]


@pytest.mark.parametrize("kind", EVENTS, ids=lambda kind: kind.__name__)
@given(data=st.data())
def test_an_event_comes_back_as_it_was(kind: type[Event], data: st.DataObject) -> None:
    event = data.draw(events(kind))

    envelope = decode(encode(event, producer="here", traceparent="00-a-b-01"))

    assert envelope == Envelope(event, event.event_id, event.occurred_at, "here", 1, "00-a-b-01")


@given(data=st.data())
def test_saved_state_comes_back_as_it_was(data: st.DataObject) -> None:
    saved = data.draw(events(StateSaved))

    assert from_bytes(StateSaved, to_bytes(saved)) == saved


@given(st.binary(max_size=200))
def test_any_bytes_decode_or_are_refused_as_poison(data: bytes) -> None:
    try:
        decode(data)
    except PoisonEvent as refused:
        assert refused.reason == "undecodable"


@given(st.data())
def test_a_damaged_event_decodes_or_is_refused_as_poison(data: st.DataObject) -> None:
    good = bytearray(encode(heartbeat(), producer="here"))
    place = data.draw(st.integers(0, len(good) - 1))
    good[place] = data.draw(st.integers(0, 255))

    try:
        decode(bytes(good))
    except PoisonEvent as refused:
        assert refused.reason == "undecodable"


def test_an_unknown_event_type_is_refused() -> None:
    other = encode(heartbeat(), producer="here").replace(b"HeartbeatSent", b"HeartbeatLost")

    with pytest.raises(PoisonEvent, match="HeartbeatLost"):
        decode(other)


def test_the_same_fact_has_the_same_id_and_another_has_another() -> None:
    later = dataclasses.replace(heartbeat(), at=AT + timedelta(seconds=1))

    assert heartbeat().event_id == heartbeat().event_id
    assert heartbeat().event_id != later.event_id


@given(
    arrays(
        np.float64,
        st.tuples(st.integers(1, 20), st.integers(1, 9)),
        elements=st.floats(allow_infinity=False),
    )
)
def test_a_window_keeps_every_value_and_every_gap(matrix: np.ndarray) -> None:
    values_bytes, validity = pack_matrix(matrix)
    event = window(matrix.shape[0], matrix.shape[1], values_bytes, validity)

    np.testing.assert_array_equal(event.matrix(), matrix)


def test_a_window_whose_bytes_do_not_fit_its_shape_is_refused() -> None:
    with pytest.raises(PoisonEvent, match="3 x 2 values"):
        window(3, 2, b"\0" * 40, b"\0").matrix()


def heartbeat() -> HeartbeatSent:
    return HeartbeatSent(
        instance="mpie-1",
        component="mpie",
        state=InstanceState.RUNNING,
        started_at=AT,
        at=AT,
        version="0.1.0",
        handled=1,
        rate=0.5,
        lag=0,
        interval_s=2.0,
    )


def window(steps: int, columns: int, matrix: bytes, validity: bytes) -> WindowSealed:
    return WindowSealed(
        window_id="w",
        stream="s",
        epoch=0,
        start_step=0,
        steps=steps,
        columns=tuple(f"x{n}" for n in range(columns)),
        values=matrix,
        validity=validity,
        start_time=AT,
        end_time=AT,
        definition_version=1,
        records=steps,
    )
