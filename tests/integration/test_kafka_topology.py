"""Every service as its own process on a real Kafka: what a deployment is."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import httpx
import numpy as np
import pytest

from realkafka.base import Broker
from running import TOKEN, System, eventually, free_port
from worlds import records, scores, var
from worlds.live import pair_scores

pytestmark = pytest.mark.kafka

COMMAND = str(Path(sys.executable).parent / "scarcity")
SERVICES = ("stream_manager", "mpie", "core_manager", "gateway")


@contextmanager
def service(name: str, broker: Broker, port: int) -> Iterator[subprocess.Popen[bytes]]:
    """Run one service as its container would."""
    environment = {
        **os.environ,
        "SCARCITY_BUS": f"kafka://{broker.bootstrap}",
        "SCARCITY_PORT": str(port),
        "SCARCITY_TOKEN": TOKEN,
    }
    process = subprocess.Popen([COMMAND, "run", name], env=environment, stderr=subprocess.DEVNULL)
    try:
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)


def ready(port: int) -> bool | None:
    try:
        return httpx.get(f"http://127.0.0.1:{port}/readyz").is_success or None
    except httpx.HTTPError:
        return None


def test_services_of_their_own_find_the_truth_through_kafka_though_one_is_killed(
    private_kafka: Broker,
) -> None:
    world = var.comparison(np.random.default_rng(51), 6, 3000)
    lines = records.lines(world)
    ports = {name: free_port() for name in SERVICES}
    with ExitStack() as stack:
        running = {
            name: stack.enter_context(service(name, private_kafka, port))
            for name, port in ports.items()
        }
        for name, port in ports.items():
            eventually(lambda port=port: ready(port), f"{name} to be ready")  # type: ignore[misc]
        system = stack.enter_context(System.at(f"http://127.0.0.1:{ports['gateway']}"))

        system.send("world", lines[:1500])
        system.graph("world", rows=1280)
        running["mpie"].kill()
        running["stream_manager"].kill()
        ingested = subprocess.run(
            [
                COMMAND,
                "ingest",
                "-",
                "--stream",
                "world",
                "--url",
                f"kafka://{private_kafka.bootstrap}",
            ],
            input=b"\n".join([*lines[1500:], b"{"]),
            capture_output=True,
            check=False,
        )
        for name in ("mpie", "stream_manager"):
            stack.enter_context(service(name, private_kafka, free_port()))
        graph = system.graph("world", rows=3000)
        components = system.get("/components")["items"]

    assert ingested.stdout == b"1500 accepted, 1 rejected\n"
    assert b"line 1501: broken-json" in ingested.stderr
    assert graph["rows"] == 3000
    _, found = pair_scores(graph)
    assert scores.f1(world.pairs, found) >= 0.9
    assert {item["name"] for item in components} >= set(SERVICES)
