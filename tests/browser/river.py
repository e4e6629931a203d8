"""A stream whose graph has changed over two hours, as a bus holds it.

By what weather does a river rise, and what becomes of that once there is a dam?
"""

from datetime import UTC, datetime, timedelta

from scarcity.bus.base import Message
from scarcity.causal import Coverage, Edge, Graph
from scarcity.causal.edges import EdgeTable
from scarcity.events import (
    DefinitionOrigin,
    EdgeChange,
    EdgeChanged,
    Event,
    StreamDefined,
    Variable,
    WindowPolicy,
    WindowSealed,
)
from scarcity.events.codec import encode
from scarcity.graphs import evidence_of, graph_event

STREAM = "river"
BEGIN = datetime(2026, 1, 31, 12, tzinfo=UTC)
VARIABLES = ("rain", "snow", "soil", "river", "dam", "flood", "fields", "wind")
Key = tuple[str, str, int]
STORY: tuple[tuple[int, Key, float | None], ...] = (
    (4, ("rain", "soil", 1), 0.42),
    (6, ("rain", "river", 2), 0.60),
    (9, ("snow", "river", 3), 0.31),
    (9, ("wind", "rain", 1), 0.22),
    (15, ("soil", "river", 1), 0.35),
    (22, ("river", "flood", 1), 0.71),
    (30, ("rain", "river", 2), 0.48),
    (34, ("flood", "fields", 1), -0.55),
    (41, ("wind", "snow", 2), -0.20),
    (47, ("wind", "snow", 2), None),
    (58, ("snow", "river", 3), 0.39),
    (66, ("river", "dam", 1), 0.52),
    (70, ("dam", "flood", 1), -0.46),
    (70, ("river", "flood", 1), 0.33),
    (83, ("rain", "fields", 2), 0.28),
    (90, ("wind", "rain", 1), -0.18),
    (97, ("soil", "river", 1), 0.47),
    (104, ("snow", "river", 3), None),
    (110, ("rain", "river", 2), 0.66),
    (116, ("dam", "fields", 2), 0.24),
)
"""Minutes after the beginning, an edge, and its effect from then on; None = it is gone."""
THAW = 83
"""The minute from which other rules hold."""


def messages() -> list[Message]:
    """Return what makes a gateway show the stream with its history."""
    definition = StreamDefined(
        STREAM,
        1,
        BEGIN,
        DefinitionOrigin.EXPLICIT,
        tuple(map(Variable, VARIABLES)),
        WindowPolicy(),
        domain="weather",
        cadence_s=60.0,
    )
    changes, held = _changes()
    events: list[Event] = [definition, *changes, _graph(held)]
    return [_message(event) for event in events]


def _changes() -> tuple[list[EdgeChanged], dict[Key, Edge]]:
    held: dict[Key, Edge] = {}
    changes = []
    for version, (minute, key, effect) in enumerate(STORY, start=1):
        before = held.pop(key, None)
        at = BEGIN + timedelta(minutes=minute)
        edge = _edge(key, 0.01 if effect is None else effect, at, accepted=effect is not None)
        if effect is not None:
            held[key] = edge
        changes.append(
            EdgeChanged(
                STREAM, 0, version, at, _kind(before, effect), evidence_of(edge),
                None if before is None else before.effect, _window_id(version),
                regime=int(minute >= THAW),
            )
        )  # fmt: skip
    return changes, held


def _kind(before: Edge | None, effect: float | None) -> EdgeChange:
    if before is None:
        return EdgeChange.APPEARED
    if effect is None:
        return EdgeChange.VANISHED
    if before.effect * effect < 0.0:
        return EdgeChange.FLIPPED
    stronger = abs(effect) > abs(before.effect)
    return EdgeChange.STRENGTHENED if stronger else EdgeChange.WEAKENED


def _edge(key: Key, effect: float, at: datetime, *, accepted: bool) -> Edge:
    se = 0.03
    return Edge(
        *key, effect, se, (effect - 1.96 * se, effect + 1.96 * se), 1e-9, 1e-8, abs(effect) / se,
        0.9, "accepted" if accepted else "rejected", True, 20, BEGIN, at,
    )  # fmt: skip


def _graph(held: dict[Key, Edge]) -> Event:
    count = len(VARIABLES) * (len(VARIABLES) - 1) * 3
    graph = Graph(
        variables=VARIABLES,
        max_lag=3,
        rows=120,
        windows=len(STORY),
        coverage=Coverage(count, count, count),
        all_edges=EdgeTable.of(VARIABLES, held.values()),
        regime=1,
    )
    end = BEGIN + timedelta(minutes=120)
    window = WindowSealed(_window_id(len(STORY)), STREAM, 0, 0, 1, (), b"", b"", BEGIN, end, 1, 1)
    return graph_event(graph, window, version=len(STORY))


def _window_id(version: int) -> str:
    return f"{STREAM}/0/{64 * version}-64"


def _message(event: Event) -> Message:
    return Message(event.topic.name, event.key, encode(event, producer="test"))
