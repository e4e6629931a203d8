"""What can be tuned of federation; the rest is in each membership."""

from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from scarcity.governor.policy import Policy


class FederationSettings(BaseSettings):
    """Which federations this deployment belongs to."""

    model_config = SettingsConfigDict(
        env_prefix="SCARCITY_FEDERATION_", frozen=True, extra="forbid"
    )

    dir: Path | None = None
    """A folder with a membership, or with folders of memberships; none = of no federation."""
    policy: Policy | None = None
    """How resources are governed, as a JSON object with fields of `governor.policy`; none = as it
    comes."""
    look_s: float = Field(30.0, ge=1, le=3600)
    """Seconds between two tries to reach a federation's cluster that is not there."""
