"""How often our engine is wrong, at its default settings.

fdp        share of false edges among the accepted ones, per case: lags from 1 on, and all lags
           (`marks`)
null       share of streams in which nothing drives anything, but themselves, for which some
           cross edge is accepted at the end
coverage   how often the interval of 95 % holds the true coefficient in standard deviations
           (those of the sample), over true cross edges of linear worlds: all of them, and those
           that were accepted
"""

from dataclasses import asdict, dataclass

import numpy as np

from bench.mpie.answers import ours, streamed
from bench.mpie.goals import Verdict, ceiling
from bench.mpie.marks import Marks, mark, means
from bench.mpie.plan import Plan, say
from worlds.cases import CASES, make
from worlds.findings import Findings
from worlds.scores import cross
from worlds.world import Bools, World

FALSE_SHARE = {"linear": 0.05, "heavy": 0.05, "hidden": 0.10, "contemporaneous": 0.10}
MORE_WORLDS = 5
"""for each world of `accuracy`: these need no peers, and are quick"""
NULL_SIZES = (10, 20)
NULL_STREAMS = 100
NULL_SHARE = 0.05
COVERAGE = (0.93, 0.97)


@dataclass(frozen=True, slots=True)
class Coverage:
    """Of how many true edges, and what share of their intervals holds the truth."""

    edges: int
    share: float


def measure(plan: Plan) -> dict[str, object]:
    """Every figure and goal."""
    false = {case: _false_share(plan, case) for case in FALSE_SHARE if case in plan.cases}
    null = {f"d{d}": _null_share(plan, d) for d in NULL_SIZES}
    held = _coverage(plan)
    verdicts = [
        *(_false_goal(case, marks) for case, marks in false.items()),
        *(ceiling(f"null {size}", NULL_SHARE, share) for size, share in null.items()),
        *(_coverage_goal(which, coverage) for which, coverage in held.items()),
    ]
    return {
        "fdp": false,
        "null": null,
        "coverage": {which: asdict(coverage) for which, coverage in held.items()},
        "goals": [asdict(verdict) for verdict in verdicts],
    }


def covered(world: World, found: Findings) -> tuple[Bools, Bools]:
    """For each true lagged cross edge: whether its interval holds the truth, and its acceptance."""
    true = cross(world.truth)
    effect = cross(world.effects()[1:])[true]
    low, high = cross(found.low[1:])[true], cross(found.high[1:])[true]
    return (low <= effect) & (effect <= high), cross(found.accepted[1:])[true]


def _false_share(plan: Plan, case: str) -> Marks:
    say(f"errors: false edges, {case}")
    worlds = _worlds(plan, case)
    window = plan.window_of(CASES[case].rows)
    marks = means([mark(CASES[case], world, ours(world.values, window)) for world in worlds])
    return {name: marks[name] for name in ("fdp", "fdp_all", "recall", "size")}


def _worlds(plan: Plan, case: str) -> list[World]:
    first = plan.world_seeds().start
    return [make(case, seed) for seed in range(first, first + MORE_WORLDS * plan.seeds)]


def _null_share(plan: Plan, d: int) -> float:
    say(f"errors: {NULL_STREAMS} streams of noise, {d} variables")
    first = plan.world_seeds().start
    found = [_any_cross(plan, make("noise", first + n, d=d)) for n in range(NULL_STREAMS)]
    return float(np.mean(found))


def _any_cross(plan: Plan, world: World) -> bool:
    return streamed(world.values, plan.window_of(len(world.values))).cross > 0


def _coverage(plan: Plan) -> dict[str, Coverage]:
    say("errors: coverage")
    worlds = _worlds(plan, "linear")
    window = plan.window_of(CASES["linear"].rows)
    each = [covered(world, streamed(world.values, window)) for world in worlds]
    held, accepted = (np.concatenate(parts) for parts in zip(*each, strict=True))
    return {"true": _share(held), "true_and_accepted": _share(held[accepted])}


def _share(held: Bools) -> Coverage:
    return Coverage(len(held), float(np.mean(held)) if len(held) else float("nan"))


def _false_goal(case: str, marks: Marks) -> Verdict:
    return ceiling(f"false share, {case}", FALSE_SHARE[case], marks["fdp_all"])


def _coverage_goal(which: str, coverage: Coverage) -> Verdict:
    low, high = COVERAGE
    met = low <= coverage.share <= high
    return Verdict(f"coverage of {which} edges, {low} to {high}", 0.95, coverage.share, met)
