"""Records per processor second, of every arm on the same topic of the same broker.

    consume_decode      aiokafka's getmany and orjson.loads, with the service's fetch sizes
    raw_to_window       the Stream Manager: TIME windows of 10 s, and COUNT windows of 256
    quix_windowed       Quix Streams: tumbling count, RocksDB and changelog
    faust_windowed      Faust: tumbling count in a table with changelog

The arms take turns, each as a fresh process; a ratio is taken within a round, and told as the
median of the rounds. What an arm keeps for a crash is counted, what it costs the broker is not.
Faust gets fewer records, since it is slow: rates are compared.
"""

import asyncio
import json
import subprocess
import sys
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from statistics import median

from bench.streams.data import Line, definitions, expected_windows, lines
from bench.streams.loading import loader
from bench.streams.peers import python
from bench.streams.topics import prepare, sealed
from realkafka.broker import private_broker
from realkafka.bus import opened
from scarcity.events import RAW

ARM_DEADLINE_S = 600.0
Rates = dict[str, list[float]]


@dataclass(frozen=True, slots=True)
class Course:
    """How far the arms have to run."""

    records: int = 200_000
    faust_records: int = 20_000
    faust_store: str = "memory://"
    rounds: int = 5


@dataclass(frozen=True, slots=True)
class Goal:
    """A ratio that is wanted, of one arm's rate over another's."""

    name: str
    above: str
    below: str
    least: float


GOALS = (
    Goal("raw_to_window_vs_consume_decode", "raw_to_window_time", "consume_decode", 0.5),
    Goal("raw_to_count_window_vs_consume_decode", "raw_to_window_count", "consume_decode", 0.5),
    Goal("vs_quix_windowed", "raw_to_window_time", "quix_windowed", 3.0),
    Goal("vs_faust_windowed", "raw_to_window_time", "faust_windowed", 20.0),
)


def measure(seed: int, course: Course) -> dict[str, object]:
    """Return every ratio, and the rates beside them."""
    sent = lines(seed, course.records)
    rates: Rates = {}
    with closing(private_broker()) as broker:
        asyncio.run(_load(broker.bootstrap, sent))
        for number in range(course.rounds):
            for arm, rate in one_round(broker.bootstrap, sent, course).items():
                rates.setdefault(arm, []).append(rate)
            told = ", ".join(f"{arm} {found[-1]:.0f}" for arm, found in rates.items())
            sys.stderr.write(f"  round {number + 1}: {told} records per CPU second\n")
    return {
        **{goal.name: ratio(rates, goal) for goal in GOALS},
        "records_per_cpu_s": {arm: round(median(found)) for arm, found in rates.items()},
        "records": len(sent),
        "rounds": course.rounds,
        "faust_store": course.faust_store,
    }


def one_round(bootstrap: str, sent: Sequence[Line], course: Course) -> dict[str, float]:
    """Return the rate of every arm, one after the other."""
    count, raw = str(len(sent)), RAW.name
    faust_count = str(min(course.faust_records, len(sent)))
    peers = python()
    return {
        "consume_decode": rate(sys.executable, "consume", bootstrap, count),
        "raw_to_window_time": manager(bootstrap, sent, "time"),
        "raw_to_window_count": manager(bootstrap, sent, "count"),
        "quix_windowed": rate(peers, "quix", bootstrap, raw, count),
        "faust_windowed": rate(peers, "faust", bootstrap, raw, faust_count, course.faust_store),
    }


def manager(bootstrap: str, sent: Sequence[Line], scenario: str) -> float:
    """Return the rate of the Stream Manager; AssertionError unless its windows are all there."""
    asyncio.run(prepare(bootstrap, definitions(scenario)))
    found = rate(sys.executable, "manager", bootstrap, str(len(sent)))
    expected = expected_windows(sent, scenario)
    windows = asyncio.run(sealed(bootstrap))
    assert windows == (expected, expected), f"{windows} windows and ids, not {expected}"
    return found


def rate(interpreter: str, arm: str, *arguments: str) -> float:
    """Return the records per processor second of an arm that runs now."""
    done = subprocess.run(
        [interpreter, "-W", "ignore", "-m", f"bench.streams.arms.{arm}", *arguments],
        check=False,
        capture_output=True,
        text=True,
        timeout=ARM_DEADLINE_S,
    )
    if done.returncode != 0:
        raise RuntimeError(f"the arm {arm} failed:\n{done.stderr[-3000:]}")
    found = json.loads(done.stdout.splitlines()[-1])
    return float(found["records"] / found["cpu_s"])


def ratio(rates: Rates, goal: Goal) -> dict[str, object]:
    """Return a ratio, round by round, and whether it is what is wanted."""
    rounds = zip(rates[goal.above], rates[goal.below], strict=True)
    found = sorted(above / below for above, below in rounds)
    middle = median(found)
    return {
        "median": round(middle, 3),
        "min": round(found[0], 3),
        "max": round(found[-1], 3),
        "goal": goal.least,
        "met": middle >= goal.least,
    }


async def _load(bootstrap: str, sent: Sequence[Line]) -> None:
    async with opened(bootstrap), loader(bootstrap, RAW.name) as raw:
        await raw.append(sent)
