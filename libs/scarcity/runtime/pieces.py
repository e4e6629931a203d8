"""What goes out in one piece: all that inputs of one partition led to, and the state behind it.

A batch is sorted by partition, then by key; each handler gets the messages of one key at a time,
without those that are in its state already. For a service with state,

    piece   =   events, dead letters, messages moved
              + a snapshot of each key that led to events, or was changed a while ago
              + the position, when anything of this is there

Snapshots may be large, so they are made when there is room for them: what came of a turn is cut
into as many pieces as it takes, one after the other. A key is never divided: what was said of it
goes with its snapshot, which tells whoever reads the same inputs again that it was said. All that
no snapshot tells of is in the last piece, with the position, which does.

A key lives in the partition that follows from it. A message that came in another is moved home, and
says from where: there is no order between partitions, and no state in two places.
"""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from itertools import chain, groupby
from operator import attrgetter, itemgetter

from scarcity.bus.base import Delivery, Message, TopicPartition
from scarcity.errors import PoisonEvent
from scarcity.runtime.handling import Handling
from scarcity.runtime.service import MOVED_FROM, Effect, Handler, Service
from scarcity.runtime.share import Owned
from scarcity.runtime.state import PART, StateKeeper

SAVE_AFTER = timedelta(seconds=5)
SAVE_AT_ONCE = 200
"""Keys of a partition that are saved in one turn, at most, beside those that led to events."""
ROOM_BYTES = 32 * 1024 * 1024
"""When the pieces that go out at a time hold so much, the next key has to wait until they are out.
So they hold less than this and one key more, whose snapshot may be larger than all the room.

It is also what the keys of a partition that no event waits for may take of one turn."""


@dataclass(slots=True)
class Draft:
    """What came of one partition in one turn, not yet cut into pieces."""

    owned: Owned
    said: dict[str, list[Message]] = field(default_factory=dict)
    """The messages that are to go out, by the key that they came of."""
    keys: dict[str, bool] = field(default_factory=dict)
    """Whose state is to be saved, in order; and whether it has to be in this turn."""
    handled: int = 0
    next_offset: int | None = None
    """The offset after the last input that was looked at; None when there was none."""


@dataclass(slots=True)
class Piece:
    """What goes out for one partition; and what is true of the partition once it is out."""

    owned: Owned
    messages: list[Message] = field(default_factory=list)
    parts: dict[str, int] = field(default_factory=dict)
    """Whose state is in it, in order, and in how many parts."""
    handled: int = 0
    next_offset: int | None = None
    """The offset below which this piece says the last; None when more is to come, or nothing."""

    @property
    def position(self) -> int:
        """The offset below which everything has been said."""
        return max(self.owned.ledger.position, self.next_offset or 0)

    def is_out(self) -> None:
        """Note in the books of the partition that the bus has it."""
        ledger = self.owned.ledger
        ledger.saved(self.parts)
        for key, parts in self.parts.items():
            ledger.in_parts(key, parts)
        if self.messages:
            ledger.position = self.position
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
    ) -> list[Draft]:
        """Handle a batch; return what came of it in each partition of a share."""
        parts = by_partition(batch)
        return [self._of_part(owned, parts.get(owned.source, ()), now) for owned in share]

    def of_messages(
        self, messages: Iterable[Message], share: Collection[Owned]
    ) -> tuple[list[Draft], list[Message]]:
        """Sort messages into those about keys that are kept here, by partition, and the others."""
        drafts: dict[TopicPartition, Draft] = {}
        others: list[Message] = []
        for message in messages:
            owned = next((owned for owned in share if message.key in owned.ledger), None)
            if owned is None:
                others.append(message)
                continue
            draft = drafts.setdefault(owned.source, Draft(owned))
            draft.said.setdefault(message.key, []).append(message)
            draft.keys[message.key] = True
        return list(drafts.values()), others

    def of_unsaved(self, owned: Owned) -> Draft:
        """Return what has state that is in no snapshot; without keys when all is saved."""
        unsaved = owned.ledger.unsaved(limit=SAVE_AT_ONCE)
        return Draft(owned, keys=dict.fromkeys(unsaved, True))

    def cut(self, drafts: Iterable[Draft], now: datetime) -> Iterator[list[Piece]]:
        """Yield the pieces that may go out at a time, each of another partition.

        Ask for the next when these are out: only then are the snapshots in them made.
        """
        pieces: list[Piece] = []
        size = 0
        for draft in drafts:
            pieces.append(Piece(draft.owned))
            spare = ROOM_BYTES
            for key, must in draft.keys.items():
                if not must and spare <= 0:
                    break
                if size >= ROOM_BYTES:
                    yield pieces
                    pieces, size = [Piece(draft.owned)], 0
                added = self._add_key(pieces[-1], draft, key, now)
                size += added
                spare -= 0 if must else added
            self._complete(pieces[-1], draft, now)
        if pieces:
            yield pieces

    def _of_part(self, owned: Owned, part: Sequence[Delivery], now: datetime) -> Draft:
        draft = Draft(owned)
        for key, chunk in by_key(part).items():
            self._handle(draft, key, chunk, now)
        if part:
            draft.next_offset = part[-1].offset + 1
            self._handling.count(owned.source.topic, draft.handled)
        for key in owned.ledger.due(before=now - SAVE_AFTER, limit=SAVE_AT_ONCE):
            draft.keys.setdefault(key, False)
        return draft

    def _handle(self, draft: Draft, key: str, chunk: Sequence[Delivery], now: datetime) -> None:
        ledger = draft.owned.ledger
        next_offset = ledger.next_offset(key)
        fresh = chunk if next_offset is None else since(chunk, next_offset)
        if not fresh:
            return
        handle = self._handler(draft.owned.source, key, is_known=next_offset is not None)
        outcome = self._handling.outcome(handle, fresh, now, position=ledger.position)
        draft.handled += len(fresh)
        draft.said[key] = outcome.messages
        if self._keeper is None:
            return
        if outcome.told or outcome.kept:
            # From the first message of the chunk on, fresh or not, so that firsts are in order.
            ledger.applied(key, first=chunk[0].offset, next_offset=chunk[-1].offset + 1, now=now)
        if outcome.told:
            draft.keys[key] = True

    def _handler(self, source: TopicPartition, key: str, *, is_known: bool) -> Handler:
        route = self._routes[source.topic]
        if self._keeper is None or is_known:
            return route.handle
        if not key or PART in key:
            return refuse_misnamed
        home = self._home(key, route.topic.partitions)
        return route.handle if home == source.partition else partial(move_home, home)

    def _add_key(self, piece: Piece, draft: Draft, key: str, now: datetime) -> int:
        """Add what was said of a key, and its snapshot; return how many bytes these are."""
        assert self._keeper is not None, "who keeps no state has no keys to save"
        owned = piece.owned
        saved = self._keeper.snapshot(owned.ledger, owned.source.partition, key, now=now)
        piece.parts[key] = sum(message.value is not None for message in saved)
        messages = [*draft.said.pop(key, ()), *saved]
        piece.messages += messages
        return sum(len(message.value or b"") for message in messages)

    def _complete(self, piece: Piece, draft: Draft, now: datetime) -> None:
        """Make a piece the last of its draft."""
        piece.messages += chain.from_iterable(draft.said.values())
        piece.handled, piece.next_offset = draft.handled, draft.next_offset
        if self._keeper and piece.messages and piece.next_offset is not None:
            partition = piece.owned.source.partition
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


def refuse_misnamed(deliveries: Sequence[Delivery]) -> Iterable[Effect]:
    """Refuse messages whose key is empty, or could be that of a part of a snapshot."""
    for delivery in deliveries:
        poison = PoisonEvent(
            "bad-stream-id",
            "name the stream, in the key of the message, with letters, digits, dots, dashes, "
            "underscores or colons",
        )
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
