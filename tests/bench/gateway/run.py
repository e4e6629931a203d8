"""How quick and how sure the front door is; prints one JSON object as its last line.

PYTHONPATH=tests python -m bench.gateway.run [--seed N] [--only PART]

reads    200 calls a second for 30 s, one core for the system: p99 at most 50 ms
feed     1,000 screens whose lines break again and again: no event lost, none twice
ingest   records of 20 fields into the embedded bus: 50,000 a second and core
"""

import argparse
import json
import sys
from collections.abc import Callable

from bench.gateway import feed, ingest, reads


def main() -> None:
    """Run all parts or some, saying which one is at work."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parts: dict[str, Callable[[int], object]] = {
        "reads": reads.measure,
        "feed": feed.measure,
        "ingest": ingest.measure,
    }
    parser.add_argument("--only", choices=list(parts), action="append")
    arguments = parser.parse_args()
    report: dict[str, object] = {"seed": arguments.seed}
    for part in arguments.only or parts:
        sys.stderr.write(f"{part} ...\n")
        report[part] = parts[part](arguments.seed)
    sys.stdout.write(json.dumps(report) + "\n")


if __name__ == "__main__":
    main()
