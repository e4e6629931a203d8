"""How a batch is sorted, and what goes out together."""

import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adder import Told, told
from harness import Bench
from scarcity.bus.base import Delivery, Message, TopicPartition
from scarcity.bus.embedded import EmbeddedBus
from scarcity.errors import PoisonEvent
from scarcity.events import RAW, DeadLettered, Event, StateSaved, state_topic
from scarcity.events.codec import from_bytes
from scarcity.runtime import pieces as cutting
from scarcity.runtime.handling import Handling
from scarcity.runtime.pieces import Draft, Piece, Pieces, by_key, by_partition, since
from scarcity.runtime.service import Route, Service, each
from scarcity.runtime.share import Owned
from scarcity.runtime.state import StateKeeper

AT = datetime(2026, 1, 1, tzinfo=UTC)
LATER = AT + timedelta(minutes=1)
STATE = state_topic("mpie")
ROOM = 1000
"""As many bytes as may go out at a time in these tests."""
LARGE = ROOM + 100
"""A state that takes all the room."""

places = st.tuples(st.integers(0, 3), st.sampled_from("abc"))


def deliveries(of: Iterable[tuple[int, str]]) -> list[Delivery]:
    """Return messages of these partitions and keys, numbered through."""
    return [Delivery(RAW.name, p, n, key, b"1", (), 0) for n, (p, key) in enumerate(of)]


@given(st.lists(places, max_size=40).map(deliveries))
def test_sorting_keeps_every_message_and_the_order_of_its_key(batch: list[Delivery]) -> None:
    parts = by_partition(batch)
    chunks = {(s, key): chunk for s, part in parts.items() for key, chunk in by_key(part).items()}

    for (source, key), chunk in chunks.items():
        assert chunk == [d for d in batch if (d.source, d.key) == (source, key)]
    assert sum(map(len, chunks.values())) == len(batch)


@given(st.lists(st.integers(0, 50), min_size=1, unique=True).map(sorted), st.integers(0, 55))
def test_what_is_fresh_begins_at_an_offset(offsets: list[int], first: int) -> None:
    chunk = [Delivery(RAW.name, 0, offset, "a", None, (), 0) for offset in offsets]

    assert [d.offset for d in since(chunk, first)] == [n for n in offsets if n >= first]


@dataclass
class Echo:
    """Says what it is told to, by key; each key has a state of some size, most of them large."""

    sizes: dict[str, int] = field(default_factory=dict)
    taken: list[str] = field(default_factory=list)
    """Of which keys a snapshot was made."""

    def on_record(self, delivery: Delivery) -> Iterable[Event]:
        match delivery.value:
            case b"bad":
                raise PoisonEvent("bad", "send something else")
            case b"say":
                yield told(delivery.key, delivery.offset)

    def snapshot(self, key: str) -> bytes:
        self.taken.append(key)
        return random.Random(key).randbytes(self.sizes.get(key, LARGE))

    def restore(self, key: str, data: bytes) -> None: ...

    def forget(self, key: str) -> None: ...


@dataclass
class Turns:
    """What makes the pieces of a service, one turn after another."""

    pieces: Pieces
    echo: Echo
    shares: list[Owned]
    offset: int = 0

    def turn(
        self, records: Iterable[tuple[int, str, bytes]], now: datetime = AT
    ) -> Iterator[list[Piece]]:
        """Handle records, each with its partition and key; yield what goes out, and let it out."""
        batch = [
            Delivery(RAW.name, partition, self.offset + number, key, value, (), 0)
            for number, (partition, key, value) in enumerate(records)
        ]
        self.offset += len(batch)
        return self.let_out(self.pieces.of_batch(batch, self.shares, now), now)

    def let_out(self, drafts: Iterable[Draft], now: datetime) -> Iterator[list[Piece]]:
        for pieces in self.pieces.cut(drafts, now):
            yield pieces
            for piece in pieces:
                piece.is_out()


@pytest.fixture
def turns(monkeypatch: pytest.MonkeyPatch) -> Turns:
    monkeypatch.setattr(cutting, "ROOM_BYTES", ROOM)
    return turns_of(stateful=True)


def turns_of(*, stateful: bool) -> Turns:
    echo = Echo()
    route = Route(RAW, each(echo.on_record))
    service = Service("mpie", consumes=(route,), state=echo, home=lambda key, _: int(key[0]))
    around = Bench(EmbeddedBus()).around("mpie")
    keeper = StateKeeper(echo, STATE) if stateful else None
    shares = [Owned(TopicPartition(RAW.name, number), around.publisher) for number in range(2)]
    return Turns(Pieces(service, Handling("mpie", around), keeper), echo, shares)


def saved_in(piece: Piece) -> list[str]:
    """Return the keys that are saved in a piece; the empty one stands for the position."""
    return [message.key for message in piece.messages if message.topic == STATE.name]


def said_in(piece: Piece) -> list[tuple[str, str]]:
    """Return what is said in a piece, and of whom."""
    names = {Told.topic.name: "told", DeadLettered.topic.name: "refused", RAW.name: "moved"}
    return [(names[m.topic], m.key[-2:]) for m in piece.messages if m.topic != STATE.name]


def position_in(messages: Sequence[Message]) -> list[int]:
    stored = [m for m in messages if m.topic == STATE.name and not m.key]
    return [from_bytes(StateSaved, m.value or b"").next_offset for m in stored]


def test_what_is_small_goes_out_at_once_from_every_partition(turns: Turns) -> None:
    turns.echo.sizes = dict.fromkeys(["0a", "0b", "1a"], 1)

    [pieces] = turns.turn([(0, "0a", b"say"), (1, "1a", b"say"), (0, "0b", b"say")])

    assert [saved_in(piece) for piece in pieces] == [["0a", "0b", ""], ["1a", ""]]
    assert [piece.handled for piece in pieces] == [2, 1]


def test_large_snapshots_go_out_one_after_another_each_with_what_was_said_of_its_key(
    turns: Turns,
) -> None:
    found = list(turns.turn([(0, "0a", b"say"), (0, "0b", b"say"), (1, "1a", b"say")]))

    assert [[saved_in(piece) for piece in pieces] for pieces in found] == [
        [["0a"]],
        [["0b", ""], []],
        [["1a", ""]],
    ]
    assert [said_in(pieces[-1]) for pieces in (found[0], found[2])] == [
        [("told", "0a")],
        [("told", "1a")],
    ]
    assert [piece.next_offset for pieces in found for piece in pieces] == [None, 2, None, 3]


def test_a_snapshot_is_made_only_when_those_before_it_are_out(turns: Turns) -> None:
    out = turns.turn([(0, f"0{key}", b"say") for key in "abc"])

    for number, key in enumerate(["0a", "0b", "0c"]):
        assert turns.echo.taken == ["0a", "0b", "0c"][:number]
        [piece, *_] = next(out)
        assert key in saved_in(piece)


def test_what_no_snapshot_tells_of_is_in_the_last_piece_with_the_position(turns: Turns) -> None:
    records = [(0, "0x", b"bad"), (0, "0a", b"bad"), (0, "1z", b"moved")]
    records += [(0, "0a", b"say"), (0, "0y", b"kept"), (0, "0y", b"bad"), (0, "0b", b"say")]

    [[first], [last, _]] = turns.turn(records)

    assert said_in(first) == [("refused", "0a"), ("told", "0a")]
    assert (saved_in(first), position_in(first.messages)) == (["0a"], [])
    assert sorted(said_in(last)) == sorted(
        [("told", "0b"), ("refused", "0x"), ("moved", "1z"), ("refused", "0y")]
    )
    assert (saved_in(last), position_in(last.messages)) == (["0b", ""], [7])


def test_the_books_follow_what_is_out_piece_by_piece(turns: Turns) -> None:
    out = turns.turn([(0, "0a", b"say"), (0, "0b", b"say")])
    owned = turns.shares[0]

    next(out)
    assert owned.ledger.unsaved(limit=9) == ["0a", "0b"]
    next(out)
    assert owned.ledger.unsaved(limit=9) == ["0b"]
    assert (owned.ledger.position, owned.safe_offset) == (0, None)
    assert next(out, None) is None
    assert owned.ledger.unsaved(limit=9) == []
    assert (owned.ledger.position, owned.safe_offset) == (2, 2)


def test_large_snapshots_that_no_event_waits_for_take_a_few_turns_the_oldest_first(
    turns: Turns,
) -> None:
    keys = ["0a", "0b", "0c"]
    assert [saved_in(p) for [p, _] in turns.turn([(0, key, b"kept") for key in keys])] == [[]]

    found = [list(turns.turn([], LATER)) for _ in range(4)]

    assert [[saved_in(pieces[0]) for pieces in out] for out in found] == [
        [["0a"]],
        [["0b"]],
        [["0c"]],
        [[]],
    ]


def test_they_are_not_held_up_by_events(turns: Turns) -> None:
    list(turns.turn([(0, "0a", b"kept"), (0, "0b", b"kept")]))

    found = [list(turns.turn([(0, "0c", b"say"), (0, "0d", b"say")], LATER)) for _ in range(2)]

    assert [[saved_in(pieces[0]) for pieces in out] for out in found] == [
        [["0c"], ["0d"], ["0a", ""]],
        [["0c"], ["0d"], ["0b", ""]],
    ]


def test_refusals_of_a_key_that_has_to_wait_go_out_with_the_position(turns: Turns) -> None:
    list(turns.turn([(0, "0a", b"kept"), (0, "0b", b"kept")]))

    [[piece, _]] = turns.turn([(0, "0a", b"bad"), (0, "0b", b"bad")], LATER)

    assert said_in(piece) == [("refused", "0a"), ("refused", "0b")]
    assert (saved_in(piece), position_in(piece.messages)) == (["0a", ""], [4])


def test_all_that_is_unsaved_is_saved_in_the_end(turns: Turns) -> None:
    list(turns.turn([(0, f"0{key}", b"kept") for key in "abc"]))
    owned = turns.shares[0]

    found = list(turns.let_out([turns.pieces.of_unsaved(owned)], LATER))

    assert [saved_in(piece) for [piece] in found] == [["0a"], ["0b"], ["0c"]]
    assert owned.safe_offset == 3


def test_events_of_a_timer_go_out_with_the_state_of_their_keys(turns: Turns) -> None:
    list(turns.turn([(0, "0a", b"say"), (0, "0b", b"say")]))
    said = [Message(Told.topic.name, key, b"x") for key in ("0b", "0z", "0a")]

    drafts, others = turns.pieces.of_messages(said, turns.shares)
    found = list(turns.let_out(drafts, LATER))

    assert [message.key for message in others] == ["0z"]
    assert [(said_in(piece), saved_in(piece)) for [piece] in found] == [
        ([("told", "0b")], ["0b"]),
        ([("told", "0a")], ["0a"]),
    ]


def test_a_service_without_state_says_all_of_a_partition_in_one_piece() -> None:
    turns = turns_of(stateful=False)

    [[first, second]] = turns.turn([(0, "0a", b"say"), (1, "a/b", b"say"), (0, "", b"bad")])

    assert [message.topic for message in first.messages] == [
        Told.topic.name,
        DeadLettered.topic.name,
    ]
    assert said_in(second) == [("told", "/b")]


@pytest.mark.parametrize("key", ["", "0a/1", "/"])
def test_a_key_that_could_be_that_of_a_part_is_refused_as_an_empty_one_is(
    turns: Turns, key: str
) -> None:
    [[piece, _]] = turns.turn([(0, key, b"say")])

    assert [what for what, _ in said_in(piece)] == ["refused"]
    assert list(turns.shares[0].ledger) == []
