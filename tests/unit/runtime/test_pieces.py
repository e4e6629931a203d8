"""How a batch is sorted, and what goes out together."""

from collections.abc import Iterable
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from scarcity.bus.base import Delivery
from scarcity.events import RAW, state_topic
from scarcity.runtime.pieces import by_key, by_partition, since

AT = datetime(2026, 1, 1, tzinfo=UTC)
STATE = state_topic("mpie")

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
