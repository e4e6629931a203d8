"""Records over HTTP into the embedded bus, by a gateway that does nothing else.

records_per_cpu_s   accepted records of 20 fields, per second of the gateway's processor time
records_per_s       per second of wall time, one client
"""

import subprocess
import sys
import time

import httpx
import numpy as np
import psutil

from ports import free_port
from running import TOKEN
from worlds import records, var

BODY = 5000
BODIES = 40
WARM_UP = 4


def measure(seed: int) -> dict[str, float]:
    """Send bodies one after the other."""
    world = var.independent_noise(np.random.default_rng(seed), 20, BODY)
    body = b"\n".join(records.lines(world))
    port = free_port()
    command = [sys.executable, "-m", "bench.gateway.alone", str(port), TOKEN]
    with subprocess.Popen(command) as process:
        try:
            return _sent(httpx.Client(base_url=f"http://127.0.0.1:{port}"), process.pid, body)
        finally:
            process.terminate()


def _sent(http: httpx.Client, pid: int, body: bytes) -> dict[str, float]:
    headers = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/x-ndjson"}
    _wait(http)

    def send() -> int:
        path = "/api/v1/streams/bench/records"
        answer = http.post(path, content=body, headers=headers, timeout=60.0).raise_for_status()
        return int(answer.json()["accepted"])

    for _ in range(WARM_UP):
        send()
    process = psutil.Process(pid)
    before, begun = sum(process.cpu_times()[:2]), time.perf_counter()
    accepted = sum(send() for _ in range(BODIES))
    wall, cpu = time.perf_counter() - begun, sum(process.cpu_times()[:2]) - before
    return {
        "records": accepted,
        "records_per_cpu_s": round(accepted / cpu),
        "records_per_s": round(accepted / wall),
    }


def _wait(http: httpx.Client) -> None:
    for _ in range(300):
        try:
            if http.get("/readyz").is_success:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.1)
    raise TimeoutError("the gateway did not start")
