"""What a window costs, in CPU time on one thread, as ratios measured side by side.

    against_pcmci   PCMCI of tigramite on a sliding buffer of 1000 rows, over our update with one
                    window of 256 rows and the whole graph; taking turns, PCMCI's median over our
                    mean, in which a search of the structure comes at every tenth window or so
    windows         one window at d variables: milliseconds of update and of the graph, and the
                    share of the machine's rate of matrix products (measured in the same rounds) at
                    which evidence is taken
    two_cores       rows per second with a graph every window, of two streams in two processes
    exponent        of update and graph in d, from 50 to 500
    flat            the same work after 10 thousand, 100 thousand and a million rows, taking turns,
                    over that after 10 thousand

Evidence needs the products of a window's rows with the same rows at lags 0 to L, one block of d x d
for each: 2 (L+1) w d² operations. The rest of the regression's matrix follows from these and from
the ends of the stream. Engines are past their youth, and judge their windows.
"""

from dataclasses import asdict, dataclass
from functools import partial
from multiprocessing import get_context
from time import perf_counter

import numpy as np

from bench.mpie import peers
from bench.mpie.answers import DEFAULTS, names
from bench.mpie.clock import cpu, exponent, gemm_rate, median, require_one_thread
from bench.mpie.goals import Verdict, ceiling, floor
from bench.mpie.plan import Plan, say
from scarcity.causal import Edge, Engine
from scarcity.causal.lagged import LaggedMoments
from scarcity.causal.regime import FEWEST_TO_JUDGE, YOUNG_ROWS
from scarcity.stats.threads import use_one_thread
from worlds import sparse
from worlds.cases import make
from worlds.world import Floats

WINDOW = 256
BUFFER = 1000
SIZES = (10, 20, 50, 100, 200, 500)
EXPONENT_FROM = 50
AGES = (10_000, 100_000, 1_000_000)
RATIOS = {10: 2_500.0, 20: 7_000.0, 50: 15_000.0, 100: 20_000.0}
GEMM_SHARES = {20: 0.5, 100: 0.85, 200: 0.85, 500: 0.85}
ROWS_PER_S = {100: 80_000.0, 500: 8_000.0}
EXPONENT = 2.1
FLAT = 1.2


@dataclass(frozen=True, slots=True)
class Versus:
    """One size of `against_pcmci`."""

    pcmci_ms: float
    ours_ms: float
    ratio: float


@dataclass(frozen=True, slots=True)
class Cost:
    """One size of `windows`."""

    update_ms: float
    graph_ms: float
    mean_ms: float
    evidence_ms: float
    gemm_share: float
    gemm_gflop_per_s: float


def measure(plan: Plan) -> dict[str, object]:
    """Every figure and goal."""
    require_one_thread()
    versus = {
        d: against_pcmci(plan, d) for d in ((10, 20, 50, 100) if plan.is_thorough else (10, 20))
    }
    costs = {d: window_cost(plan, d) for d in SIZES}
    rates = {d: two_cores(plan, d) for d in ROWS_PER_S}
    growth = _growth(costs)
    ages = flat(plan)
    verdicts = [
        *(floor(f"times PCMCI, d={d}", RATIOS[d], each.ratio) for d, each in versus.items()),
        *_cost_goals(costs, rates),
        ceiling(f"exponent in d from {EXPONENT_FROM}", EXPONENT, growth),
        ceiling("cost of a window, a million rows over ten thousand", FLAT, ages[AGES[-1]]),
    ]
    return {
        "against_pcmci": {f"d{d}": asdict(each) for d, each in versus.items()},
        "windows": {f"d{d}": asdict(each) for d, each in costs.items()},
        "two_cores": {f"d{d}": rate for d, rate in rates.items()},
        "exponent": growth,
        "flat": {str(rows): ratio for rows, ratio in ages.items()},
        "goals": [asdict(verdict) for verdict in verdicts],
    }


def against_pcmci(plan: Plan, d: int) -> Versus:
    """Turns of one run of PCMCI and many windows of ours."""
    rounds, windows = (3, 24) if d <= 20 else (1, 48)
    history = _history(d)
    rows = WINDOW * (history + rounds * windows)
    values = make("linear", plan.world_seeds().start, d=d, rows=rows).values
    seen = WINDOW * history
    engine = _fed(values[:seen])
    theirs, mine = [], []
    for turn in range(rounds):
        say(f"speed: PCMCI at {d} variables, turn {turn + 1} of {rounds}")
        buffer = peers.standardised(values[seen - BUFFER : seen])
        theirs.append(cpu(partial(peers.pcmci, buffer, DEFAULTS.max_lag)))
        for _ in range(windows):
            mine.append(cpu(partial(step, engine, values[seen : seen + WINDOW])))
            seen += WINDOW
    ours = float(np.mean(mine))
    return Versus(1e3 * median(theirs), 1e3 * ours, median(theirs) / ours)


def window_cost(plan: Plan, d: int) -> Cost:
    """Update and graph, window by window; evidence alone, in the same rounds."""
    say(f"speed: windows of {d} variables")
    history, measured = _history(d), max(12, min(60, 3000 // d))
    rng = np.random.default_rng([plan.seed, d])
    values = sparse.wide(rng, d, WINDOW * (history + measured)).values
    engine, moments = _fed(values[: WINDOW * history]), LaggedMoments(d, DEFAULTS.max_lag)
    updates, graphs, evidence, rates = [], [], [], []
    for window in np.split(values[WINDOW * history :], measured):
        updates.append(cpu(partial(engine.update, window)))
        graphs.append(cpu(partial(whole_graph, engine)))
        evidence.append(cpu(partial(moments.add, window)))
        rates.append(gemm_rate(rounds=2))
    rate = median(rates)
    needed = 2.0 * (DEFAULTS.max_lag + 1) * WINDOW * d**2
    return Cost(
        update_ms=1e3 * median(updates),
        graph_ms=1e3 * median(graphs),
        mean_ms=1e3 * float(np.mean(updates) + np.mean(graphs)),
        evidence_ms=1e3 * median(evidence),
        gemm_share=needed / median(evidence) / rate,
        gemm_gflop_per_s=rate / 1e9,
    )


def two_cores(plan: Plan, d: int) -> float:
    """Rows per second of two streams side by side."""
    say(f"speed: two streams of {d} variables")
    with get_context("spawn").Pool(2) as pool:
        rates = pool.starmap(_rate, [(plan.seed, d, stream) for stream in range(2)])
    return float(sum(rates))


def _rate(seed: int, d: int, stream: int) -> float:
    """Rows per second of one of them, by the clock on the wall."""
    use_one_thread()
    history, measured = _history(d), max(20, 4000 // d)
    rng = np.random.default_rng([seed, d, stream])
    values = sparse.wide(rng, d, WINDOW * (history + measured)).values
    engine = _fed(values[: WINDOW * history])
    begun = perf_counter()
    for window in np.split(values[WINDOW * history :], measured):
        step(engine, window)
    return WINDOW * measured / (perf_counter() - begun)


def _history(d: int) -> int:
    """How many windows it takes until an engine has no youth left, and judges."""
    fewest = max(2 * YOUNG_ROWS, (FEWEST_TO_JUDGE + 1) * d)
    return -(-fewest // WINDOW)


def flat(plan: Plan, d: int = 10, windows: int = 100) -> dict[int, float]:
    """The median cost of a window at each age, over that at the first."""
    # No row twice: evidence that repeats itself finds effects that are none.
    values = make("linear", plan.world_seeds().start, d=d, rows=AGES[-1]).values
    engines = {}
    for rows in AGES:
        say(f"speed: a window after {rows} rows")
        engines[rows] = _fed(values[:rows])
    seconds: dict[int, list[float]] = {rows: [] for rows in AGES}
    for window in np.split(values[: windows * WINDOW], windows):
        for rows, engine in engines.items():
            seconds[rows].append(cpu(partial(step, engine, window)))
    return {rows: median(each) / median(seconds[AGES[0]]) for rows, each in seconds.items()}


def step(engine: Engine, window: Floats) -> None:
    """What a window brings: new evidence, and the graph it leads to."""
    engine.update(window)
    whole_graph(engine)


def whole_graph(engine: Engine) -> tuple[Edge, ...]:
    """Every hypothesis as numbers, and the accepted ones as edges."""
    return engine.graph().edges


def _fed(values: Floats) -> Engine:
    """An engine that has seen these rows in windows, and has drawn a graph."""
    engine = Engine(names(values.shape[1]), DEFAULTS)
    for first in range(0, len(values), WINDOW):
        engine.update(values[first : first + WINDOW])
    whole_graph(engine)
    return engine


def _growth(costs: dict[int, Cost]) -> float:
    sizes = [d for d in costs if d >= EXPONENT_FROM]
    return exponent(sizes, [costs[d].mean_ms for d in sizes])


def _cost_goals(costs: dict[int, Cost], rates: dict[int, float]) -> list[Verdict]:
    return [
        *(
            floor(f"share of the rate of matrix products, d={d}", share, costs[d].gemm_share)
            for d, share in GEMM_SHARES.items()
        ),
        *(
            floor(f"rows per second with a graph every window, d={d}", rate, rates[d])
            for d, rate in ROWS_PER_S.items()
        ),
    ]
