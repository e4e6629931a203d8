"""How a snapshot holds a state, in as many messages as it takes."""

import asyncio
import random
import zlib
from collections.abc import AsyncGenerator, Collection, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scarcity.bus.base import MAX_MESSAGE_BYTES, Delivery, Follow, Message
from scarcity.errors import ConfigError
from scarcity.events import state_topic
from scarcity.runtime import state as saving
from scarcity.runtime.ledger import Ledger
from scarcity.runtime.state import PART_BYTES, StateKeeper, key_of, pack, unpack
from scarcity.streams import check_stream_id

AT = datetime(2026, 1, 1, tzinfo=UTC)
PARTITION = 3
NOISE = random.Random(0)
"""What cannot be packed."""
SMALL = 50
"""As many bytes as a part has in these tests."""


@dataclass
class Kept:
    """States of a service that does nothing."""

    states: dict[str, bytes] = field(default_factory=dict)

    def snapshot(self, key: str) -> bytes | None:
        return self.states.get(key)

    def restore(self, key: str, data: bytes) -> None:
        self.states[key] = data

    def forget(self, key: str) -> None:
        self.states.pop(key, None)


@dataclass
class Saved:
    """What is saved of one partition, and can be restored; as much of a bus as it takes."""

    messages: list[Message] = field(default_factory=list)
    kept: Kept = field(default_factory=Kept)
    ledger: Ledger = field(default_factory=Ledger)

    def save(self, key: str, state: bytes | None, *, without: Collection[str] = ()) -> list[str]:
        """Save a state; return the keys of the messages, those included that are then left out."""
        if state is not None:
            self.kept.states[key] = state
        offset = len(self.messages)
        self.ledger.applied(key, first=offset, next_offset=offset + 1, now=AT)
        now = AT + timedelta(seconds=offset)
        messages = StateKeeper(self.kept, state_topic("mpie")).snapshot(
            self.ledger, PARTITION, key, now=now
        )
        self.ledger.saved([key])
        self.ledger.in_parts(key, sum(message.value is not None for message in messages))
        self.messages += [message for message in messages if message.key not in without]
        return [message.key for message in messages]

    def restored(self) -> "Saved":
        """Return what another instance has that takes the partition over."""
        keeper = StateKeeper(Kept(), state_topic("mpie"))
        ledger = asyncio.run(keeper.restore(self, PARTITION))  # type: ignore[arg-type]
        assert isinstance(keeper.state, Kept)
        return Saved(self.messages, keeper.state, ledger)

    def newest(self) -> set[str]:
        """Return the keys that are left once the topic was compacted."""
        values = {message.key: message.value for message in self.messages}
        return {key for key, value in values.items() if value is not None}

    async def follow(self, what: Follow) -> AsyncGenerator[Sequence[Delivery], None]:
        assert what.partitions == frozenset({PARTITION})
        yield [
            Delivery(m.topic, PARTITION, offset, m.key, m.value, (), 0)
            for offset, m in enumerate(self.messages)
        ]
        yield []


@pytest.fixture
def saved(monkeypatch: pytest.MonkeyPatch) -> Saved:
    monkeypatch.setattr(saving, "PART_BYTES", SMALL)
    return Saved()


def state_of(parts: int) -> bytes:
    """Return a state, different every time, that takes so many parts of a small size."""
    state = NOISE.randbytes(parts * SMALL - 20)  # what lz4 adds is less
    assert (parts - 1) * SMALL < len(pack(state)) <= parts * SMALL
    return state


@given(st.binary())
def test_a_state_comes_back_as_it_was(state: bytes) -> None:
    assert unpack(pack(state)) == state


@pytest.mark.parametrize("packed", [zlib.compress(b"as an older version saved it"), b"{}", b"-"])
def test_what_this_version_cannot_read_is_named_as_that(packed: bytes) -> None:
    with pytest.raises(ConfigError, match="run the version that saved it"):
        unpack(packed)


@pytest.mark.parametrize("parts", [1, 2, 3, 12])
def test_a_state_takes_as_many_messages_as_it_needs_and_comes_back(
    saved: Saved, parts: int
) -> None:
    state = state_of(parts)

    keys = saved.save("a", state)
    again = saved.restored()

    assert keys == ["a", *(f"a/{number}" for number in range(1, parts))]
    assert {message.partition for message in saved.messages} == {PARTITION}
    assert again.kept.states == {"a": state}
    assert list(again.ledger) == ["a"]
    assert again.ledger.next_offset("a") == saved.ledger.next_offset("a")
    assert again.ledger.parts("a") == parts


@pytest.mark.parametrize("size", [PART_BYTES // 2, PART_BYTES, 2 * PART_BYTES + 1])
def test_every_message_fits_the_bus(size: int) -> None:
    saved, state = Saved(), NOISE.randbytes(size)

    saved.save("a", state)

    assert all(0 < len(m.value or b"") < MAX_MESSAGE_BYTES for m in saved.messages)
    assert len(saved.messages) == 1 + size // PART_BYTES
    assert saved.restored().kept.states == {"a": state}


def test_a_key_without_state_is_saved_as_well(saved: Saved) -> None:
    assert saved.save("a", None) == ["a"]

    again = saved.restored()

    assert (list(again.ledger), again.kept.states) == (["a"], {})


def test_a_shorter_snapshot_takes_the_parts_with_it_that_only_the_one_before_had(
    saved: Saved,
) -> None:
    saved.save("a", state_of(4))

    assert saved.save("a", state_of(2)) == ["a", "a/1", "a/2", "a/3"]
    assert saved.newest() == {"a", "a/1"}

    again = saved.restored()
    assert again.kept.states == saved.kept.states
    assert again.save("a", state_of(1)) == ["a", "a/1"]
    assert again.newest() == {"a"}
    assert again.save("a", state_of(1)) == ["a"]


def test_parts_left_over_from_a_longer_snapshot_are_passed_over_and_go_with_the_next(
    saved: Saved,
) -> None:
    saved.save("a", state_of(4))
    saved.save("a", state_of(2), without=["a/2", "a/3"])  # their tombstones, that is
    assert saved.newest() == {"a", "a/1", "a/2", "a/3"}

    again = saved.restored()

    assert again.kept.states == saved.kept.states
    assert list(again.ledger) == ["a"]
    again.save("a", state_of(3))
    assert again.newest() == {"a", "a/1", "a/2"}


@pytest.mark.parametrize("missing", ["a/1", "a/2", "a/3"])
@pytest.mark.parametrize("is_older_there", [True, False])
def test_a_snapshot_of_which_a_part_is_missing_is_an_error_and_never_half_a_state(
    saved: Saved, missing: str, *, is_older_there: bool
) -> None:
    if is_older_there:
        saved.save("a", state_of(4))
    saved.save("a", state_of(4), without=[missing])

    with pytest.raises(ConfigError, match=r"of the 4 parts .* of a, number . is not in .*state-"):
        saved.restored()


def test_parts_without_their_first_are_nothing_and_go_when_the_key_is_there_again(
    saved: Saved,
) -> None:
    saved.save("a", state_of(3), without=["a"])

    again = saved.restored()

    assert (list(again.ledger), again.kept.states) == ([], {})
    again.save("a", state_of(1))
    assert again.newest() == {"a"}


def test_a_key_whose_message_was_deleted_is_unknown_though_its_older_ones_are_still_there(
    saved: Saved,
) -> None:
    saved.save("a", state_of(1))
    saved.messages.append(Message(state_topic("mpie").name, "a", None, partition=PARTITION))

    again = saved.restored()

    assert (list(again.ledger), again.kept.states) == ([], {})


@given(st.from_regex(r"[A-Za-z0-9_:-][A-Za-z0-9._:-]{0,150}", fullmatch=True), st.integers(1, 999))
def test_no_stream_has_the_name_of_a_part(stream: str, part: int) -> None:
    check_stream_id(stream)

    with pytest.raises(ConfigError, match="cannot name a stream"):
        check_stream_id(key_of(stream, part))


snapshots = st.lists(st.tuples(st.sampled_from("abc"), st.integers(1, 6)), max_size=12)


@given(snapshots, st.integers(0, 12))
def test_whatever_was_saved_the_newest_of_each_key_comes_back(
    steps: list[tuple[str, int]], moved_after: int
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(saving, "PART_BYTES", SMALL)
        saved, expected = Saved(), dict[str, bytes]()
        for number, (key, parts) in enumerate(steps):
            if number == moved_after:
                saved = saved.restored()
            expected[key] = state_of(parts)
            saved.save(key, expected[key])

        assert saved.restored().kept.states == expected
        assert saved.newest() == {
            key_of(key, part) for key in expected for part in range(saved.ledger.parts(key))
        }
