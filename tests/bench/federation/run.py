"""What peers gain, what liars cost, and what sealed sums take; prints one JSON object at the end.

PYTHONPATH=tests python -m bench.federation.run [--seed N] [--seeds 20] [--only pooling|sealed]

pooling   evidence of 20 peers under each rule: clean, under 13 attacks, injected edges, the gate
sealed    sums against the centralised regression, privacy, and what a round of 50 peers costs
"""

import argparse
import json
import sys

from bench.federation import pooling, sealed


def main() -> None:
    """Run, and print the report as one line of JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--seeds", type=int, default=20, help="of pooling")
    parser.add_argument("--only", choices=["pooling", "sealed"], action="append")
    arguments = parser.parse_args()
    wanted = arguments.only or ["pooling", "sealed"]
    first = 100_000 * arguments.seed
    report: dict[str, object] = {"seed": arguments.seed}
    if "pooling" in wanted:
        sys.stderr.write("pooling ...\n")
        found = pooling.measure(first, arguments.seeds)
        report["pooling"] = {**found, "goals": pooling.summary(found)}
    if "sealed" in wanted:
        sys.stderr.write("sealed sums ...\n")
        report["sealed"] = sealed.measure(first)
    sys.stdout.write(json.dumps(report) + "\n")


if __name__ == "__main__":
    main()
