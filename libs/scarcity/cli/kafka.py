"""From the settings of a process to how Kafka is reached: where, and as whom.

The only place that does so, whoever owns the cluster: another one is reached with a copy of the
settings that names it, and what it asks for.
"""

from scarcity.bus.kafka import KafkaSettings
from scarcity.bus.kafka.security import Sasl, Security, Tls
from scarcity.errors import ConfigError
from scarcity.runtime.settings import PlatformSettings


def kafka_settings(chosen: PlatformSettings) -> KafkaSettings:
    """Return how to reach the Kafka that the settings name. ConfigError says what to change."""
    return KafkaSettings(chosen.brokers, Security(_tls(chosen), _sasl(chosen)))


def _tls(chosen: PlatformSettings) -> Tls | None:
    files = (chosen.kafka_ca_file, chosen.kafka_cert_file, chosen.kafka_key_file)
    if chosen.kafka_tls:
        return Tls(*files)
    if any(files):
        raise ConfigError(
            "certificates for Kafka are of no use without TLS: set SCARCITY_KAFKA_TLS=true, or "
            "unset SCARCITY_KAFKA_CA_FILE, SCARCITY_KAFKA_CERT_FILE and SCARCITY_KAFKA_KEY_FILE"
        )
    return None


def _sasl(chosen: PlatformSettings) -> Sasl | None:
    username, password = chosen.kafka_username, _password(chosen)
    if username is None and password is None:
        return None
    return Sasl(username or "", password or "", chosen.kafka_mechanism)


def _password(chosen: PlatformSettings) -> str | None:
    path = chosen.kafka_password_file
    if path is None:
        return chosen.kafka_password
    if chosen.kafka_password is not None:
        raise ConfigError(
            "two passwords for Kafka: set SCARCITY_KAFKA_PASSWORD_FILE or SCARCITY_KAFKA_PASSWORD, "
            "not both"
        )
    try:
        # The end of the line is the editor's, not the password's.
        return path.read_text().rstrip("\r\n")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(
            f"SCARCITY_KAFKA_PASSWORD_FILE names {path}, which cannot be read as text: name "
            "another file"
        ) from error
