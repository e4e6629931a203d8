"""How to reach a Kafka cluster, and how topics are made on it.

Topics forget by size, never by age: Kafka measures age by the timestamps of the messages, so a
replay of old records would be deleted as it arrives, and a clock that runs ahead would be refused.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from scarcity.bus.base import MAX_MESSAGE_BYTES, Retention
from scarcity.bus.kafka.security import Security, arguments
from scarcity.errors import ConfigError

MIB = 1024 * 1024
FETCH_BYTES = 16 * MIB
"""What one broker sends at a time, unless a single message is larger."""
MAX_REQUEST_BYTES = MAX_MESSAGE_BYTES + MIB
"""A value of the largest size with its key, headers and framing."""
JOIN_MARGIN_MS = 5_000
"""What a member has, after its drain, to answer the coordinator."""
COMMIT_MARGIN_MS = 20_000
"""What a writer has, after its last message was acknowledged, to commit or abort."""
FOREVER = str(2**63 - 1)


@dataclass(frozen=True, slots=True)
class KafkaSettings:
    """Everything a KafkaBus may be told; the defaults suit a cluster on a local network."""

    bootstrap: str
    """`host:port`, or several with commas between."""
    security: Security = field(default_factory=Security)
    """Whom to believe, and as whom to come."""
    client_id: str = "scarcity"
    compression: Literal["gzip", "snappy", "lz4", "zstd"] | None = None
    """All but gzip need the package cramjam, as does reading what others compressed."""
    replication_factor: int = -1
    """-1 is the cluster's own default."""
    partition_bytes: int = 1024 * MIB
    """How much each partition of a topic that is not compacted keeps."""
    topic_configs: Mapping[str, str] = field(default_factory=dict)
    """Topic configurations that win over ours, such as `min.insync.replicas`."""
    session_timeout_ms: int = 10_000
    """How long after its last heartbeat a dead member's partitions go to others."""
    heartbeat_interval_ms: int = 1_000
    """How soon, at most, a member learns of a rebalance."""
    drain_timeout_ms: int = 25_000
    """How long `on_revoked` may take; after it the group goes on, so the call is cancelled."""
    request_timeout_ms: int = 40_000
    """How long any call waits for the brokers before it raises BusUnavailable."""
    max_partition_fetch_bytes: int = 4 * MIB
    """How much of a partition a reader takes at a time; a larger message comes alone."""

    def __post_init__(self) -> None:
        if self.rebalance_timeout_ms >= self.request_timeout_ms:
            raise ConfigError(
                f"request_timeout_ms ({self.request_timeout_ms}) must exceed drain_timeout_ms "
                f"({self.drain_timeout_ms}) by more than {JOIN_MARGIN_MS}: a member that joins "
                "waits that long for the others"
            )

    @property
    def rebalance_timeout_ms(self) -> int:
        """How long the coordinator waits for a member to come back for its new share."""
        return self.drain_timeout_ms + JOIN_MARGIN_MS

    @property
    def transaction_timeout_ms(self) -> int:
        """When the brokers undo a transaction that nobody ends, so that readers can go on.

        Longer than a writer tries, and below a cluster's usual limit of 15 minutes.
        """
        return self.request_timeout_ms + COMMIT_MARGIN_MS

    @property
    def request_timeout(self) -> float:
        """`request_timeout_ms` in seconds."""
        return self.request_timeout_ms / 1000

    @property
    def drain_timeout(self) -> float:
        """`drain_timeout_ms` in seconds."""
        return self.drain_timeout_ms / 1000


def connection(settings: KafkaSettings) -> dict[str, object]:
    """Return the arguments that every aiokafka client takes alike: where, and as whom.

    Raises ConfigError for a certificate or key that does not serve.
    """
    return {
        **arguments(settings.security),
        "bootstrap_servers": settings.bootstrap.split(","),
        "client_id": settings.client_id,
        "request_timeout_ms": settings.request_timeout_ms,
    }


def reading(settings: KafkaSettings) -> dict[str, object]:
    """Return the arguments of every consumer: from the beginning, and nothing aborted."""
    return {
        **connection(settings),
        "auto_offset_reset": "earliest",
        "isolation_level": "read_committed",
        "fetch_max_bytes": FETCH_BYTES,
        "max_partition_fetch_bytes": settings.max_partition_fetch_bytes,
    }


def topic_configs(retention: Retention, settings: KafkaSettings) -> dict[str, str]:
    """Return the configuration of a new topic."""
    return {
        "max.message.bytes": str(MAX_REQUEST_BYTES),
        "message.timestamp.after.max.ms": FOREVER,
        **_forgetting(retention, settings),
        **settings.topic_configs,
    }


def _forgetting(retention: Retention, settings: KafkaSettings) -> dict[str, str]:
    if retention is Retention.COMPACT:
        return {
            "cleanup.policy": "compact",
            # Only closed segments are compacted. Small and hourly ones keep a restart's read short.
            "segment.bytes": str(64 * MIB),
            "segment.ms": str(3600 * 1000),
        }
    return {
        "cleanup.policy": "delete",
        "retention.ms": "-1",
        "retention.bytes": str(settings.partition_bytes),
        # Whole segments go at a time.
        "segment.bytes": str(max(settings.partition_bytes // 8, MIB)),
    }
