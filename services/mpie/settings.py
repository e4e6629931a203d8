"""What can be tuned of the engine."""

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from scarcity.causal import EngineConfig

DEFAULTS = EngineConfig()
EVIDENCE_EVERY = 4


class MpieSettings(BaseSettings):
    """How far back to look, and how sure to be."""

    model_config = SettingsConfigDict(env_prefix="SCARCITY_MPIE_", frozen=True, extra="forbid")

    max_lag: int = Field(DEFAULTS.max_lag, ge=1, le=64)
    """The longest delay tested, in steps."""
    alpha: float = Field(DEFAULTS.alpha, gt=0, lt=1)
    """The false-discovery rate that accepted edges may have."""
    min_effect: float = Field(DEFAULTS.min_effect, ge=0, lt=1)
    """The partial correlation that is of no interest."""
    nonlinear: bool = DEFAULTS.nonlinear
    """Whether squares of variables are looked at as well."""
    evidence_every: int = Field(EVIDENCE_EVERY, ge=1, le=1000)
    """Evidence for peers comes at most once in so many windows, and when an edge comes or goes."""

    def engine_config(self) -> EngineConfig:
        return EngineConfig(
            max_lag=self.max_lag,
            alpha=self.alpha,
            min_effect=self.min_effect,
            nonlinear=self.nonlinear,
        )
