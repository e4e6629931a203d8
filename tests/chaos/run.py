"""Seeded runs against a real Kafka: instances are killed, frozen and shuffled while records come.

PYTHONPATH=tests python -m chaos.run [--runs N] [--seed S] [--faults F]

After each run every window must have come exactly once, and equal the oracle's to the bit. Run n
has the seed S + n; a failed one can be had again with `--runs 1 --seed` and its seed, and what its
instances said is kept in .cache/chaos. The last line is one JSON object; the exit code is 1 when a
run failed.
"""

import argparse
import asyncio
import json
import logging
import shutil
import sys
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from statistics import median

from chaos.once import Outcome, Scale, run_once, tally
from realkafka.broker import started_broker

LOGS = Path(__file__).parent.parent.parent / ".cache" / "chaos"
SHOWN = 5
"""How many problems of a run are written out."""


def main() -> int:
    """Run them all; returns the exit code."""
    arguments = _arguments()
    # A topic that was just made has no leader for a moment, about which the client has much to say.
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)
    scale = Scale(faults=arguments.faults)
    outcomes = []
    with closing(started_broker()) as broker:
        for number in range(arguments.runs):
            outcome = logged_run(broker.bootstrap, arguments.seed + number, scale)
            sys.stderr.write(f"[{number + 1}/{arguments.runs}] {told(outcome)}\n")
            outcomes.append(outcome)
    sys.stdout.write(json.dumps(summary(outcomes)) + "\n")
    return int(any(outcome.problems for outcome in outcomes))


def logged_run(bootstrap: str, seed: int, scale: Scale, *, logs: Path = LOGS) -> Outcome:
    """Run once; what the instances said is kept when something was wrong."""
    folder = logs / str(seed)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    outcome = asyncio.run(run_once(bootstrap, seed, folder, scale))
    if not outcome.problems:
        shutil.rmtree(folder)
    return outcome


def told(outcome: Outcome) -> str:
    """Return a run in words: one line, and one for each of its first problems."""
    faults = ", ".join(f"{name} {count}" for name, count in sorted(tally([outcome]).items()))
    verdict = f"{len(outcome.problems)} PROBLEMS" if outcome.problems else "ok"
    head = (
        f"seed {outcome.seed}: {verdict}, {outcome.windows} windows, {outcome.seconds:.1f} s "
        f"({faults})"
    )
    return "\n    ".join([head, *outcome.problems[:SHOWN]])


def summary(outcomes: Sequence[Outcome]) -> dict[str, object]:
    """Return all runs as one object."""
    return {
        "runs": len(outcomes),
        "failed": [outcome.seed for outcome in outcomes if outcome.problems],
        "windows": sum(outcome.windows for outcome in outcomes),
        "problems": sum(len(outcome.problems) for outcome in outcomes),
        "faults": tally(outcomes),
        "seconds_median": round(median(outcome.seconds for outcome in outcomes), 1),
        "seconds_max": round(max(outcome.seconds for outcome in outcomes), 1),
    }


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=50)
    parser.add_argument("--seed", type=int, default=7100, help="of the first run")
    parser.add_argument("--faults", type=int, default=Scale().faults, help="in each run")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
