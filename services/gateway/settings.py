"""What can be tuned of the front door."""

from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

DASHBOARD = Path(__file__).parent.parent / "dashboard" / "dist"


class GatewaySettings(BaseSettings):
    """Limits of the HTTP surface, and where the dashboard's files are."""

    model_config = SettingsConfigDict(env_prefix="SCARCITY_GATEWAY_", frozen=True, extra="forbid")

    max_body_bytes: int = Field(32 * 1024 * 1024, ge=1024, le=1024**3)
    """The largest request body."""
    dashboard_dir: Path = DASHBOARD
    """The built dashboard."""
