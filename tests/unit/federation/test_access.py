"""A deployment comes to its federation's cluster as its folder says, and never as to its own."""

from pathlib import Path

import pytest

from scarcity.bus.kafka import KafkaSettings
from scarcity.bus.kafka.security import Sasl, Tls
from scarcity.cli.kafka import kafka_settings
from scarcity.errors import ConfigError
from scarcity.federation.access import FILE, Access
from scarcity.runtime.settings import PlatformSettings

HOME = PlatformSettings(
    bus="kafka://home:9093",
    kafka_tls=True,
    kafka_ca_file=Path("/home/ca.crt"),
    kafka_cert_file=Path("/home/own.crt"),
    kafka_key_file=Path("/home/own.key"),
    kafka_username="engine",
    kafka_password="a secret of home",
)


def there(folder: Path) -> KafkaSettings:
    update = {"bus": "kafka://fed:9092", **Access.of(folder).settings(folder)}
    return kafka_settings(HOME.model_copy(update=update))


def test_nothing_of_the_deployments_own_is_shown_to_a_cluster_that_asks_for_nothing(
    tmp_path: Path,
) -> None:
    found = there(tmp_path)

    assert found.bootstrap == "fed:9092"
    assert (found.security.tls, found.security.sasl) == (None, None)


def test_files_are_looked_for_beside_the_one_that_names_them(tmp_path: Path) -> None:
    (tmp_path / "password").write_text("of the federation\n")
    (tmp_path / FILE).write_text(
        '{"tls": true, "ca_file": "ca.crt", "username": "north", "password_file": "password"}'
    )

    security = there(tmp_path).security

    assert security.tls == Tls(tmp_path / "ca.crt")
    assert security.sasl == Sasl("north", "of the federation")
    assert "of the federation" not in repr(security)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("{", "Invalid JSON"),
        ('{"password": "in the open"}', "password: Extra inputs are not permitted"),
        ('{"tls": "perhaps"}', "tls: Input should be a valid boolean"),
        ('{"mechanism": "GSSAPI"}', "mechanism: Input should be 'SCRAM-SHA-512'"),
    ],
)
def test_what_cannot_be_is_named_with_its_file(tmp_path: Path, text: str, says: str) -> None:
    (tmp_path / FILE).write_text(text)

    with pytest.raises(ConfigError) as error:
        Access.of(tmp_path)

    assert str(error.value).startswith(f"{tmp_path / FILE}: {says}")
    assert "in the open" not in str(error.value)
