"""A reader of the live feed misses nothing, or is told that it did."""

import asyncio
from contextlib import aclosing

from services.gateway.feed import RESET, Feed, Item


def shown(feed: Feed, *numbers: int) -> None:
    for number in numbers:
        feed.show("tick", {"n": number})


async def take(feed: Feed, last_id: str | None, count: int) -> list[Item]:
    found = []
    async with asyncio.timeout(5), aclosing(feed.follow(last_id)) as items:
        async for item in items:
            assert item is not None
            found.append(item)
            if len(found) == count:
                break
    return found


async def test_a_new_reader_gets_what_comes_from_now_on() -> None:
    feed = Feed("boot")
    shown(feed, 1, 2)
    reading = asyncio.ensure_future(take(feed, None, 2))
    await asyncio.sleep(0)
    shown(feed, 3, 4)

    assert [item.data for item in await reading] == ['{"n":3}', '{"n":4}']


async def test_a_reader_that_comes_back_gets_everything_since() -> None:
    feed = Feed("boot")
    shown(feed, *range(2000))
    [first] = await take(feed, "boot-0", 1)

    missed = await take(feed, feed.id_of(first), 1999)

    assert [item.number for item in missed] == list(range(2, 2001))


async def test_a_reader_that_was_away_too_long_is_reset_and_goes_on_from_now() -> None:
    feed = Feed("boot", kept=10)
    shown(feed, *range(100))

    [reset] = await take(feed, "boot-50", 1)
    shown(feed, 100)
    [following] = await take(feed, feed.id_of(reset), 1)

    assert reset.kind == RESET
    assert following.data == '{"n":100}'


async def test_ids_of_other_runs_and_of_no_run_are_reset() -> None:
    feed = Feed("boot")
    shown(feed, 1, 2, 3)

    for stale in ("other-2", "boot-99", "boot-x", "", "nonsense"):
        [item] = await take(feed, stale, 1)
        assert item.kind == RESET


async def test_readers_of_one_feed_do_not_disturb_each_other() -> None:
    feed = Feed("boot")
    shown(feed, *range(50))

    one, other = await asyncio.gather(take(feed, "boot-0", 50), take(feed, "boot-25", 25))

    assert one[25:] == other


async def test_a_quiet_feed_says_that_it_lives_and_a_closed_one_ends() -> None:
    feed = Feed("boot")
    heard = []
    async for item in feed.follow(None, quiet_s=0.01):
        heard.append(item)
        if len(heard) == 3:
            feed.close()

    assert heard == [None, None, None]


async def test_an_item_is_framed_with_its_id_and_kind() -> None:
    feed = Feed("boot")
    shown(feed, 1)

    async with aclosing(feed.frames("boot-0")) as frames:
        assert await anext(frames) == 'id: boot-1\nevent: tick\ndata: {"n":1}\n\n'
