"""Dead letters go back once, whichever gateway is asked, and though none may more than it needs."""

from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, ExitStack, aclosing
from functools import partial
from typing import Any
from urllib.parse import quote

import httpx
import pytest

from integration.test_kafka_security import bus_of, environment
from ports import free_port
from realkafka.secured import SecuredKafka
from running import TOKEN, eventually, ready, service
from scarcity.bus.base import Bus, Delivery, Follow, Message
from scarcity.bus.kafka import KafkaSettings
from scarcity.events import RAW

pytestmark = pytest.mark.kafka

GOOD = '{"values": {"x0": 1.5}}'
HEADERS = (("origin", b"sensor-7"),)


@pytest.fixture(scope="module")
def gateways(
    secured_kafka: SecuredKafka, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[list[httpx.Client]]:
    """Yield a client of each of two gateways; the Stream Manager refuses what is broken."""
    clients = []
    with ExitStack() as stack:
        for number, name in enumerate(("stream_manager", "gateway", "gateway")):
            port, logs = free_port(), tmp_path_factory.mktemp(f"{name}-{number}")
            given = environment(secured_kafka, name, logs)
            process = stack.enter_context(
                service(name, secured_kafka.bootstrap, port, logs, **given)
            )
            eventually(partial(ready, name, process, port, logs), f"{name} to be ready")
            if name == "gateway":
                base = f"http://127.0.0.1:{port}/api/v1"
                headers = {"Authorization": f"Bearer {TOKEN}"}
                client = httpx.Client(base_url=base, headers=headers, timeout=60)
                clients.append(stack.enter_context(client))
        yield clients


async def test_a_letter_goes_back_once_whichever_gateway_is_asked(
    secured_kafka: SecuredKafka, gateways: list[httpx.Client]
) -> None:
    one, other = gateways
    broken = [Message(RAW.name, "plant", b"[%d]" % n, HEADERS) for n in range(2)]
    settings = KafkaSettings(secured_kafka.bootstrap, secured_kafka.user("stream_manager"))
    async with AsyncExitStack() as stack:
        bus = await stack.enter_async_context(bus_of(settings))
        await bus.publish(broken)
        letters = eventually(lambda: letters_in(other, 2), "the letters")
        address = f"/dead-letters/{quote(letters[1]['id'], safe='')}"
        body, key = {"value": GOOD}, {"Idempotency-Key": "one"}

        whole = one.get(address).raise_for_status().json()
        first = one.post(f"{address}/replay", json=body, headers=key).raise_for_status()
        again = other.post(f"{address}/replay", json=body, headers=key).raise_for_status()
        refused = other.post(f"{address}/replay", json={"value": "{}"}, headers=key)
        # The name was taken from the first gateway in between.
        batch = {"reason": "not-an-object"}
        rest = one.post("/dead-letters/replay", json=batch, headers={"Idempotency-Key": "two"})
        told = eventually(lambda: replays_of(other, address), "the replay")
        sent = [d async for d in held(bus) if d.header("scarcity-dead-letter")]

    assert whole["headers"] == [{"name": "origin", "value": "sensor-7", "encoding": "text"}]
    assert first.json() == again.json()
    assert refused.status_code == 422
    assert (rest.json()["sent"], rest.json()["refused"]) == (0, 1)
    assert [(each["request"], each["edited"]) for each in told] == [("one", True)]
    assert [(d.key, d.value, d.headers[0]) for d in sent] == [
        ("plant", GOOD.encode(), HEADERS[0]),
    ]
    assert sent[0].header("scarcity-dead-letter") == letters[1]["id"]


def letters_in(gateway: httpx.Client, count: int) -> list[dict[str, Any]] | None:
    found: list[dict[str, Any]] = gateway.get("/dead-letters").raise_for_status().json()["items"]
    return found if len(found) >= count else None


def replays_of(gateway: httpx.Client, address: str) -> list[dict[str, Any]] | None:
    found: list[dict[str, Any]] = gateway.get(address).raise_for_status().json()["replays"]
    return found or None


async def held(bus: Bus) -> AsyncIterator[Delivery]:
    async with aclosing(bus.follow(Follow((RAW.name,)))) as batches:
        async for batch in batches:
            if not batch:
                return
            for delivery in batch:
                yield delivery
