"""Topics on a Kafka cluster: which there are, and how those that are missing are made."""

import asyncio
from collections.abc import Collection, Iterable, Mapping, Sequence

from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.errors import NoError, TopicAlreadyExistsError, for_code

from scarcity.bus.base import Retention, TopicSpec
from scarcity.bus.kafka.errors import translated
from scarcity.bus.kafka.settings import KafkaSettings, topic_configs
from scarcity.errors import ConfigError

POLL_SECONDS = 0.05


class Topics:
    """The topics of one cluster, as far as they were asked for."""

    def __init__(self, admin: AIOKafkaAdminClient, settings: KafkaSettings) -> None:
        self._admin = admin
        self._settings = settings
        self._partitions: dict[str, int] = {}

    async def partitions_of(self, topics: Collection[str]) -> Mapping[str, int]:
        """Return how many partitions these topics have, among others; ConfigError for no topic."""
        if not self._partitions.keys() >= set(topics):
            with translated():
                async with asyncio.timeout(self._settings.request_timeout):
                    await self._look()
        for topic in topics:
            if topic not in self._partitions:
                raise ConfigError(f"there is no topic {topic!r}; provision it before using it")
        return self._partitions

    async def provision(self, topics: Sequence[TopicSpec]) -> None:
        """Create what is missing; ConfigError for what exists in another shape."""
        with translated():
            async with asyncio.timeout(self._settings.request_timeout):
                await self._look()
                missing = self._missing(topics)
                await self._create(missing)
                policies = await self._policies([spec for spec in topics if spec not in missing])
        for spec in topics:
            _check(spec, self._partitions[spec.name], policies.get(spec.name))

    async def _look(self) -> None:
        # Asking for all topics: asking for one by its name may create it.
        found = await self._admin.describe_topics()
        self._partitions = {
            topic["topic"]: len(topic["partitions"])
            for topic in found
            if topic["error_code"] == NoError.errno
        }

    def _missing(self, topics: Iterable[TopicSpec]) -> list[TopicSpec]:
        return [spec for spec in topics if spec.name not in self._partitions]

    async def _create(self, topics: Sequence[TopicSpec]) -> None:
        if not topics:
            return
        answer = await self._admin.create_topics(
            [_new_topic(spec, self._settings) for spec in topics]
        )
        for name, code, message in answer.topic_errors:
            error = for_code(code)
            if error not in {NoError, TopicAlreadyExistsError}:  # another service was quicker
                raise error(f"topic {name}: {message}")
        while self._missing(topics):  # the brokers learn of it one by one
            await asyncio.sleep(POLL_SECONDS)
            await self._look()

    async def _policies(self, topics: Sequence[TopicSpec]) -> Mapping[str, str]:
        """Return the cleanup policy of each topic."""
        if not topics:
            return {}
        asked = [
            ConfigResource(ConfigResourceType.TOPIC, spec.name, {"cleanup.policy": None})
            for spec in topics
        ]
        answers = await self._admin.describe_configs(asked)
        return {
            name: configs[0][1] for answer in answers for _, _, _, name, configs in answer.resources
        }


def _new_topic(spec: TopicSpec, settings: KafkaSettings) -> NewTopic:
    return NewTopic(
        spec.name,
        spec.partitions,
        settings.replication_factor,
        # aiokafka takes the cluster's own replication factor only beside an (empty) assignment.
        replica_assignments={} if settings.replication_factor < 0 else None,
        topic_configs=topic_configs(spec.retention, settings),
    )


def _check(spec: TopicSpec, partitions: int, policy: str | None) -> None:
    if partitions != spec.partitions:
        raise ConfigError(
            f"topic {spec.name} exists with {partitions} partitions, not {spec.partitions}; keyed "
            "state depends on that number, so keep the old one or delete the topic"
        )
    wanted = spec.retention is Retention.COMPACT
    if policy is not None and wanted != (policy == Retention.COMPACT.value):
        raise ConfigError(
            f"topic {spec.name} exists with cleanup.policy={policy}, not {spec.retention.value}; "
            "alter it with kafka-configs.sh or delete the topic"
        )
