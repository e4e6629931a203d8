"""The governor against loads that kill; prints one JSON object as its last line.

PYTHONPATH=tests python -m bench.drg.run [--seed N] [--simulated 160] [--real 40]

simulated  the law alone, against `plants.adversaries`; work beside the best fixed share
real       the reflex in processes under a memory limit of 384 MiB; needs a writable memory
           cgroup (v1), else null. Each load once governed and once not
cost       of the reflex, and how soon it acts
"""

import argparse
import json
import sys

from bench.drg import cost, real, simulated


def main() -> None:
    """Run all parts, saying which one is at work."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--simulated", type=int, default=160)
    parser.add_argument("--real", type=int, default=40)
    arguments = parser.parse_args()
    first = 1000 * arguments.seed
    report: dict[str, object] = {"seed": arguments.seed}
    sys.stderr.write("simulated loads ...\n")
    report["simulated"] = simulated.measure(first, arguments.simulated)
    sys.stderr.write("what governing costs ...\n")
    report["cost"] = cost.measure()
    sys.stderr.write("real loads ...\n")
    report["real"] = real.measure(first + arguments.simulated, arguments.real)
    sys.stdout.write(json.dumps(report) + "\n")


if __name__ == "__main__":
    main()
