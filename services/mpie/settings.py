"""What can be tuned of the engine."""

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from scarcity.causal import Budget, EngineConfig
from scarcity.causal.budget import UNLIMITED
from scarcity.governor.policy import Policy

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
    half_life: float = Field(0.0, ge=0)
    """After so many steps a row counts half, so that slow drift is followed; 0 = never. Where
    trials are made, that is what each stream begins with."""
    trials: bool = True
    """Whether streams find out for themselves how fast they should forget."""
    graph_every: int = Field(UNLIMITED.every, ge=1, le=1000)
    """The graph is brought up to date at every so manieth window; the evidence always is."""
    targets: int = Field(0, ge=0)
    """Of so many variables, at most, edges are tested then, where it is worth most; 0 = of all."""
    most_parents: int = Field(UNLIMITED.most_parents, ge=1, le=100)
    """How many lagged parents a variable can have."""
    single_precision: bool = UNLIMITED.single
    """Whether evidence is multiplied in single precision, in half of the time for wide streams."""
    policy: Policy | None = None
    """How resources are governed, as a JSON object with fields of `governor.policy`; none = as it
    comes."""
    evidence_every: int = Field(EVIDENCE_EVERY, ge=1, le=1000)
    """Evidence for peers comes at most once in so many windows, and when an edge comes or goes."""

    def engine_config(self) -> EngineConfig:
        return EngineConfig(
            max_lag=self.max_lag,
            alpha=self.alpha,
            min_effect=self.min_effect,
            nonlinear=self.nonlinear,
            half_life=self.half_life or None,
        )

    def budget(self) -> Budget:
        return Budget(
            every=self.graph_every,
            targets=self.targets or None,
            most_parents=self.most_parents,
            nonlinear=self.nonlinear,
            single=self.single_precision,
        )
