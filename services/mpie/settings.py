"""What can be tuned of the engine."""

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from scarcity.causal import EngineConfig


class MpieSettings(BaseSettings):
    """How far back to look, and how sure to be."""

    model_config = SettingsConfigDict(env_prefix="SCARCITY_MPIE_", frozen=True, extra="forbid")

    max_lag: int = Field(3, ge=1, le=64)
    """The longest delay tested, in steps."""
    alpha: float = Field(0.01, gt=0, lt=1)
    """The false-discovery rate that accepted edges may have."""

    def engine_config(self) -> EngineConfig:
        return EngineConfig(max_lag=self.max_lag, alpha=self.alpha)
