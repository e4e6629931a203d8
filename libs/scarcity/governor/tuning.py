"""What can be changed of components while they run, and how it is checked.

Settings are a JSON object with all that is to differ from how a component was started; what is left
out stays as it was started. Whoever takes them in checks them by these models: the gateway before
it sends a command, the Core Manager before it obeys one, and the component itself.
"""

from collections.abc import Mapping
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from scarcity.errors import ConfigError
from scarcity.governor.policy import Policy

Priority = Annotated[int, Field(ge=0)]
LEASE_S = 10.0


class RemotePolicy(Policy):
    """A policy for instances that are governed over the bus.

    Their samples come twice a second, and what is granted takes a part of one to arrive.
    """

    horizon_s: float = Field(2.0, gt=0.0)


class Tuning(BaseModel):
    """What any component lets itself be told while it runs."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Governing(Tuning):
    """How a component governs itself."""

    policy: Policy | None = None


class GoverningOthers(Tuning):
    """How the governor governs."""

    policy: RemotePolicy | None = None
    priorities: dict[str, Priority] | None = None
    """By component: 0 is cut last, and whoever is not named first."""
    lease_s: float | None = Field(None, ge=1, le=600)
    """How long a grant is good, in seconds."""


TUNABLE: Mapping[str, type[Tuning]] = {
    "stream_manager": Governing,
    "mpie": Governing,
    "federation": Governing,
    "drg": GoverningOthers,
}
"""By component."""


def checked(component: str, settings: str | bytes) -> Tuning:
    """Return the settings that a JSON object means. ConfigError that names what is wrong."""
    kind = TUNABLE.get(component)
    if kind is None:
        raise ConfigError(
            f"{component} cannot be tuned while it runs; {', '.join(sorted(TUNABLE))} can"
        )
    try:
        return kind.model_validate_json(settings)
    except ValidationError as error:
        raise ConfigError("; ".join(_problems(error))) from error


def _problems(error: ValidationError) -> list[str]:
    return [
        ": ".join(filter(None, [".".join(map(str, each["loc"])), each["msg"]]))
        for each in error.errors(include_input=False, include_url=False)
    ]
