"""Events to bytes and back, generic over the protobuf descriptors: no code per event.

A dataclass and its message have the same name and the same fields. Each field's converter
follows from its Python type:

    str, int, float, bool, bytes     as they are
    datetime                         google.protobuf.Timestamp, microseconds kept
    StrEnum                          the enum value PREFIX_NAME
    X | None                         an optional field
    tuple[X, ...]                    a repeated field
    Mapping[str, int]                a map
    dataclass                        a message

Bytes that do not decode raise PoisonEvent("undecodable").

Protobuf copies a large field of bytes four times on its way out and four times on its way in. So
the payload of an envelope, and the bulk of a window or a state, is written in front of the other
fields by hand, and cut off again before the rest is parsed. To protobuf it is a message like any
other, whose fields may come in any order.
"""

import types
import typing
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from operator import attrgetter
from typing import TypeVar

import numpy as np
from google.protobuf.descriptor import EnumDescriptor
from google.protobuf.message import DecodeError, Message
from google.protobuf.timestamp_pb2 import Timestamp
from numpy.typing import NDArray

from scarcity.errors import PoisonEvent
from scarcity.events.base import Event
from scarcity.events.catalog import EVENTS
from scarcity.events.control import StateSaved
from scarcity.events.stream import WindowSealed
from scarcity.wire.v1 import (
    access_pb2,
    causal_pb2,
    control_pb2,
    envelope_pb2,
    federation_pb2,
    learning_pb2,
    prior_pb2,
    stream_pb2,
    tracing_pb2,
)

SCHEMA_VERSION = 1
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

_MODULES = (
    stream_pb2,
    causal_pb2,
    prior_pb2,
    control_pb2,
    federation_pb2,
    learning_pb2,
    access_pb2,
    tracing_pb2,
)
_BULK: Mapping[type, tuple[str, int]] = {
    WindowSealed: ("values", stream_pb2.WindowSealed.VALUES_FIELD_NUMBER),
    StateSaved: ("state", control_pb2.StateSaved.STATE_FIELD_NUMBER),
}
"""Where most of the bytes are: name and number of the field."""
_BYTES_FIELD = 2
"""The wire type of bytes."""
_EVENT_TYPES: dict[str, type[Event]] = {event.__name__: event for event in EVENTS}
_T = TypeVar("_T")
_Write = Callable[[Message, str, typing.Any], None]
_Read = Callable[[Message, str], typing.Any]
_DAY_S = 86_400
_MAX_VARINT = 10
_PLAIN = (str, int, float, bool, bytes)
_SEVEN_BITS = 0x7F
_PAYLOAD = envelope_pb2.Envelope.PAYLOAD_FIELD_NUMBER


@dataclass(frozen=True, slots=True)
class _Plan:
    """How the fields of one type are converted."""

    plain: tuple[str, ...]
    """The fields that are the same on both sides."""
    take: Callable[[object], tuple[typing.Any, ...]]
    """Returns those of an event, or of its message."""
    others: tuple[tuple[str, _Write, _Read], ...]


_plans: dict[type, _Plan] = {}


@dataclass(frozen=True, slots=True)
class Envelope:
    """An event with what travels beside it."""

    event: Event
    event_id: str
    event_time: datetime
    producer: str
    schema_version: int
    traceparent: str


def encode(event: Event, *, producer: str, traceparent: str = "") -> bytes:
    """Return the enveloped bytes of an event."""
    envelope = envelope_pb2.Envelope(
        event_id=event.event_id,
        type=type(event).__name__,
        producer=producer,
        schema_version=SCHEMA_VERSION,
        traceparent=traceparent,
    )
    _stamp(envelope.event_time, event.occurred_at)
    parts = _parts(event)
    head = _head(_PAYLOAD, sum(map(len, parts)))
    return b"".join([head, *parts, envelope.SerializeToString()])


def decode(data: bytes) -> Envelope:
    """Return the event in the bytes. Raises PoisonEvent when there is none."""
    envelope = envelope_pb2.Envelope()
    payload, rest = _cut(_PAYLOAD, memoryview(data))
    _parse(envelope, rest)
    event_type = _EVENT_TYPES.get(envelope.type)
    if event_type is None:
        raise PoisonEvent("undecodable", f"there is no event type {envelope.type!r}")
    return Envelope(
        event=_from_view(event_type, memoryview(envelope.payload) or payload),
        event_id=envelope.event_id,
        event_time=_stamped(envelope.event_time),
        producer=envelope.producer,
        schema_version=envelope.schema_version,
        traceparent=envelope.traceparent,
    )


def to_bytes(value: Event | StateSaved) -> bytes:
    """Return the bare message of an event, without an envelope."""
    return b"".join(_parts(value))


def from_bytes(kind: type[_T], data: bytes) -> _T:
    """Return the event of that type in the bare bytes. Raises PoisonEvent."""
    return _from_view(kind, memoryview(data))


def encode_record(
    names: Sequence[str], values: Sequence[float] | NDArray[np.float64], time_us: int | None
) -> bytes:
    """Return a raw record as a bare protobuf `Record`, as producers may send it."""
    return stream_pb2.Record(
        names=names, values=np.asarray(values, dtype="<f8").tobytes(), time_us=time_us
    ).SerializeToString()


def decode_record(data: bytes) -> tuple[list[str], list[float], int | None]:
    """Return names, values and event time (us since 1970) of a `Record`. Raises PoisonEvent."""
    record = stream_pb2.Record()
    _parse(record, data)
    if len(record.values) % 8:
        raise PoisonEvent("undecodable", "the values are no whole number of float64")
    values: list[float] = np.frombuffer(record.values, dtype="<f8").tolist()
    return list(record.names), values, record.time_us if record.HasField("time_us") else None


def _parts(value: Event | StateSaved) -> list[bytes]:
    """Return the bytes of a message in pieces, its bulk in front."""
    message = _message_type(type(value))()
    _fill(message, value)
    rest = message.SerializeToString()
    if type(value) not in _BULK:
        return [rest]
    name, number = _BULK[type(value)]
    bulk: bytes = getattr(value, name)
    return [_head(number, len(bulk)), bulk, rest]


def _from_view(kind: type[_T], data: memoryview) -> _T:
    message = _message_type(kind)()
    if kind not in _BULK:
        _parse(message, data)
        return _build(kind, message)
    name, number = _BULK[kind]
    bulk, rest = _cut(number, data)
    _parse(message, rest)
    found = _fields(kind, message)
    found[name] = getattr(message, name) or bytes(bulk)
    return kind(**found)


def _head(number: int, length: int) -> bytes:
    """Return what stands in front of so many bytes of a field: its tag and their number.

    >>> _head(1, 300).hex()
    '0aac02'
    """
    head = bytearray([number << 3 | _BYTES_FIELD])
    while length > _SEVEN_BITS:
        head.append(length & _SEVEN_BITS | 0x80)
        length >>= 7
    head.append(length)
    return bytes(head)


def _cut(number: int, data: memoryview) -> tuple[memoryview, memoryview]:
    """Return the bytes of a field that stands in front, and what is behind it.

    Nothing and everything if another field does, or if that is no message: protobuf then says so.
    """
    if not data or data[0] != number << 3 | _BYTES_FIELD:
        return data[:0], data
    length, begin = 0, 1
    for byte in data[1 : 1 + _MAX_VARINT]:
        length |= (byte & _SEVEN_BITS) << 7 * (begin - 1)
        begin += 1
        if byte <= _SEVEN_BITS:
            break
    end = begin + length
    return (data[begin:end], data[end:]) if end <= len(data) else (data[:0], data)


def _parse(message: Message, data: memoryview | bytes) -> None:
    try:
        message.ParseFromString(data)  # type: ignore[arg-type]  # any buffer will do
    except DecodeError as error:
        raise PoisonEvent("undecodable", f"not a {message.DESCRIPTOR.name}: {error}") from error


def _message_type(kind: type) -> type[Message]:
    for module in _MODULES:
        if hasattr(module, kind.__name__):
            found: type[Message] = getattr(module, kind.__name__)
            return found
    raise TypeError(f"{kind.__name__} has no message in proto/scarcity/v1")


def _fill(message: Message, value: object) -> None:
    plan = _plan(type(value))
    for name, plain in zip(plan.plain, plan.take(value), strict=True):
        setattr(message, name, plain)
    for name, write, _ in plan.others:
        write(message, name, getattr(value, name))


def _build(kind: type[_T], message: Message) -> _T:
    return kind(**_fields(kind, message))


def _fields(kind: type, message: Message) -> dict[str, typing.Any]:
    plan = _plan(kind)
    found = dict(zip(plan.plain, plan.take(message), strict=True))
    for name, _, read in plan.others:
        found[name] = read(message, name)
    return found


def _plan(kind: type) -> _Plan:
    if kind not in _plans:
        _plans[kind] = _make_plan(kind)
    return _plans[kind]


def _make_plan(kind: type) -> _Plan:
    if not is_dataclass(kind):
        raise TypeError(f"{kind.__name__} is not a dataclass")
    hints = typing.get_type_hints(kind)
    descriptor = _message_type(kind).DESCRIPTOR
    bulk, _ = _BULK.get(kind, ("", 0))
    names = [field.name for field in fields(kind) if field.name != bulk]
    plain = tuple(name for name in names if hints[name] in _PLAIN)
    others = tuple(
        (name, *_converters(hints[name], descriptor.fields_by_name[name].enum_type))
        for name in names
        if name not in plain
    )
    return _Plan(plain, _taker(plain), others)


def _taker(names: Sequence[str]) -> Callable[[object], tuple[typing.Any, ...]]:
    """Return what takes these attributes of an object at once."""
    if len(names) > 1:
        take: Callable[[object], tuple[typing.Any, ...]] = attrgetter(*names)
        return take
    return lambda value: tuple(getattr(value, name) for name in names)


def _converters(hint: typing.Any, enum: typing.Any) -> tuple[_Write, _Read]:  # noqa: ANN401
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin is types.UnionType:
        inner = next(argument for argument in arguments if argument is not type(None))
        return _optional(*_converters(inner, enum))
    if origin is tuple:
        return _repeated(arguments[0])
    if origin is Mapping:
        return _write_map, _read_map
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return _enum(hint, enum)
    if hint is datetime:
        return _write_time, _read_time
    if isinstance(hint, type) and is_dataclass(hint):
        return _nested(hint)
    return setattr, getattr


def _optional(write: _Write, read: _Read) -> tuple[_Write, _Read]:
    def write_optional(message: Message, name: str, value: object) -> None:
        if value is not None:
            write(message, name, value)

    def read_optional(message: Message, name: str) -> object:
        return read(message, name) if message.HasField(name) else None

    return write_optional, read_optional


def _repeated(item: type) -> tuple[_Write, _Read]:
    def write_plain(message: Message, name: str, value: tuple[object, ...]) -> None:
        getattr(message, name).extend(value)

    def read_plain(message: Message, name: str) -> tuple[object, ...]:
        return tuple(getattr(message, name))

    def write_messages(message: Message, name: str, value: tuple[object, ...]) -> None:
        for entry in value:
            _fill(getattr(message, name).add(), entry)

    def read_messages(message: Message, name: str) -> tuple[object, ...]:
        return tuple(_build(item, entry) for entry in getattr(message, name))

    return (write_messages, read_messages) if is_dataclass(item) else (write_plain, read_plain)


def _nested(kind: type) -> tuple[_Write, _Read]:
    def write(message: Message, name: str, value: object) -> None:
        getattr(message, name).SetInParent()
        _fill(getattr(message, name), value)

    def read(message: Message, name: str) -> object:
        return _build(kind, _present(message, name))

    return write, read


def _enum(kind: type[StrEnum], descriptor: EnumDescriptor | None) -> tuple[_Write, _Read]:
    if descriptor is None:
        raise TypeError(f"the proto field for {kind.__name__} is not an enum")
    prefix = "".join(f"_{c}" if c.isupper() else c.upper() for c in descriptor.name)[1:]
    numbers = {
        member: descriptor.values_by_name[f"{prefix}_{member.name}"].number for member in kind
    }
    members = {number: member for member, number in numbers.items()}

    def write(message: Message, name: str, value: StrEnum) -> None:
        setattr(message, name, numbers[value])

    def read(message: Message, name: str) -> StrEnum:
        number = getattr(message, name)
        if number not in members:
            raise PoisonEvent("undecodable", f"{kind.__name__} has no value {number}")
        return members[number]

    return write, read


def _write_time(message: Message, name: str, value: datetime) -> None:
    _stamp(getattr(message, name), value)


def _read_time(message: Message, name: str) -> datetime:
    stamp = _present(message, name)
    assert isinstance(stamp, Timestamp)
    return _stamped(stamp)


def _write_map(message: Message, name: str, value: Mapping[str, int]) -> None:
    getattr(message, name).update(value)


def _read_map(message: Message, name: str) -> dict[str, int]:
    return dict(getattr(message, name))


def _present(message: Message, name: str) -> Message:
    if not message.HasField(name):
        raise PoisonEvent("undecodable", f"{message.DESCRIPTOR.name} lacks {name}")
    found: Message = getattr(message, name)
    return found


def _stamp(stamp: Timestamp, value: datetime) -> None:
    """Set a timestamp; its own methods go through Python's calendar, which takes ten times as long.

    Nanoseconds count forward from the second, also before 1970.
    """
    since = value - EPOCH
    stamp.seconds = since.days * _DAY_S + since.seconds
    stamp.nanos = since.microseconds * 1000


def _stamped(stamp: Timestamp) -> datetime:
    try:
        return EPOCH + timedelta(0, stamp.seconds, stamp.nanos // 1000)
    except OverflowError as error:
        raise PoisonEvent("undecodable", f"no such time: {stamp.seconds} s") from error
