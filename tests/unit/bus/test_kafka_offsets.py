"""A coordinator that has no answer yet is waited for."""

from collections.abc import Mapping, Sequence
from unittest.mock import Mock

import pytest
from aiokafka import TopicPartition

from scarcity.bus.kafka.lag import spans
from scarcity.errors import Transient

Found = Mapping[TopicPartition, object]


async def test_an_answer_without_the_offsets_asked_for_is_transient() -> None:
    async def nothing(
        _group: str, *, partitions: Sequence[TopicPartition]
    ) -> Mapping[object, object]:
        """What aiokafka makes of an error of the answer as a whole, as from one that loads."""
        assert partitions
        return {}

    admin = Mock(list_consumer_group_offsets=nothing)

    with pytest.raises(Transient, match="group mpie"):
        await spans(Mock(), admin, "mpie", [TopicPartition("windows", 0)])
