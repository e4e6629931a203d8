"""Whatever crashes, a request to send dead letters again is done once, and whole."""

import random
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import aclosing
from uuid import uuid4

import pytest

from faults import ShakyBus
from harness import QUICK
from scarcity.bus.base import Bus, Delivery, Follow, Message, TopicSpec
from scarcity.bus.embedded import EmbeddedBus
from scarcity.clock import SystemClock
from scarcity.errors import ScarcityError
from scarcity.events import RAW, DeadLettersReplayed, LetterJudged, decode
from scarcity.runtime.process import specs
from scarcity.runtime.publisher import Publisher
from scarcity.telemetry.metrics import Metrics
from services.gateway.domain.replayed import Replayed
from services.gateway.problems import Problem
from services.gateway.reading import message_at
from services.gateway.replay import Again, Asked, Replays

AUDIT = DeadLettersReplayed.topic.name
LETTERS = 5
"""Of each request."""


@pytest.fixture
async def own() -> AsyncIterator[EmbeddedBus]:
    """A bus that nobody else uses."""
    made = EmbeddedBus()
    await made.start()
    await made.provision(specs())
    yield made
    await made.close()


class Died(Exception):
    """The gateway was killed."""


def gateway(bus: Bus) -> Replays:
    """A gateway that has just been started, and knows nothing yet."""
    publisher = Publisher(bus, Metrics(), component="gateway", instance="one", backoff=QUICK)
    return Replays(bus, publisher, Replayed(), SystemClock())


async def ask(replays: Replays, request: str, digest: str = "") -> DeadLettersReplayed:
    async def prepare() -> Sequence[Again]:
        return [
            Again(
                LetterJudged(f"{request}/{n}", RAW.name, "s", edited=False, refused=""),
                Message(RAW.name, f"s{n}", request.encode()),
            )
            for n in range(LETTERS)
        ]

    return await replays.send(Asked(request, digest, "somebody"), prepare)


async def held(bus: Bus, topic: str) -> list[Delivery]:
    found: list[Delivery] = []
    async with aclosing(bus.follow(Follow((topic,)))) as batches:
        async for batch in batches:
            if not batch:
                break
            found += batch
    return found


@pytest.mark.parametrize("seed", range(20))
async def test_a_request_is_done_once_whatever_happens(own: EmbeddedBus, seed: int) -> None:
    print(f"seed {seed}")
    rng = random.Random(seed)
    answers: dict[str, list[DeadLettersReplayed]] = {}
    wanted = [f"request-{number}" for number in range(8)]

    def started() -> Replays:
        shaky = ShakyBus(own, rate=0.3, rng=rng)

        async def die() -> None:
            raise Died

        shaky.die = die  # type: ignore[method-assign]
        return gateway(shaky)

    gateways = [started(), started()]
    while set(answers) != set(wanted) or rng.random() < 0.8:
        which = rng.randrange(2)
        request = rng.choice(wanted)
        try:
            answers.setdefault(request, []).append(await ask(gateways[which], request))
        except (Died, ScarcityError) as error:
            answers = {name: told for name, told in answers.items() if told}
            if isinstance(error, Died) or rng.random() < 0.3:
                gateways[which] = started()

    sent = Counter(found.value for found in await held(own, RAW.name))
    assert sent == {request.encode(): LETTERS for request in wanted}
    audited = [decode(d.value or b"").event for d in await held(own, AUDIT)]
    assert sorted(event.event_id for event in audited) == sorted(
        told[0].event_id for told in answers.values()
    )
    assert all(told == [told[0]] * len(told) for told in answers.values())


async def test_a_request_is_done_once_whichever_gateway_is_asked(bus: Bus) -> None:
    await bus.provision(specs())
    request, later = uuid4().hex, uuid4().hex
    one, other = gateway(bus), gateway(bus)

    first = await ask(one, request)
    again = await ask(other, request)
    # The name of the first was taken from it, and it has to find that out.
    fenced = await ask(one, later)
    after = await ask(gateway(bus), later)

    assert first == again
    assert fenced == after
    sent = Counter(found.value for found in await held(bus, RAW.name))
    assert sent[request.encode()] == sent[later.encode()] == LETTERS


async def test_a_key_that_was_used_for_something_else_is_refused_by_every_gateway(bus: Bus) -> None:
    await bus.provision(specs())
    request = uuid4().hex
    await ask(gateway(bus), request, "this")

    with pytest.raises(Problem, match="used for something else"):
        await ask(gateway(bus), request, "that")


async def test_what_is_on_the_audit_besides_is_passed_over(own: EmbeddedBus) -> None:
    await own.publish([Message(AUDIT, "x", value) for value in (b"\xff", None)])

    told = await ask(gateway(own), "r")

    assert len(told.letters) == LETTERS


async def test_a_message_is_read_again_where_it_is(bus: Bus, topic: str) -> None:
    await bus.provision([TopicSpec(topic, 2)])
    sent = [Message(topic, "k", b"%d" % n, (("h", b"%d" % n),), partition=1) for n in range(5)]
    await bus.publish(sent)

    found = await message_at(bus, topic, 1, 3)

    assert found is not None
    assert (found.key, found.value, found.headers) == ("k", b"3", (("h", b"3"),))
    # What is not there is not waited for.
    for partition, offset in ((1, 5), (1, 10**9), (0, 0)):
        assert await message_at(bus, topic, partition, offset) is None
