"""
Fixtures that give tests a real Kafka.

Where none can be had, tests that ask for one are skipped with the reason; with CI=true they fail.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import closing

import pytest

from realkafka.base import Broker, BrokerUnavailable
from realkafka.broker import private_broker, started_broker


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


def _demanded(find: Callable[[], Broker]) -> Broker:
    try:
        return find()
    except BrokerUnavailable as why:
        if os.environ.get("CI") == "true":
            pytest.fail(str(why), pytrace=False)
        pytest.skip(str(why))
