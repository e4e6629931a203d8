"""Every benchmark, one after the other; prints one JSON object as its last line.

OPENBLAS_NUM_THREADS=1 PYTHONPATH=tests python -m bench.run [--seed N]
"""

import argparse
import json
import sys

from bench import causal, pipeline, system

PARTS = {
    "causal": causal.measure,
    "pipeline": pipeline.measure,
    "system": system.measure,
}


def main() -> None:
    """Run the parts, saying which one is at work."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=20_261, help="where the seeds start")
    seed = parser.parse_args().seed
    report: dict[str, object] = {"seed": seed}
    for name, measure in PARTS.items():
        sys.stderr.write(f"measuring {name} ...\n")
        report[name] = measure(seed)
    sys.stdout.write(json.dumps(report) + "\n")


if __name__ == "__main__":
    main()
