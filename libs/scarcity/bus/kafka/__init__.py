"""The Runtime Bus on Apache Kafka, through aiokafka: nothing outside this package imports it."""

from scarcity.bus.kafka.adapter import KafkaBus
from scarcity.bus.kafka.settings import KafkaSettings

__all__ = ["KafkaBus", "KafkaSettings"]
