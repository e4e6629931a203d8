"""What goes out in one piece: all that inputs of one partition led to, and the state behind it.

A batch is sorted by partition, then by key; each handler gets the messages of one key at a time,
without those that are in its state already. For a service with state,

    piece   =   events, dead letters, messages moved
              + a snapshot of each key that led to events, or was changed a while ago
              + the position, when anything of this is there

A key lives in the partition that follows from it. A message that came in another is moved home, and
says from where: there is no order between partitions, and no state in two places.
"""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from itertools import groupby
from operator import attrgetter, itemgetter

from scarcity.bus.base import Delivery, Message, TopicPartition
from scarcity.errors import PoisonEvent
from scarcity.runtime.handling import Handling
from scarcity.runtime.service import MOVED_FROM, Effect, Handler, Service
from scarcity.runtime.share import Owned
from scarcity.runtime.state import StateKeeper

SAVE_AFTER = timedelta(seconds=5)
SAVE_AT_ONCE = 200
"""Keys of a partition that are saved in one piece, at most, beside those that led to events."""


@dataclass(slots=True)
class Piece:
    """What goes out for one partition; and what is true of the partition once it is out."""

    owned: Owned
    messages: list[Message] = field(default_factory=list)
    keys: dict[str, None] = field(default_factory=dict)
    """Whose state is in it, in order."""
    handled: int = 0
    next_offset: int | None = None
    """The offset after the last input that was looked at; None when there was none."""

    @property
    def position(self) -> int:
        """The offset below which everything has been said."""
        return max(self.owned.ledger.position, self.next_offset or 0)

    def is_out(self) -> None:
        """Note in the books of the partition that the bus has it."""
        self.owned.ledger.saved(self.keys)
        if self.messages:
            self.owned.ledger.position = self.position
        if self.next_offset is not None:
            self.owned.next_offset = self.next_offset


class Pieces:
    """Makes the pieces of one service."""

    def __init__(self, service: Service, handling: Handling, keeper: StateKeeper | None) -> None:
        self._routes = {route.topic.name: route for route in service.consumes}
        self._home = service.home
        self._handling = handling
        self._keeper = keeper

    def of_batch(
        self, batch: Sequence[Delivery], share: Iterable[Owned], now: datetime
    ) -> list[Piece]:
        """Handle a batch; return a piece for each partition of a share."""
        parts = by_partition(batch)
        return [self._of_part(owned, parts.get(owned.source, ()), now) for owned in share]

    def of_messages(
        self, messages: Iterable[Message], share: Collection[Owned], now: datetime
    ) -> tuple[list[Piece], list[Message]]:
        """Return the pieces of messages about keys that are kept here, and the other messages."""
        pieces: dict[TopicPartition, Piece] = {}
        others: list[Message] = []
        for message in messages:
            owned = next((owned for owned in share if message.key in owned.ledger), None)
            if owned is None:
                others.append(message)
                continue
            piece = pieces.setdefault(owned.source, Piece(owned))
            piece.messages.append(message)
            piece.keys[message.key] = None
        for piece in pieces.values():
            self._add_state(piece, now)
        return list(pieces.values()), others

    def of_unsaved(self, owned: Owned, now: datetime) -> Piece:
        """Return a piece of state that is in no snapshot; without keys when all is saved."""
        piece = Piece(owned, keys=dict.fromkeys(owned.ledger.unsaved(limit=SAVE_AT_ONCE)))
        self._add_state(piece, now)
        return piece

    def _of_part(self, owned: Owned, part: Sequence[Delivery], now: datetime) -> Piece:
        piece = Piece(owned)
        for key, chunk in by_key(part).items():
            self._handle(piece, key, chunk, now)
        if part:
            piece.next_offset = part[-1].offset + 1
            self._handling.count(owned.source.topic, piece.handled)
        due = owned.ledger.due(before=now - SAVE_AFTER, limit=SAVE_AT_ONCE)
        piece.keys.update(dict.fromkeys(due))
        self._add_state(piece, now)
        return piece

    def _handle(self, piece: Piece, key: str, chunk: Sequence[Delivery], now: datetime) -> None:
        ledger = piece.owned.ledger
        next_offset = ledger.next_offset(key)
        fresh = chunk if next_offset is None else since(chunk, next_offset)
        if not fresh:
            return
        handle = self._handler(piece.owned.source, key, is_known=next_offset is not None)
        outcome = self._handling.outcome(handle, fresh, now, position=ledger.position)
        piece.handled += len(fresh)
        piece.messages += outcome.messages
        if self._keeper and (outcome.told or outcome.kept):
            # From the first message of the chunk on, fresh or not, so that firsts are in order.
            ledger.applied(key, first=chunk[0].offset, next_offset=chunk[-1].offset + 1, now=now)
        if outcome.told:
            piece.keys[key] = None

    def _handler(self, source: TopicPartition, key: str, *, is_known: bool) -> Handler:
        route = self._routes[source.topic]
        if self._keeper is None or is_known:
            return route.handle
        if not key:
            return refuse_keyless
        home = self._home(key, route.topic.partitions)
        return route.handle if home == source.partition else partial(move_home, home)

    def _add_state(self, piece: Piece, now: datetime) -> None:
        if self._keeper is None:
            return
        ledger, partition = piece.owned.ledger, piece.owned.source.partition
        piece.messages += self._keeper.snapshots(ledger, partition, piece.keys, now=now)
        if piece.messages and piece.next_offset is not None:
            piece.messages.append(self._keeper.position(partition, piece.position, now=now))


def move_home(home: int, deliveries: Sequence[Delivery]) -> Iterable[Effect]:
    """Hand messages on to the partition where their key lives."""
    for delivery in deliveries:
        source = (MOVED_FROM, str(delivery.partition).encode())
        moved = Message(
            delivery.topic,
            delivery.key,
            delivery.value,
            (*delivery.headers, source),
            delivery.timestamp_ms,
            home,
        )
        yield Effect(delivery, moved=(moved,))


def refuse_keyless(deliveries: Sequence[Delivery]) -> Iterable[Effect]:
    """Refuse messages that name no key, since state is kept by key."""
    for delivery in deliveries:
        poison = PoisonEvent("bad-stream-id", "name the stream in the key of the message")
        yield Effect(delivery, refused=poison)


def by_partition(batch: Iterable[Delivery]) -> Mapping[tuple[str, int], Sequence[Delivery]]:
    """Sort messages by where they came from; each partition keeps its order."""
    parts: defaultdict[tuple[str, int], list[Delivery]] = defaultdict(list)
    # A batch is made of long runs from one partition, and these three calls are all in C.
    for source, run in groupby(batch, itemgetter(0, 1)):
        parts[source].extend(run)
    return parts


def by_key(part: Iterable[Delivery]) -> Mapping[str, Sequence[Delivery]]:
    """Sort messages of one partition by key; keys come in the order of their first message."""
    chunks: defaultdict[str, list[Delivery]] = defaultdict(list)
    for delivery in part:
        chunks[delivery.key].append(delivery)
    return chunks


def since(chunk: Sequence[Delivery], offset: int) -> Sequence[Delivery]:
    """Return the messages from an offset on; offsets rise."""
    if chunk[0].offset >= offset:
        return chunk
    return chunk[bisect_left(chunk, offset, key=attrgetter("offset")) :]
