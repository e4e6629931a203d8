"""Settings: read once at start from the environment, frozen, unknown names refused.

`PlatformSettings` holds what every process needs (`SCARCITY_BUS`, ...); each service adds its own
class with its own prefix (`SCARCITY_MPIE_MAX_LAG`, ...).
"""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Annotated, Literal, TypeVar

from pydantic import BeforeValidator, Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from scarcity.errors import ConfigError

PREFIX = "SCARCITY_"
TEST_PREFIX = "SCARCITY_TEST_"
S = TypeVar("S", bound=BaseSettings)
T = TypeVar("T")

Given = Annotated[T | None, BeforeValidator(lambda value: value or None)]
"""What may be left out, or left empty, as where an empty variable is passed on."""


class PlatformSettings(BaseSettings):
    """What a process needs, whichever services it runs."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, extra="forbid")

    bus: str = Field("embedded", pattern=r"^(embedded|kafka://[^/\s]+)$")
    """`embedded`, or `kafka://host:port`."""
    kafka_tls: bool = False
    """Whether Kafka is spoken to over TLS; certificates and host names are checked."""
    kafka_ca_file: Given[Path] = None
    """PEM: the CA that signed the brokers' certificates; those of the machine when unset."""
    kafka_cert_file: Given[Path] = None
    """PEM: the certificate to show when the brokers ask for one."""
    kafka_key_file: Given[Path] = None
    """PEM: its key, without a pass phrase."""
    kafka_username: Given[str] = None
    """As whom to come to Kafka; nobody in particular when unset."""
    kafka_password: Given[str] = Field(None, repr=False)
    """The user's password."""
    kafka_password_file: Given[Path] = None
    """A file with the user's password, such as a mounted secret, instead of the password."""
    kafka_mechanism: Literal["SCRAM-SHA-512", "SCRAM-SHA-256", "PLAIN"] = "SCRAM-SHA-512"
    """How the password is proven; PLAIN over TLS only."""
    data_dir: Path | None = None
    """Where the embedded bus keeps its log; in memory when unset."""
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    otlp_endpoint: str | None = None
    """Where traces go (OTLP over HTTP), such as http://collector:4318/v1/traces."""
    spans: bool = True
    """Whether traces go to the topic `spans` as well, from where the gateway shows them."""
    host: str = "127.0.0.1"
    """The address that probes and the gateway listen on."""
    port: int = Field(8080, ge=0, le=65535)
    """The port that probes and the gateway listen on; 0 = any free one."""
    drain_s: float = Field(10.0, gt=0, le=600)
    """Seconds that a service may take to finish what it has in hand."""
    token: str | None = Field(None, min_length=16, repr=False)
    """The access token of the gateway; one is made up at start when unset."""

    @property
    def brokers(self) -> str:
        """Where a Kafka is: `host:port`, or several with commas between."""
        return self.bus.removeprefix("kafka://")


def load(kind: type[S]) -> S:
    """Return the settings from the environment. Raises ConfigError that names what is wrong."""
    try:
        return kind()
    except ValidationError as error:
        raise ConfigError("; ".join(_problems(kind, error))) from error


def refuse_unknown(environment: Mapping[str, str], kinds: Iterable[type[BaseSettings]]) -> None:
    """Raise ConfigError for a SCARCITY_ variable that no settings class knows: a misspelling.

    Classes are asked for one by one, as long as there is a variable that none has known.
    """
    unknown = {
        name
        for name in environment
        if name.upper().startswith(PREFIX) and not name.upper().startswith(TEST_PREFIX)
    }
    known: set[str] = set()
    waiting = iter(kinds)
    while unknown:
        kind = next(waiting, None)
        if kind is None:
            raise ConfigError(
                f"unknown setting {', '.join(sorted(unknown))}; known are "
                f"{', '.join(sorted(known))}"
            )
        prefix = kind.model_config["env_prefix"]
        known |= {f"{prefix}{name}".upper() for name in kind.model_fields}
        unknown = {name for name in unknown if name.upper() not in known}


def _problems(kind: type[BaseSettings], error: ValidationError) -> Iterable[str]:
    prefix = kind.model_config["env_prefix"]
    for problem in error.errors(include_input=False, include_url=False):
        name = "_".join(str(part) for part in problem["loc"])
        yield f"{prefix}{name.upper()}: {problem['msg']}"
