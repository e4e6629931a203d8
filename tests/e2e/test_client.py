"""A program that speaks to a running system through `scarcity.client`."""

import threading
from collections.abc import Iterator
from pathlib import Path
from queue import Queue

import numpy as np
import pytest

from ports import free_port
from running import TOKEN, System, eventually
from scarcity.client import Change, Client
from scarcity.errors import ConfigError, Transient
from worlds import var

ROWS = 1024


def records(seed: int) -> list[dict[str, float]]:
    values = var.chain(np.random.default_rng(seed), 3, ROWS).values
    return [dict(zip(("a", "b", "c"), row, strict=True)) for row in values.tolist()]


@pytest.fixture(scope="module")
def system() -> Iterator[System]:
    with System(["--no-demo"]) as running:
        yield running


@pytest.fixture
def client(system: System) -> Iterator[Client]:
    with Client(system.url, TOKEN) as made:
        yield made


def test_records_go_in_and_a_graph_comes_out(system: System, client: Client) -> None:
    assert client.define("line", {"window": {"size": 64}, "domain": "lines"}) == 1

    sent = client.send("line", iter(records(1)), batch=100)

    assert (sent.accepted, sent.rejected) == (ROWS, 0)
    document = system.graph("line", rows=ROWS, state="accepted")
    graph = client.graph("line")
    found = {(edge.source, edge.target, edge.lag) for edge in graph.edges}
    assert found == {(e["source"], e["target"], e["lag"]) for e in document["edges"]}
    assert ("a", "b", 1) in found
    assert len(client.graph("line", "all").all_edges) > len(graph.edges)
    (line,) = (each for each in client.streams() if each.id == "line")
    assert (line.records, line.domain, line.state) == (ROWS, "lines", "running")


def test_what_is_refused_is_named_by_its_place_in_all(client: Client) -> None:
    good = {"a": 1.0}
    sent = client.send(
        "mixed", [good, {"ts": "once", "a": 1.0}, good, {"ts": "never", "a": 1.0}], batch=2
    )

    assert (sent.accepted, sent.rejected) == (2, 2)
    assert [each.line for each in sent.refused] == [2, 4]
    assert all(each.reason and each.message for each in sent.refused)


def test_a_stream_is_paused_resumed_and_forgotten(client: Client) -> None:
    def state() -> list[str]:
        return [each.state for each in client.streams() if each.id == "brief"]

    client.send("brief", records(2)[:10])
    eventually(lambda: state() or None, "the stream to be known")

    client.pause("brief")
    assert state() == ["paused"]
    client.resume("brief")
    assert state() == ["running"]
    client.forget("brief")
    assert state() == []


def test_refusals_say_what_to_do_and_absence_may_pass(system: System, client: Client) -> None:
    with pytest.raises(ConfigError, match="there is no stream 'nowhere'"):
        client.graph("nowhere")
    with pytest.raises(ConfigError, match="answered 401"), Client(system.url, "x" * 20) as other:
        other.streams()
    with Client(f"http://127.0.0.1:{free_port()}", TOKEN) as nobody, pytest.raises(Transient):
        nobody.streams()
    with pytest.raises(ConfigError, match="SCARCITY_TOKEN"):
        Client(system.url)


def test_changes_are_followed_over_a_restart_without_loss(tmp_path: Path) -> None:
    port, came = free_port(), Queue[Change]()
    arguments = ["--no-demo", "--data-dir", str(tmp_path), "--port", str(port)]
    follower = Client(f"http://127.0.0.1:{port}", TOKEN)

    def follow() -> None:
        for change in follower.changes("line"):
            came.put(change)

    with System(arguments) as first, Client(first.url, TOKEN) as client:
        client.define("line", {"window": {"size": 64}})
        following = threading.Thread(target=follow)
        following.start()
        # What comes before it follows is not followed: send until something is seen.
        for record in range(0, 512, 64):
            client.send("line", records(3)[record : record + 64])
            first.graph("line", rows=record + 64, state="accepted")
        told = [came.get(timeout=20)]
        first.kill()
    with System(arguments) as second, Client(second.url, TOKEN) as client:
        client.send("line", records(3)[512:])
        second.graph("line", rows=ROWS, state="accepted")
        ids = [each["id"] for each in second.get("/events", limit="500")["items"]][::-1]
        expected = ids[ids.index(told[0].id) :]
        told += [came.get(timeout=20) for _ in expected[1:]]
        follower.close()
    following.join(timeout=40)

    assert [each.id for each in told] == expected
    assert {each.stream for each in told} == {"line"}
    assert not following.is_alive()
