"""How true and how fast the engine is on worlds it was not tuned on.

auroc, f1    comparison world, 5000 rows in windows of 256, over ordered pairs; mean of five seeds
null         share of 40 worlds of independent noise (d = 20) without a single cross edge
ms           median milliseconds of one window: update, and update with its graph drawn
"""

from time import perf_counter

import numpy as np

from scarcity.causal import Engine
from worlds import scores, var
from worlds.findings import discover, findings

ROWS = 5000
WINDOW = 256
TRUTH_SEEDS = 5
NULL_SEEDS = 40
SIZES = (10, 20)


def measure(seed: int) -> dict[str, object]:
    """Return every figure."""
    return {
        **{f"d{d}": accuracy(d, seed) for d in SIZES},
        "null": null_share(20, seed),
        "ms": {f"d{d}": window_ms(d, seed) for d in (10, 20, 50)},
    }


def accuracy(d: int, seed: int) -> dict[str, float]:
    """Mean and worst scores over the comparison worlds."""
    worlds = [
        var.comparison(np.random.default_rng([seed, d, n]), d, ROWS) for n in range(TRUTH_SEEDS)
    ]
    found = [(world.pairs, findings(discover(world, window=WINDOW))) for world in worlds]
    auroc = [scores.auroc(truth, each.pair_score) for truth, each in found]
    f1 = [scores.f1(truth, each.pairs) for truth, each in found]
    return {
        "auroc": float(np.mean(auroc)),
        "auroc_worst": min(auroc),
        "f1": float(np.mean(f1)),
        "f1_worst": min(f1),
    }


def null_share(d: int, seed: int) -> float:
    """The share of independent worlds in which nothing was found."""
    empty = [
        findings(
            discover(
                var.independent_noise(np.random.default_rng([seed, n]), d, ROWS), window=WINDOW
            )
        ).cross
        == 0
        for n in range(NULL_SEEDS)
    ]
    return float(np.mean(empty))


def window_ms(d: int, seed: int) -> dict[str, float]:
    """Median time of one window."""
    world = var.comparison(np.random.default_rng([seed, d]), d, 40 * WINDOW)
    engine = Engine(world.variables)
    updates, graphs = [], []
    for window in np.split(world.values, 40):
        begin = perf_counter()
        engine.update(window)
        updated = perf_counter()
        _ = engine.graph().edges
        updates.append(updated - begin)
        graphs.append(perf_counter() - begin)
    return {
        "update": round(1e3 * float(np.median(updates)), 3),
        "with_graph": round(1e3 * float(np.median(graphs)), 3),
    }
