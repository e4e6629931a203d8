"""The compose file: valid, hardened, without a secret, and fit for what runs in it."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from deploy.manifests import COMPOSE, DOTENV, VARIABLE, compose, dotenv
from scarcity.bus.kafka.settings import MAX_REQUEST_BYTES

SECRET = re.compile(r"token|secret|passw|credential|api_?key", re.IGNORECASE)
GOODBYE_S = 15
"""After the drain: a goodbye per service, open connections, and a flush."""


def check(file: Path) -> subprocess.CompletedProcess[str]:
    """Hold a file against the schema of the Compose Specification."""
    command = ["check_jsonschema", "--builtin-schema", "vendor.compose-spec", str(file)]
    return subprocess.run(
        [sys.executable, "-m", *command], capture_output=True, text=True, check=False
    )


def test_it_follows_the_compose_specification() -> None:
    found = check(COMPOSE)

    assert found.returncode == 0, found.stdout


def test_a_misspelt_key_would_be_refused(tmp_path: Path) -> None:
    misspelt = tmp_path / "docker-compose.yml"
    misspelt.write_text(COMPOSE.read_text().replace("read_only: true", "readonly: true"))

    found = check(misspelt)

    assert found.returncode == 1
    assert "readonly" in found.stdout


def test_every_variable_has_a_value_or_says_what_to_set() -> None:
    bare = [m["name"] for m in VARIABLE.finditer(COMPOSE.read_text()) if not m["how"]]

    assert set(bare) <= dotenv().keys()


@pytest.mark.parametrize("name", compose().services)
def test_a_container_has_no_privileges_and_bounded_memory(name: str) -> None:
    service = compose().services[name]

    assert service.cap_drop == ["ALL"]
    assert service.security_opt == ["no-new-privileges:true"]
    assert service.mem_limit is not None
    assert service.restart == "unless-stopped"


@pytest.mark.parametrize("name", compose().own())
def test_a_service_writes_nowhere_waits_for_kafka_and_says_how_it_is(name: str) -> None:
    service = compose().services[name]

    assert service.read_only
    assert service.tmpfs == ["/tmp"]
    assert service.init
    assert service.depends_on == {"kafka": {"condition": "service_healthy"}}
    assert service.healthcheck is not None
    assert "/readyz" in service.healthcheck.test[-1]


@pytest.mark.parametrize("name", compose().own())
def test_a_service_has_time_to_drain(name: str) -> None:
    service = compose().services[name]
    drain_s = float(service.environment["SCARCITY_DRAIN_S"])

    assert service.stop_grace_period is not None
    assert float(service.stop_grace_period.removesuffix("s")) >= drain_s + GOODBYE_S


def test_only_this_machine_reaches_what_is_published() -> None:
    published = {name: s.ports for name, s in compose().services.items() if s.ports}

    assert published.keys() == {"gateway", "prometheus"}
    assert all(port.startswith("127.0.0.1:") for ports in published.values() for port in ports)


def test_kafka_is_on_a_network_without_a_way_out() -> None:
    networks = yaml.safe_load(COMPOSE.read_text())["networks"]

    assert compose().services["kafka"].networks == ["bus"]
    assert networks["bus"] == {"internal": True}


def test_kafka_takes_the_largest_message_of_the_bus_and_makes_no_topics_by_itself() -> None:
    kafka = compose().services["kafka"]

    assert kafka.environment["KAFKA_MESSAGE_MAX_BYTES"] == str(MAX_REQUEST_BYTES)
    assert kafka.environment["KAFKA_AUTO_CREATE_TOPICS_ENABLE"] == "false"
    assert kafka.healthcheck is not None


def test_the_gateway_alone_gets_the_token_and_does_not_start_without() -> None:
    given = {
        name: service.environment["SCARCITY_TOKEN"]
        for name, service in compose().services.items()
        if "SCARCITY_TOKEN" in service.environment
    }

    assert given.keys() == {"gateway"}
    assert re.fullmatch(r"\$\{SCARCITY_TOKEN:\?.*16 characters.*\}", given["gateway"])


def test_no_secret_is_written_down() -> None:
    environments = [service.environment for service in compose().services.values()]
    written = [
        name
        for environment in [*environments, dotenv()]
        for name, value in environment.items()
        if SECRET.search(name) and not VARIABLE.fullmatch(value)
    ]

    assert written == []
    assert "SCARCITY_" not in DOTENV.read_text()
