"""What can be tuned of the front door."""

from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

import orjson
from pydantic import BeforeValidator, Field, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from scarcity.runtime.settings import Given

DASHBOARD = Path(__file__).parent.parent / "dashboard" / "dist"
ALGORITHM = "(RS256|ES256|EdDSA)"
HERE = {"127.0.0.1", "::1", "localhost"}


def _object(value: object) -> object:
    """Return what a JSON text says; of an empty one nothing, as where a variable is passed on."""
    return orjson.loads(value or "{}") if isinstance(value, str) else value


class GatewaySettings(BaseSettings):
    """Limits of the HTTP surface, who may come in, and where the dashboard's files are."""

    model_config = SettingsConfigDict(env_prefix="SCARCITY_GATEWAY_", frozen=True, extra="forbid")

    max_body_bytes: int = Field(32 * 1024 * 1024, ge=1024, le=1024**3)
    """The largest body with records; other bodies may have 4 MiB."""
    dashboard_dir: Path = DASHBOARD
    """The built dashboard."""
    local_token: bool = True
    """Whether the access token lets in; off where keys and an identity provider do alone."""
    rate: float = Field(500.0, gt=0)
    """Calls per second that an identity may make for long, on each instance."""
    burst: int = Field(2000, ge=1)
    """Calls that it may make at once."""
    guesses: int = Field(200, ge=1)
    """Refused credentials that an address may send at once; one more each second."""
    session_s: float = Field(28_800.0, ge=60, le=30 * 86_400)
    """Seconds after which a browser has to sign in again."""
    session_secret: Given[str] = Field(None, min_length=32, repr=False)
    """What sessions are signed with, on all instances alike; follows from the token when unset."""
    trusted_proxies: Given[str] = None
    """Proxies whose word counts for who calls and whether over https: addresses and networks, with
    commas between. Those of this machine always do."""
    secure_cookies: bool = False
    """Whether browsers send sessions over https alone, also where calls arrive over http."""
    oidc_issuer: Given[str] = None
    """The identity provider, as `iss` of its tokens names it; nobody's tokens count when unset."""
    oidc_audience: Given[str] = None
    """What has to be in `aud` of its tokens."""
    oidc_jwks_url: Given[str] = None
    """Where its keys are; found by discovery when unset."""
    oidc_algorithms: str = Field("RS256,ES256,EdDSA", pattern=rf"^{ALGORITHM}(,{ALGORITHM})*$")
    """The signatures that count."""
    oidc_roles_claim: str = Field("roles", min_length=1)
    """Which claim names roles; dots lead into objects."""
    oidc_roles: Annotated[
        dict[str, Literal["viewer", "operator", "admin"]],
        NoDecode,
        BeforeValidator(_object),
    ] = {}
    """What its roles are called here; by default as they are called there."""
    oidc_name_claim: str = Field("sub", min_length=1)
    """Which claim says who somebody is."""
    oidc_leeway_s: int = Field(30, ge=0, le=600)
    """By how many seconds its clock and ours may differ."""

    @model_validator(mode="after")
    def _is_complete(self) -> "GatewaySettings":
        if (self.oidc_issuer is None) != (self.oidc_audience is None):
            raise ValueError("OIDC_ISSUER and OIDC_AUDIENCE belong together: set both or neither")
        if self.oidc_jwks_url is not None and self.oidc_issuer is None:
            raise ValueError("OIDC_JWKS_URL needs OIDC_ISSUER")
        for url in (self.oidc_issuer, self.oidc_jwks_url):
            if url is not None and not is_safe(url):
                raise ValueError(f"{url} must begin with https://, unless it is on this machine")
        return self


def is_safe(url: str) -> bool:
    """Say whether nobody on the way can answer for an address.

    >>> is_safe("https://id.example.org"), is_safe("http://127.0.0.1:1"), is_safe("http://id")
    (True, True, False)
    """
    parts = urlsplit(url)
    return bool(parts.hostname) and (
        parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in HERE)
    )
