"""What peers gain, what liars cost, and what sealed sums take; prints one JSON object at the end.

PYTHONPATH=tests python -m bench.federation.run [--seed N] [--seeds 20] [--only PART]

pooling    evidence of 20 peers under each rule: clean, under 13 attacks, injected edges, the gate
sealed     sums against the centralised regression, privacy, and what a round of 50 peers costs
sealed_bus  such rounds by 50 members on a real Kafka, 10 % of whom drop out

Engines and the parts between them, without a bus, which are run when they are named:

echo         ten rounds of sharing evidence and taking priors: whether belief comes back as evidence
gate_engine  what a deployment believes while 0 to 80 % of its peers lie

Processes on a real Kafka, which are run when they are named:

processes  pooling again, by 20 processes, against the library on the same numbers
kills      rounds of five processes, of which one is killed at a moment of its round and comes back
hostile    rounds of four processes while all that can be forged is written into their topics
sealed_kills  sealed rounds of seven processes, of which some are killed at a stage and come back
"""

import argparse
import json
import sys

from bench.federation import (
    echo,
    gate_engine,
    hostile,
    pooling,
    processes,
    rounds,
    sealed,
    sealed_bus,
    sealed_kills,
)


def main() -> None:
    """Run, and print the report as one line of JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--seeds", type=int, default=20, help="of pooling")
    parser.add_argument("--process-seeds", type=int, default=5, help="of processes")
    parser.add_argument("--runs", type=int, default=100, help="of kills and sealed_kills")
    parser.add_argument("--waves", type=int, default=20, help="of hostile")
    parser.add_argument("--engine-seeds", type=int, default=5, help="of echo and gate_engine")
    parts = [
        "pooling",
        "sealed",
        "sealed_bus",
        "echo",
        "gate_engine",
        "processes",
        "kills",
        "hostile",
        "sealed_kills",
    ]
    parser.add_argument("--only", choices=parts, action="append")
    arguments = parser.parse_args()
    wanted = arguments.only or ["pooling", "sealed", "sealed_bus"]
    first = 100_000 * arguments.seed
    report: dict[str, object] = {"seed": arguments.seed}
    if "pooling" in wanted:
        sys.stderr.write("pooling ...\n")
        found = pooling.measure(first, arguments.seeds)
        report["pooling"] = {**found, "goals": pooling.summary(found)}
    if "sealed_bus" in wanted:
        sys.stderr.write("sealed rounds on Kafka ...\n")
        report["sealed_bus"] = sealed_bus.measure(first)
    if "sealed" in wanted:
        sys.stderr.write("sealed sums ...\n")
        report["sealed"] = sealed.measure(first)
    engine_seeds = range(first, first + arguments.engine_seeds)
    if "echo" in wanted:
        sys.stderr.write("echo ...\n")
        report["echo"] = echo.measure(engine_seeds)
    if "gate_engine" in wanted:
        sys.stderr.write("gate_engine ...\n")
        report["gate_engine"] = gate_engine.measure(engine_seeds)
    if "processes" in wanted:
        sys.stderr.write("processes ...\n")
        report["processes"] = processes.measure(first, arguments.process_seeds)
    if "kills" in wanted:
        sys.stderr.write("kills ...\n")
        report["kills"] = rounds.measure(first, arguments.runs)
    if "hostile" in wanted:
        sys.stderr.write("hostile ...\n")
        report["hostile"] = hostile.measure(first, arguments.waves)
    if "sealed_kills" in wanted:
        sys.stderr.write("sealed_kills ...\n")
        report["sealed_kills"] = sealed_kills.measure(first, arguments.runs)
    sys.stdout.write(json.dumps(report) + "\n")


if __name__ == "__main__":
    main()
