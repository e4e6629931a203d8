"""Settings: read once at start from the environment, frozen, unknown names refused.

`PlatformSettings` holds what every process needs (`SCARCITY_BUS`, ...); each service adds its own
class with its own prefix (`SCARCITY_MPIE_MAX_LAG`, ...).
"""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Literal, TypeVar

from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from scarcity.errors import ConfigError

PREFIX = "SCARCITY_"
TEST_PREFIX = "SCARCITY_TEST_"
S = TypeVar("S", bound=BaseSettings)


class PlatformSettings(BaseSettings):
    """What a process needs, whichever services it runs."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, extra="forbid")

    bus: str = Field("embedded", pattern=r"^(embedded|kafka://[^/\s]+)$")
    """`embedded`, or `kafka://host:port`."""
    data_dir: Path | None = None
    """Where the embedded bus keeps its log; in memory when unset."""
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    otlp_endpoint: str | None = None
    """Where traces go (OTLP over HTTP), such as http://collector:4318/v1/traces."""
    host: str = "127.0.0.1"
    """The address that probes and the gateway listen on."""
    port: int = Field(8080, ge=0, le=65535)
    """The port that probes and the gateway listen on; 0 = any free one."""
    drain_s: float = Field(10.0, gt=0, le=600)
    """Seconds that a service may take to finish what it has in hand."""
    token: str | None = Field(None, min_length=16, repr=False)
    """The access token of the gateway; one is made up at start when unset."""


def load(kind: type[S]) -> S:
    """Return the settings from the environment. Raises ConfigError that names what is wrong."""
    try:
        return kind()
    except ValidationError as error:
        raise ConfigError("; ".join(_problems(kind, error))) from error


def refuse_unknown(environment: Mapping[str, str], kinds: Iterable[type[BaseSettings]]) -> None:
    """Raise ConfigError for a SCARCITY_ variable that no settings class knows: a misspelling."""
    known = {
        f"{kind.model_config['env_prefix']}{name}".upper()
        for kind in kinds
        for name in kind.model_fields
    }
    unknown = sorted(
        name
        for name in environment
        if name.upper().startswith(PREFIX)
        and not name.upper().startswith(TEST_PREFIX)
        and name.upper() not in known
    )
    if unknown:
        raise ConfigError(
            f"unknown setting {', '.join(unknown)}; known are {', '.join(sorted(known))}"
        )


def _problems(kind: type[BaseSettings], error: ValidationError) -> Iterable[str]:
    prefix = kind.model_config["env_prefix"]
    for problem in error.errors(include_input=False, include_url=False):
        name = "_".join(str(part) for part in problem["loc"])
        yield f"{prefix}{name.upper()}: {problem['msg']}"
