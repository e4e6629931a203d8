"""A known world goes in, its graph comes out: from a file, and through the running system."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import pytest

from running import System
from worlds import records, scores, var

ROWS = 5000
SEEDS = range(5)
SIZES = (10, 20)


def discovered(world: var.World, folder: Path) -> dict[str, Any]:
    """Return what `scarcity discover --json --state all` says of the world."""
    file = folder / "world.ndjson"
    flat = (orjson.loads(line) for line in records.lines(world))
    file.write_bytes(b"\n".join(orjson.dumps({"ts": r["ts"], **r["values"]}) for r in flat))
    command = [
        str(Path(sys.executable).parent / "scarcity"),
        "discover",
        str(file),
        "--json",
        "--state",
        "all",
    ]
    found = subprocess.run(command, capture_output=True, check=True)
    document: dict[str, Any] = orjson.loads(found.stdout)
    return document


def pair_scores(document: dict[str, Any]) -> tuple[np.ndarray, np.ndarray]:
    """Return (source, target) arrays: the best score over lags, and whether any was accepted."""
    place = {name: index for index, name in enumerate(document["variables"])}
    score = np.zeros((len(place), len(place)))
    accepted = np.zeros(score.shape, dtype=np.bool_)
    for edge in document["edges"]:
        cell = place[edge["source"]], place[edge["target"]]
        score[cell] = max(score[cell], edge["score"])
        accepted[cell] |= edge["state"] == "accepted"
    return score, accepted


@pytest.mark.parametrize("d", SIZES)
def test_a_known_world_is_found_and_both_ways_agree(system: System, tmp_path: Path, d: int) -> None:
    worlds = {
        f"truth-{d}-{seed}": var.comparison(np.random.default_rng([411, d, seed]), d, ROWS)
        for seed in SEEDS
    }
    print(f"worlds [411, {d}, 0..{len(worlds) - 1}]")
    for stream, world in worlds.items():
        system.send(stream, records.lines(world))

    auroc, f1 = [], []
    for stream, world in worlds.items():
        live = system.graph(stream, rows=ROWS)
        offline = discovered(world, tmp_path)
        assert {**live, "stream": ""} == {**offline, "stream": ""}
        score, accepted = pair_scores(live)
        auroc.append(scores.auroc(world.pairs, score))
        f1.append(scores.f1(world.pairs, accepted))

    assert np.mean(auroc) >= 0.99
    assert np.mean(f1) >= 0.95


def test_every_hypothesis_is_listed_and_only_the_accepted_by_default(system: System) -> None:
    world = var.comparison(np.random.default_rng(5), 4, 600)
    system.send("listed", records.lines(world))

    everything = system.graph("listed", rows=600)
    accepted = system.get("/streams/listed/graph")

    assert len(everything["edges"]) == 4 * 4 * everything["max_lag"]
    assert everything["coverage"] == {"tested": 36, "possible": 36}
    assert accepted["edges"] == [e for e in everything["edges"] if e["state"] == "accepted"]
    assert all(edge["lag"] >= 1 for edge in everything["edges"])


def test_chunking_and_interleaving_do_not_matter(system: System) -> None:
    world = var.comparison(np.random.default_rng(6), 5, 1500)
    lines = records.lines(world)
    rng = np.random.default_rng(7)
    cuts = np.sort(rng.choice(np.arange(1, len(lines)), 12, replace=False)).tolist()

    system.send("whole", lines)
    for first, last in zip([0, *cuts], [*cuts, len(lines)], strict=True):
        system.send("pieces-a", lines[first:last])
        system.send("pieces-b", lines[first:last])

    whole = system.graph("whole", rows=1500)
    for stream in ("pieces-a", "pieces-b"):
        assert {**system.graph(stream, rows=1500), "stream": "whole"} == whole
