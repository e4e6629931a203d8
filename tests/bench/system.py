"""How true and how quick the running system is, from outside: HTTP in, HTTP out.

auroc, f1           comparison worlds, 5000 rows, over ordered pairs; mean of five seeds
agreement           share of worlds whose live graph equals that of `scarcity discover`
records_per_s       one client sending 20-field NDJSON in bodies of 5000 lines, wall clock
event_to_graph_ms   from the last record of a window being sent to its graph over HTTP
"""

import tempfile
from pathlib import Path
from time import perf_counter

import numpy as np

from running import System, eventually
from worlds import records, scores, var
from worlds.live import discovered, pair_scores

ROWS = 5000
SEEDS = 5
WINDOW = 64
LATENCY_ROUNDS = 40
RATE_RECORDS = 50_000


def measure(seed: int) -> dict[str, object]:
    """Return every figure."""
    with System(["--no-demo"]) as system:
        found: dict[str, object] = {f"d{d}": accuracy(system, d, seed) for d in (10, 20)}
        found["event_to_graph_ms"] = latency(system, seed)
        found["records_per_s"] = rate(system, seed)
    return found


def accuracy(system: System, d: int, seed: int) -> dict[str, float]:
    """Return mean scores, and how often both ways to the graph agree."""
    auroc, f1, agree = [], [], []
    for number in range(SEEDS):
        world = var.comparison(np.random.default_rng([seed, d, number]), d, ROWS)
        stream = f"bench-{d}-{number}"
        system.send(stream, records.lines(world))
        live = system.graph(stream, rows=ROWS)
        with tempfile.TemporaryDirectory() as folder:
            offline = discovered(world, Path(folder))
        score, accepted = pair_scores(live)
        auroc.append(scores.auroc(world.pairs, score))
        f1.append(scores.f1(world.pairs, accepted))
        agree.append({**live, "stream": ""} == {**offline, "stream": ""})
    return {
        "auroc": float(np.mean(auroc)),
        "f1": float(np.mean(f1)),
        "f1_worst": min(f1),
        "agreement": float(np.mean(agree)),
    }


def latency(system: System, seed: int) -> dict[str, float]:
    """Return quantiles of the time from the last record of a window to its graph."""
    world = var.comparison(np.random.default_rng(seed), 10, WINDOW * LATENCY_ROUNDS)
    lines = records.lines(world)
    system.http.put("/streams/latency", json={"window": {"size": WINDOW}})
    eventually(lambda: system.http.get("/streams/latency").is_success or None, "the definition")
    times = []
    for first in range(0, len(lines), WINDOW):
        begin = perf_counter()
        system.send("latency", lines[first : first + WINDOW])
        while system.http.get("/streams/latency/graph").status_code == 404:
            continue
        while system.get("/streams/latency/graph")["rows"] < first + WINDOW:
            continue
        times.append(1e3 * (perf_counter() - begin))
    return {
        "p50": round(float(np.median(times)), 1),
        "p95": round(float(np.quantile(times, 0.95)), 1),
    }


def rate(system: System, seed: int) -> float:
    """Return accepted records per second of wall time."""
    world = var.independent_noise(np.random.default_rng(seed), 20, 5000)
    lines = records.lines(world)
    begin, accepted = perf_counter(), 0
    while accepted < RATE_RECORDS:
        accepted += system.send("rate", lines)["accepted"]
    return round(accepted / (perf_counter() - begin))
