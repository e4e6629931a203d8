"""Adversaries against the law in a simulated machine, and what governing costs of the work."""

from statistics import fmean

import numpy as np

from plants.adversaries import adversary, changing, noisy, steady
from plants.plant import TICK_S, Plant, Run, at_fixed, governed
from scarcity.governor.policy import Policy

HIGHEST_PEAK = 0.92
GRID = np.arange(0.02, 1.001, 0.02)
PLANTS = 20
LONG = 5
LEARNED_S = 60.0
SETTLED = 0.05


def measure(first: int, count: int) -> dict[str, object]:
    """So many adversaries from a seed on, and some loads that are steady or change."""
    runs = [governed(adversary(seed), Policy()) for seed in range(first, first + count)]
    control = [at_fixed(adversary(seed), 1.0) for seed in range(first, first + count)]
    seeds = range(first, first + PLANTS)
    calm = {seed: governed(steady(seed), Policy()) for seed in seeds}
    ratios = {
        "steady": [run.work / best_fixed(steady(seed)) for seed, run in calm.items()],
        "changing": [
            governed(changing(seed), Policy()).work / best_fixed(changing(seed)) for seed in seeds
        ],
    }
    return {
        "loads": count,
        "killed": sum(run.died for run in runs),
        "peak": max(run.peak for run in runs),
        "above_92": sum(run.peak > HIGHEST_PEAK for run in runs),
        "control_killed": fmean(run.died for run in control),
        "work_of_best_fixed": {
            name: {"mean": fmean(found), "least": min(found)} for name, found in ratios.items()
        },
        "reversals_per_s_steady": max(run.reversals_per_s for run in calm.values()),
        "settled_s": max(settling(run) for run in calm.values()),
        "cycle": max(cycle(governed(noisy(seed), Policy())) for seed in range(first, first + LONG)),
    }


def best_fixed(plant: Plant) -> float:
    """The work of the best share that is kept all the time and passes no limit."""
    runs = (at_fixed(plant, float(share)) for share in GRID)
    return max(run.work for run in runs if not run.died and run.peak <= HIGHEST_PEAK)


def settling(run: Run) -> float:
    """Seconds from the first cut until memory stays within 5 % of the limit of where it is 5 s on.

    The target itself rises slowly while the governor learns what surprises there are.
    """
    loads = np.array(run.loads)
    begin = int(np.argmax(np.array(run.shares) < 1.0))
    for place in range(begin, len(loads) - 100):
        ahead = loads[place : place + 100]
        if np.ptp(ahead) <= 2 * SETTLED:
            return (place - begin) * TICK_S
    return float("inf")


def cycle(run: Run) -> float:
    """The largest autocorrelation of memory after its first change of sign: 1 is a limit cycle.

    In ten minutes less the first, in which the reserve for surprises is given up.
    """
    loads = np.array(run.loads[round(LEARNED_S / TICK_S) :])
    moves = loads - np.polyval(np.polyfit(np.arange(loads.size), loads, 1), np.arange(loads.size))
    spectrum = np.abs(np.fft.rfft(moves, 2 * moves.size)) ** 2
    found = np.fft.irfft(spectrum)[: moves.size // 2]
    found /= found[0]
    return float(np.max(found[int(np.argmax(found < 0.0)) :]))
