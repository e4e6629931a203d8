"""Streams, measured; prints one JSON object as its last line.

PYTHONPATH=tests python -m bench.streams.run [--only NAME ...] [--rounds N] [--seed N]

    rates               records per CPU second, side by side with others: see `rates`
    window_codec_us     a window onto the wire and off it: see `codec`
    e2e_ms              from a record to its window: see `latency`
    idle_stream_bytes   what a silent stream takes: see `idle`
"""

import argparse
import json
import logging
import sys
from collections.abc import Callable
from functools import partial

from bench.streams import codec, idle, latency, rates

Parts = dict[str, Callable[[int], object]]


def main() -> None:
    """Run the parts, saying which one is at work."""
    arguments = _arguments()
    # A topic that was just made has no leader for a moment, about which the client has much to say.
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)
    report: dict[str, object] = {"seed": arguments.seed}
    for name, measure in _parts(arguments).items():
        if arguments.only and name not in arguments.only:
            continue
        sys.stderr.write(f"measuring {name} ...\n")
        report[name] = measure(arguments.seed)
    sys.stdout.write(json.dumps(report) + "\n")


def _parts(arguments: argparse.Namespace) -> Parts:
    course = rates.Course(
        records=arguments.records,
        faust_records=arguments.records // 10,
        faust_store=arguments.faust_store,
        rounds=arguments.rounds,
    )
    return {
        "rates": partial(rates.measure, course=course),
        "window_codec_us": codec.measure,
        "e2e_ms": partial(latency.measure, seconds=arguments.seconds),
        "idle_stream_bytes": partial(idle.measure, streams=arguments.streams),
    }


def _arguments() -> argparse.Namespace:
    names = ("rates", "window_codec_us", "e2e_ms", "idle_stream_bytes")
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", action="append", choices=names, help="may be given again")
    parser.add_argument("--seed", type=int, default=20_261)
    parser.add_argument("--rounds", type=int, default=5, help="of every arm of rates")
    parser.add_argument("--records", type=int, default=200_000, help="of rates")
    parser.add_argument("--faust-store", default="memory://", help="or rocksdb://")
    parser.add_argument("--seconds", type=int, default=60, help="of e2e_ms")
    parser.add_argument("--streams", type=int, default=10_000, help="of idle_stream_bytes")
    return parser.parse_args()


if __name__ == "__main__":
    main()
