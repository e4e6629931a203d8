"""How much a publisher lets be on its way at a time."""

import asyncio

from hypothesis import given
from hypothesis import strategies as st

from scarcity.bus.base import Message
from scarcity.bus.kafka.producing import MESSAGE_OVERHEAD, InFlight, slices

LIMIT = 1000


@given(st.lists(st.integers(0, 2 * LIMIT), min_size=1))
def test_slices_keep_every_message_in_order_and_no_slice_is_too_large(sizes: list[int]) -> None:
    messages = [(Message("t", "", bytes(size)), n) for n, size in enumerate(sizes)]

    cut = list(slices(messages, LIMIT))

    assert [placed for part in cut for placed in part] == messages
    for part in cut:
        weight = sum(MESSAGE_OVERHEAD + len(message.value or b"") for message, _ in part)
        assert weight <= LIMIT or len(part) == 1


async def test_no_more_than_the_limit_is_in_flight_at_once() -> None:
    in_flight = InFlight(LIMIT)
    now = most = 0

    async def send(size: int) -> None:
        nonlocal now, most
        async with in_flight.taking(size):
            now += size
            most = max(most, now)
            await asyncio.sleep(0)
            now -= size

    async with asyncio.TaskGroup() as tasks:
        for size in (400, 500, 600, 300, 1000, 100):
            tasks.create_task(send(size))

    assert 0 < most <= LIMIT


async def test_what_is_larger_than_all_the_room_goes_alone() -> None:
    in_flight = InFlight(LIMIT)

    async with in_flight.taking(5 * LIMIT):
        waiting = asyncio.ensure_future(_take_and_leave(in_flight))
        await asyncio.sleep(0)
        assert not waiting.done()
    await waiting


async def _take_and_leave(in_flight: InFlight) -> None:
    async with in_flight.taking(1):
        return
