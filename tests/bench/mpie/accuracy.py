"""How near to the truth each method comes, case by case, on the same worlds.

For each case: every method's mean marks (see `marks`) and CPU seconds, our differences to each
peer with an interval, and the goals. `pcmci_complete` is PCMCI on the values of a world before
some were taken.
"""

from dataclasses import asdict
from time import process_time

from bench.mpie import peers
from bench.mpie.answers import DEFAULTS, Answer, ours
from bench.mpie.goals import ACCURACY, Table
from bench.mpie.marks import Difference, Marks, mark, means, paired
from bench.mpie.plan import Plan, say
from worlds.cases import CASES, make
from worlds.world import World

FEWER_SEEDS = {"linear_50": 5}
COMPARED = ("auprc", "auroc", "f1", "instant_f1")

Run = dict[str, Marks]
"""The marks of every method on one world."""


def measure(plan: Plan) -> dict[str, object]:
    """Every case's table and goals."""
    return {case: _case(plan, case) for case in plan.cases}


def _case(plan: Plan, case: str) -> dict[str, object]:
    runs: list[Run] = []
    for seed in plan.world_seeds(FEWER_SEEDS.get(case)):
        say(f"accuracy: {case}, world {len(runs) + 1}")
        runs.append(_run(plan, case, make(case, seed)))
    table = tabulate(runs)
    verdicts = [rule(table) for rule in ACCURACY.get(case, ())]
    return {
        "window": plan.window_of(CASES[case].rows),
        "worlds": len(runs),
        "methods": table.means,
        "ours_minus": {
            peer: {name: asdict(apart) for name, apart in figures.items()}
            for peer, figures in table.differences.items()
        },
        "goals": [asdict(verdict) for verdict in verdicts if verdict is not None],
    }


def tabulate(runs: list[Run]) -> Table:
    """Means, and differences pair by pair."""
    methods = list(runs[0])
    return Table(
        means={method: means([run[method] for run in runs]) for method in methods},
        differences={peer: _differences(runs, peer) for peer in methods if peer != "ours"},
    )


def _differences(runs: list[Run], peer: str) -> dict[str, Difference]:
    figures = [name for name in COMPARED if name in runs[0]["ours"]]
    return {
        name: paired([run["ours"][name] for run in runs], [run[peer][name] for run in runs])
        for name in figures
    }


def _run(plan: Plan, case: str, world: World) -> Run:
    begin = process_time()
    answer = ours(world.values, plan.window_of(len(world.values)))
    run = {"ours": _marked(case, world, answer, begin)}
    for name in _peers(plan, case):
        begin = process_time()
        for each, said in peers.ask(world.values, DEFAULTS.max_lag, name).items():
            run[each] = _marked(case, world, said, begin)
    if world.complete is not None:
        begin = process_time()
        said = peers.ask(world.complete, DEFAULTS.max_lag, ("pcmci",))["pcmci"]
        run["pcmci_complete"] = _marked(case, world, said, begin)
    return run


def _marked(case: str, world: World, answer: Answer, begin: float) -> Marks:
    cpu_s = process_time() - begin
    return {**mark(CASES[case], world, answer), "cpu_s": cpu_s}


def _peers(plan: Plan, case: str) -> tuple[tuple[str, ...], ...]:
    """The peers by run: what is asked together shares its work."""
    if CASES[case].d > 20 and not plan.is_thorough:
        return tuple((name,) for name in peers.QUICK)
    alone = tuple((name,) for name in peers.PEERS if name != "pcmci")
    return (("pcmci", "pcmci_bh"), *alone)
