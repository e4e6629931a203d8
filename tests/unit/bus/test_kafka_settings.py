"""What a Kafka cluster is asked for when topics are made, and settings that cannot work."""

import pytest

from scarcity.bus.base import MAX_MESSAGE_BYTES, Retention
from scarcity.bus.kafka.settings import KafkaSettings, topic_configs
from scarcity.errors import ConfigError


def test_topics_take_the_largest_message_with_its_envelope() -> None:
    for retention in Retention:
        configs = topic_configs(retention, KafkaSettings("localhost:9092"))

        assert int(configs["max.message.bytes"]) > MAX_MESSAGE_BYTES


def test_a_replay_of_old_records_is_not_deleted_for_its_age() -> None:
    configs = topic_configs(
        Retention.DELETE, KafkaSettings("localhost:9092", partition_bytes=80_000_000)
    )

    assert configs["retention.ms"] == "-1"
    assert configs["retention.bytes"] == "80000000"
    assert configs["segment.bytes"] == "10000000"


def test_a_compacted_topic_forgets_by_key_alone() -> None:
    configs = topic_configs(Retention.COMPACT, KafkaSettings("localhost:9092"))

    assert configs["cleanup.policy"] == "compact"
    assert "retention.bytes" not in configs


def test_the_operator_has_the_last_word_on_topic_configurations() -> None:
    settings = KafkaSettings(
        "localhost:9092", topic_configs={"min.insync.replicas": "2", "retention.ms": "60000"}
    )

    configs = topic_configs(Retention.DELETE, settings)

    assert (configs["min.insync.replicas"], configs["retention.ms"]) == ("2", "60000")


def test_a_drain_longer_than_a_request_may_take_is_refused_with_the_reason() -> None:
    with pytest.raises(ConfigError, match="must exceed drain_timeout_ms"):
        KafkaSettings("localhost:9092", drain_timeout_ms=36_000, request_timeout_ms=40_000)
