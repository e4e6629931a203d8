"""The past of a graph, and the ways through it, on a system that runs."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from math import prod
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from running import TOKEN, System, eventually
from scarcity.client import Client, GraphThen, History
from scarcity.errors import ConfigError
from services.gateway.models import DifferencesModel, GraphThenModel, HistoryModel, PathsModel

BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
SECOND = timedelta(seconds=1)
WINDOW = 64
ROWS = 768
"""Before something changes, and after."""
END = BEGIN + (2 * ROWS - 1) * SECOND
CHAIN = {("a", "b", 1), ("b", "c", 1)}
Effects = dict[tuple[str, str, int], float | None]


def records() -> Iterator[dict[str, Any]]:
    """Yield records in which a drives b drives c, and a drives d, in the end the other way."""
    a, e, f, g = np.random.default_rng(71).normal(size=(4, 2 * ROWS))
    b = 0.8 * np.roll(a, 1) + 0.5 * e
    c = 0.8 * np.roll(b, 1) + 0.5 * f
    d = np.where(np.arange(2 * ROWS) < ROWS, 0.8, -0.8) * np.roll(a, 1) + 0.5 * g
    for step, row in enumerate(np.column_stack([a, b, c, d]).tolist()):
        yield {
            "ts": (BEGIN + step * SECOND).isoformat(),
            "values": dict(zip("abcd", row, strict=True)),
        }


def told(client: Client, stream: str = "turn") -> History:
    """Send a stream that changes, and return its history once all of that is told."""
    client.define(stream, {"window": {"size": WINDOW}})
    client.send(stream, records())

    def complete() -> History | None:
        try:
            found = client.history(stream)
        except ConfigError:
            return None
        # The graph and the changes that made it come on different topics.
        then = {key(edge) for edge in client.graph_at(stream, found.until).edges}
        now = {key(edge) for edge in client.graph(stream).edges}
        return found if found.until == END and then == now else None

    return eventually(complete, "the last graph and all that led to it")


def key(edge: Any) -> tuple[str, str, int]:
    return edge.source, edge.target, edge.lag


def effects(graph: GraphThen) -> Effects:
    return {key(edge): edge.effect for edge in graph.edges}


@pytest.fixture(scope="module")
def client(system: System) -> Iterator[Client]:
    with Client(system.url, TOKEN) as made:
        yield made


@pytest.fixture(scope="module")
def turned(client: Client) -> History:
    return told(client)


def test_the_graph_of_the_beginning_is_not_that_of_the_end(client: Client, turned: History) -> None:
    first, last = (client.graph_at("turn", at) for at in (turned.since, turned.until))

    assert turned.since == BEGIN + (WINDOW - 1) * SECOND
    assert effects(first).keys() >= CHAIN | {("a", "d", 1)}
    assert effects(last).keys() >= CHAIN
    assert (effects(first)["a", "d", 1] or 0.0) > 0.5
    assert (effects(last).get(("a", "d", 1)) or 0.0) < 0.3
    assert all(edge.certain and edge.se and edge.changed_at for edge in first.edges)
    assert first.variables == ["a", "b", "c", "d"]


@pytest.mark.usefixtures("turned")
def test_points_lead_from_the_first_graph_to_the_last(client: Client) -> None:
    changes = client.history("turn", points=500).points
    shown = client.history("turn", points=2).points

    assert [point.at for point in changes] == sorted({point.at for point in changes})
    for point in changes:
        then = client.graph_at("turn", point.at)
        assert point.edges == sum(edge.source != edge.target for edge in then.edges)
    assert len(shown) == 2
    assert sum(point.appeared for point in shown) == sum(point.appeared for point in changes) >= 3
    assert shown[-1].edges == changes[-1].edges


def test_the_difference_is_that_between_two_graphs(client: Client, turned: History) -> None:
    before, after = (effects(client.graph_at("turn", at)) for at in (turned.since, turned.until))

    found = client.differences("turn", turned.since, turned.until)
    none = client.differences("turn", turned.until, turned.until)

    assert {key(e): e.before for e in found.edges if e.before is not None} == before
    assert {key(e): e.after for e in found.edges if e.after is not None} == after
    (turn,) = (each for each in found.edges if key(each) == ("a", "d", 1))
    assert turn.change in {"vanished", "weakened", "flipped"}
    assert turn.changes > 0
    assert found.counts[turn.change] >= 1
    assert sum(found.counts.values()) == len(found.edges) + len(found.passing)
    assert {each.change for each in none.edges} == {"same"}
    assert (found.begin, found.end) == (turned.since, turned.until)


@pytest.mark.usefixtures("turned")
def test_ways_are_found_and_where_there_is_none_it_is_said(client: Client) -> None:
    found = client.paths("turn", "a", "c")
    back = client.paths("turn", "c", "a")

    (way,) = (each for each in found.paths if each.variables == ("a", "b", "c"))
    edges = {key(edge): edge for edge in client.graph("turn").edges}
    steps = [edges["a", "b", 1], edges["b", "c", 1]]
    assert (way.lags, way.delay) == ((1, 1), 2)
    assert way.effect == pytest.approx(prod(edge.effect for edge in steps))
    assert way.score == pytest.approx(min(edge.score for edge in steps))
    assert found.complete
    assert found.why is None
    assert (len(back.paths), back.complete) == (0, True)
    assert "the other way round there is a path, a -> b -> c" in (back.why or "")


def test_the_answers_are_as_openapi_says(system: System, turned: History) -> None:
    since, until = turned.since.isoformat(), turned.until.isoformat()
    HistoryModel.model_validate(system.get("/streams/turn/history"))
    GraphThenModel.model_validate(system.get("/streams/turn/graph/at", at=until))
    differences = system.get("/streams/turn/differences", **{"from": since, "to": until})
    DifferencesModel.model_validate(differences)
    paths = system.get("/streams/turn/paths", **{"from": "a", "to": "c", "limit": "1"})
    PathsModel.model_validate(paths)

    assert len(paths["paths"]) == 1
    (path,) = paths["paths"]
    assert [edge["source"] for edge in path["edges"]] == path["variables"][:-1]
    assert prod(edge["effect"] for edge in path["edges"]) == pytest.approx(path["effect"])


@pytest.mark.usefixtures("turned")
@pytest.mark.parametrize(
    ("path", "status", "says"),
    [
        ("turn/graph/at?at=2020-01-01T00:00:00Z", 404, "from 2026-01-01T00:01:03Z on"),
        ("turn/graph/at?at=yesterday", 422, "2026-01-31T12:00:00Z"),
        ("turn/graph/at?at=2026-01-01T00:00:00", 422, "2026-01-31T12:00:00Z"),
        ("turn/graph/at?at=0001-01-01T00:00:00%2B09:00", 422, "out of all time"),
        ("turn/graph/at", 422, "at"),
        (
            "turn/differences?from=2026-01-01T00:09:00Z&to=2026-01-01T00:08:00Z",
            422,
            "from, 2026-01-01T00:09:00Z, is later than to, 2026-01-01T00:08:00Z",
        ),
        ("turn/differences?from=2020-01-01T00:00:00Z&to=2026-01-01T00:08:00Z", 404, "known at"),
        ("turn/history?points=0", 422, "points"),
        ("turn/history?points=501", 422, "points"),
        ("turn/paths?from=a&to=z", 404, "no variable 'z' in the graph, which has a, b, c, d"),
        ("turn/paths?from=a&to=a", 422, "from and to are both a"),
        ("turn/paths?from=a&to=b&limit=51", 422, "limit"),
        ("nobody/history", 404, "there is no stream 'nobody' yet"),
        ("young/history", 404, "has no graph yet"),
        ("young/graph/at?at=2026-01-01T00:00:00Z", 404, "has no graph yet"),
        ("young/differences?from=2026-01-01T00:00:00Z&to=2026-01-01T00:00:00Z", 404, "no graph"),
        ("young/paths?from=a&to=b", 404, "has no graph yet"),
    ],
)
def test_what_cannot_be_answered_is_a_problem_that_says_why(
    system: System, client: Client, path: str, status: int, says: str
) -> None:
    client.define("young", {"window": {"size": WINDOW}})

    answer = system.http.get(f"/streams/{path}")

    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert says in answer.json()["detail"]


def test_a_moment_without_a_time_zone_is_refused_before_it_is_sent(client: Client) -> None:
    with pytest.raises(ConfigError, match="has no time zone"):
        client.graph_at("turn", datetime(2026, 1, 1))  # noqa: DTZ001


@pytest.mark.timeout(150)
def test_the_past_outlasts_a_restart_and_goes_with_its_stream(tmp_path: Path) -> None:
    arguments = ["--no-demo", "--data-dir", str(tmp_path)]
    with System(arguments) as first, Client(first.url, TOKEN) as client:
        before = told(client)
        story = first.get("/streams/turn/edges/a/d", lag="1")["changes"]
    with System(arguments) as second, Client(second.url, TOKEN) as client:
        after = client.history("turn")
        same_story = second.get("/streams/turn/edges/a/d", lag="1")["changes"]
        client.forget("turn")
        gone = second.http.get("/streams/turn/history").status_code
        told(client)
        anew = [
            change["window_id"]
            for source, target, lag in effects(client.graph_at("turn", BEGIN + ROWS * SECOND))
            for change in second.get(f"/streams/turn/edges/{source}/{target}", lag=str(lag))[
                "changes"
            ]
        ]

    assert (after.since, after.until) == (before.since, before.until)
    assert after.points[: len(before.points)] == before.points
    assert same_story[-len(story) :] == story
    assert len(story) > 1
    assert gone == 404
    # Its second life is a new epoch: nothing of the first is left.
    assert {window_id.split("/")[1] for window_id in anew} <= {"1"}
