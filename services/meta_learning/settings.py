"""What can be tuned of meta-learning."""

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from scarcity.governor.policy import Policy


class MetaLearningSettings(BaseSettings):
    """How often it learns, and how much at once."""

    model_config = SettingsConfigDict(
        env_prefix="SCARCITY_META_LEARNING_", frozen=True, extra="forbid"
    )

    every_s: float = Field(30.0, gt=0, le=3600)
    """Seconds between two looks at what is new."""
    streams: int = Field(8, ge=1, le=1000)
    """How many streams are told anew at each, at most; those that were never told come first."""
    policy: Policy | None = None
    """How resources are governed, as a JSON object with fields of `governor.policy`; none = as it
    comes."""
