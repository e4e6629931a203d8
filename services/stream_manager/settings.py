"""What can be tuned of the windows of streams that nobody defined."""

from typing import Literal

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from scarcity.events import WindowPolicy
from scarcity.governor.policy import Policy


class StreamManagerSettings(BaseSettings):
    """Defaults for inferred streams; an explicit definition overrides them."""

    model_config = SettingsConfigDict(
        env_prefix="SCARCITY_STREAM_MANAGER_", frozen=True, extra="forbid"
    )

    window_size: int = Field(256, ge=8, le=65536)
    """Records per window."""
    lateness_s: float = Field(0.0, ge=0, le=86400)
    """Seconds of event time that a record may be behind the newest one."""
    partitioner: Literal["crc32", "murmur2"] = "crc32"
    """How most producers choose the partition of a stream; records that come elsewhere are moved,
    which costs a second way through the raw topic."""
    policy: Policy | None = None
    """How resources are governed, as a JSON object with fields of `governor.policy`; none = as it
    comes."""
    idle_s: float = Field(2.0, ge=0.1, le=3600)
    """After this many seconds without a record, and five times the stream's own usual gap, what is
    open is sealed as a short window."""

    def windows(self) -> WindowPolicy:
        return WindowPolicy(size=self.window_size, lateness_s=self.lateness_s)
