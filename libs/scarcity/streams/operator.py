"""The window operator: one stream's records in, its definition and its sealed windows out.

Let T be the largest event time seen and l the lateness of the policy. The watermark W = T - l says
that nothing older is expected; a window that ends before W is sealed, gets its number, and never
changes again. What comes for a sealed step is late. Steps are numbered from 0 within an epoch; a
new epoch begins when the variables or the window policy change.

Everything follows from the records and their order alone: the same records give the same events,
in any chunks, among any other streams, with any stop and restore in between, and, for the windows,
in any order of arrival within the lateness.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import isfinite, isinf
from typing import Final

from scarcity.errors import ConfigError
from scarcity.events import (
    DefinitionOrigin,
    Event,
    RecordLate,
    StreamDefined,
    Variable,
    WindowKind,
    WindowPolicy,
    WindowSealed,
    pack_matrix,
)
from scarcity.streams.batch import (
    NEVER,
    Batch,
    Buffer,
    Observation,
    seconds_to_us,
    to_time,
    to_us,
)
from scarcity.streams.counted import CountBuffer
from scarcity.streams.policy import MAX_CELLS, MAX_OPEN_VALUES, check_definition
from scarcity.streams.records import EPOCH, INFINITE, Record
from scarcity.streams.snapshot import (
    FORMAT,
    Head,
    join,
    pack_definition,
    split,
    unpack_definition,
)
from scarcity.streams.timed import TimeBuffer

DEFAULT_POLICY: Final = WindowPolicy()


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a record came from, for what is published about it."""

    topic: str
    partition: int
    offset: int
    original: bytes


class StreamOperator:
    """Turns the records of one stream into events. ConfigError for a name or policy that cannot be.

    Inference: without a definition that names the variables, these are the names with a finite
    number in the first window, in order of first appearance in event time. Windows before the
    first number are passed over: there is nothing to say about them.
    """

    def __init__(
        self,
        stream: str,
        definition: StreamDefined | None = None,
        *,
        default_policy: WindowPolicy = DEFAULT_POLICY,
    ) -> None:
        self.stream = stream
        self.epoch = 0
        self.late_records = 0
        self._defined = definition is not None
        self._known = definition or _undefined(stream, default_policy)
        self._check(self._known)
        self._highest_version = self._known.version
        self._arrivals = 0
        self._newest_us = NEVER
        self._buffer = _buffer(self._known.window, NEVER)

    @property
    def definition(self) -> StreamDefined | None:
        """What the stream is, as far as anybody said or inferred."""
        return self._known if self._defined else None

    @property
    def open_records(self) -> int:
        """How many accepted records are in no window yet."""
        return self._buffer.open_records

    @property
    def sealed_steps(self) -> int:
        """How many steps of this epoch are sealed: the number of the next one."""
        return self._buffer.sealed_steps

    def add(self, record: Record, origin: Origin) -> list[Event]:
        """Accept a record. Returns RecordLate, or what it completes: StreamDefined, WindowSealed.

        The record's values are kept, not copied.
        """
        time_us = to_us(record.time)
        if time_us < self._buffer.sealed_us:
            self.late_records += 1
            return [self._late(record, origin)]
        self._arrivals += 1
        self._newest_us = max(self._newest_us, time_us)
        self._buffer.add(_observation(record, time_us, self._arrivals))
        if self._buffer.open_records * len(record.values) > MAX_OPEN_VALUES:
            return self.flush()
        watermark_us = self._newest_us - seconds_to_us(self._known.window.lateness_s)
        return self._publish(self._buffer.ready(watermark_us))

    def flush(self) -> list[Event]:
        """Seal what is open, the last window shorter; the next window starts at the next step."""
        return self._publish(self._buffer.rest())

    def define(self, definition: StreamDefined) -> list[Event]:
        """Follow an explicit definition; returns what it seals.

        Other variables or another window policy end the epoch; what is open is sealed under the
        old definition. A definition without variables keeps those known, or, when the policy
        changes, leaves them to be inferred again. To give a variable its first unit changes
        nothing in the windows. ConfigError when it is another stream's or cannot work.
        """
        self._check(definition)
        if not self._changes_windows(definition):
            kept = definition.variables or self._known.variables
            self._know(replace(definition, variables=kept))
            return []
        events = self.flush()
        self.epoch += self._buffer.sealed_steps > 0
        self._know(definition)
        self._buffer = _buffer(definition.window, self._buffer.sealed_us)
        return events

    def snapshot(self) -> bytes:
        """Return the whole state, exact to the bit: a line of JSON, and one of the buffer."""
        head = Head(
            format=FORMAT,
            stream=self.stream,
            epoch=self.epoch,
            defined=self._defined,
            known=pack_definition(self._known),
            highest_version=self._highest_version,
            arrivals=self._arrivals,
            late_records=self.late_records,
            newest_us=self._newest_us,
        )
        return join(head, self._buffer.dump())

    @staticmethod
    def restore(
        stream: str, snapshot: bytes, *, default_policy: WindowPolicy = DEFAULT_POLICY
    ) -> "StreamOperator":
        """Return the operator that was snapshot. ConfigError when this version cannot read it.

        An epoch under way keeps its policy; the default is for a stream that has not begun.
        """
        head, buffer = split(snapshot, stream=stream)
        if not head["defined"] and not head["arrivals"]:
            return StreamOperator(stream, default_policy=default_policy)
        operator = StreamOperator(stream, unpack_definition(head["known"]))
        operator._defined = head["defined"]
        operator._take_over(head, buffer)
        return operator

    def _take_over(self, head: Head, buffer: bytes) -> None:
        self.epoch = head["epoch"]
        self.late_records = head["late_records"]
        self._defined = head["defined"]
        self._highest_version = head["highest_version"]
        self._arrivals = head["arrivals"]
        self._newest_us = head["newest_us"]
        self._buffer.load(buffer)

    def _check(self, definition: StreamDefined) -> None:
        check_definition(definition)
        if definition.stream != self.stream:
            raise ConfigError(
                f"a definition of {definition.stream!r} cannot define {self.stream!r}: "
                "send it to its own stream"
            )

    def _know(self, definition: StreamDefined) -> None:
        self._known = definition
        self._defined = True
        self._highest_version = max(self._highest_version, definition.version)

    def _changes_windows(self, definition: StreamDefined) -> bool:
        if definition.window != self._known.window:
            return True
        new, old = definition.variables, self._known.variables
        return bool(new and old) and not _same_columns(old, new)

    def _publish(self, batches: Sequence[Batch]) -> list[Event]:
        events: list[Event] = []
        for batch in batches:
            if not self._known.variables and (found := batch.variables()):
                events.append(self._infer(found, batch.newest_us))
            if self._known.variables:
                events.append(self._window(batch))
        return events

    def _infer(self, names: Sequence[str], newest_us: int) -> StreamDefined:
        definition = replace(
            self._known,
            # Not a version that anybody used: the identity of the event hangs on it.
            version=self._highest_version + 1,
            defined_at=to_time(newest_us),
            origin=DefinitionOrigin.INFERRED,
            # Names beyond what a window can hold count as unknown, like any that come later.
            variables=tuple(map(Variable, names[: MAX_CELLS // self._known.window.size])),
        )
        self._know(definition)
        return definition

    def _window(self, batch: Batch) -> WindowSealed:
        columns = tuple(variable.name for variable in self._known.variables)
        values, validity = pack_matrix(batch.matrix(columns))
        return WindowSealed(
            window_id=f"{self.stream}/{self.epoch}/{batch.start_step}-{batch.steps}",
            stream=self.stream,
            epoch=self.epoch,
            start_step=batch.start_step,
            steps=batch.steps,
            columns=columns,
            values=values,
            validity=validity,
            start_time=to_time(batch.start_us),
            end_time=to_time(batch.end_us),
            definition_version=self._known.version,
            records=batch.records,
            flaws=batch.all_flaws(columns),
        )

    def _late(self, record: Record, origin: Origin) -> RecordLate:
        return RecordLate(
            stream=self.stream,
            record_time=record.time,
            sealed_until=to_time(self._buffer.sealed_us),
            origin_topic=origin.topic,
            origin_partition=origin.partition,
            origin_offset=origin.offset,
            original=origin.original,
        )


def _undefined(stream: str, policy: WindowPolicy) -> StreamDefined:
    return StreamDefined(
        stream=stream,
        version=0,
        defined_at=EPOCH,
        origin=DefinitionOrigin.INFERRED,
        variables=(),
        window=policy,
    )


def _buffer(policy: WindowPolicy, sealed_us: int) -> Buffer:
    if policy.kind is WindowKind.TIME:
        return TimeBuffer(policy, sealed_us=sealed_us)
    return CountBuffer(policy, sealed_us=sealed_us)


def _observation(record: Record, time_us: int, arrival: int) -> Observation:
    values = record.values
    flaws = tuple(record.flaws.values())
    if isfinite(sum(values.values())):
        return Observation(time_us, arrival, values, flaws)
    infinite = sum(map(isinf, values.values()))
    return Observation(time_us, arrival, _finite(values), flaws + (INFINITE,) * infinite)


def _finite(values: Mapping[str, float]) -> dict[str, float]:
    return {name: value for name, value in values.items() if isfinite(value)}


def _same_columns(old: Sequence[Variable], new: Sequence[Variable]) -> bool:
    if [variable.name for variable in old] != [variable.name for variable in new]:
        return False
    units = zip(
        (variable.unit for variable in old), (variable.unit for variable in new), strict=True
    )
    return all(before in {"", after} for before, after in units)
