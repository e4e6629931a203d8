"""Misuse everything that reads what anybody may write, for a while: `make fuzz MINUTES=10`.

Prints a line for each target and minute, and ends with 1 when something crashed.
"""

import argparse
import faulthandler
import resource
import secrets
import sys
import warnings
from collections import Counter
from pathlib import Path

from fuzz.fuzzing import fuzz
from fuzz.targets import TARGETS

MINUTE_S = 60.0
ROOM_BYTES = 4 << 30
"""Address space beyond what is taken at the start."""
HANGS_S = 120


def main() -> int:
    """Run, and return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=int, default=10)
    parser.add_argument("--seed", type=int, default=secrets.randbits(32))
    parser.add_argument("--only", default="", help="targets whose names hold this")
    asked = parser.parse_args()
    targets = [target for target in TARGETS if asked.only in target.name]
    _limit()
    print(f"seed {asked.seed}, {len(targets)} targets, {asked.minutes} minutes", flush=True)
    inputs, crashes = Counter[str](), dict[str, str]()
    for minute in range(asked.minutes):
        for target in targets:
            faulthandler.dump_traceback_later(HANGS_S, exit=True)
            found = fuzz(
                target, seconds=MINUTE_S / len(targets), number=asked.seed + (minute << 32)
            )
            inputs[target.name] += found.inputs
            new = {f"{target.name}: {k}": v for k, v in found.crashes.items()}
            for place in new.keys() - crashes.keys():
                print(f"{place}\n{new[place]}", file=sys.stderr, flush=True)
            crashes |= new
            print(
                f"minute {minute + 1}  {target.name:<18} {found.inputs:>8} inputs"
                f"  {len(found.crashes)} crashes",
                flush=True,
            )
    faulthandler.cancel_dump_traceback_later()
    for name, count in inputs.items():
        print(f"{name:<18} {count:>10} inputs")
    print(f"{sum(inputs.values())} inputs, {len(crashes)} places that crash, seed {asked.seed}")
    return 1 if crashes else 0


def _limit() -> None:
    """Make warnings errors, as in the tests, and what asks for too much memory fail."""
    warnings.simplefilter("error")
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    most = pages * resource.getpagesize() + ROOM_BYTES
    resource.setrlimit(resource.RLIMIT_AS, (most, most))


if __name__ == "__main__":
    sys.exit(main())
