"""What can be tuned of the Core Manager."""

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class CoreManagerSettings(BaseSettings):
    """How often the state of the system is judged."""

    model_config = SettingsConfigDict(
        env_prefix="SCARCITY_CORE_MANAGER_", frozen=True, extra="forbid"
    )

    every_s: float = Field(1.0, ge=0.1, le=60)
    """Seconds between two looks at the heartbeats."""
