"""Two gateways on one Kafka let in, and keep out, the same people."""

from collections.abc import Iterator
from contextlib import ExitStack
from functools import partial
from pathlib import Path

import httpx
import pytest

from ports import free_port
from realkafka.base import Broker
from running import TOKEN, eventually, ready, service

pytestmark = pytest.mark.kafka


@pytest.fixture
def gateways(private_kafka: Broker, tmp_path: Path) -> Iterator[tuple[httpx.Client, httpx.Client]]:
    """Yield a client of each, which comes with nothing yet."""
    with ExitStack() as stack:
        clients = []
        for number in (1, 2):
            port, logs = free_port(), tmp_path / str(number)
            logs.mkdir()
            process = stack.enter_context(service("gateway", private_kafka.bootstrap, port, logs))
            eventually(partial(ready, "gateway", process, port, logs), f"gateway {number}")
            base = f"http://127.0.0.1:{port}/api/v1"
            clients.append(stack.enter_context(httpx.Client(base_url=base, timeout=30)))
        yield clients[0], clients[1]


def bearer(credential: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {credential}"}


def test_a_key_and_a_session_of_one_gateway_hold_and_end_at_the_other(
    gateways: tuple[httpx.Client, httpx.Client],
) -> None:
    one, other = gateways
    wanted = {"name": "line", "role": "operator"}
    made = one.post("/keys", json=wanted, headers=bearer(TOKEN)).raise_for_status().json()

    def answers(status: int, shown: dict[str, str]) -> None:
        def look() -> bool | None:
            return other.get("/session", headers=shown).status_code == status or None

        eventually(look, f"{status}", within_s=15)

    answers(200, bearer(made["key"]))
    told = one.post("/session", headers=bearer(made["key"])).raise_for_status().json()
    ((name, value),) = one.cookies.items()
    cookie = {"Cookie": f"{name}={value}"}
    answers(200, cookie)

    csrf = {"X-CSRF-Token": told["csrf_token"]}
    one.delete("/session", headers=csrf).raise_for_status()
    answers(401, cookie)
    answers(200, bearer(made["key"]))

    one.delete(f"/keys/{made['id']}", headers=bearer(TOKEN)).raise_for_status()
    answers(401, bearer(made["key"]))
