"""Does the engine notice when a structure is replaced, and only then?

false_alarms   changes of regime that were told, per 1000 windows of streams that never change
switches       of streams whose structure is replaced now and then: the share that was noticed
               before the next one, the delay in windows (rows of the new regime seen when it
               was told, over rows of a window), and changes told that were none
"""

from dataclasses import asdict, dataclass

import numpy as np

from bench.mpie.answers import DEFAULTS, names
from bench.mpie.goals import Verdict, ceiling, floor
from bench.mpie.plan import Plan, say
from scarcity.causal import Engine
from worlds import sparse
from worlds.cases import make
from worlds.world import Floats

WINDOW = 256
STREAMS = 4
STATIONARY = ("linear", "heavy", "near_unit_root")
STATIONARY_WINDOWS = 250
SWITCHES = 5
REGIME_WINDOWS = 20
FALSE_ALARMS = 1.0
DELAY = 1.0


@dataclass(frozen=True, slots=True)
class Noticed:
    """What became of the switches."""

    share: float
    delay_windows: float
    """median over those that were noticed"""
    false_alarms: int


def measure(plan: Plan) -> dict[str, object]:
    """Every figure and goal."""
    alarms = {case: false_alarms(plan, case) for case in STATIONARY}
    noticed = switches(plan)
    verdicts = [
        *(ceiling(f"false alarms, {case}", FALSE_ALARMS, each) for case, each in alarms.items()),
        floor("share of switches noticed", 1.0, noticed.share),
        _delay_goal(noticed),
    ]
    return {
        "false_alarms_per_1000_windows": alarms,
        "switches": asdict(noticed),
        "goals": [asdict(verdict) for verdict in verdicts],
    }


def regime_of(engine: Engine) -> int:
    """The number of the regime that the engine believes itself in."""
    return engine.graph().regime


def told(values: Floats) -> list[int]:
    """How many rows had been seen, each time that another regime was told."""
    engine = Engine(names(values.shape[1]), DEFAULTS)
    before, changes = None, []
    for first in range(0, len(values), WINDOW):
        engine.update(values[first : first + WINDOW])
        now = regime_of(engine)
        if before not in (None, now):
            changes.append(min(first + WINDOW, len(values)))
        before = now
    return changes


def false_alarms(plan: Plan, case: str) -> float:
    """Per 1000 windows."""
    say(f"regimes: {STREAMS} streams that do not change, {case}")
    first = plan.world_seeds().start
    rows = WINDOW * STATIONARY_WINDOWS
    alarms = sum(len(told(make(case, first + n, rows=rows).values)) for n in range(STREAMS))
    return 1000.0 * alarms / (STREAMS * STATIONARY_WINDOWS)


def switches(plan: Plan, d: int = 10) -> Noticed:
    """Regimes of 20 windows on average, which begin anywhere in a window."""
    say(f"regimes: {STREAMS} streams of {SWITCHES} switches")
    delays: list[float] = []
    false = 0
    for n in range(STREAMS):
        rng = np.random.default_rng([plan.seed, n])
        lengths = WINDOW * REGIME_WINDOWS + rng.integers(-WINDOW // 2, WINDOW // 2, SWITCHES + 1)
        world = sparse.regimes(rng, d, tuple(lengths.tolist()))
        alarms = told(world.values)
        found = delays_of(world.changes, alarms)
        delays += [delay / WINDOW for delay in found]
        false += len(alarms) - len(found)
    return Noticed(
        share=len(delays) / (STREAMS * SWITCHES),
        delay_windows=float(np.median(delays)) if delays else float("nan"),
        false_alarms=false,
    )


def delays_of(changes: tuple[int, ...], alarms: list[int]) -> list[int]:
    """Rows from each change to the first alarm before the next; changes without one are left out.

    >>> delays_of((100, 200, 300), [120, 130, 350])
    [20, 50]
    """
    ends = (*changes[1:], np.inf)
    first = [
        next((alarm - begin for alarm in alarms if begin < alarm <= end), None)
        for begin, end in zip(changes, ends, strict=True)
    ]
    return [delay for delay in first if delay is not None]


def _delay_goal(noticed: Noticed) -> Verdict:
    """A switch falls anywhere in a window, so the window that tells of it may be the next."""
    met = noticed.delay_windows <= DELAY
    return Verdict("delay of a switch in windows, at most", DELAY, noticed.delay_windows, met)
