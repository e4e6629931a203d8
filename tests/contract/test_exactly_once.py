"""What a service with state promises whatever happens to it: every effect once, and none lost."""

import asyncio
import random
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from functools import partial

import pytest

from adder import Adder, HeavyAdder, Told, what_an_adder_says
from faults import ShakyBus
from harness import Bench, until
from scarcity.bus.base import Bus, Message, partition_of
from scarcity.errors import Fenced
from scarcity.events import DeadLettered, StateSaved, decode, state_topic
from scarcity.events.codec import from_bytes
from scarcity.runtime import pieces, state
from scarcity.runtime.service import Timer
from scarcity.runtime.state import key_of

SAID, LETTERS = Told.topic.name, DeadLettered.topic.name
KEYS = ("a", "b", "c", "d", "e", "f")
HEAVY = 30 * 1024 * 1024
"""Bytes of a state that takes four messages."""


@pytest.fixture
async def bench(bus: Bus, topic: str) -> Bench:
    made = Bench(bus, topic)
    await made.provision(topic)
    return made


@pytest.mark.parametrize("seed", range(4))
async def test_whatever_happens_and_wherever_it_dies_every_effect_comes_once(
    bench: Bench, seed: int
) -> None:
    rng = random.Random(seed)

    await check_that_effects_come_once(bench, rng, await send_at_random(bench, rng, count=150))


@pytest.mark.parametrize("seed", range(4))
async def test_they_do_so_when_states_are_in_several_parts_and_turns_in_several_pieces(
    bench: Bench, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    rng = random.Random(seed)
    monkeypatch.setattr(state, "PART_BYTES", 64)
    monkeypatch.setattr(pieces, "ROOM_BYTES", 200)
    sent = await send_at_random(bench, rng, count=150, keys=neighbours(bench))

    await check_that_effects_come_once(bench, rng, sent, sizes=(0, 50, 100, 1000), batch=40)

    assert await parts_left_over(bench) == set()


@pytest.mark.parametrize("seed", range(2))
async def test_they_do_so_when_a_state_takes_several_messages(bench: Bench, seed: int) -> None:
    rng = random.Random(seed)
    numbers = [rng.choice([b"2", b"3", b"5", b"bad"]) for _ in range(15)]
    await bench.send("a", [*numbers, b"1"])

    await check_that_effects_come_once(bench, rng, {"a": [*numbers, b"1"]}, sizes=(HEAVY,))


async def test_a_worker_killed_while_it_saves_such_a_state_goes_on_from_the_one_before(
    bench: Bench,
) -> None:
    for total in (10, 20, 30):
        await bench.send("a", [b"5", b"5"])
        shaky, adder = ShakyBus(bench.bus), HeavyAdder(bench, [HEAVY])
        async with bench.doomed(adder.service(), shaky):
            await until(lambda: adder.sums == {"a": total})  # noqa: B023
            # On Kafka its state is on its way now, and takes a while.
            shaky.is_dead = True
            shaky.kill()

    again = HeavyAdder(bench, [HEAVY])
    async with bench.working(again.service()):
        await bench.send("a", [b"5", b"5"])
        await until(lambda: again.sums == {"a": 40})

    assert await said(bench, 4) == {"a": [10, 20, 30, 40]}


@pytest.mark.parametrize("seed", range(2))
async def test_events_of_timers_come_once_as_well(bench: Bench, seed: int) -> None:
    rng, happened = random.Random(seed), 0
    for total in (3, 6, 9):
        for key in KEYS:
            await bench.send(key, [b"3"])
        happened += await survive_everything(
            bench, rng, is_done=partial(has_told, dict.fromkeys(KEYS, total)), has_timer=True
        )

    assert happened > 0
    assert await said(bench, 3 * len(KEYS)) == {key: [3, 6, 9] for key in KEYS}


async def test_what_was_published_before_a_crash_is_not_said_again(bench: Bench) -> None:
    await bench.send("a", [b"1", b"bad", b"2", b"bad"])
    await bench.bus.publish([stray(bench, "a", b"4")])
    # The numbers lead to nothing, so they are in no snapshot and will be read again.
    await bench.crash_after(Adder(bench).service(), 6)

    again = Adder(bench)
    async with bench.working(again.service()):
        await until(lambda: again.sums == {"a": 7})
        await bench.send("a", [b"3"])
        await until(lambda: again.sums == {"a": 10})

    assert ("a", b"bad") in again.seen
    assert await said(bench, 1) == {"a": [10]}
    assert len(await bench.everything(LETTERS)) == 2
    assert sorted(await values_at_home(bench, "a")) == [b"1", b"2", b"3", b"4", b"bad", b"bad"]


async def test_what_an_input_leads_to_only_when_it_is_read_again_is_said(bench: Bench) -> None:
    await bench.send("a", [b"3", b"bad"])
    await bench.crash_after(Adder(bench).service(), 2)

    stricter = Adder(bench, tells_every=3)
    async with bench.working(stricter.service()):
        await bench.published(SAID, 1)

    assert await said(bench, 1) == {"a": [3]}
    assert len(await bench.everything(LETTERS)) == 1


async def test_a_worker_whose_writer_was_taken_over_drops_all_joins_anew_and_goes_on(
    bench: Bench,
) -> None:
    adder = Adder(bench)
    async with bench.working(adder.service()) as worker:
        await bench.send("a", [b"3"])
        await until(lambda: worker.handled == 1)
        await take_over(bench, "a")
        await bench.send("a", [b"7"])
        await bench.published(SAID, 1)
        await bench.send("a", [b"10"])
        await bench.published(SAID, 2)

    # What was in its hands is read again from where its state was saved.
    assert [value for _, value in adder.seen] == [b"3", b"7", b"3", b"7", b"10"]
    assert await said(bench, 2) == {"a": [10, 20]}


@pytest.mark.parametrize("seed", range(2))
async def test_a_worker_that_is_fenced_again_and_again_says_everything_once(
    bench: Bench, seed: int
) -> None:
    rng, adder = random.Random(seed), Adder(bench)
    history: defaultdict[str, list[bytes]] = defaultdict(list)
    async with bench.working(adder.service(batch=5)):
        for _ in range(8):
            sent = await send_at_random(bench, rng, count=20)
            await take_over(bench, rng.choice(KEYS))
            await asyncio.sleep(rng.uniform(0.0, 0.05))
            for key, values in sent.items():
                history[key] += values
        totals = {key: sum(map(int, good(values))) for key, values in history.items()}
        await until(lambda: adder.sums == totals)

    sums = {key: what_an_adder_says(values) for key, values in history.items()}
    assert await said(bench, sum(map(len, sums.values()))) == {k: v for k, v in sums.items() if v}
    assert await refused(bench) == await bad(bench)


async def test_a_worker_that_finds_out_by_a_timer_goes_on_as_well(bench: Bench) -> None:
    adder = Adder(bench)
    timer = Timer(0.02, lambda now: adder.tell_rest(now) if adder.sums.get("a") == 7 else ())
    async with bench.working(adder.service(timers=(timer,))) as worker:
        await bench.send("a", [b"3"])
        await until(lambda: worker.handled == 1)
        await take_over(bench, "a")
        adder.sums["a"] += 4  # the timer now has something to tell
        await until(lambda: adder.sums == {"a": 3} and worker.ready)
        await bench.send("a", [b"4"])
        await bench.published(SAID, 1)

    assert await said(bench, 1) == {"a": [7]}


async def test_a_worker_that_finds_out_as_it_leaves_saves_nothing(bench: Bench) -> None:
    adder = Adder(bench)
    async with bench.working(adder.service()) as worker:
        await bench.send("a", [b"3"])
        await until(lambda: worker.handled == 1)
        await take_over(bench, "a")

    again = Adder(bench)
    async with bench.working(again.service()):
        await until(lambda: again.sums == {"a": 3})

    assert again.seen == [("a", b"3")]


async def test_a_former_owner_can_publish_no_more(bench: Bench) -> None:
    former = await bench.bus.writer(writer_name(bench, "a"))
    async with bench.working(Adder(bench).service()) as worker:
        await until(lambda: worker.ready)
        with pytest.raises(Fenced):
            await former.publish([Message(bench.raw.name, bench.key("a"), b"1")])

    assert await bench.everything(bench.raw.name) == []


async def test_a_rebalance_ends_in_time_though_nothing_can_be_published(bench: Bench) -> None:
    bench.patience_s = 0.3
    shaky, first, second = ShakyBus(bench.bus), Adder(bench), Adder(bench)
    async with bench.doomed(first.service(), shaky) as one:
        await until(lambda: one.ready)
        shaky.is_away = True
        for key in KEYS:
            await bench.send(key, [b"10"])
        await until(lambda: bool(first.sums))
        async with bench.working(second.service()):
            await until(lambda: bool(second.sums))
            shaky.is_away = False
            await bench.published(SAID, len(KEYS))

    assert await said(bench, len(KEYS)) == {key: [10] for key in KEYS}


async def test_a_stop_ends_in_time_though_nothing_can_be_published(bench: Bench) -> None:
    bench.patience_s = 0.1
    shaky, adder = ShakyBus(bench.bus, is_away=True), Adder(bench)
    async with bench.working(adder.service(), shaky) as worker:
        await bench.send("a", [b"3"])
        await until(lambda: worker.handled == 1)

    again = Adder(bench)
    async with bench.working(again.service()):
        await until(lambda: again.sums == {"a": 3})


async def send_at_random(
    bench: Bench, rng: random.Random, *, count: int, keys: Sequence[str] = KEYS
) -> Mapping[str, list[bytes]]:
    """Send numbers, and now and then what is none; return what each key got, in order.

    The last of each key is a number, so that all is handled when the sums are right.
    """
    sent: defaultdict[str, list[bytes]] = defaultdict(list)
    values = [str(number).encode() for number in range(10)] + [b"bad"] * 3
    for key in rng.choices(keys, k=count):
        sent[key].append(rng.choice(values))
        await bench.send(key, sent[key][-1:])
    for key in keys:
        sent[key].append(b"1")
        await bench.send(key, [b"1"])
    return sent


async def check_that_effects_come_once(
    bench: Bench,
    rng: random.Random,
    sent: Mapping[str, Sequence[bytes]],
    *,
    sizes: Sequence[int] = (0,),
    batch: int = 5,
) -> None:
    """Let things happen to workers with states of these sizes until all that was sent is added."""
    totals = {key: sum(map(int, good(values))) for key, values in sent.items()}

    happened = await survive_everything(
        bench, rng, is_done=lambda adder: adder.sums == totals, sizes=sizes, batch=batch
    )

    assert happened > 0
    sums = {key: what_an_adder_says(values) for key, values in sent.items()}
    assert await said(bench, sum(map(len, sums.values()))) == {k: v for k, v in sums.items() if v}
    assert await refused(bench) == await bad(bench)


async def survive_everything(
    bench: Bench,
    rng: random.Random,
    *,
    is_done: Callable[[Adder], bool],
    has_timer: bool = False,
    sizes: Sequence[int] = (0,),
    batch: int = 5,
) -> int:
    """Run workers to whom things happen until one has done its work; the last finishes in peace.

    Return how much has happened.
    """
    happened = 0
    for rate in (0.3, 0.0):
        is_over = False
        while not is_over:
            shaky, adder = ShakyBus(bench.bus, rate, rng), HeavyAdder(bench, sizes)
            timers = (Timer(0.01, adder.tell_rest),) if has_timer else ()
            run = bench.doomed if rate else bench.working
            async with run(adder.service(timers=timers, batch=batch), shaky):
                await until(lambda: shaky.is_dead or is_done(adder))  # noqa: B023
                is_over = not shaky.is_dead
            happened += shaky.happened
    return happened


def has_told(totals: Mapping[str, int], adder: Adder) -> bool:
    return adder.said == totals


def good(values: Sequence[bytes]) -> list[bytes]:
    return [value for value in values if value != b"bad"]


def stray(bench: Bench, key: str, value: bytes) -> Message:
    """Return a message that goes to a partition where its key does not belong."""
    elsewhere = (partition_of(bench.key(key), 8) + 1) % 8
    return Message(bench.raw.name, bench.key(key), value, partition=elsewhere)


def neighbours(bench: Bench) -> list[str]:
    """Return as many keys as elsewhere, all of one partition."""
    names = (str(number) for number in range(1000))
    return [name for name in names if partition_of(bench.key(name), 8) == 0][: len(KEYS)]


def writer_name(bench: Bench, key: str) -> str:
    return f"{bench.name}-{partition_of(bench.key(key), 8)}"


async def take_over(bench: Bench, key: str) -> None:
    """Do what another owner of a key's partition would do first."""
    await bench.bus.writer(writer_name(bench, key))


async def said(bench: Bench, count: int) -> dict[str, list[int]]:
    """Return all that was told of each key, in order, once there is so much."""
    await bench.messages(SAID, count)
    found: defaultdict[str, list[int]] = defaultdict(list)
    for message in await bench.everything(SAID):
        event = decode(message.value or b"").event
        assert isinstance(event, Told)
        found[message.key.removeprefix(bench.name)].append(event.origin_offset)
    return dict(found)


async def refused(bench: Bench) -> list[tuple[int, int]]:
    """Return where the inputs of all dead letters were."""
    letters = [decode(found.value or b"").event for found in await bench.everything(LETTERS)]
    return sorted(
        (letter.origin_partition, letter.origin_offset)
        for letter in letters
        if isinstance(letter, DeadLettered)
    )


async def bad(bench: Bench) -> list[tuple[int, int]]:
    """Return where the inputs are that deserve a dead letter."""
    sent = await bench.everything(bench.raw.name)
    return sorted((found.partition, found.offset) for found in sent if found.value == b"bad")


async def parts_left_over(bench: Bench) -> set[str]:
    """Return the keys of parts that are saved and belong to no snapshot."""
    saved = await bench.everything(state_topic(bench.name).name)
    newest = {found.key: found.value for found in saved}
    snapshots = [from_bytes(StateSaved, value) for value in newest.values() if value]
    whole = {
        key_of(first.key, part)
        for first in snapshots
        if first.part == 0
        for part in range(1 + first.further)
    }
    return {key_of(found.key, found.part) for found in snapshots} - whole


async def values_at_home(bench: Bench, key: str) -> list[bytes]:
    """Return what there is of a key in the partition where it belongs."""
    home = partition_of(bench.key(key), 8)
    sent = await bench.everything(bench.raw.name)
    return [found.value or b"" for found in sent if found.partition == home]
