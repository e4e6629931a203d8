"""Does the memory of a busy Stream Manager grow? A thousand streams, for as long as you like.

PYTHONPATH=tests python -m soak.run [--minutes M] [--rate R] [--streams N] [--seed S]

The Stream Manager is a process of its own on a real Kafka. Without `--rate` it first gets more
than it can take, and then half of what it took. Its resident memory is sampled all the time; the
first sixth warms up and does not count. It grows if the slope of the rest is more than twice its
standard error, and more than a thousandth of the memory per minute. The last line is one JSON
object; the exit code is 1 when memory grows.
"""

import argparse
import asyncio
import json
import logging
import sys
import tempfile
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from chaos.instance import Instance
from realkafka.broker import private_broker
from scarcity.bus.kafka import KafkaBus, KafkaSettings
from scarcity.runtime.process import specs
from soak.fit import fitted
from soak.load import Load, loading

SAMPLE_S = 10.0
WARM_UP = 1 / 6
NEGLIGIBLE = 0.001
"""Of the memory, per minute."""
BURST_WINDOWS = 1.5
"""The maximum is measured over so many windows of every stream: sealing has its cost, too."""
WINDOW = 256
MIB = 1024 * 1024
KEPT_BYTES = 64 * MIB
"""Of each partition: what half an hour sends would fill a disk."""


@dataclass(frozen=True, slots=True)
class Watched:
    """What was seen: when, in seconds, and how many bytes were resident."""

    rate: float
    times: list[float]
    resident: list[int]
    behind: int
    """Records sent and not handled in the end."""


def main() -> int:
    """Run the soak; returns the exit code."""
    arguments = _arguments()
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)
    with tempfile.TemporaryDirectory() as folder, closing(private_broker()) as broker:
        asyncio.run(_provision(broker.bootstrap))
        instance = Instance(broker.bootstrap, Path(folder) / "log")
        instance.start()
        try:
            instance.wait_until_ready()
            watched = asyncio.run(soak(broker.bootstrap, instance, arguments))
        finally:
            instance.stop()
    report = judged(watched, arguments.minutes)
    sys.stdout.write(json.dumps(report) + "\n")
    return int(report["grows"] is True)


async def soak(bootstrap: str, instance: Instance, arguments: argparse.Namespace) -> Watched:
    """Load the instance for some minutes, and watch it."""
    async with loading(bootstrap, arguments.streams, arguments.seed) as load:
        burst = int(BURST_WINDOWS * WINDOW) * arguments.streams
        rate = arguments.rate or 0.5 * await maximum(load, burst, instance)
        sys.stderr.write(f"{rate:.0f} records a second for {arguments.minutes:g} minutes\n")
        flowing = asyncio.ensure_future(load.flow(rate))
        times, resident = await _samples(instance, 60.0 * arguments.minutes)
        flowing.cancel()
        behind = load.sent - instance.handled()
    return Watched(rate, times, resident, behind)


async def maximum(load: Load, burst: int, instance: Instance) -> float:
    """Return how many records a second the instance handles when it gets all it can take."""
    loop = asyncio.get_running_loop()
    begin = loop.time()
    await load.burst(burst)
    while instance.handled() < load.sent:
        await asyncio.sleep(0.2)
    return load.sent / (loop.time() - begin)


def judged(watched: Watched, minutes: float) -> dict[str, object]:
    """Return the figures; a slope in kB per minute."""
    t, y = np.array(watched.times) / 60.0, np.array(watched.resident, dtype=np.float64)
    warm = t >= WARM_UP * minutes
    line = fitted(t[warm], y[warm])
    grows = line.slope > max(2 * line.error, NEGLIGIBLE * float(y[warm].mean()))
    return {
        "minutes": minutes,
        "rate": round(watched.rate),
        "rss_start_mb": round(line.start / MIB, 2),
        "rss_end_mb": round(line.end / MIB, 2),
        "slope_kb_per_min": round(line.slope / 1024, 2),
        "se": round(line.error / 1024, 2),
        "grows": bool(grows),
        "behind": watched.behind,
        "samples": int(warm.sum()),
    }


async def _samples(instance: Instance, seconds: float) -> tuple[list[float], list[int]]:
    loop, process = asyncio.get_running_loop(), instance.measured()
    begin = loop.time()
    times, resident = [], []
    while (now := loop.time() - begin) < seconds:
        times.append(now)
        resident.append(process.memory_info().rss)
        told = f"{now / 60:5.1f} min  {resident[-1] / MIB:7.1f} MB"
        sys.stderr.write(f"{told}\n")
        # Short runs are for trying it out; they still need samples enough for a line.
        await asyncio.sleep(min(SAMPLE_S, seconds / 30))
    return times, resident


async def _provision(bootstrap: str) -> None:
    bus = KafkaBus(KafkaSettings(bootstrap, partition_bytes=KEPT_BYTES))
    await bus.start()
    await bus.provision(specs())
    await bus.close()


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=30.0)
    parser.add_argument("--rate", type=float, help="records a second; half the maximum if unset")
    parser.add_argument("--streams", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=20_261)
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
