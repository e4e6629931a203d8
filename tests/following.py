"""A reader of the live feed, as a screen is."""

import threading
from collections.abc import Iterator, Sequence

import httpx
import orjson

from running import API, System


class Follower(threading.Thread):
    """Reads the live feed in the background, as a screen does.

    With a credential of its own, if there is one, and with what the query asks for.
    """

    def __init__(
        self,
        system: System,
        *,
        last_id: str | None = None,
        credential: str | None = None,
        query: Sequence[tuple[str, str]] = (),
    ) -> None:
        super().__init__(daemon=True)
        self.events: list[tuple[str, str, dict[str, object]]] = []
        self._client = httpx.Client(headers=dict(system.http.headers), timeout=30)
        if credential is not None:
            self._client.headers["Authorization"] = f"Bearer {credential}"
        self._address = str(httpx.URL(f"{system.url}{API}/stream", params=list(query)))
        self._last = {"Last-Event-ID": last_id} if last_id else {}
        self.connected = threading.Event()

    def run(self) -> None:
        with (
            self._client,
            self._client.stream("GET", self._address, headers=self._last) as answer,
        ):
            self.connected.set()
            try:
                for event in parse(answer.iter_lines()):
                    self.events.append(event)
            except httpx.HTTPError:
                return

    def seen(self, kind: str, **members: object) -> list[dict[str, object]]:
        return [
            data
            for found, _, data in list(self.events)
            if found == kind and members.items() <= data.items()
        ]


def parse(lines: Iterator[str]) -> Iterator[tuple[str, str, dict[str, object]]]:
    """Yield kind, id and data of every event."""
    fields: dict[str, str] = {}
    for line in lines:
        if line:
            name, _, value = line.partition(": ")
            fields[name] = value
        elif "data" in fields:
            yield fields["event"], fields["id"], orjson.loads(fields["data"])
            fields = {}
