"""Whether belief comes back as evidence: deployments share, and take priors, for ten rounds.

Every peer's StreamEngine takes a window, what it offers is pooled by each of the others, and the
prior comes back before the next window. Per round, over all peers and seeds:

offered_sd   of z = effect / se of null edges in the evidence that is offered: 1 if it is likelihood
pooled_sd    the same of what each peer makes of the others: a belief that fed on itself would grow
fdp, f1      of the edges that are believed, and of those that own data show, of all together
"""

from collections import defaultdict
from collections.abc import Iterable
from statistics import fmean

import numpy as np

from bench.federation.deployments import (
    Deployment,
    contract_of,
    found_by,
    prior_from,
    signs,
)
from scarcity.federation.pooling import pool
from scarcity.stats.arrays import Floats
from worlds.peers import Setting, fleet

ROUNDS = 10
ROWS = 200
"""A round."""

Figures = dict[str, list[float]]


def echo(seed: int, variables: int, peers: int = 10) -> list[Figures]:
    """Of each round: figures of every peer, and the z of null edges."""
    rng = np.random.default_rng(seed)
    setting = Setting(peers=peers, rows=ROUNDS * ROWS - 1, variables=variables)
    world = fleet(rng, setting)
    deployments = [Deployment(values) for values in world.values]
    return [_round(deployments, world.sign, number) for number in range(1, ROUNDS + 1)]


def _round(deployments: list[Deployment], truth: Floats, number: int) -> Figures:
    for deployment in deployments:
        deployment.run(ROWS)
    contract = contract_of(deployments[0])
    null, found = truth == 0.0, found_by(deployments, contract)
    figures: Figures = defaultdict(list)
    figures["offered z"] = list((found.effect / found.se)[:, null].ravel())
    for place, deployment in enumerate(deployments):
        others = pool(found, place, counts_own=False)
        deployment.offer(prior_from(others, contract, number))
        figures["pooled z"] += list((others.effect / others.se)[null])
        assert deployment.graph is not None
        for name, own in (("believed", False), ("own", True)):
            shown, right = counted(signs(deployment.graph, contract, own=own), truth)
            figures[f"{name} shown"].append(shown)
            figures[f"{name} right"].append(right)
        figures["real"].append(float(np.sum(truth != 0.0)))
        figures["trust"] += [prior.trust for prior in deployment.graph.priors]
    return figures


def counted(found: Floats, truth: Floats) -> tuple[float, float]:
    """How many edges are shown, and how many of them with the right sign, of signs (edge)."""
    return float(np.sum(found != 0.0)), float(np.sum((found == truth) & (truth != 0.0)))


def measure(seeds: Iterable[int], variables: tuple[int, ...] = (12, 20)) -> dict[str, object]:
    """All figures by round, and what the goal is about."""
    runs = [echo(seed, d) for d in variables for seed in seeds]
    rounds = [_summary(list(each)) for each in zip(*runs, strict=True)]
    spread = [each["offered_sd"] for each in rounds]
    return {
        "seeds": list(seeds),
        "variables": list(variables),
        "rounds": rounds,
        "goals": {
            "F10 least sd": min(spread),
            "F10 largest sd": max(spread),
            # In the first round there is no prior yet.
            "F10 most false": max(each["believed fdp"] for each in rounds[1:]),
        },
    }


def _summary(runs: list[Figures]) -> dict[str, float]:
    total = {
        name: sum(sum(run[name]) for run in runs)
        for name in ("real", "believed shown", "believed right", "own shown", "own right")
    }
    figures = {}
    for name in ("believed", "own"):
        shown, right = total[f"{name} shown"], total[f"{name} right"]
        figures[f"{name} f1"] = round(2.0 * right / (shown + total["real"]), 3)
        figures[f"{name} fdp"] = round((shown - right) / max(shown, 1.0), 3)
    trust = [value for run in runs for value in run["trust"]]
    figures["trust"] = round(fmean(trust), 3) if trust else 0.0
    for name in ("offered", "pooled"):
        spread = np.nanstd(np.concatenate([run[f"{name} z"] for run in runs]))
        figures[f"{name}_sd"] = round(float(spread), 3)
    return figures
