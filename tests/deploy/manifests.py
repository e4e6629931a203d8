"""What the deployment files say, as typed values: compose, .env, image recipe, chart."""

import importlib
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

import helm_python
import yaml
from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel
from pydantic_settings import BaseSettings

from scarcity.roster import ROSTER, Entry
from scarcity.runtime.settings import PREFIX, PlatformSettings

ROOT: Final = Path(__file__).parent.parent.parent
COMPOSE: Final = ROOT / "docker-compose.yml"
DOTENV: Final = ROOT / ".env"
DOCKERFILE: Final = ROOT / "deploy" / "docker" / "Dockerfile"
PROMETHEUS: Final = ROOT / "deploy" / "prometheus"
CHART: Final = ROOT / "helm" / "scarcity"

Values = dict[str, object]
Object = dict[str, object]

VARIABLE: Final = re.compile(r"\$\{(?P<name>\w+)(?:(?P<how>:[-?])(?P<rest>[^}]*))?\}")


class Healthcheck(BaseModel):
    """How compose asks a container whether it is well."""

    test: list[str]
    interval: str
    timeout: str
    retries: int


class ComposeService(BaseModel):
    """One service of the compose file, as far as the tests look at it."""

    image: str
    command: list[str] = []
    environment: dict[str, str] = {}
    profiles: list[str] = []
    ports: list[str] = []
    networks: list[str] = []
    depends_on: dict[str, dict[str, str]] = {}
    healthcheck: Healthcheck | None = None
    stop_grace_period: str | None = None
    read_only: bool = False
    init: bool = False
    tmpfs: list[str] = []
    cap_drop: list[str] = []
    security_opt: list[str] = []
    mem_limit: str | None = None
    restart: str | None = None


class Compose(BaseModel):
    """The compose file. Keys that begin with x- are its own shorthand."""

    services: dict[str, ComposeService]

    def own(self) -> dict[str, ComposeService]:
        """Return the services that run our image."""
        return {name: s for name, s in self.services.items() if s.image == "${IMAGE}"}


class _Kubernetes(BaseModel):
    model_config = ConfigDict(alias_generator=to_camel)


class SecretKey(_Kubernetes):
    name: str
    key: str


class ValueFrom(_Kubernetes):
    secret_key_ref: SecretKey


class Variable(_Kubernetes):
    name: str
    value: str | None = None
    value_from: ValueFrom | None = None


class Container(_Kubernetes):
    name: str
    image: str
    args: list[str]
    env: list[Variable]
    security_context: Object
    resources: dict[str, dict[str, str]]
    startup_probe: Object
    readiness_probe: Object
    liveness_probe: Object


class PodSpec(_Kubernetes):
    containers: list[Container] = Field(min_length=1, max_length=1)
    security_context: Object
    automount_service_account_token: bool
    enable_service_links: bool
    termination_grace_period_seconds: int


class PodTemplate(_Kubernetes):
    spec: PodSpec


class DeploymentSpec(_Kubernetes):
    replicas: int | None = None
    template: PodTemplate


class Metadata(_Kubernetes):
    name: str


class Named(_Kubernetes):
    """Any object of the chart."""

    metadata: Metadata


class NetworkRule(_Kubernetes):
    ports: list[Object]


class NetworkPolicySpec(_Kubernetes):
    pod_selector: Object
    policy_types: list[str]
    ingress: list[NetworkRule] = []
    egress: list[NetworkRule] = []


class NetworkPolicy(_Kubernetes):
    """A NetworkPolicy of the chart."""

    metadata: Metadata
    spec: NetworkPolicySpec


class Trigger(_Kubernetes):
    type: str
    metadata: dict[str, str]


class ScaledObjectSpec(_Kubernetes):
    triggers: list[Trigger]


class ScaledObject(_Kubernetes):
    """A ScaledObject of the chart."""

    spec: ScaledObjectSpec


class Deployment(_Kubernetes):
    """A Deployment of the chart, as far as the tests look at it."""

    metadata: Metadata
    spec: DeploymentSpec

    @property
    def pod(self) -> PodSpec:
        return self.spec.template.spec

    @property
    def container(self) -> Container:
        return self.pod.containers[0]

    def environment(self) -> dict[str, str]:
        """Return the variables with a value of their own, not from a secret."""
        return {v.name: v.value for v in self.container.env if v.value is not None}


def compose() -> Compose:
    """Return the compose file as it stands, its ${VARIABLES} unresolved."""
    return Compose.model_validate(yaml.safe_load(COMPOSE.read_text()))


def dotenv() -> dict[str, str]:
    """Return what .env says."""
    lines = (line for line in DOTENV.read_text().splitlines() if line and line[0] != "#")
    return dict(line.split("=", 1) for line in lines)


def resolved(text: str, environment: Mapping[str, str]) -> str:
    """Return a text of the compose file with its variables resolved; KeyError for one unset."""

    def value(match: re.Match[str]) -> str:
        name, how, rest = match["name"], match["how"], match["rest"]
        return environment.get(name) or (rest if how == ":-" else environment[name])

    return VARIABLE.sub(value, text)


def settings_class(entry: Entry) -> type[BaseSettings]:
    """Return the settings class of a service."""
    found = [
        kind
        for kind in vars(importlib.import_module(entry.settings)).values()
        if isinstance(kind, type) and issubclass(kind, BaseSettings) and kind is not BaseSettings
    ]
    assert len(found) == 1, f"{entry.settings} has {len(found)} settings classes"
    return found[0]


def settings_classes() -> list[type[BaseSettings]]:
    """Return every settings class there is."""
    return [PlatformSettings, *map(settings_class, ROSTER)]


def ours(environment: Mapping[str, str]) -> dict[str, str]:
    """Return the variables that SCARCITY reads."""
    return {name: value for name, value in environment.items() if name.startswith(PREFIX)}


def rendered(values: Values, *, release: str = "scarcity") -> list[Object]:
    """Return every object that the chart makes of these values. Raises HelmError."""
    chart = helm_python.Chart.load(CHART)
    files = chart.render(values, name=release, namespace="causal")
    return [
        found
        for path, text in files.items()
        if path.endswith(".yaml")
        for found in yaml.safe_load_all(text)
        if found
    ]


def of_kind(objects: list[Object], kind: str) -> Iterator[Object]:
    """Return the objects of one kind."""
    return (found for found in objects if found["kind"] == kind)


def network_policies(objects: list[Object]) -> dict[str, NetworkPolicySpec]:
    """Return the network policies by name."""
    found = [NetworkPolicy.model_validate(each) for each in of_kind(objects, "NetworkPolicy")]
    return {each.metadata.name: each.spec for each in found}


def deployments(objects: list[Object]) -> dict[str, Deployment]:
    """Return the deployments by the service they run."""
    found = [Deployment.model_validate(each) for each in of_kind(objects, "Deployment")]
    return {each.container.args[0]: each for each in found}
