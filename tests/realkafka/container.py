"""
Apache Kafka in a container, through testcontainers, where a Docker engine answers.

The host port is fixed when the broker is made, so that it survives a kill and a start; the data
lives in the container and goes with it. testcontainers' reaper removes the container if the tests
die.
"""

import os
import shutil
import subprocess
import time
from collections.abc import Mapping

from docker.errors import DockerException  # type: ignore[import-untyped]
from testcontainers.core.container import DockerContainer

from ports import free_port
from realkafka.base import (
    NOTHING,
    READY_DEADLINE_S,
    READY_LINE,
    SINGLE_NODE,
    BrokerUnavailable,
    listening,
)

IMAGE_VARIABLE = "SCARCITY_TEST_KAFKA_IMAGE"
IMAGE = "apache/kafka:4.3.1"
PORT = 9092
STOP_DEADLINE_S = 30
ANSWER_S = 30.0


class ContainerBroker:
    """A broker in a container of its own. `settings` override those of `SINGLE_NODE`."""

    def __init__(self, *, settings: Mapping[str, str] = NOTHING) -> None:
        _require_engine()
        port = free_port()
        self._created = False
        self._container = DockerContainer(os.environ.get(IMAGE_VARIABLE, IMAGE))
        self._address = f"{self._container.get_docker_client().host()}:{port}"
        self._container.with_bind_ports(PORT, port)
        placed = listening(
            client=f"0.0.0.0:{PORT}", advertised=self._address, controller="localhost:9093"
        )
        for key, value in {**SINGLE_NODE, **placed, **settings}.items():
            self._container.with_env(_variable(key), value)

    @property
    def bootstrap(self) -> str:
        return self._address

    def start(self) -> None:
        started = self._starts_seen()
        if self._created:
            self._container.get_wrapped_container().start()
        else:
            self._create()
        self._wait_until_ready(started)

    def stop(self) -> None:
        self._container.get_wrapped_container().stop(timeout=STOP_DEADLINE_S)

    def kill(self) -> None:
        self._container.get_wrapped_container().kill()

    def close(self) -> None:
        self._container.stop()

    def _create(self) -> None:
        try:
            self._container.start()
        except DockerException as why:
            self._container.stop()
            raise BrokerUnavailable(f"Docker could not run {self._container.image}") from why
        self._created = True

    def _starts_seen(self) -> int:
        if not self._created:
            return 0
        return b"".join(self._container.get_logs()).count(READY_LINE)

    def _wait_until_ready(self, started: int) -> None:
        deadline = time.monotonic() + READY_DEADLINE_S
        while self._starts_seen() == started:
            if time.monotonic() > deadline:
                logs = b"".join(self._container.get_logs())[-2000:]
                raise RuntimeError(f"Kafka did not start:\n{logs.decode()}")
            time.sleep(0.2)


def _require_engine() -> None:
    # Asked of the command line, which knows contexts and DOCKER_HOST; the Python client leaves
    # sockets open when nothing answers.
    docker = shutil.which("docker")
    if docker is None:
        raise BrokerUnavailable("Docker was not found")
    asked = (docker, "version", "--format", "{{.Server.Version}}")
    if subprocess.run(asked, check=False, capture_output=True, timeout=ANSWER_S).returncode != 0:
        raise BrokerUnavailable("no Docker engine answers")


def _variable(key: str) -> str:
    """
    The environment variable by which the image is told a server property.

    >>> _variable("broker.session.timeout.ms")
    'KAFKA_BROKER_SESSION_TIMEOUT_MS'
    """
    return "KAFKA_" + key.upper().replace(".", "_")
