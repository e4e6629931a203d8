"""How quickly a running system on one core answers, at a fixed rate that does not wait for answers.

p50_ms, p99_ms   from the moment at which a call was due, so that a queue counts
late             share of calls over the goal
cpu_ms           processor time of the whole system, a call
"""

import asyncio
import os
import time
from collections import defaultdict

import httpx
import numpy as np
import psutil

from running import TOKEN, System
from worlds import records, var

RATE = 200.0
SECONDS = 30
GOAL_MS = 50.0
ROWS, VARIABLES = 4096, 20
PATHS = (
    "/streams",
    "/streams/read",
    "/streams/read/graph",
    "/streams/read/graph?state=all",
    "/streams/read/edges/x0/x1",
    "/components",
    "/drg",
    "/events",
    "/dead-letters",
    "/meta",
)


def measure(seed: int) -> dict[str, object]:
    """Give the system a core and a stream, and ask it."""
    with System(["--no-demo"]) as system:
        world = var.comparison(np.random.default_rng(seed), VARIABLES, ROWS)
        system.send("read", records.lines(world))
        system.graph("read", rows=ROWS)
        ours, theirs = _cores()
        os.sched_setaffinity(system.process.pid, theirs)
        os.sched_setaffinity(0, ours)
        process = psutil.Process(system.process.pid)
        before = sum(process.cpu_times()[:2])
        try:
            found = asyncio.run(_asked(system.url, np.random.default_rng(seed)))
            used = sum(process.cpu_times()[:2]) - before
            return {**found, "cpu_ms": round(1e3 * used / (RATE * SECONDS), 2)}
        finally:
            os.sched_setaffinity(0, ours | theirs)


async def _asked(url: str, rng: np.random.Generator) -> dict[str, object]:
    times: dict[str, list[float]] = defaultdict(list)
    failed: list[str] = []
    headers = {"Authorization": f"Bearer {TOKEN}"}
    # The server lets go of lines that are idle for 5 s; who uses one just then is cut off.
    limits = httpx.Limits(max_connections=64, max_keepalive_connections=64, keepalive_expiry=2.0)

    async def ask(path: str, due: float) -> None:
        answer = await http.get(path)
        times[path].append(1e3 * (time.perf_counter() - due))
        if not answer.is_success:
            failed.append(f"{path}: {answer.status_code}")

    async with (
        httpx.AsyncClient(base_url=f"{url}/api/v1", headers=headers, limits=limits) as http,
        asyncio.TaskGroup() as group,
    ):
        begun = time.perf_counter()
        for number in range(int(RATE * SECONDS)):
            due = begun + number / RATE
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            group.create_task(ask(str(rng.choice(PATHS)), due))
    everything = np.concatenate([times[path] for path in sorted(times)])
    return {
        "calls": len(everything),
        "failed": failed[:10],
        "p50_ms": _quantile(everything, 0.5),
        "p99_ms": _quantile(everything, 0.99),
        "late": round(float(np.mean(everything > GOAL_MS)), 4),
        "p99_ms by path": {path: _quantile(np.array(times[path]), 0.99) for path in sorted(times)},
    }


def _quantile(values: np.ndarray, q: float) -> float:
    return round(float(np.quantile(values, q)), 1)


def _cores() -> tuple[set[int], set[int]]:
    """A core for whoever asks, and one for whoever answers."""
    known = sorted(os.sched_getaffinity(0))
    return {known[0]}, {known[-1]}
