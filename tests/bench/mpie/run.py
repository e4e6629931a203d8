"""MPIE beside its peers; prints one JSON object as its last line.

PYTHONPATH=tests python -m bench.mpie.run [--only NAME ...] [--cases NAME,...] [--seed N]

    accuracy   each method on each case of worlds: see `accuracy`, and `peers` for the methods
    errors     how often our engine is wrong: see `errors`
    speed      what a window costs: see `speed`
    regimes    whether changes are noticed: see `regimes`

A goal is an object with what was wanted, what was reached and whether that meets it; `goals` at the
end counts them.
"""

import argparse
import json
import sys
from collections.abc import Callable, Iterator

import numpy as np

from bench.mpie import accuracy, errors, regimes, speed
from bench.mpie.plan import Plan, say
from worlds.cases import CASES

PARTS: dict[str, Callable[[Plan], dict[str, object]]] = {
    "accuracy": accuracy.measure,
    "errors": errors.measure,
    "speed": speed.measure,
    "regimes": regimes.measure,
}


def main() -> None:
    """Run the parts, saying which one is at work."""
    arguments = _arguments()
    plan = _plan(arguments)
    report: dict[str, object] = {"seed": plan.seed, "seeds": plan.seeds}
    for name, measure in PARTS.items():
        if not arguments.only or name in arguments.only:
            say(f"measuring {name} ...")
            report[name] = measure(plan)
    met = list(_verdicts(report))
    report["goals"] = {"met": sum(met), "missed": len(met) - sum(met)}
    sys.stdout.write(json.dumps(rounded(report)) + "\n")


def rounded(value: object) -> object:
    """As JSON can say it: five digits, and null for what is not a number.

    >>> rounded({"a": [1.0 / 3.0, float("nan"), 2]})
    {'a': [0.33333, None, 2]}
    """
    if isinstance(value, dict):
        return {name: rounded(each) for name, each in value.items()}
    if isinstance(value, list):
        return [rounded(each) for each in value]
    if isinstance(value, float):
        return float(f"{value:.5g}") if np.isfinite(value) else None
    return value


def _verdicts(report: object) -> Iterator[bool]:
    """Whether each goal was met, wherever it stands in the report."""
    if isinstance(report, list):
        for each in report:
            yield from _verdicts(each)
    elif isinstance(report, dict):
        if "met" in report:
            yield bool(report["met"])
        else:
            yield from _verdicts(list(report.values()))


def _plan(arguments: argparse.Namespace) -> Plan:
    cases = tuple(arguments.cases.split(",")) if arguments.cases else tuple(CASES)
    unknown = [case for case in cases if case not in CASES]
    if unknown:
        raise SystemExit(f"no such case: {', '.join(unknown)}; there are {', '.join(CASES)}")
    return Plan(arguments.seed, arguments.seeds, cases, arguments.window, arguments.thorough)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--only", action="append", choices=PARTS, help="may be given again")
    parser.add_argument("--cases", help="of accuracy and errors, with commas; all unless given")
    parser.add_argument("--seed", type=int, default=Plan().seed)
    parser.add_argument("--seeds", type=int, default=Plan().seeds, help="worlds of each case")
    parser.add_argument("--window", type=int, help="rows; 250 or 256 unless given, see `plan`")
    parser.add_argument("--thorough", action="store_true", help="with what takes minutes each")
    return parser.parse_args()


if __name__ == "__main__":
    main()
