"""Rules that put the evidence of peers together, against peers that lie; prints a line of JSON.

clean      nobody lies: alike or not, few peers or many, not all with all variables
attacks    thirteen attacks; the worst and the mean over them, and how many injected edges got in
white_box  few false edges in evidence that is honest otherwise
adaptive   bad peers that know the default rule, and go as far as it uses them
gate       the asking peer's edges after the gate, beside those it finds alone

Scores are signed F1: a wrong sign is a miss and a false edge. "accepted" counts accepted edges
only, "shown" contested ones too. Rules that need to know how many peers are bad are told the truth.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable
from statistics import fmean
from typing import Any

import numpy as np
from scipy.special import ndtr

from bench.federation.attacks import GENERIC, Attack, Sent, climbing, few_edges
from bench.federation.gating import gated, home
from scarcity.federation.pooling import RULES, Beliefs, Pooled, Terms, pool
from scarcity.federation.rule_name import RuleName
from scarcity.stats.multiplicity import benjamini_hochberg
from worlds.peers import Fleet, Setting, evidence, fleet
from worlds.world import Bools, Floats

Q = 0.05
HELD_OUT = 100
FRACTIONS = (0.2, 0.3, 0.4)
INJECTIONS = ((1, 4.0), (5, 2.0), (5, 3.0), (5, 4.0), (5, 6.0), (10, 3.0), (20, 2.0))
LARGE_SHIFT = 3.0
"""Standard errors: what the goal for injections distinguishes."""
WHITE_BOX_RULES: tuple[RuleName, ...] = ("trusted", "fltrust", "median", "trimmed-mean")
GATED_RULES: tuple[RuleName, ...] = ("trusted", "median", "mean")
GATED_ATTACKS = ("sign flip", "noise", "inner product", "ALIE z=1", "imitation, jittered")
SWEEP = (0.0, 0.2, 0.4, 0.5, 0.6, 0.7, 0.8)

Figures = dict[str, list[float]]


def f1(found: Bools, effect: Floats, sign: Floats) -> float:
    """Signed: an edge counts as found only with its sign."""
    right = np.sum(found & (np.sign(effect) == sign) & (sign != 0.0))
    return float(2.0 * right / max(found.sum() + np.sum(sign != 0.0), 1))


def alone(beliefs: Beliefs, sign: Floats) -> float:
    """What the first peer finds by itself."""
    effect = beliefs.effect[0]
    p_value = 2.0 * ndtr(-np.abs(effect / beliefs.se[0]))
    return f1(benjamini_hochberg(p_value) <= Q, effect, sign)


def scores(pooled: Pooled, sign: Floats) -> dict[str, float]:
    shown = pooled.accepted | pooled.contested
    return {
        "accepted": f1(pooled.accepted, pooled.effect, sign),
        "shown": f1(shown, pooled.effect, sign),
    }


def attacked(
    seed: int, setting: Setting, fraction: float, attack: Callable[[Attack], Sent]
) -> tuple[Fleet, Attack, Sent]:
    """Peers of a seed, and what they send when so many of them, never the first, are bad."""
    rng = np.random.default_rng(seed)
    world = fleet(rng, setting)
    count = round(fraction * setting.peers)
    bad = rng.choice(np.arange(1, setting.peers), count, replace=False)
    on = Attack(rng, evidence(world), bad, world.sign)
    return world, on, attack(on) if count else Sent(on.honest)


def honest(on: Attack) -> Sent:
    return Sent(on.honest)


def rules_that_bear(peers: int, bad: int) -> list[RuleName]:
    """Those whose guarantee holds."""
    least = {"krum": 2 * bad + 3, "multi-krum": 2 * bad + 3, "bulyan": 4 * bad + 3}
    return [rule for rule in RULES if peers >= least.get(rule, 2 * bad + 1)]


def means(figures: Figures) -> dict[str, float]:
    return {name: round(fmean(values), 3) for name, values in figures.items()}


def clean(seeds: Iterable[int]) -> dict[str, object]:
    """Of every rule, without any bad peer."""
    settings = {
        **{f"alike, K={k}": Setting(peers=k) for k in (5, 10, 20)},
        **{f"not alike, K={k}": Setting(peers=k, alike=False) for k in (5, 10, 20)},
        **{f"alike, K=20, overlap {o}": Setting(overlap=o) for o in (0.9, 0.7, 0.5)},
    }
    return {name: _clean(seeds, setting) for name, setting in settings.items()}


def _clean(seeds: Iterable[int], setting: Setting) -> dict[str, float]:
    figures: Figures = defaultdict(list)
    for seed in seeds:
        world, on, _ = attacked(seed, setting, 0.0, honest)
        figures["local"].append(alone(on.honest, world.sign))
        for rule in RULES:
            for name, score in scores(pool(on.honest, 0, rule=rule), world.sign).items():
                figures[f"{rule}: {name}"].append(score)
    return means(figures)


def attacks(seeds: Iterable[int], setting: Setting, fraction: float) -> dict[str, object]:
    """Of every rule: the worst attack and the mean over attacks; of injected edges, the most."""
    by_figure: dict[str, dict[str, float]] = defaultdict(dict)
    for name, attack in GENERIC.items():
        for figure, value in _attack(seeds, setting, fraction, attack).items():
            by_figure[figure][name] = value
    return {figure: _summary(figure, values) for figure, values in by_figure.items()}


def _summary(figure: str, values: dict[str, float]) -> object:
    if "injected" in figure:
        return max(values.values())
    worst = min(values, key=lambda name: values[name])
    return {"worst": values[worst], "of": worst, "mean": round(fmean(values.values()), 3)}


def _attack(
    seeds: Iterable[int], setting: Setting, fraction: float, attack: Callable[[Attack], Sent]
) -> dict[str, float]:
    figures: Figures = defaultdict(list)
    for seed in seeds:
        world, on, sent = attacked(seed, setting, fraction, attack)
        figures["local"].append(alone(on.honest, world.sign))
        for rule in rules_that_bear(setting.peers, len(on.bad)):
            pooled = pool(sent.beliefs, 0, rule=rule, bad=len(on.bad))
            for name, score in {**scores(pooled, world.sign), **injected_of(pooled, sent)}.items():
                figures[f"{rule}: {name}"].append(score)
    return means(figures)


def injected_of(pooled: Pooled, sent: Sent) -> dict[str, float]:
    """The share of the edges that the bad peers wanted that they got."""
    if sent.targets is None:
        return {}
    accepted, contested = (each[sent.targets] for each in (pooled.accepted, pooled.contested))
    return {
        "injected accepted": float(accepted.mean()),
        "injected shown": float((accepted | contested).mean()),
    }


def white_box(seeds: Iterable[int], setting: Setting, fraction: float) -> dict[str, object]:
    """By how many edges are injected, and by how many standard errors."""
    table: dict[str, object] = {}
    for count, shift in INJECTIONS:
        figures: Figures = defaultdict(list)
        for seed in seeds:
            world, on, sent = attacked(seed, setting, fraction, few_edges(count, shift))
            for rule in WHITE_BOX_RULES:
                pooled = pool(sent.beliefs, 0, rule=rule, bad=len(on.bad))
                found = {**injected_of(pooled, sent), **scores(pooled, world.sign)}
                for name, score in found.items():
                    figures[f"{rule}: {name}"].append(score)
        table[f"{count} edges, {shift} se"] = means(figures)
    return table


def suppress(on: Attack) -> Floats:
    """Against all that is true."""
    return -np.sign(on.mean)


def invent(count: int) -> Callable[[Attack], Floats]:
    """Towards so many false edges."""

    def direction(on: Attack) -> Floats:
        wanted = np.zeros(on.honest.edges)
        wanted[on.absent(count)] = on.signs(count)
        return wanted

    return direction


CLIMBS: dict[str, Callable[[Attack], Floats]] = {
    "suppress": suppress,
    "invent 5": invent(5),
    "invent 20": invent(20),
    "invent 5 and suppress": lambda on: invent(5)(on) + 0.3 * suppress(on) * (on.sign != 0.0),
}


def adaptive(seeds: Iterable[int], setting: Setting, fraction: float) -> dict[str, object]:
    """The default rule against those that go as far as it uses them."""
    table: dict[str, object] = {}
    for name, direction in CLIMBS.items():
        figures: Figures = defaultdict(list)
        for seed in seeds:

            def climb(on: Attack, direction: Callable[[Attack], Floats] = direction) -> Sent:
                return climbing(on, direction(on), used_by_default)

            world, on, sent = attacked(seed, setting, fraction, climb)
            pooled = pool(sent.beliefs, 0)
            steps = np.abs(sent.beliefs.effect - on.honest.effect)[on.bad] / on.se
            figures["steps"].append(float(steps.max(axis=1).mean()))
            figures["used"].append(float(pooled.used[on.bad].mean()))
            for figure, score in {
                **scores(pooled, world.sign),
                **injected_of(pooled, sent),
            }.items():
                figures[figure].append(score)
        table[name] = means(figures)
    return table


def used_by_default(beliefs: Beliefs) -> Bools:
    """(peer): whom the first peer uses."""
    return RULES["trusted"](beliefs, Terms(own=0)).used


def gate(seeds: Iterable[int], setting: Setting, fraction: float) -> dict[str, object]:
    """The asking peer's own structure: F1 after the gate, alone, and of what was offered."""
    table: dict[str, object] = {}
    for name in GATED_ATTACKS if fraction else ("none",):
        figures: Figures = defaultdict(list)
        for seed in seeds:
            world, on, sent = attacked(seed, setting, fraction, GENERIC.get(name, honest))
            figures["local"].append(alone(on.honest, world.own_sign))
            for rule in GATED_RULES:
                offered = pool(sent.beliefs, 0, rule=rule, bad=len(on.bad))
                after, trust = gated(home(world), sent.beliefs, rule, len(on.bad))
                figures[f"{rule}: offered"].append(scores(offered, world.own_sign)["shown"])
                figures[f"{rule}: gated"].append(f1(after != 0.0, after, world.own_sign))
                figures[f"{rule}: trust"].append(trust)
        table[name] = means(figures)
    return table


def measure(first_seed: int, seeds: int) -> dict[str, object]:
    """All figures, of so many seeds from a seed on."""
    chosen = range(first_seed, first_seed + seeds)
    kinds = {"alike": Setting(), "not alike": Setting(alike=False)}
    parts = {"attacks": attacks, "white_box": white_box, "adaptive": adaptive}
    report: dict[str, object] = {"first_seed": first_seed, "seeds": seeds, "clean": clean(chosen)}
    for name, part in parts.items():
        report[name] = {
            f"{kind}, {fraction:.0%} bad": part(chosen, setting, fraction)
            for kind, setting in kinds.items()
            for fraction in FRACTIONS
        }
    report["gate"] = {
        f"{kind}, {fraction:.0%} bad": gate(
            chosen, Setting(alike=setting.alike, held_out=HELD_OUT), fraction
        )
        for kind, setting in kinds.items()
        for fraction in SWEEP
    }
    return report


def summary(report: dict[str, Any]) -> dict[str, float]:
    """What the goals are about; of the default rule, but for the gate, which any rule may feed."""
    clean_ = report["clean"]["alike, K=20"]
    worst = {name: of["trusted: accepted"]["worst"] for name, of in report["attacks"].items()}
    injected = {
        (kind, name): of["trusted: injected accepted"]
        for kind, table in report["white_box"].items()
        for name, of in table.items()
        if kind.startswith("alike")
    }
    gains = [
        of[f"{rule}: gated"] - of["local"]
        for table in report["gate"].values()
        for of in table.values()
        for rule in GATED_RULES
    ]
    few, many = "alike, 20% bad", "alike, 40% bad"
    weak = tuple(f"{shift} se" for _, shift in INJECTIONS if shift < LARGE_SHIFT)
    return {
        "F2 f1": clean_["trusted: accepted"],
        "F2 times local": round(clean_["trusted: accepted"] / clean_["local"], 2),
        "F3 worst, 20 %": worst[few],
        "F3 worst, 40 %": worst[many],
        "F3 worst, not alike, 40 %": worst["not alike, 40% bad"],
        "F3 injected, 20 %": max(v for (kind, _), v in injected.items() if kind == few),
        "F3 injected, 40 %, large": max(
            v for (kind, name), v in injected.items() if kind == many and not name.endswith(weak)
        ),
        "F3 injected, 40 %, small": max(
            v for (kind, name), v in injected.items() if kind == many and name.endswith(weak)
        ),
        "F4 least gain on local": round(min(gains), 3),
    }
