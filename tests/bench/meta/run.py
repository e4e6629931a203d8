"""What a past is worth, and what guards cost; prints one JSON object as its last line.

PYTHONPATH=tests python -m bench.meta.run [--seed N] [--seeds 20] [--only PART]

rows       rows that a new stream needs with a past and without, related or not (M1, M2)
engine     the same with evidence as the engine gives it
system     the same through engines, evidence events, the service's offers and belief
foresight  how well its first 200 rows are foreseen (M3)
drift      which forgetting factor, against the best one in hindsight (M4)
choices    what there is to win by choosing a window, lags and budgets for each stream
trials     10,000 windows of engines that try half-lives, and what each decision cost (M5)
guard      how soon what harms is rolled back, how often what does not (M5)
peers      a past and ten peers together (M6)
"""

import argparse
import json
import sys
from collections.abc import Callable

from bench.meta import choices, drift, engine, foresight, guarding, peers, rows, system, trials


def main() -> None:
    """Run all parts or some, saying which one is at work."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--seeds", type=int, default=20, help="of all parts but null streams")
    parser.add_argument("--null-streams", type=int, default=1000, help="of guard, of each kind")
    parts: dict[str, Callable[[int, int], dict[str, object]]] = {
        "rows": rows.measure,
        "engine": engine.measure,
        "system": system.measure,
        "foresight": foresight.measure,
        "drift": drift.measure,
        "choices": choices.measure,
        "guard": lambda first, seeds: guarding.measure(first, seeds, arguments.null_streams),
        "trials": trials.measure,
        "peers": peers.measure,
    }
    parser.add_argument("--only", choices=list(parts), action="append")
    arguments = parser.parse_args()
    first = 100_000 * arguments.seed
    report: dict[str, object] = {"seed": arguments.seed}
    for part in arguments.only or parts:
        sys.stderr.write(f"{part} ...\n")
        report[part] = parts[part](first, arguments.seeds)
    sys.stdout.write(json.dumps(report) + "\n")


if __name__ == "__main__":
    main()
