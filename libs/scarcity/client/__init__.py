"""A running SCARCITY from Python: send records, read graphs, follow what changes.

    from scarcity.client import Client

    with Client("http://localhost:8080", token="...") as scarcity:
        scarcity.send("plant-1", [{"pressure": 1.5, "flow": 0.2}, {"pressure": 1.6, "flow": 0.3}])
        for change in scarcity.changes("plant-1"):
            print(change.summary)
            for edge in scarcity.graph("plant-1").edges:
                print(edge.source, "->", edge.target, edge.lag, edge.effect)

The token may be an API key as well, and is taken from SCARCITY_TOKEN where none is given. What the
gateway refuses is a ConfigError with its own explanation; what may succeed later is Transient.
"""

from scarcity.client.answers import (
    Change,
    Difference,
    Differences,
    EdgeThen,
    GraphThen,
    History,
    Paths,
    Point,
    Refused,
    Sent,
    StreamSummary,
)
from scarcity.client.client import Client
from scarcity.client.gateway import DEFAULT_URL, Gateway, stream_path

__all__ = [
    "DEFAULT_URL",
    "Change",
    "Client",
    "Difference",
    "Differences",
    "EdgeThen",
    "Gateway",
    "GraphThen",
    "History",
    "Paths",
    "Point",
    "Refused",
    "Sent",
    "StreamSummary",
    "stream_path",
]
