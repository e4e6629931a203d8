"""What can be wanted of components while they run, and how it is checked.

Settings are a JSON object with all that is to differ from how a component was started; what is left
out, also of a policy, stays as it was started. Whoever takes them in checks them by these models:
the gateway before it sends a command, the Core Manager before it obeys one, and the component.
"""

from collections.abc import Mapping
from typing import Annotated, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from scarcity.errors import ConfigError
from scarcity.governor.policy import Policy

P = TypeVar("P", bound=Policy)
Priority = Annotated[int, Field(ge=0)]
LEASE_S = 10.0


class RemotePolicy(Policy):
    """A policy for instances that are governed over the bus.

    Their samples come twice a second, and what is granted takes a part of one to arrive.
    """

    horizon_s: float = Field(2.0, gt=0.0)
    """how far ahead memory is predicted"""


class Tuning(BaseModel):
    """What any component lets itself be told while it runs."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


class Governing(Tuning):
    """How a component governs itself."""

    policy: Policy | None = None
    """What it holds; what is left out: as it was started."""


class GoverningOthers(Tuning):
    """How the governor governs."""

    policy: RemotePolicy | None = None
    """What it holds; what is left out: as it was started."""
    priorities: dict[str, Priority] | None = None
    """By component: 0 is cut last, and whoever is not named first."""
    lease_s: float | None = Field(None, ge=1, le=600)
    """How long a grant is good, in seconds."""


TUNABLE: Mapping[str, type[Tuning]] = {
    "stream_manager": Governing,
    "mpie": Governing,
    "federation": Governing,
    "meta_learning": Governing,
    "drg": GoverningOthers,
    "demo": Tuning,
}
"""By component. Whoever is not among them stays as it is: somebody has to be left to ask."""
PAUSABLE = frozenset({"stream_manager", "mpie", "drg"})
"""Those that take something in hand which can wait."""


def checked(component: str, settings: str | bytes) -> Tuning:
    """Return the settings that a JSON object means. ConfigError that names what is wrong."""
    try:
        return _kind(component).model_validate_json(settings)
    except ValidationError as error:
        raise ConfigError("; ".join(_problems(error))) from error


def adjusted(started_with: P, wanted: Policy | None) -> P:
    """Return a policy with what is set in another. ConfigError when the two contradict each other.

    Lists of levels and the ladder are taken whole; of tolerances each for itself.
    """
    if wanted is None:
        return started_with
    own, told = started_with.model_dump(), wanted.model_dump(exclude_unset=True)
    tolerances = {**own["tolerances"], **told.get("tolerances", {})}
    try:
        return type(started_with).model_validate({**own, **told, "tolerances": tolerances})
    except ValidationError as error:
        raise ConfigError("; ".join(_problems(error))) from error


def check(component: str, *, paused: bool) -> None:
    """Raise ConfigError when that cannot be wanted of a component."""
    _kind(component)
    if paused and component not in PAUSABLE:
        raise ConfigError(
            f"{component} takes in hand nothing that could wait, so it cannot be paused: "
            "switch it off instead"
        )


def _kind(component: str) -> type[Tuning]:
    kind = TUNABLE.get(component)
    if kind is None:
        raise ConfigError(
            f"{component} cannot be changed while it runs; {', '.join(sorted(TUNABLE))} can"
        )
    return kind


def _problems(error: ValidationError) -> list[str]:
    return [
        ": ".join(filter(None, [".".join(map(str, each["loc"])), each["msg"]]))
        for each in error.errors(include_input=False, include_url=False)
    ]
