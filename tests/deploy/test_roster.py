"""The roster, the compose file, the chart and Prometheus name the same services and settings."""

import json
import re

import pytest
import yaml
from pydantic_settings import BaseSettings

from deploy.manifests import (
    CHART,
    DOCKERFILE,
    PROMETHEUS,
    compose,
    dotenv,
    ours,
    resolved,
    settings_class,
    settings_classes,
)
from scarcity import __version__
from scarcity.roster import ROSTER, Entry
from scarcity.runtime.settings import PREFIX, PlatformSettings, load, refuse_unknown

NAMES = [entry.name for entry in ROSTER]
CORE = [entry.name for entry in ROSTER if entry.core]
BOUNDS = {"type", "enum", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"}
TOKEN = {"SCARCITY_TOKEN": "0123456789abcdef"}


@pytest.fixture(autouse=True)
def _no_settings_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    for kind in settings_classes():
        for name in kind.model_fields:
            monkeypatch.delenv(f"{kind.model_config['env_prefix']}{name}".upper(), raising=False)


def test_compose_runs_the_services_of_the_roster() -> None:
    services = compose().own()

    assert sorted(services) == sorted(NAMES)
    assert all(service.command == [name] for name, service in services.items())


def test_compose_starts_the_core_services_without_a_profile() -> None:
    started = [name for name, service in compose().own().items() if not service.profiles]

    assert sorted(started) == sorted(CORE)


def test_the_chart_runs_the_services_of_the_roster_and_starts_the_core() -> None:
    services = yaml.safe_load((CHART / "values.yaml").read_text())["services"]

    assert sorted(services) == sorted(NAMES)
    assert sorted(name for name in services if services[name]["enabled"]) == sorted(CORE)


def test_prometheus_looks_for_the_services_of_the_roster() -> None:
    config = yaml.safe_load((PROMETHEUS / "prometheus.yml").read_text())
    [job] = config["scrape_configs"]
    [names] = (found["names"] for found in job["dns_sd_configs"])

    assert sorted(names) == sorted(NAMES)


def test_an_alert_misses_every_core_service() -> None:
    rules = (PROMETHEUS / "alerts.yml").read_text()

    assert sorted(re.findall(r'absent\(up\{.*service="(\w+)"\}\)', rules)) == sorted(CORE)


@pytest.mark.parametrize("entry", ROSTER, ids=NAMES)
def test_the_chart_knows_the_settings_of_a_service_and_their_bounds(entry: Entry) -> None:
    schema = json.loads((CHART / "values.schema.json").read_text())
    said = schema["properties"]["services"]["properties"][entry.name]["properties"]["settings"]
    fields = settings_class(entry).model_json_schema()["properties"]

    assert said["additionalProperties"] is False
    assert said["properties"] == {
        name: {bound: field[bound] for bound in BOUNDS & field.keys()}
        for name, field in fields.items()
    }


@pytest.mark.parametrize("entry", ROSTER, ids=NAMES)
def test_a_service_accepts_its_environment_in_compose(
    entry: Entry, monkeypatch: pytest.MonkeyPatch
) -> None:
    outside = dotenv() | TOKEN
    environment = {
        name: resolved(value, outside)
        for name, value in compose().services[entry.name].environment.items()
    }
    for name, value in environment.items():
        monkeypatch.setenv(name, value)

    refuse_unknown(environment, settings_classes())

    assert ours(environment) == environment
    assert load(PlatformSettings).bus == "kafka://kafka:9092"
    assert isinstance(load(settings_class(entry)), BaseSettings)


def test_the_image_sets_what_the_settings_know(monkeypatch: pytest.MonkeyPatch) -> None:
    environment = dict(re.findall(rf"({PREFIX}\w+)=(\S+)", DOCKERFILE.read_text()))
    for name, value in environment.items():
        monkeypatch.setenv(name, value)

    refuse_unknown(environment, settings_classes())

    assert (load(PlatformSettings).host, load(PlatformSettings).port) == ("0.0.0.0", 8080)


def test_image_chart_and_package_are_of_one_version() -> None:
    chart = yaml.safe_load((CHART / "Chart.yaml").read_text())

    assert f"ARG VERSION={__version__}\n" in DOCKERFILE.read_text()
    assert dotenv()["IMAGE"] == f"scarcity:{__version__}"
    assert chart["appVersion"] == __version__
