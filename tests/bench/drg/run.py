"""The governor against loads that kill; prints one JSON object as its last line.

PYTHONPATH=tests python -m bench.drg.run [--seed N] [--simulated 160] [--real 40]
    [--silences 100] [--reactions 100]

simulated  the law alone, against `plants.adversaries`; work beside the best fixed share
real       the reflex in processes under a memory limit of 384 MiB; needs a writable memory
           cgroup (v1), else null. Each load once governed and once not
cost       of the reflex, and how soon it acts
bus        `drg` on a real Kafka: how soon it reaches an engine, and what its silence leaves
"""

import argparse
import json
import sys

from bench.drg import bus, cost, real, simulated


def main() -> None:
    """Run all parts, saying which one is at work."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--simulated", type=int, default=160)
    parser.add_argument("--real", type=int, default=40)
    parser.add_argument("--silences", type=int, default=100, help="of `drg`, on a real Kafka")
    parser.add_argument("--reactions", type=int, default=100, help="of `drg`, in each rhythm")
    arguments = parser.parse_args()
    first = 1000 * arguments.seed
    report: dict[str, object] = {"seed": arguments.seed}
    sys.stderr.write("simulated loads ...\n")
    report["simulated"] = simulated.measure(first, arguments.simulated)
    sys.stderr.write("what governing costs ...\n")
    report["cost"] = cost.measure()
    sys.stderr.write("real loads ...\n")
    report["real"] = real.measure(first + arguments.simulated, arguments.real)
    sys.stderr.write("over the bus ...\n")
    report["bus"] = bus.measure(arguments.silences, arguments.reactions)
    sys.stdout.write(json.dumps(report) + "\n")


if __name__ == "__main__":
    main()
