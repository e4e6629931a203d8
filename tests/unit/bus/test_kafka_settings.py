"""How a Kafka cluster is reached, what topics are made like, and settings that cannot work."""

import re
import ssl
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization

import scarcity.bus.kafka
from realkafka.certificates import Authority
from scarcity.bus.base import MAX_MESSAGE_BYTES, Retention
from scarcity.bus.kafka.security import Sasl, Security, Tls
from scarcity.bus.kafka.settings import KafkaSettings, connection, topic_configs
from scarcity.cli.kafka import kafka_settings
from scarcity.errors import ConfigError
from scarcity.runtime.settings import PlatformSettings, load

KAFKA = Path(scarcity.bus.kafka.__file__).parent
SECRET = "keep-this-to-yourself"


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


TLS = Tls()
SASL = Sasl("mpie", SECRET)


@pytest.mark.parametrize(
    ("security", "protocol"),
    [
        (Security(), "PLAINTEXT"),
        (Security(tls=TLS), "SSL"),
        (Security(sasl=SASL), "SASL_PLAINTEXT"),
        (Security(TLS, SASL), "SASL_SSL"),
    ],
)
def test_the_protocol_follows_from_what_is_given(security: Security, protocol: str) -> None:
    told = connection(KafkaSettings("localhost:9092", security))

    assert told["security_protocol"] == security.protocol == protocol
    assert ("ssl_context" in told) == (security.tls is not None)
    assert told.get("sasl_plain_password") == (SECRET if security.sasl else None)


def test_certificates_and_host_names_are_checked() -> None:
    made = connection(KafkaSettings("localhost:9092", Security(TLS)))["ssl_context"]

    assert isinstance(made, ssl.SSLContext)
    assert made.check_hostname
    assert made.verify_mode is ssl.CERT_REQUIRED


def test_a_password_is_not_shown() -> None:
    settings = KafkaSettings("localhost:9092", Security(TLS, SASL))

    shown = f"{settings} {settings!r} {settings.security} {chosen(kafka_password=SECRET)!r}"

    assert "mpie" in shown
    assert SECRET not in shown


def test_every_client_is_told_how_to_connect_in_one_place() -> None:
    code = "".join(path.read_text() for path in KAFKA.glob("*.py"))
    made = re.findall(r"(?:= |return )AIOKafka\w+\(\s*([^,)]*)", code)

    assert len(made) >= 5
    assert set(made) == {
        "**connection(self._settings",
        "**connection(settings",
        "**reading(self._settings",
        "**reading(settings",
    }


@pytest.mark.parametrize(
    ("given", "advice"),
    [
        ({"kafka_username": "mpie"}, "no password for Kafka: set both"),
        ({"kafka_password": SECRET}, "no user name for Kafka: set both"),
        ({"kafka_username": "mpie", "kafka_password_file": "empty"}, "no password for Kafka"),
        ({"kafka_tls": True, "kafka_cert_file": "text"}, "a client certificate .* without its key"),
        ({"kafka_tls": True, "kafka_key_file": "text"}, "a client key .* without its certificate"),
        ({"kafka_ca_file": "text"}, "set SCARCITY_KAFKA_TLS=true, or unset"),
        (
            {"kafka_username": "a", "kafka_password": SECRET, "kafka_mechanism": "PLAIN"},
            "in the clear: set SCARCITY_KAFKA_TLS=true",
        ),
        ({"kafka_password_file": "text", "kafka_password": SECRET}, "two passwords for Kafka"),
        ({"kafka_password_file": "missing"}, "PASSWORD_FILE names .*missing, which cannot be read"),
        (
            {"kafka_tls": True, "kafka_ca_file": "missing"},
            "CA_FILE names .*cannot be read .No such",
        ),
        ({"kafka_tls": True, "kafka_ca_file": "text"}, "holds no certificate"),
        (
            {"kafka_tls": True, "kafka_cert_file": "missing", "kafka_key_file": "text"},
            "CERT_FILE names .*missing, which cannot be read",
        ),
        (
            {"kafka_tls": True, "kafka_cert_file": "text", "kafka_key_file": "text"},
            "do not belong together",
        ),
    ],
)
def test_what_cannot_work_is_refused_with_what_to_do(
    tmp_path: Path, given: dict[str, object], advice: str
) -> None:
    (tmp_path / "text").write_text(SECRET)
    (tmp_path / "empty").write_text("\n")
    placed = {
        name: tmp_path / str(value) if name.endswith("_file") else value
        for name, value in given.items()
    }

    with pytest.raises(ConfigError, match=advice) as raised:
        connection(kafka_settings(chosen(**placed)))

    assert SECRET not in str(raised.value)


def test_a_key_with_a_pass_phrase_is_refused_and_nobody_is_asked_for_it(tmp_path: Path) -> None:
    pair = Authority(tmp_path).issue("mpie")
    key = serialization.load_pem_private_key(pair.key.read_bytes(), password=None)
    locked = serialization.BestAvailableEncryption(b"a phrase")
    pair.key.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, locked)
    )

    with pytest.raises(ConfigError, match="without a pass phrase"):
        connection(KafkaSettings("h:1", Security(Tls(None, pair.cert, pair.key))))


def test_a_password_file_may_end_its_line(tmp_path: Path) -> None:
    (tmp_path / "password").write_text(f"{SECRET} \r\n")

    made = kafka_settings(chosen(kafka_username="mpie", kafka_password_file=tmp_path / "password"))

    assert made.security.sasl == Sasl("mpie", f"{SECRET} ")


def test_an_empty_variable_is_one_that_is_not_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("CA_FILE", "CERT_FILE", "KEY_FILE", "USERNAME", "PASSWORD", "PASSWORD_FILE"):
        monkeypatch.setenv(f"SCARCITY_KAFKA_{name}", "")
    monkeypatch.setenv("SCARCITY_BUS", "kafka://a:1,b:2")

    made = kafka_settings(load(PlatformSettings))

    assert (made.bootstrap, made.security) == ("a:1,b:2", Security())


def chosen(**given: object) -> PlatformSettings:
    """Return the settings of a process on a Kafka."""
    return PlatformSettings.model_validate({"bus": "kafka://localhost:9092", **given})
