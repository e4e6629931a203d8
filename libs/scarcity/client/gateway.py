"""Calls to a running gateway, with failures as sentences."""

import os
from collections.abc import Iterator, Mapping
from typing import Any, cast

import httpx
import orjson
from httpx_sse import ServerSentEvent, connect_sse

from scarcity.errors import BusUnavailable, ConfigError, Transient
from scarcity.streams import check_stream_id

DEFAULT_URL = "http://127.0.0.1:8080"
TIMEOUT_S = 60.0
PAGE = 500

Json = Mapping[str, object]


class Gateway:
    """A gateway at an address, with its access token.

    Calls return the JSON of the answer. They raise ConfigError with the gateway's own explanation
    when it refuses, and Transient when it is not there or cannot answer now.
    """

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

    def get(self, path: str, **query: str) -> Json:
        return self._json(self._call("GET", path, params=query))

    def listed(self, path: str) -> Iterator[Mapping[str, Any]]:
        """Read a list to its end, page by page."""
        query: dict[str, str] = {"limit": str(PAGE)}
        while True:
            page = cast(Mapping[str, Any], self.get(path, **query))
            yield from page["items"]
            if page["next"] is None:
                return
            query["cursor"] = page["next"]

    def post(self, path: str, body: bytes = b"", *, content_type: str = "application/json") -> Json:
        return self._json(
            self._call("POST", path, content=body, headers={"Content-Type": content_type})
        )

    def put(self, path: str, document: Json) -> Json:
        body = orjson.dumps(document)
        headers = {"Content-Type": "application/json"}
        return self._json(self._call("PUT", path, content=body, headers=headers))

    def delete(self, path: str) -> None:
        self._json(self._call("DELETE", path))

    def close(self) -> None:
        """Let go of the connection."""
        self._http.close()

    @property
    def is_closed(self) -> bool:
        """Whether there are no more calls."""
        return self._http.is_closed

    def live(self, last_id: str | None) -> Iterator[ServerSentEvent]:
        """Yield live events until the connection ends; those after an id, or from now on."""
        headers = {} if last_id is None else {"Last-Event-ID": last_id}
        try:
            with connect_sse(self._http, "GET", "/stream", headers=headers) as source:
                if not source.response.is_success:
                    source.response.read()
                    self._json(source.response)
                yield from source.iter_sse()
        except httpx.HTTPError as error:
            raise BusUnavailable(f"the live feed of {self._url} ended: {error}") from error

    def _call(self, method: str, path: str, **options: object) -> httpx.Response:
        try:
            return self._http.request(method, path, **options)  # type: ignore[arg-type]
        except httpx.HTTPError as error:
            raise BusUnavailable(
                f"nothing answers at {self._url} ({error}); start it with `scarcity up`, "
                "or name its address with --url"
            ) from error

    def _json(self, response: httpx.Response) -> Json:
        if response.is_success:
            body: Json = response.json() if response.content else {}
            return body
        detail = response.text[:500]
        if "json" in response.headers.get("content-type", ""):
            detail = str(response.json().get("detail", detail))
        told = f"the gateway answered {response.status_code}: {detail}"
        raise Transient(told) if response.is_server_error else ConfigError(told)


def stream_path(stream: str, part: str = "") -> str:
    """Return the path of a stream. Raises ConfigError when nothing can have that name."""
    check_stream_id(stream)
    return f"/streams/{stream}{part}"
