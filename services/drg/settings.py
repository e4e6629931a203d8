"""What can be tuned of the governor."""

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from scarcity.governor.tuning import Priority, RemotePolicy

PRIORITIES = {"mpie": 0, "stream_manager": 0, "federation": 1, "meta_learning": 2}


class DrgSettings(BaseSettings):
    """What it holds, and for how long a grant is good."""

    model_config = SettingsConfigDict(env_prefix="SCARCITY_DRG_", frozen=True, extra="forbid")

    policy: RemotePolicy | None = None
    """What is held, as a JSON object with fields of `governor.policy`; none = as it comes, but for
    a foresight of two seconds."""
    priorities: dict[str, Priority] = {}
    """By component, as a JSON object, beside those that come: 0 is cut last, and whoever is not
    named first."""
    lease_s: float = Field(10.0, ge=1, le=600)
    """How long a grant is good; every sample of an instance renews it."""
