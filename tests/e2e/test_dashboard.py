"""The dashboard in a real browser, over the demo of a real system: the graph draws and updates."""

from pathlib import Path

import pytest

from browser.driving import chromium, drive
from running import System

pytestmark = pytest.mark.browser


def test_the_live_graph_draws_and_grows_before_ones_eyes(tmp_path: Path) -> None:
    chromium()

    with System(["--demo"], {"SCARCITY_DEMO_WORLD_HZ": "100"}) as system:
        report = drive("live_graph.mjs", system, tmp_path, within_s=240)
        accuracy = system.get("/streams/world")["accuracy"]

    assert report["nodes"] == 10
    assert report["edges"] > 0
    assert report["versions"][1] > report["versions"][0]
    assert {path.name for path in tmp_path.glob("*.png")} >= {"overview.png", "stream.png"}
    history = accuracy["history"]
    assert history[-1]["recall"] > history[0]["recall"]
    assert history[-1]["precision"] >= 0.8


def test_the_demo_watches_this_machine_and_a_world_of_known_causes() -> None:
    with System(["--demo"], {"SCARCITY_DEMO_WORLD_HZ": "100"}) as system:
        host, world = system.graph("host", rows=64), system.graph("world", rows=640)
        stream = system.get("/streams/host")

    assert len(host["variables"]) >= 12
    assert stream["units"]["memory_used"] == "MB"
    assert 5 <= stream["rate"] <= 10
    assert any(edge["state"] == "accepted" for edge in world["edges"])
