"""
Fixtures that give tests a real Kafka.

Where none can be had, tests that ask for one are skipped with the reason; with CI=true they fail.
"""

import asyncio
import os
from collections.abc import Callable, Iterator
from contextlib import closing
from functools import partial
from typing import TypeVar

import pytest

from realkafka import access
from realkafka.base import Broker, BrokerUnavailable
from realkafka.broker import private_broker, started_broker
from realkafka.bus import connected
from realkafka.secured import SUPER, SecuredKafka
from scarcity.bus.kafka import KafkaBus

SECRET = "keep-this-to-yourself"
"""What every password of the secured broker begins with."""
T = TypeVar("T")


@pytest.fixture(scope="session")
def kafka_bootstrap() -> Iterator[str]:
    """`host:port` of the broker all tests of this run share; give topics and groups own names."""
    with closing(_demanded(started_broker)) as broker:
        yield broker.bootstrap


@pytest.fixture
def private_kafka() -> Iterator[Broker]:
    """A broker for one test alone, which may stop, kill and start it."""
    with closing(_demanded(private_broker)) as broker:
        yield broker


@pytest.fixture(scope="module")
def secured_kafka(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SecuredKafka]:
    """A broker with TLS, a user for each service, and access rules; on the JVM only.

    Each service may do what docs/operations.md says, and every topic is there.
    """
    passwords = {service: f"{SECRET}-{service}" for service in access.table()}
    start = partial(SecuredKafka.started, tmp_path_factory.mktemp("kafka"), passwords)
    kafka = _demanded(start)
    with closing(kafka.broker):
        asyncio.run(_prepared(kafka))
        yield kafka


async def _prepared(kafka: SecuredKafka) -> None:
    async with connected(KafkaBus(kafka.certified_as(SUPER))):
        await kafka.allow([rule for name in kafka.passwords for rule in access.rules_for(name)])


def _demanded(find: Callable[[], T]) -> T:
    try:
        return find()
    except BrokerUnavailable as why:
        if os.environ.get("CI") == "true":
            pytest.fail(str(why), pytrace=False)
        pytest.skip(str(why))
