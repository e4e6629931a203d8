"""This machine's own metrics, sampled without ever blocking.

Counters become rates between two samples. Rates come in bursts over many orders of magnitude, so
they are shown as log10(1 + rate). What the machine cannot tell is left out.
"""

from dataclasses import dataclass
from math import log10

import psutil

from scarcity.events import Variable

KB = 1024.0
MB = KB * KB

VARIABLES: tuple[Variable, ...] = (
    Variable("cpu_user", "%"),
    Variable("cpu_system", "%"),
    Variable("cpu_iowait", "%"),
    Variable("cpu_softirq", "%"),
    Variable("load_1m"),
    Variable("memory_used", "MB"),
    Variable("context_switches", "log10(1 + 1/s)"),
    Variable("interrupts", "log10(1 + 1/s)"),
    Variable("disk_read", "log10(1 + kB/s)"),
    Variable("disk_write", "log10(1 + kB/s)"),
    Variable("net_packets", "log10(1 + 1/s)"),
    Variable("own_cpu", "%"),
)


@dataclass(slots=True)
class Sampler:
    """Reads the machine; each call measures since the one before."""

    _process: psutil.Process
    _before: dict[str, float]
    _at: float

    @classmethod
    def start(cls, *, now: float) -> "Sampler":
        """Take the first reading, which later ones are measured against; `now` in seconds."""
        psutil.cpu_times_percent(interval=None)
        process = psutil.Process()
        process.cpu_percent(interval=None)
        return cls(process, _counters(), now)

    def sample(self, *, now: float) -> dict[str, float]:
        """Return the values at this moment; rates are since the last call."""
        counters = _counters()
        elapsed = max(now - self._at, 1e-3)
        rates = {
            name: log10(1.0 + max(0.0, value - self._before[name]) / elapsed)
            for name, value in counters.items()
            if name in self._before
        }
        self._before, self._at = counters, now
        own = self._process.cpu_percent(interval=None)
        return {**_gauges(), **rates, "own_cpu": own}


def _gauges() -> dict[str, float]:
    cpu = psutil.cpu_times_percent(interval=None)
    memory = psutil.virtual_memory()
    return {
        "cpu_user": cpu.user,
        "cpu_system": cpu.system,
        "cpu_iowait": getattr(cpu, "iowait", 0.0),
        "cpu_softirq": getattr(cpu, "softirq", 0.0),
        "load_1m": psutil.getloadavg()[0],
        "memory_used": memory.used / MB,
    }


def _counters() -> dict[str, float]:
    cpu = psutil.cpu_stats()
    found = {
        "context_switches": float(cpu.ctx_switches),
        "interrupts": float(cpu.interrupts),
    }
    disk = psutil.disk_io_counters()
    if disk:
        found |= {"disk_read": disk.read_bytes / KB, "disk_write": disk.write_bytes / KB}
    net = psutil.net_io_counters()
    if net:
        found["net_packets"] = float(net.packets_recv + net.packets_sent)
    return found
