"""The keys that an identity provider signs with: fetched, kept, fetched again when they change."""

import asyncio
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

import httpx
import orjson
from joserfc.errors import JoseError
from joserfc.jwk import Key, KeySet, KeySetSerialization

from scarcity.errors import Transient
from scarcity.telemetry.logs import logger
from services.gateway.settings import is_safe

COOL_DOWN = timedelta(seconds=30)
"""Between two fetches, so that tokens that name keys which nobody has cause no traffic."""
MAX_AGE = timedelta(hours=1)
"""After which keys are fetched again, so that one that was taken back counts no more."""
TIMEOUT_S = 5.0
MAX_BYTES = 1024 * 1024


class Jwks:
    """The key set of an issuer, at an address or where discovery says. For one event loop."""

    def __init__(self, issuer: str, url: str | None, *, now: Callable[[], datetime]) -> None:
        self._issuer = issuer
        self._url = url
        self._now = now
        self._keys: Mapping[str, Key] = {}
        self._fetched_at: datetime | None = None
        self._tried_at: datetime | None = None
        self._fetching = asyncio.Lock()
        self._log = logger("gateway")

    async def key(self, kid: str) -> Key | None:
        """Return the key of that id; None when the issuer has none.

        Raises Transient when no keys could be fetched at all. Keys that are there are used until
        others come.
        """
        if kid not in self._keys or self._is_old():
            async with self._fetching:
                if (kid not in self._keys or self._is_old()) and self._may_try():
                    await self._fetch()
        if self._fetched_at is None:
            raise Transient("the keys of the identity provider cannot be fetched now")
        return self._keys.get(kid)

    def _is_old(self) -> bool:
        return self._fetched_at is None or self._now() - self._fetched_at >= MAX_AGE

    def _may_try(self) -> bool:
        return self._tried_at is None or self._now() - self._tried_at >= COOL_DOWN

    async def _fetch(self) -> None:
        self._tried_at = self._now()
        try:
            async with httpx.AsyncClient(timeout=TIMEOUT_S) as client, asyncio.timeout(TIMEOUT_S):
                url = self._url or await self._discovered(client)
                self._keys = signing_keys(await _json(client, url))
        except (httpx.HTTPError, ValueError, TimeoutError, JoseError) as error:
            self._log.warning("no keys of the identity provider", error=repr(error))
        else:
            self._fetched_at = self._now()

    async def _discovered(self, client: httpx.AsyncClient) -> str:
        url = f"{self._issuer.rstrip('/')}/.well-known/openid-configuration"
        found = await _json(client, url)
        if found.get("issuer") != self._issuer:
            raise ValueError(f"{url} is about {found.get('issuer')!r}, not {self._issuer!r}")
        keys = found.get("jwks_uri")
        if not isinstance(keys, str) or not is_safe(keys):
            raise ValueError(f"{url} names no safe jwks_uri")
        return keys


def signing_keys(found: Mapping[str, object]) -> Mapping[str, Key]:
    """Return the public keys that sign, by id. Raises ValueError or JoseError when it is no set."""
    listed = found.get("keys")
    if not isinstance(listed, list):
        raise ValueError("there is no list of keys")  # noqa: TRY004 - as for other documents
    usable = [each for each in listed if _signs(each)]
    if not usable:
        return {}
    keys = KeySet.import_key_set(KeySetSerialization(keys=usable))
    return {str(key.kid): key for key in keys}


def _signs(key: object) -> bool:
    return (
        isinstance(key, dict)
        and isinstance(key.get("kid"), str)
        and key.get("kty") in ("RSA", "EC", "OKP")
        and key.get("use", "sig") == "sig"
    )


async def _json(client: httpx.AsyncClient, url: str) -> Mapping[str, object]:
    body = bytearray()
    async with client.stream("GET", url) as response:
        response.raise_for_status()
        async for chunk in response.aiter_bytes():
            body += chunk
            if len(body) > MAX_BYTES:
                raise ValueError(f"{url} answers with more than {MAX_BYTES} bytes")
    found = orjson.loads(bytes(body))
    if not isinstance(found, dict):
        raise ValueError(f"{url} is no JSON object")  # noqa: TRY004 - as broken JSON
    return found
