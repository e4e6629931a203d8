"""
The real Apache Kafka that a test run gets, by the first of these that is to be had:

1. the cluster named by SCARCITY_TEST_KAFKA=host:port, which must allow sessions as short as three
   seconds (`group.min.session.timeout.ms`);
2. a container (image `apache/kafka`, or the one named by SCARCITY_TEST_KAFKA_IMAGE);
3. a broker on the local JVM, its jars fetched once by Maven.

`python -m realkafka.broker` (with `tests` on PYTHONPATH) runs one by hand until interrupted.
"""

import os
import signal
import socket
import sys
from collections.abc import Callable, Mapping
from functools import partial
from types import FrameType

from realkafka.base import NOTHING, Broker, BrokerUnavailable
from realkafka.container import ContainerBroker
from realkafka.jvm import JvmBroker

NAMED_VARIABLE = "SCARCITY_TEST_KAFKA"
REMEDY = (
    "start Docker, or install Java 17 and Maven (`apt-get install openjdk-17-jre-headless maven`), "
    f"or set {NAMED_VARIABLE}=host:port"
)


class NamedBroker:
    """A Kafka that somebody else runs: tests may talk to it and nothing more."""

    def __init__(self, bootstrap: str) -> None:
        self._bootstrap = bootstrap

    @property
    def bootstrap(self) -> str:
        return self._bootstrap

    def start(self) -> None:
        host, _, port = self._bootstrap.rpartition(":")
        try:
            socket.create_connection((host, int(port)), timeout=5.0).close()
        except (OSError, ValueError) as why:
            message = f"{NAMED_VARIABLE} names {self._bootstrap}, where nothing answers"
            raise BrokerUnavailable(message) from why

    def stop(self) -> None:
        self._refuse()

    def kill(self) -> None:
        self._refuse()

    def close(self) -> None:
        """Nothing of ours is left there."""

    def _refuse(self) -> None:
        raise BrokerUnavailable(f"{NAMED_VARIABLE} names a Kafka that is not ours to stop")


def started_broker() -> Broker:
    """The broker of this test run, serving; `BrokerUnavailable` says in one sentence why not."""
    named = os.environ.get(NAMED_VARIABLE)
    if named is None:
        return private_broker()
    broker = NamedBroker(named)
    broker.start()
    return broker


def private_broker(*, settings: Mapping[str, str] = NOTHING) -> Broker:
    """A broker that no other test sees, serving; for tests that stop or kill it."""
    reasons = []
    for make in (ContainerBroker, JvmBroker):
        try:
            return _started(partial(make, settings=settings))
        except BrokerUnavailable as why:
            reasons.append(str(why))
    raise BrokerUnavailable(f"real Kafka was not run, for {' and '.join(reasons)}: {REMEDY}")


def _started(make: Callable[[], Broker]) -> Broker:
    broker = make()
    broker.start()
    return broker


def main() -> None:
    """Runs a broker until SIGINT or SIGTERM."""
    signal.signal(signal.SIGTERM, _interrupt)
    broker = started_broker()
    sys.stdout.write(f"Kafka serves at {broker.bootstrap}; Ctrl-C ends it.\n")
    sys.stdout.flush()
    try:
        signal.pause()
    except KeyboardInterrupt:
        broker.close()


def _interrupt(_signal: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    main()
