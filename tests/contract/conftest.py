"""The buses under contract, each with a fresh topic name; the contract is the port's docstring."""

from collections.abc import AsyncIterator
from uuid import uuid4

import pytest

from scarcity.bus.base import Bus
from scarcity.bus.embedded import EmbeddedBus
from scarcity.bus.kafka import KafkaBus, KafkaSettings


@pytest.fixture(params=["embedded", pytest.param("kafka", marks=pytest.mark.kafka)])
async def bus(request: pytest.FixtureRequest) -> AsyncIterator[Bus]:
    """A started bus, of each kind in turn."""
    made = _make(request)
    await made.start()
    yield made
    await made.close()


@pytest.fixture
def topic() -> str:
    """A name that no other test uses, for a topic or a group."""
    return f"contract.{uuid4().hex[:12]}"


def _make(request: pytest.FixtureRequest) -> Bus:
    if request.param == "embedded":
        return EmbeddedBus()
    bootstrap: str = request.getfixturevalue("kafka_bootstrap")
    # The shortest session that an ordinary broker allows.
    return KafkaBus(KafkaSettings(bootstrap, session_timeout_ms=6_000, heartbeat_interval_ms=300))
