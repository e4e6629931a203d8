"""The window operator: one stream's records in, its definition and its sealed windows out.

Let T be the largest event time seen and l the lateness of the policy. The watermark W = T - l says
that nothing older is expected (`watermark`: with several partitions, the smallest W of them). A
window that ends before W is sealed, gets its number, and never changes again. What comes for a
sealed step is late. Steps are numbered from 0 within an epoch; a new epoch begins when the
variables or the window policy change so that old and new steps do not belong together.

Everything follows from the records and their order alone: the same records give the same events,
in any chunks, among any other streams, with any stop and restore in between, and, for the windows,
in any order of arrival within the lateness, among any number of partitions.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

import numpy as np

from scarcity.errors import ConfigError
from scarcity.events import (
    DefinitionOrigin,
    Event,
    Resample,
    StreamDefined,
    Variable,
    VariableKind,
    WindowKind,
    WindowPolicy,
    WindowSealed,
    pack_matrix,
)
from scarcity.streams.batch import Batch, Buffer, seconds_to_us, to_time
from scarcity.streams.counted import CountBuffer
from scarcity.streams.definitions import Evolution, evolved, inferred
from scarcity.streams.paced import PacedBuffer
from scarcity.streams.policy import MAX_OPEN_VALUES, check_definition
from scarcity.streams.quality import Usual
from scarcity.streams.records import EPOCH
from scarcity.streams.rows import NEVER, Bools, Rows
from scarcity.streams.snapshot import (
    FORMAT,
    Head,
    join,
    pack_definition,
    split,
    unpack_definition,
)
from scarcity.streams.timed import TimeBuffer
from scarcity.streams.watermark import Watermark

DEFAULT_POLICY: Final = WindowPolicy()


@dataclass(frozen=True, slots=True)
class Late:
    """A record that came after its step was sealed."""

    record_time: datetime
    sealed_until: datetime


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one record: it was late, or completed something."""

    row: int
    """Its number among the rows that were added."""
    late: Late | None = None
    events: Sequence[Event] = ()
    """StreamDefined and WindowSealed."""


class StreamOperator:
    """Turns the records of one stream into events. ConfigError for a name or policy that cannot be.

    Inference: without a definition that names the variables, they are read off the windows, see
    `definitions`. Windows before the first number are passed over: there is nothing to say about
    them.
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
        self.passed_over = 0
        """Records that came while the stream was paused."""
        self._default_policy = default_policy
        self._forgotten_ms = -1
        self._highest_version = 0
        self._arrivals = 0
        self._packed: str | None = None
        self._begin(definition, sealed_us=NEVER)

    @property
    def definition(self) -> StreamDefined | None:
        """What the stream is, as far as anybody said or inferred."""
        return self._known if self._defined else None

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of its windows; none before they are known."""
        return self._columns

    @property
    def texts(self) -> tuple[str, ...]:
        """The variables that have text, and so no column."""
        return tuple(sorted(self._texts))

    @property
    def open_records(self) -> int:
        """How many accepted records are in no window yet."""
        return self._buffer.open_rows

    @property
    def sealed_steps(self) -> int:
        """How many steps of this epoch are sealed: the number of the next one."""
        return self._buffer.sealed_steps

    @property
    def sources(self) -> tuple[int, ...]:
        """The partitions that the watermark waits for."""
        return self._watermark.sources

    def add(self, rows: Rows, *, source: int = 0) -> list[Outcome]:
        """Accept records, in the order of arrival, that came from one partition.

        Their arrivals count from 0. Returns an outcome for each that was late or completed
        something, in order.
        """
        first = self._arrivals
        if len(rows):
            self._arrivals += int(rows.arrivals[-1]) + 1
        if self._known.paused:
            self.passed_over += len(rows)
            return []
        outcomes: list[Outcome] = []
        left, number = rows.numbered_from(first), 0
        while len(left):
            found, taken = self._add_until_sealed(left, number, source)
            outcomes += found
            left, number = left.pick(slice(taken, None)), number + taken
        return outcomes

    def flush(self) -> list[Event]:
        """Seal what is open, the last window shorter; the next window starts at the next step."""
        return self._publish(self._buffer.rest())

    def rest(self, source: int) -> list[Event]:
        """Wait no longer for a partition that has fallen silent; returns what that completes."""
        return self._publish(self._buffer.ready(self._watermark.rest(source)))

    def define(self, definition: StreamDefined) -> list[Event]:
        """Follow an explicit definition; returns what it seals, and what it came to mean.

        Other variables or another window policy end the epoch; what is open is sealed under the
        old definition, and the definition is said again with its new epoch. One without variables
        keeps those known, or, when the policy changes, leaves them to be inferred again. To give a
        variable its first unit, a kind or a range changes nothing in the windows. A pause seals
        what is open. ConfigError when it is another stream's or cannot work.
        """
        self._check(definition)
        if self._changes_windows(definition):
            return self._redefine(definition)
        events = self.flush() if definition.paused else []
        if self._known.paused and not definition.paused:
            self._buffer.part()
        self._named = bool(definition.variables)
        before, window = self._known, self._known.window
        followed = replace(definition, window=window, epoch=self.epoch, cadence_s=before.cadence_s)
        if definition.variables or not before.variables:
            self._know(followed)
            return events
        # What was inferred still holds: say both together, as whoever follows needs it.
        inferred_too = replace(
            followed, variables=before.variables, origin=DefinitionOrigin.INFERRED
        )
        self._know(inferred_too)
        return [*events, self._say("", definition.defined_at)]

    def _redefine(self, definition: StreamDefined) -> list[Event]:
        events, change = self.flush(), _difference(self._known, definition)
        begun = self._buffer.sealed_steps > 0
        session = self._buffer.session
        self._begin(definition, sealed_us=self._buffer.sealed_us, epoch=self.epoch + int(begun))
        self._buffer.session = session
        return [*events, self._say(change, definition.defined_at)] if begun else events

    def forget(self, at_ms: int) -> bool:
        """Drop what is known and open, as was wished at that time (ms since 1970).

        What comes next begins anew, in a higher epoch. Returns False for a wish that was heard.
        """
        if at_ms <= self._forgotten_ms:
            return False
        self._forgotten_ms = at_ms
        self._begin(None, sealed_us=NEVER, epoch=self.epoch + 1)
        return True

    def snapshot(self) -> bytes:
        """Return the whole state, exact to the bit."""
        state, rows = self._buffer.dump()
        head = Head(
            format=FORMAT,
            stream=self.stream,
            epoch=self.epoch,
            defined=self._defined,
            named=self._named,
            known=self._packed_definition(),
            highest_version=self._highest_version,
            arrivals=self._arrivals,
            late_records=self.late_records,
            passed_over=self.passed_over,
            forgotten_ms=self._forgotten_ms,
            watermark=self._watermark.dump(),
            usual=self._usual.dump(),
            buffer=state,
        )
        return join(head, rows)

    @staticmethod
    def restore(
        stream: str, snapshot: bytes, *, default_policy: WindowPolicy = DEFAULT_POLICY
    ) -> "StreamOperator":
        """Return the operator that was snapshot. ConfigError when this version cannot read it.

        An epoch under way keeps its policy; the default is for a stream that has not begun.
        """
        head, rows = split(snapshot, stream=stream)
        made = StreamOperator(stream, default_policy=default_policy)
        made.epoch, made._forgotten_ms = head["epoch"], head["forgotten_ms"]
        made._highest_version = head["highest_version"]
        if head["defined"] or head["arrivals"]:
            made._take_over(head, rows)
        return made

    def _take_over(self, head: Head, rows: Rows) -> None:
        self.late_records, self.passed_over = head["late_records"], head["passed_over"]
        self._arrivals = head["arrivals"]
        self._begin(unpack_definition(head["known"]), sealed_us=NEVER, epoch=head["epoch"])
        self._defined, self._named = head["defined"], head["named"]
        self._watermark.load(head["watermark"])
        self._usual.load(head["usual"])
        self._buffer.load(head["buffer"], rows)

    def _begin(
        self, definition: StreamDefined | None, *, sealed_us: int, epoch: int | None = None
    ) -> None:
        """Begin an epoch with nothing open."""
        known = definition or _undefined(self.stream, self._default_policy)
        self._check(known)
        self.epoch = self.epoch if epoch is None else epoch
        self._watermark = Watermark(seconds_to_us(known.window.lateness_s))
        self._usual = Usual()
        self._buffer = _buffer(known, sealed_us)
        self._named = bool(known.variables)
        self._know(known)
        self._defined = definition is not None

    def _check(self, definition: StreamDefined) -> None:
        check_definition(definition)
        if definition.stream != self.stream:
            raise ConfigError(
                f"a definition of {definition.stream!r} cannot define {self.stream!r}: "
                "send it to its own stream"
            )

    def _packed_definition(self) -> str:
        # A state is saved with every window, and what the stream is changes hardly ever.
        if self._packed is None:
            self._packed = pack_definition(self._known)
        return self._packed

    def _know(self, definition: StreamDefined) -> None:
        self._known = definition
        self._packed = None
        self._defined = True
        self._columns = definition.columns
        self._names = frozenset(self._columns)
        self._texts = frozenset(variable.name for variable in definition.variables) - self._names
        self._buffer.known = self._names
        self._is_settled = all(
            variable.kind is VariableKind.NUMERIC and not variable.absent
            for variable in definition.variables
        )
        self._highest_version = max(self._highest_version, definition.version)

    def _add_until_sealed(self, rows: Rows, number: int, source: int) -> tuple[list[Outcome], int]:
        """Accept rows up to the first one that completes something; returns how many that are."""
        late = rows.times < self._buffer.sealed_us
        any_late = bool(late.any())
        times = np.where(late, NEVER, rows.times) if any_late else rows.times
        marks = self._watermark.marks(source, times)
        cut = self._buffer.first_seal(rows, marks)
        taken = len(rows) if cut is None else cut + 1
        outcomes = self._refuse_late(rows, late[:taken], number) if any_late else []
        accepted = rows if taken == len(rows) else rows.pick(slice(0, taken))
        if any_late:
            accepted = accepted.pick(~late[:taken])
        if len(accepted):
            self._buffer.add(accepted)
            self._watermark.advance(source, accepted.times, int(marks[taken - 1]))
        batches = [] if cut is None else self._buffer.ready(self._watermark.value_us)
        if self._buffer.open_rows * max(self._buffer.width, 1) > MAX_OPEN_VALUES:
            batches += self._buffer.rest()
        events = self._publish(batches)
        if events:
            outcomes.append(Outcome(number + taken - 1, events=events))
        return outcomes, taken

    def _refuse_late(self, rows: Rows, late: Bools, number: int) -> list[Outcome]:
        places = np.flatnonzero(late).tolist()
        self.late_records += len(places)
        until = to_time(self._buffer.sealed_us)
        return [
            Outcome(number + place, late=Late(to_time(int(rows.times[place])), until))
            for place in places
        ]

    def _changes_windows(self, definition: StreamDefined) -> bool:
        if not _is_same_policy(self._known.window, definition.window):
            return True
        both = definition.variables and self._known.variables
        return bool(both) and not _same_columns(self._known, definition)

    def _publish(self, batches: Sequence[Batch]) -> list[Event]:
        events: list[Event] = []
        breaking: Evolution | None = None
        for batch in batches:
            events += self._settle_cadence(batch) + self._infer(batch)
            evolution = self._evolution(batch)
            if evolution and evolution.is_breaking:
                breaking = breaking or evolution
            elif evolution:
                events.append(self._learn(evolution.variables, evolution.change, batch))
            if self._columns:
                events.append(self._window(batch))
        if breaking:
            events.append(self._break_off(breaking, batches[-1]))
        return events

    def _settle_cadence(self, batch: Batch) -> list[Event]:
        """Say which cadence the windows have, once it was read off the records."""
        cadence = self._buffer.cadence_s
        if cadence == self._known.window.cadence_s or cadence is None:
            return []
        self._know(replace(self._known, window=replace(self._known.window, cadence_s=cadence)))
        if not self._columns:
            return []  # said with the variables
        return [self._say(f"a cadence of {cadence:g} s", to_time(batch.newest_us))]

    def _infer(self, batch: Batch) -> list[Event]:
        """Say which variables there are, once the first number came."""
        if self._columns:
            return []
        found = inferred(batch, size=self._known.window.size)
        if all(variable.kind is VariableKind.CATEGORICAL for variable in found):
            return []
        cadence = self._known.window.cadence_s or batch.cadence_s
        self._know(replace(self._known, cadence_s=cadence))
        return [self._learn(found, self._known.change, batch)]

    def _evolution(self, batch: Batch) -> Evolution | None:
        if self._named or not self._columns:
            return None
        as_ever = self._is_settled and not batch.flaws and batch.names == self._columns
        if as_ever and batch.seen.all():  # as nearly always: every variable came, and nothing else
            return None
        return evolved(self._known.variables, batch, size=self._known.window.size)

    def _learn(self, variables: tuple[Variable, ...], change: str, batch: Batch) -> StreamDefined:
        self._know(replace(self._known, variables=variables, origin=DefinitionOrigin.INFERRED))
        return self._say(change, to_time(batch.newest_us))

    def _break_off(self, evolution: Evolution, batch: Batch) -> StreamDefined:
        """Begin a new epoch with other variables; what is open goes on in it."""
        rows, watermark, session = self._buffer.take_open(), self._watermark, self._buffer.session
        known = replace(self._known, variables=evolution.variables)
        self._begin(known, sealed_us=self._buffer.sealed_us, epoch=self.epoch + 1)
        self._named = False
        self._watermark, self._buffer.session = watermark, session
        self._buffer.add(rows)
        return self._say(evolution.change, to_time(batch.newest_us))

    def _say(self, change: str, at: datetime) -> StreamDefined:
        """Return what is known as a new version."""
        said = replace(
            self._known,
            # Not a version that anybody used: the identity of the event hangs on it.
            version=self._highest_version + 1,
            defined_at=at,
            epoch=self.epoch,
            change=change,
        )
        self._know(said)
        return said

    def _window(self, batch: Batch) -> WindowSealed:
        matrix = batch.matrix(self._columns)
        values, validity = pack_matrix(matrix)
        return WindowSealed(
            window_id=f"{self.stream}/{self.epoch}/{batch.start_step}-{batch.steps}",
            stream=self.stream,
            epoch=self.epoch,
            start_step=batch.start_step,
            steps=batch.steps,
            columns=self._columns,
            values=values,
            validity=validity,
            start_time=to_time(batch.start_us),
            end_time=to_time(batch.end_us),
            definition_version=self._known.version,
            records=batch.records,
            flaws=batch.all_flaws(self._names, self._texts),
            quality=self._usual.judge(matrix, self._known),
            session=batch.session,
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


def _buffer(definition: StreamDefined, sealed_us: int) -> Buffer:
    policy = definition.window
    if policy.kind is WindowKind.COUNT:
        return CountBuffer(policy, sealed_us=sealed_us)
    rules = {v.name: v.resample for v in definition.variables if v.resample is not Resample.LAST}
    if policy.cadence_s is None:
        return PacedBuffer(policy, sealed_us=sealed_us, rules=rules)
    return TimeBuffer(policy, sealed_us=sealed_us, rules=rules)


def _is_same_policy(old: WindowPolicy, new: WindowPolicy) -> bool:
    """Say whether windows stay as they are; a cadence that was read off the records does."""
    return new == old or (
        new.cadence_s is None
        and old.kind is WindowKind.TIME
        and replace(new, cadence_s=old.cadence_s) == old
    )


def _same_columns(old: StreamDefined, new: StreamDefined) -> bool:
    if old.columns != new.columns:
        return False
    before = {variable.name: variable for variable in old.variables}
    return all(
        before[name].unit in {"", variable.unit} and before[name].resample is variable.resample
        for variable in new.variables
        if (name := variable.name) in old.columns
    )


def _difference(old: StreamDefined, new: StreamDefined) -> str:
    """Say in words why a definition begins a new epoch."""
    if not _is_same_policy(old.window, new.window):
        return "windows are cut in another way, so a new epoch begins"
    return "the variables are others, so a new epoch begins"
