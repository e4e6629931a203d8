"""The services on a Kafka that lets nobody in unasked, each with no more rights than it needs."""

import os
import subprocess
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import ExitStack, aclosing, asynccontextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import httpx
import numpy as np
import pytest

from ports import free_port
from realkafka.certificates import Authority
from realkafka.plugin import SECRET
from realkafka.secured import SecuredKafka
from running import COMMAND, System, eventually, ready, service
from scarcity.bus.base import Bus, Follow, Message, Retention, TopicSpec
from scarcity.bus.kafka import KafkaBus, KafkaSettings
from scarcity.bus.kafka.security import Sasl, Security, Tls
from scarcity.errors import ConfigError
from scarcity.events import RAW, WindowSealed, state_topic
from worlds import records, scores, var
from worlds.live import pair_scores

pytestmark = pytest.mark.kafka

SERVICES = ("stream_manager", "mpie", "drg", "core_manager", "gateway")
ROWS = 1500
LATE = b'{"ts": "2020-01-01T00:00:00Z", "x0": 1.0}'
REFUSED = r"AuthorizationFailed.*allow it to this user"


@dataclass(frozen=True)
class Deployment:
    """The services, each a process that came to Kafka as a user of its own."""

    logs: Path
    ports: dict[str, int]
    processes: dict[str, subprocess.Popen[bytes]]


@pytest.fixture(scope="module")
def deployment(
    secured_kafka: SecuredKafka, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Deployment]:
    logs = tmp_path_factory.mktemp("logs")
    ports = {name: free_port() for name in SERVICES}
    with ExitStack() as stack:
        processes = {
            name: stack.enter_context(
                service(
                    name,
                    secured_kafka.bootstrap,
                    port,
                    logs,
                    **environment(secured_kafka, name, logs),
                )
            )
            for name, port in ports.items()
        }
        for name, port in ports.items():
            eventually(partial(ready, name, processes[name], port, logs), f"{name} to be ready")
        yield Deployment(logs, ports, processes)


def environment(kafka: SecuredKafka, user: str, folder: Path) -> dict[str, str]:
    """Return what leads a service into the secured Kafka."""
    password = folder / f"{user}.password"
    password.write_text(f"{kafka.passwords[user]}\n")
    return {
        "SCARCITY_KAFKA_TLS": "true",
        "SCARCITY_KAFKA_CA_FILE": str(kafka.authority.file),
        "SCARCITY_KAFKA_USERNAME": user,
        "SCARCITY_KAFKA_PASSWORD_FILE": str(password),
        "SCARCITY_LOG_LEVEL": "debug",
    }


def scarcity(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a command to its end, which has to come soon."""
    return subprocess.run(
        [COMMAND, *arguments],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )


@asynccontextmanager
async def bus_of(settings: KafkaSettings) -> AsyncIterator[Bus]:
    """Open a bus on which nothing is made."""
    bus = KafkaBus(settings)
    await bus.start()
    try:
        yield bus
    finally:
        await bus.close()


def test_records_become_a_graph_though_nobody_may_do_more_than_it_needs(
    deployment: Deployment,
) -> None:
    world = var.comparison(np.random.default_rng(51), 6, ROWS)
    with System.at(f"http://127.0.0.1:{deployment.ports['gateway']}") as system:
        system.send("world", records.lines(world))
        graph = system.graph("world", rows=ROWS)

        def everybody_is_up() -> bool | None:
            states = {c["name"]: c["status"] for c in system.get("/components")["items"]}
            return {states.get(name) for name in SERVICES} == {"up"} or None

        eventually(everybody_is_up, "all components to be up")
        # What happens more rarely needs rights as well.
        system.send("world", [LATE])
        eventually(lambda: system.get("/streams/world")["late"] or None, "a late record")
        assert system.http.put("/components/drg", json={"paused": True}).status_code == 200
        assert system.http.put("/components/drg", json={"paused": False}).status_code == 200
        assert system.http.delete("/streams/world").status_code == 204

    _, found = pair_scores(graph)
    assert scores.f1(world.pairs, found) >= 0.9
    logs = {name: (deployment.logs / name).read_text() for name in SERVICES}
    assert [
        name for name, log in logs.items() if "uthorized" in log or "Authorization" in log
    ] == []


def test_a_password_is_in_no_log_no_metric_and_no_command_line(deployment: Deployment) -> None:
    for name in SERVICES:
        metrics = httpx.get(f"http://127.0.0.1:{deployment.ports[name]}/metrics").text
        command = Path(f"/proc/{deployment.processes[name].pid}/cmdline").read_text()

        assert "scarcity_events_published_total" in metrics
        assert SECRET not in metrics + command + (deployment.logs / name).read_text()


Attempt = Callable[[Bus], Awaitable[object]]


async def read(bus: Bus, topic: str) -> None:
    async with aclosing(bus.follow(Follow((topic,)))) as batches:
        async for _ in batches:
            pass


ATTEMPTS: dict[str, Attempt] = {
    "write records": lambda bus: bus.publish([Message(RAW.name, "s", b"{}")]),
    "forge windows": lambda bus: bus.publish([Message(WindowSealed.topic.name, "s", b"")]),
    "read the state of others": lambda bus: read(bus, state_topic("drg").name),
    "write as others": lambda bus: bus.writer("stream_manager-0"),
    "take the share of others": lambda bus: bus.subscribe([RAW.name], group="stream_manager"),
    "make topics": lambda bus: bus.provision([TopicSpec("scarcity.v1.mine", 8, Retention.COMPACT)]),
}


@pytest.mark.parametrize("attempt", ATTEMPTS.values(), ids=ATTEMPTS)
async def test_the_engine_may_not(secured_kafka: SecuredKafka, attempt: Attempt) -> None:
    async with bus_of(KafkaSettings(secured_kafka.bootstrap, secured_kafka.user("mpie"))) as bus:
        with pytest.raises(ConfigError, match=REFUSED):
            await attempt(bus)


async def test_a_user_may_show_a_certificate_instead_of_a_password(
    secured_kafka: SecuredKafka,
) -> None:
    async with bus_of(secured_kafka.certified_as("mpie")) as bus:
        with pytest.raises(ConfigError, match=REFUSED):
            await ATTEMPTS["write records"](bus)
        await bus.writer("mpie-7")


async def test_a_password_is_proven_without_tls_too(secured_kafka: SecuredKafka) -> None:
    security = replace(secured_kafka.user("mpie"), tls=None)

    async with bus_of(KafkaSettings(secured_kafka.unencrypted, security)) as bus:
        await bus.writer("mpie-7")


WRONG: dict[str, tuple[dict[str, str], str]] = {
    "password": ({"PASSWORD_FILE": "", "PASSWORD": f"not-{SECRET}"}, "refuses the user drg"),
    "authority": ({"CA_FILE": "other"}, "let SCARCITY_KAFKA_CA_FILE name the CA that signed it"),
    "protocol": (
        dict.fromkeys(("TLS", "CA_FILE", "USERNAME", "PASSWORD_FILE"), ""),
        "speaks TLS: set SCARCITY_KAFKA_TLS=true",
    ),
    "host": ({}, "name the broker as its certificate does"),
}


@pytest.mark.parametrize(("what", "change", "advice"), [(w, *said) for w, said in WRONG.items()])
def test_what_is_wrong_ends_a_start_with_one_sentence(
    secured_kafka: SecuredKafka, tmp_path: Path, what: str, change: dict[str, str], advice: str
) -> None:
    other = Authority.within(tmp_path, "other").file
    changed = {
        f"SCARCITY_KAFKA_{name}": str(other) if value == "other" else value
        for name, value in change.items()
    }
    given = {**environment(secured_kafka, "drg", tmp_path), **changed}
    given = {name: value for name, value in given.items() if value}
    host = "localhost" if what == "host" else "127.0.0.1"
    place = secured_kafka.bootstrap.replace("127.0.0.1", host)

    ended = scarcity("run", "drg", SCARCITY_BUS=f"kafka://{place}", SCARCITY_PORT="0", **given)

    assert ended.returncode == 2, ended.stderr
    assert advice in ended.stderr.splitlines()[-1]
    assert "Traceback" not in ended.stderr
    assert SECRET not in ended.stderr + ended.stdout


def test_the_doctor_says_how_it_gets_in_and_keeps_the_password(
    secured_kafka: SecuredKafka, tmp_path: Path
) -> None:
    given = environment(secured_kafka, "drg", tmp_path)

    told = scarcity("doctor", SCARCITY_BUS=f"kafka://{secured_kafka.bootstrap}", **given)

    (line,) = (line for line in told.stdout.splitlines() if " kafka: " in line)
    assert line.startswith("ok ")
    assert "SASL_SSL, user drg by SCRAM-SHA-512, CA " in line
    assert SECRET not in told.stdout + told.stderr


def doors(kafka: SecuredKafka, folder: Path) -> dict[str, tuple[str, Security]]:
    """Return ways in that cannot work, each with what is to be said of it: `host:port`, how."""
    tls, user = Tls(kafka.authority.file), kafka.user("drg").sasl
    stranger = Authority.within(folder, "stranger").issue("drg")
    shown = Tls(kafka.authority.file, stranger.cert, stranger.key)
    drg = kafka.certified_as("drg").security.tls
    return {
        "does not take PLAIN": (kafka.bootstrap, Security(tls, Sasl("drg", "x", "PLAIN"))),
        "asks for a user": (kafka.bootstrap, Security(tls)),
        "speaks no TLS": (kafka.unencrypted, Security(tls, user)),
        "wants a client certificate": (kafka.certified, Security(tls)),
        "wants a client certificate that": (kafka.certified, Security(shown)),
        "asks for no password": (kafka.certified, Security(drg, user)),
        "at localhost:.* is for another host": (kafka.misnamed, Security(tls, user)),
    }


async def test_a_wrong_door_is_named(secured_kafka: SecuredKafka, tmp_path: Path) -> None:
    for advice, (place, security) in doors(secured_kafka, tmp_path).items():
        with pytest.raises(ConfigError, match=advice):
            async with bus_of(KafkaSettings(place, security)):
                pass
