"""Calls to a running gateway, with failures as sentences."""

import os
from collections.abc import Mapping

import httpx

from scarcity.errors import BusUnavailable, ConfigError

DEFAULT_URL = "http://127.0.0.1:8080"
TIMEOUT_S = 60.0


class Gateway:
    """A gateway at an address, with its access token."""

    def __init__(self, url: str, token: str | None) -> None:
        found = token or os.environ.get("SCARCITY_TOKEN")
        if not found:
            raise ConfigError("pass --token, or set SCARCITY_TOKEN; `scarcity up` prints it")
        self._url = url.rstrip("/")
        self._http = httpx.Client(
            base_url=f"{self._url}/api/v1",
            headers={"Authorization": f"Bearer {found}"},
            timeout=TIMEOUT_S,
        )

    def get(self, path: str, **query: str) -> Mapping[str, object]:
        """Return the JSON of a GET. Raises ConfigError with the gateway's own explanation."""
        return self._json(self._call("GET", path, params=query))

    def post(self, path: str, body: bytes, *, content_type: str) -> Mapping[str, object]:
        """Return the JSON of a POST."""
        return self._json(
            self._call("POST", path, content=body, headers={"Content-Type": content_type})
        )

    def _call(self, method: str, path: str, **options: object) -> httpx.Response:
        try:
            return self._http.request(method, path, **options)  # type: ignore[arg-type]
        except httpx.HTTPError as error:
            raise BusUnavailable(
                f"nothing answers at {self._url} ({error}); start it with `scarcity up`, "
                "or name its address with --url"
            ) from error

    def _json(self, response: httpx.Response) -> Mapping[str, object]:
        if response.is_success:
            body: Mapping[str, object] = response.json()
            return body
        detail = response.text[:500]
        if "json" in response.headers.get("content-type", ""):
            detail = str(response.json().get("detail", detail))
        raise ConfigError(f"the gateway answered {response.status_code}: {detail}")
