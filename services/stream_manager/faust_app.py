"""The Stream Manager on Faust: the same service, run by an agent instead of by `runtime`.

    SCARCITY_BUS=kafka://HOST:9092 faust -A services.stream_manager.faust_app worker --without-web

with the extra `faust` installed. It takes the settings of the service, and runs instead of it,
never beside it: its group and its state are its own. The state is a table of one snapshot per
stream, each with the offset after the last record in it. In one turn, records are

    handled   as far as they are not in the state of their stream
    told      what they lead to is sent, and durable
    saved     the streams they belong to are in the changelog, and durable
    acked     so that Faust commits them, within seconds

A crash makes events come once more under the ids they had, and loses none. What Faust cannot do is
to keep a worker from writing that was frozen while its partitions went to another; for this and
other limits see ADR 11.
"""

import asyncio
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from functools import partial

import faust

from scarcity.bus.base import (
    MAX_MESSAGE_BYTES,
    Delivery,
    Follow,
    Message,
    Retention,
    TopicSpec,
    partition_of,
)
from scarcity.bus.kafka.security import Security, context
from scarcity.cli import assemble
from scarcity.cli.kafka import kafka_settings
from scarcity.errors import ConfigError
from scarcity.events import RAW, StateSaved
from scarcity.events.codec import from_bytes, to_bytes
from scarcity.roster import entry
from scarcity.runtime.handling import Handling, Surroundings
from scarcity.runtime.pieces import by_key, by_partition, move_home, refuse_misnamed
from scarcity.runtime.process import Platform, specs
from scarcity.runtime.service import Service
from scarcity.runtime.state import pack, unpack
from services.stream_manager.main import build

NAME = "scarcity.v1.stream-manager-on-faust"
"""The consumer group, and what the name of the changelog begins with."""
TABLE = "state"
CHANGELOG = TopicSpec(f"{NAME}-{TABLE}-changelog", RAW.partitions, Retention.COMPACT)
BATCH = 4000
WAIT_S = 0.1
"""How long the first record of a batch waits for others."""
REQUEST_BYTES = MAX_MESSAGE_BYTES + 1024 * 1024


class Turns:
    """Hands a service what it consumes, follows and waits for, one thing at a time."""

    def __init__(self, service: Service, platform: Platform, app: faust.App) -> None:
        assert service.state is not None
        # What lets the governor set a pace comes after these: Faust keeps its own.
        (self._consumed,), (self.followed, *_), (self.timer, *_) = (
            service.consumes,
            service.follows,
            service.timers,
        )
        self._state = service.state
        self._home = service.home
        self._clock = platform.clock
        publisher = platform.publisher(service.name)
        tracer = platform.tracing.get_tracer("scarcity")
        around = Surroundings(platform.bus, platform.clock, platform.metrics, tracer, publisher)
        self._handling = Handling(service.name, around)
        self._publisher = publisher
        self._turn = asyncio.Lock()
        self._arrived: asyncio.Queue[faust.Event] = asyncio.Queue(BATCH)
        self._next_offsets: dict[str, int] = {}
        self._topics = {spec.name: app.topic(spec.name, value_serializer="raw") for spec in specs()}
        self._table = app.Table(TABLE, partitions=RAW.partitions, key_type=str, value_type=bytes)

    async def consume(self, stream: faust.Stream) -> None:
        """Handle records; a bug ends the process, with the records in hand not acknowledged."""
        source = stream.noack()
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._take_in(source))
                while True:
                    events = await self._next_events()
                    await self._on_records([_delivery(event.message) for event in events])
                    for event in events:
                        await source.ack(event)
        except* Exception as bugs:
            await stream.app.crash(bugs)
            raise

    async def _take_in(self, source: faust.Stream) -> None:
        async for event in source.events():
            await self._arrived.put(event)

    async def _next_events(self) -> Sequence[faust.Event]:
        """Return what has arrived, once there is something and others had time to join it.

        Faust's own `noack_take` loses a record now and then, see ADR 11.
        """
        events = [await self._arrived.get()]
        await asyncio.sleep(WAIT_S)
        while len(events) < BATCH and not self._arrived.empty():
            events.append(self._arrived.get_nowait())
        return events

    async def follow(self, batch: Sequence[Delivery]) -> None:
        """Follow what is said about streams."""
        async with self._turn:
            now = self._clock.now()
            messages = self._handling.followed(self.followed.handle, batch, now)
            await self._finish(messages, {delivery.key for delivery in batch}, now)

    async def fire(self) -> None:
        """Do what is due by the clock."""
        async with self._turn:
            now = self._clock.now()
            events = list(self.timer.fire(now))
            messages = [self._publisher.message(event) for event in events]
            await self._finish(messages, {event.key for event in events}, now)

    async def drop(self, *_: object, **__: object) -> None:
        """Drop all streams: others may own them next. Those that stay come back from the table.

        What waits is not acknowledged, and comes again to whoever owns it.
        """
        async with self._turn:
            while not self._arrived.empty():
                self._arrived.get_nowait()
            for key in self._next_offsets:
                self._state.forget(key)
            self._next_offsets.clear()

    async def _on_records(self, batch: Sequence[Delivery]) -> None:
        async with self._turn:
            now = self._clock.now()
            chunks = [c for part in by_partition(batch).values() for c in by_key(part).items()]
            messages = [m for key, chunk in chunks for m in self._handle(key, chunk, now)]
            await self._finish(messages, {key for key, _ in chunks}, now)

    def _handle(self, key: str, chunk: Sequence[Delivery], now: datetime) -> Sequence[Message]:
        if not key:
            return self._handling.outcome(refuse_misnamed, chunk, now).messages
        home = self._home(key, RAW.partitions)
        if chunk[0].partition != home:
            return self._handling.outcome(partial(move_home, home), chunk, now).messages
        fresh = self._fresh(key, chunk)
        return self._handling.outcome(self._consumed.handle, fresh, now).messages if fresh else ()

    def _fresh(self, key: str, chunk: Sequence[Delivery]) -> Sequence[Delivery]:
        """Pass over what the state has seen, and what Faust read again after a seek."""
        next_offset = self._next_offset(key)
        fresh = []
        for delivery in chunk:
            if delivery.offset >= next_offset:
                fresh.append(delivery)
                next_offset = delivery.offset + 1
        self._next_offsets[key] = next_offset
        return fresh

    def _next_offset(self, key: str) -> int:
        """Return the offset after the last record in the state of a stream, which is loaded now."""
        if key not in self._next_offsets:
            self._next_offsets[key] = 0
            if key in self._table:
                saved = from_bytes(StateSaved, self._table[key])
                self._state.restore(key, unpack(saved.state))
                self._next_offsets[key] = saved.next_offset
        return self._next_offsets[key]

    async def _finish(
        self, messages: Sequence[Message], touched: Collection[str], now: datetime
    ) -> None:
        """Send, then save, each until it is durable."""
        await asyncio.gather(*[await self._send(message) for message in messages])
        await asyncio.gather(*[sent for key in touched if (sent := self._save(key, now))])

    async def _send(self, message: Message) -> asyncio.Future[object]:
        topic = self._topics[message.topic]
        partition = message.partition
        if partition is None:
            partition = partition_of(message.key, topic.partitions or RAW.partitions)
        sent: asyncio.Future[object] = await topic.send(
            key=message.key.encode(),
            value=message.value,
            partition=partition,
            timestamp=None if message.timestamp_ms is None else message.timestamp_ms / 1000,
            headers=list(message.headers),
        )
        return sent

    def _save(self, key: str, now: datetime) -> asyncio.Future[object] | None:
        """Save a stream, if it is here: where it lives, whichever record is at hand."""
        next_offset, state = self._next_offsets.get(key), self._state.snapshot(key)
        if next_offset is None or state is None:
            return None
        value = to_bytes(StateSaved(key=key, next_offset=next_offset, state=pack(state), at=now))
        self._table.data[key] = value
        home = self._home(key, RAW.partitions)
        saved: asyncio.Future[object] = self._table.send_changelog(home, key, value)
        return saved


class Adapter(faust.App):  # type: ignore[misc]  # Faust demands a subclass
    """Begins when the topics are there and everything said about streams is known."""

    turns: Turns
    platform: Platform

    async def on_first_start(self) -> None:
        """Prepare the bus; of Faust's own, there are only folders that a table in memory spares."""
        await self.platform.bus.start()
        # Faust's own way would give the changelog one replica, and no room for large states.
        await self.platform.bus.provision([*specs(), CHANGELOG])
        caught_up = asyncio.Event()
        self.add_future(self._follow(caught_up))
        await self.wait(caught_up)

    async def on_stop(self) -> None:
        """Stop, then let go of the bus."""
        await super().on_stop()
        await self.platform.bus.close()

    async def _follow(self, caught_up: asyncio.Event) -> None:
        async for batch in self.platform.bus.follow(Follow((self.turns.followed.topic.name,))):
            if batch:
                await self.turns.follow(batch)
            else:
                caught_up.set()


def application() -> Adapter:
    """Return the application that the environment describes. ConfigError without a Kafka."""
    chosen = assemble.settings()
    if not chosen.bus.startswith(assemble.KAFKA):
        raise ConfigError("Faust needs a Kafka: set SCARCITY_BUS=kafka://HOST:9092")
    how = kafka_settings(chosen)
    _, platform = assemble.process([entry("stream_manager")], chosen)
    made = Adapter(
        NAME,
        broker=[assemble.KAFKA + a for a in how.bootstrap.split(",")],
        broker_credentials=_credentials(how.security),
        store="memory://",
        topic_disable_leader=True,
        broker_session_timeout=10.0,
        broker_heartbeat_interval=1.0,
        producer_max_request_size=REQUEST_BYTES,
    )
    made.platform = platform
    turns = made.turns = Turns(build(platform), platform, made)
    made.on_partitions_revoked.connect(turns.drop)
    made.timer(timedelta(seconds=turns.timer.every_s))(turns.fire)
    raw = made.topic(RAW.name, key_type=bytes, value_type=bytes, allow_empty=True)
    made.agent(raw, name="records")(turns.consume)
    return made


def _credentials(security: Security) -> faust.SASLCredentials | faust.SSLCredentials | None:
    trusting = context(security.tls) if security.tls else None
    if security.sasl is None:
        return faust.SSLCredentials(trusting) if trusting else None
    return faust.SASLCredentials(
        username=security.sasl.username,
        password=security.sasl.password,
        ssl_context=trusting,
        mechanism=security.sasl.mechanism,
    )


def _delivery(message: faust.types.Message) -> Delivery:
    return Delivery(
        message.topic,
        message.partition,
        message.offset,
        (message.key or b"").decode(errors="backslashreplace"),
        message.value,
        tuple((name, value or b"") for name, value in message.headers or ()),
        round(message.timestamp * 1000),
    )


app = application()
