"""
What a test may ask of a Kafka broker, and the settings every such broker runs with.

A broker is single-node Apache Kafka in KRaft combined mode. It promises to forget nothing between
`stop` or `kill` and the next `start`, and to answer at the same address after it.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Protocol

NOTHING: Mapping[str, str] = MappingProxyType({})
READY_LINE = b"Kafka Server started"
"""What Kafka logs, and nothing else says, when its client listener serves requests."""

READY_DEADLINE_S = 90.0
"""A start takes about three seconds on two idle cores; a busy machine gets thirty times that."""


class BrokerUnavailable(Exception):
    """No real Kafka can be had here; the message says why and what to install."""


class Broker(Protocol):
    """One Kafka that tests may talk to, and stop, crash and start again where it is theirs."""

    @property
    def bootstrap(self) -> str:
        """`host:port`, the same for as long as the broker lives."""
        ...

    def start(self) -> None:
        """Returns once clients are served; a broker that runs already is left alone."""
        ...

    def stop(self) -> None:
        """Shuts down in good order; returns when the process is gone."""
        ...

    def kill(self) -> None:
        """Ends the process as a crash does (SIGKILL); returns when it is gone."""
        ...

    def close(self) -> None:
        """Ends the broker and removes its data; may be called twice."""
        ...


SINGLE_NODE = {
    "node.id": "1",
    "process.roles": "broker,controller",
    "controller.listener.names": "CONTROLLER",
    "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
    "inter.broker.listener.name": "PLAINTEXT",
    "auto.create.topics.enable": "false",
    # There is one node to hold a replica.
    "default.replication.factor": "1",
    "offsets.topic.replication.factor": "1",
    "transaction.state.log.replication.factor": "1",
    "transaction.state.log.min.isr": "1",
    "share.coordinator.state.topic.replication.factor": "1",
    "share.coordinator.state.topic.min.isr": "1",
    # Tests wait for nothing that production waits for.
    "group.initial.rebalance.delay.ms": "0",
    "group.min.session.timeout.ms": "1000",
    "log.cleaner.backoff.ms": "200",
    # A killed broker is let in again once its former self has missed its heartbeats this long.
    "broker.session.timeout.ms": "3000",
    "broker.heartbeat.interval.ms": "500",
    "log.initial.task.delay.ms": "500",
    # A laptop has neither fifty partitions' worth of files nor a 128 MB cleaner buffer to spare.
    "offsets.topic.num.partitions": "4",
    "transaction.state.log.num.partitions": "4",
    "log.cleaner.dedupe.buffer.size": str(4 * 1024 * 1024),
    "num.network.threads": "2",
    "num.io.threads": "4",
}
"""Server properties that do not depend on where the broker runs."""


def listening(*, client: str, advertised: str, controller: str) -> dict[str, str]:
    """The server properties that place a broker; each argument is a `host:port`."""
    return {
        "listeners": f"PLAINTEXT://{client},CONTROLLER://{controller}",
        "advertised.listeners": f"PLAINTEXT://{advertised}",
        "controller.quorum.voters": f"1@{controller}",
    }
