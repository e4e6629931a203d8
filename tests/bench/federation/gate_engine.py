"""The gate where it works: a deployment's engine, and peers of whom more and more lie.

The first peer takes a prior from the others before each of its windows; they lie from the first
round on. Scores are signed F1 of its own structure after every window: of what it believes, and of
what its data show by themselves.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from statistics import fmean

import numpy as np

from bench.federation.attacks import GENERIC, Attack, Sent
from bench.federation.deployments import Deployment, contract_of, found_by, prior_from, signs
from bench.federation.pooling import f1
from scarcity.federation.pooling import Beliefs, pool
from scarcity.federation.rule_name import RuleName
from scarcity.stats.arrays import Floats
from worlds.peers import Fleet, Setting, fleet

ATTACKS = ("sign flip", "noise", "inner product", "ALIE z=1", "imitation, jittered")
SWEEP = (0.0, 0.2, 0.4, 0.6, 0.8)
RULES: tuple[RuleName, ...] = ("trusted", "mean")
PEERS, WINDOWS, ROWS = 20, 4, 100

Figures = dict[str, list[float]]


@dataclass(frozen=True, eq=False)
class Observed:
    """A fleet, and what all find after every window; that does not depend on what they believe."""

    rng: np.random.Generator
    world: Fleet
    found: list[Beliefs]


def observed(seed: int, setting: Setting) -> Observed:
    rng = np.random.default_rng(seed)
    world = fleet(rng, setting)
    deployments = [Deployment(values) for values in world.values]
    contract, found = contract_of(deployments[0]), []
    for _ in range(WINDOWS):
        for deployment in deployments:
            deployment.run(ROWS)
        found.append(found_by(deployments, contract))
    return Observed(rng, world, found)


def asked(of: Observed, fraction: float, attack: str, rule: RuleName) -> list[dict[str, float]]:
    """Of every window: what the first peer believes, while so many others lie."""
    peers = len(of.world.values)
    bad = of.rng.choice(np.arange(1, peers), round(fraction * peers), replace=False)
    first = Deployment(of.world.values[0])
    contract, figures = contract_of(first), []
    for number, found in enumerate(of.found, 1):
        first.run(ROWS)
        figures.append(_scores(first, of.world.own_sign))
        on = Attack(of.rng, found, bad, of.world.sign)
        sent = GENERIC[attack](on) if len(bad) else Sent(found)
        others = pool(sent.beliefs, 0, rule=rule, bad=len(bad), counts_own=False)
        first.offer(prior_from(others, contract, number))
    return figures


def _scores(first: Deployment, truth: Floats) -> dict[str, float]:
    assert first.graph is not None
    contract, graph = contract_of(first), first.graph
    scores = {}
    for name, own in (("believed", False), ("own", True)):
        found = signs(graph, contract, own=own)
        scores[name] = f1(found != 0.0, found, truth)
    return scores | {"trust": max((each.trust for each in graph.priors), default=0.0)}


def measure(seeds: Iterable[int]) -> dict[str, object]:
    """All figures, and what the goal is about."""
    table: dict[str, Figures] = defaultdict(lambda: defaultdict(list))
    for alike in (True, False):
        setting = Setting(peers=PEERS, rows=ROWS * WINDOWS - 1, alike=alike)
        for seed in seeds:
            of = observed(seed, setting)
            for fraction, attack, rule in _cases():
                case = f"{'alike' if alike else 'not alike'}, {fraction:.0%} bad, {attack}, {rule}"
                for window, scores in enumerate(asked(of, fraction, attack, rule), 1):
                    for name, score in scores.items():
                        table[case][f"{name} {window}"].append(score)
    means = {
        case: {name: round(fmean(values), 3) for name, values in figures.items()}
        for case, figures in table.items()
    }
    gains = {
        f"{case}, window {window}": figures[f"believed {window}"] - figures[f"own {window}"]
        for case, figures in means.items()
        for window in range(1, WINDOWS + 1)
    }
    worst = min(gains, key=lambda case: gains[case])
    return {
        "seeds": list(seeds),
        "table": means,
        "goals": {"F4 least gain on own": round(gains[worst], 3), "F4 of": worst},
    }


def _cases() -> Iterator[tuple[float, str, RuleName]]:
    for fraction in SWEEP:
        for attack in ATTACKS if fraction else ATTACKS[:1]:
            for rule in RULES:
                yield fraction, attack, rule
