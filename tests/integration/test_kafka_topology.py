"""Every service as its own process on a real Kafka: what a deployment is."""

import subprocess
from contextlib import ExitStack
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from ports import free_port
from realkafka.base import Broker
from running import COMMAND, System, eventually, ready, service
from worlds import records, scores, var
from worlds.live import pair_scores

pytestmark = pytest.mark.kafka

SERVICES = ("stream_manager", "mpie", "core_manager", "gateway")


def test_services_of_their_own_find_the_truth_through_kafka_though_one_is_killed(
    private_kafka: Broker, tmp_path: Path
) -> None:
    world = var.comparison(np.random.default_rng(51), 6, 3000)
    lines = records.lines(world)
    ports = {name: free_port() for name in SERVICES}
    with ExitStack() as stack:
        running = {
            name: stack.enter_context(service(name, private_kafka.bootstrap, port, tmp_path))
            for name, port in ports.items()
        }
        for name, port in ports.items():
            eventually(partial(ready, name, running[name], port, tmp_path), f"{name} to be ready")
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
            stack.enter_context(service(name, private_kafka.bootstrap, free_port(), tmp_path))
        graph = system.graph("world", rows=3000)
        components = system.get("/components")["items"]

    assert ingested.stdout == b"1500 accepted, 1 rejected\n"
    assert b"line 1501: broken-json" in ingested.stderr
    assert graph["rows"] == 3000
    _, found = pair_scores(graph)
    assert scores.f1(world.pairs, found) >= 0.9
    assert {item["name"] for item in components} >= set(SERVICES)
