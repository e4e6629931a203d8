"""Records in, graphs and their changes out, over HTTP."""

import random
import time
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from itertools import islice
from typing import TYPE_CHECKING, Any, Literal, Self, cast

import orjson

from scarcity.client.answers import (
    Change,
    Differences,
    GraphThen,
    History,
    Paths,
    Sent,
    StreamSummary,
)
from scarcity.client.gateway import DEFAULT_URL, Gateway, stream_path
from scarcity.errors import ConfigError, Transient

if TYPE_CHECKING:
    from scarcity.causal import Graph

BATCH = 2000
"""Records in one request."""
LONGEST_WAIT_S = 30.0


class Client:
    """A running system. Not for several threads at once.

    url    of its gateway
    token  its access token or an API key; None = what SCARCITY_TOKEN says
    """

    def __init__(self, url: str = DEFAULT_URL, token: str | None = None) -> None:
        self._gateway = Gateway(url, token)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the connection."""
        self._gateway.close()

    def send(
        self, stream: str, records: Iterable[Mapping[str, Any]], *, batch: int = BATCH
    ) -> Sent:
        """Send records to a stream, which begins with its first one.

        records  `{"ts": ..., "values": {name: value}}`, or flat `{"ts": ..., name: value}`; ts is
                 RFC 3339 or milliseconds since 1970, and may be left out; None = missing
        batch    how many go in one request

        A record that is refused keeps no other from being taken. When a request fails, those of
        earlier ones are in.
        """
        path, total, waiting = stream_path(stream, "/records"), Sent(0, 0, []), iter(records)
        while lines := [orjson.dumps(record) for record in islice(waiting, batch)]:
            answer = self._gateway.post(
                path, b"\n".join(lines), content_type="application/x-ndjson"
            )
            total += Sent.of(answer)
        return total

    def define(self, stream: str, definition: Mapping[str, Any]) -> int:
        """Say what a stream is, and return the version of that: variables, window, domain, ...

        Members are those of `PUT /api/v1/streams/{stream}`.
        """
        return int(cast(int, self._gateway.put(stream_path(stream), definition)["version"]))

    def pause(self, stream: str) -> None:
        """Pass over its records from now on."""
        self._gateway.post(stream_path(stream, "/pause"))

    def resume(self, stream: str) -> None:
        """Take its records in again."""
        self._gateway.post(stream_path(stream, "/resume"))

    def forget(self, stream: str) -> None:
        """Forget a stream: definition, state and graph."""
        self._gateway.delete(stream_path(stream))

    def streams(self) -> list[StreamSummary]:
        """List all streams, by name."""
        return list(map(StreamSummary.of, self._gateway.listed("/streams")))

    def graph(self, stream: str, state: Literal["accepted", "all"] = "accepted") -> "Graph":
        """Return the graph of a stream as it stands; all = every edge that was tested."""
        # Who only sends need not wait for numpy and what is compiled with it.
        from scarcity.causal import Graph  # noqa: PLC0415

        document = self._gateway.get(stream_path(stream, "/graph"), state=state)
        return Graph.from_dict(cast(Any, document))

    def paths(self, stream: str, source: str, target: str, *, limit: int = 10) -> Paths:
        """Find the ways over accepted edges from one variable to another, at most 50."""
        from scarcity.causal.document import read_paths  # noqa: PLC0415

        query = {"from": source, "to": target, "limit": str(limit)}
        found = cast(Any, self._gateway.get(stream_path(stream, "/paths"), **query))
        return Paths(read_paths(found["paths"]), found["complete"], found["why"])

    def history(self, stream: str, *, points: int = 200) -> History:
        """Return how the graph of a stream changed, summed up in at most so many points."""
        path = stream_path(stream, "/history")
        return History.of(self._gateway.get(path, points=str(points)))

    def graph_at(self, stream: str, at: datetime) -> GraphThen:
        """Return what was accepted at a moment, in the time of the data."""
        return GraphThen.of(self._gateway.get(stream_path(stream, "/graph/at"), at=_moment(at)))

    def differences(self, stream: str, begin: datetime, end: datetime) -> Differences:
        """Return what became of each edge from one moment to another, in the time of the data."""
        query = {"from": _moment(begin), "to": _moment(end)}
        return Differences.of(self._gateway.get(stream_path(stream, "/differences"), **query))

    def changes(self, stream: str | None = None) -> Iterator[Change]:
        """Follow changes of edges from now on, of one stream or of all, until the client is closed.

        Connections that break are made again, and no change is lost in between, as far as the
        gateway still knows it: the newest 20,000 live events, else the newest 1,000 changes.
        """
        last_id, newest, failures = None, None, 0
        while not self._gateway.is_closed:
            try:
                for event in self._gateway.live(last_id):
                    last_id, failures = event.id, 0
                    if event.event == "reset":
                        found = self._missed(newest)
                    else:
                        found = [Change.of(event.json())] if event.event == "edge" else []
                    for change in found:
                        newest = change.id
                        if stream in (None, change.stream):
                            yield change
            except Transient:
                failures += 1
            wait = min(LONGEST_WAIT_S, 0.2 * 2.0 ** min(failures, 10))
            time.sleep(wait * random.uniform(0.5, 1.0))  # noqa: S311

    def _missed(self, newest: str | None) -> list[Change]:
        """Return changes after the one that was seen last, oldest first."""
        if newest is None:
            return []
        found: list[Change] = []
        for change in map(Change.of, self._gateway.listed("/events")):
            if change.id == newest:
                break
            found.append(change)
        return found[::-1]


def _moment(at: datetime) -> str:
    if at.utcoffset() is None:
        raise ConfigError(f"the time {at.isoformat()} has no time zone")
    return at.isoformat()
