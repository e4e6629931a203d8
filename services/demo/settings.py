"""What can be tuned of the demo."""

from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class DemoSettings(BaseSettings):
    """How fast the two streams run."""

    model_config = SettingsConfigDict(env_prefix="SCARCITY_DEMO_", frozen=True, extra="forbid")

    host_hz: float = Field(8.0, gt=0, le=50)
    """Samples of this machine per second."""
    world_hz: float = Field(25.0, gt=0, le=10_000)
    """Steps of the synthetic world per second."""
    seed: int = Field(7, ge=0)
    """Of the synthetic world's noise."""
    federation_dir: Path | None = None
    """A folder that `scarcity up --demo federation` made: further plants like the world, each a
    peer of it."""
