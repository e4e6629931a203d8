"""This machine's own metrics, sampled without ever blocking.

Counters become rates between two samples; what the machine cannot tell is left out.
"""

from dataclasses import dataclass

import psutil

from scarcity.events import Variable

MB = 1024.0 * 1024.0

VARIABLES: tuple[Variable, ...] = (
    Variable("cpu_user", "%"),
    Variable("cpu_system", "%"),
    Variable("cpu_iowait", "%"),
    Variable("cpu_softirq", "%"),
    Variable("load_1m"),
    Variable("memory_used", "MB"),
    Variable("memory_cached", "MB"),
    Variable("context_switches", "1/s"),
    Variable("interrupts", "1/s"),
    Variable("soft_interrupts", "1/s"),
    Variable("disk_read", "MB/s"),
    Variable("disk_write", "MB/s"),
    Variable("net_received", "packets/s"),
    Variable("net_sent", "packets/s"),
    Variable("own_cpu", "%"),
    Variable("own_memory", "MB"),
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
            name: max(0.0, value - self._before[name]) / elapsed
            for name, value in counters.items()
            if name in self._before
        }
        self._before, self._at = counters, now
        return {**_gauges(), **rates, **self._own()}

    def _own(self) -> dict[str, float]:
        return {
            "own_cpu": self._process.cpu_percent(interval=None),
            "own_memory": self._process.memory_info().rss / MB,
        }


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
        "memory_cached": getattr(memory, "cached", 0.0) / MB,
    }


def _counters() -> dict[str, float]:
    cpu = psutil.cpu_stats()
    found = {
        "context_switches": float(cpu.ctx_switches),
        "interrupts": float(cpu.interrupts),
        "soft_interrupts": float(cpu.soft_interrupts),
    }
    disk = psutil.disk_io_counters()
    if disk:
        found |= {"disk_read": disk.read_bytes / MB, "disk_write": disk.write_bytes / MB}
    net = psutil.net_io_counters()
    if net:
        found |= {
            "net_received": float(net.packets_recv),
            "net_sent": float(net.packets_sent),
        }
    return found
