"""`scarcity run`, with a session so short that a run need not wait long for the dead.

Its arguments and settings are those of the command; only the session on Kafka is shorter.
"""

from unittest.mock import patch

from scarcity.bus.kafka import KafkaBus, KafkaSettings
from scarcity.cli import assemble, main
from scarcity.runtime.settings import PlatformSettings

SESSION_S = 3.0


def bus(chosen: PlatformSettings) -> KafkaBus:
    """Return the bus of an instance."""
    settings = KafkaSettings(
        chosen.bus.removeprefix(assemble.KAFKA),
        session_timeout_ms=int(SESSION_S * 1000),
        heartbeat_interval_ms=500,
    )
    return KafkaBus(settings)


if __name__ == "__main__":
    with patch.object(assemble, "bus", bus):
        main()
