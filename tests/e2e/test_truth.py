"""A known world goes in, its graph comes out: from a file, and through the running system."""

from pathlib import Path

import numpy as np
import pytest

from running import System
from worlds import records, scores, var
from worlds.live import discovered, pair_scores

ROWS = 5000
SEEDS = range(5)
SIZES = (10, 20)


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

    assert len(everything["edges"]) == 4 * 4 * everything["max_lag"] + 4 * 3 // 2
    assert everything["coverage"] == {"tested": 42, "possible": 42}
    assert accepted["edges"] == [e for e in everything["edges"] if e["state"] == "accepted"]
    assert all(edge["lag"] >= (edge["source"] == edge["target"]) for edge in everything["edges"])


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
