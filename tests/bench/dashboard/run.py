"""How quick and how sure the dashboard is; prints one JSON object as its last line.

PYTHONPATH=tests python -m bench.dashboard.run [--seed N] [--minutes N] [--only PART]

latency      from an event to the screen, 200 windows: p95 at most 1 s
reconnects   a line that breaks 50 times, and a gateway that starts anew: no event lost
large        1,000 variables and 5,000 edges, moved by hand: 30 frames a second
soak         an hour on a busy stream, or `--minutes`: less than 50 MB more
bytes        JavaScript before the first page: 200 kB compressed at most
lighthouse   access for everybody: 95 of 100 at least, where it is installed

Screenshots are left in .cache/bench-dashboard.
"""

import argparse
import json
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

from bench.dashboard import budget, large, latency, lighthouse, reconnects, soak

FOLDER = Path(".cache/bench-dashboard")


def main() -> None:
    """Run all parts or some, saying which one is at work."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--minutes", type=float, default=60.0, help="of the soak")
    parts: dict[str, Callable[..., object]] = {
        "latency": latency.measure,
        "reconnects": reconnects.measure,
        "large": large.measure,
        "soak": soak.measure,
        "bytes": budget.measure,
        "lighthouse": lighthouse.measure,
    }
    parser.add_argument("--only", choices=list(parts), action="append")
    arguments = parser.parse_args()
    parts["soak"] = partial(soak.measure, minutes=arguments.minutes)
    FOLDER.mkdir(parents=True, exist_ok=True)
    report: dict[str, object] = {"seed": arguments.seed}
    for part in arguments.only or parts:
        sys.stderr.write(f"{part} ...\n")
        report[part] = parts[part](arguments.seed, FOLDER)
    sys.stdout.write(json.dumps(report) + "\n")


if __name__ == "__main__":
    main()
