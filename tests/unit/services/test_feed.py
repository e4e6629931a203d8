"""A reader of the live feed misses nothing, or is told that it did."""

import asyncio
from contextlib import aclosing

from hypothesis import given
from hypothesis import strategies as st

from services.gateway.feed import QUIET, RESET, Feed, Item, Wants


def shown(feed: Feed, *numbers: int) -> None:
    for number in numbers:
        feed.show("tick", {"n": number})


def of_stream(name: str) -> Wants:
    return lambda item: item.stream == name


async def take(
    feed: Feed, last_id: str | None, count: int, wants: Wants = lambda _: True
) -> list[Item]:
    found = []
    async with asyncio.timeout(5), aclosing(feed.follow(last_id, wants)) as items:
        async for item in items:
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

    assert [item.kind for item in heard] == [QUIET, QUIET, QUIET]


async def test_an_item_is_framed_with_its_id_and_kind() -> None:
    feed = Feed("boot")
    shown(feed, 1)

    async with aclosing(feed.frames("boot-0")) as frames:
        assert await anext(frames) == 'id: boot-1\nevent: tick\ndata: {"n":1}\n\n'


async def test_a_reader_is_told_at_once_where_it_stands() -> None:
    feed = Feed("boot")
    shown(feed, 1, 2)

    async with aclosing(feed.frames(None)) as frames:
        place = await anext(frames)
        shown(feed, 3)
        following = await anext(frames)

    assert place == ": nothing new\nid: boot-2\n\n"
    assert following.startswith("id: boot-3\n")


async def test_what_is_not_wanted_is_passed_over_and_the_place_goes_on() -> None:
    feed = Feed("boot", kept=10)
    items = feed.follow(None, of_stream("mine"), quiet_s=0.1)
    reading = asyncio.ensure_future(anext(items))
    for number in range(100):
        await asyncio.sleep(0)
        feed.show("tick", {"n": number}, "other")
    place = await asyncio.wait_for(reading, 5)
    await items.aclose()

    feed.show("tick", {"n": 100}, "mine")
    [item] = await take(feed, feed.id_of(place), 1, of_stream("mine"))

    assert (place.kind, place.number) == (QUIET, 100)
    assert (item.kind, item.number) == ("tick", 101)


async def test_a_reader_of_little_is_told_that_the_feed_lives_however_much_happens() -> None:
    feed = Feed("boot")

    async def happen() -> None:
        while True:
            feed.show("tick", {}, "other")
            await asyncio.sleep(0)

    busy = asyncio.ensure_future(happen())
    try:
        async with asyncio.timeout(5):
            async for item in feed.follow(None, of_stream("mine"), quiet_s=0.02):
                assert item.kind == QUIET
                break
    finally:
        busy.cancel()


async def test_who_passes_over_much_lets_others_have_their_turn() -> None:
    feed = Feed("boot")
    shown(feed, *range(20_000))
    turns = 0

    async def others() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    beside = asyncio.ensure_future(others())
    feed.show("tick", {}, "mine")
    [item] = await take(feed, "boot-1", 1, of_stream("mine"))
    beside.cancel()

    assert item.number == 20_001
    assert turns > 30


happenings = st.lists(st.sampled_from(["a", "b", None]), max_size=60)


@given(happened=happenings, breaks=st.lists(st.integers(1, 5), min_size=1, max_size=20))
def test_a_reader_of_one_stream_whose_line_breaks_gets_each_of_its_items_once(
    happened: list[str | None], breaks: list[int]
) -> None:
    async def read() -> list[int]:
        feed = Feed("boot")
        for number, stream in enumerate(happened, 1):
            feed.show("tick", {"n": number}, stream)
        last_id, got = "boot-0", []
        left = happened.count("a")
        for count in [*breaks, *[60] * (left > sum(breaks))]:
            part = await take(feed, last_id, min(count, left), of_stream("a")) if left else []
            left -= len(part)
            got += [item.number for item in part]
            last_id = feed.id_of(part[-1]) if part else last_id
        return got

    wanted = [number for number, stream in enumerate(happened, 1) if stream == "a"]
    assert asyncio.run(read()) == wanted
