"""The graphics processor that is used most, as NVIDIA's library (package nvidia-ml-py) tells."""

import importlib
from collections.abc import Callable
from contextlib import suppress
from typing import Any, NamedTuple

from scarcity.governor.sensors.files import Measured

_RETRY_S = 60.0
_CELSIUS = 0  # NVML_TEMPERATURE_GPU: the only sensor that there is


class GpuReading(NamedTuple):
    """A share from 0 to 1, bytes, degrees Celsius."""

    used: Measured = None
    memory_used: Measured = None
    memory_limit: Measured = None
    temperature: Measured = None

    @property
    def load(self) -> float:
        """The share of what is scarcest."""
        share = (self.memory_used or 0.0) / self.memory_limit if self.memory_limit else 0.0
        return max(self.used or 0.0, share)


_UNKNOWN = GpuReading()


def _load() -> Any:  # noqa: ANN401 - the library has no types
    return importlib.import_module("pynvml")


class Gpu:
    """All devices of this machine. Where there are none, or no driver, everything is unknown."""

    def __init__(self, load: Callable[[], Any] = _load) -> None:
        self._load = load
        self._library: Any = None
        self._devices: list[Any] = []
        self._retry_at = -float("inf")

    def read(self, now: float) -> GpuReading:
        """Measure the most loaded device. `now` is in seconds; after an error, waits a minute."""
        if now < self._retry_at:
            return _UNKNOWN
        try:
            self._library = self._library or self._load()
        except (ImportError, OSError):
            self._retry_at = now + _RETRY_S
            return _UNKNOWN
        try:
            self._devices = self._devices or self._open()
            readings = [self._measure(each) for each in self._devices]
        except self._library.NVMLError:
            readings = []
        if not readings:
            self._close()
            self._retry_at = now + _RETRY_S
        return max(readings, key=lambda each: each.load, default=_UNKNOWN)

    def _open(self) -> list[Any]:
        nvml = self._library
        nvml.nvmlInit()
        count = nvml.nvmlDeviceGetCount()
        return [nvml.nvmlDeviceGetHandleByIndex(index) for index in range(count)]

    def _close(self) -> None:
        """Forget the devices: after an error, theirs may be gone, and be others."""
        self._devices = []
        with suppress(self._library.NVMLError):
            self._library.nvmlShutdown()

    def _measure(self, device: object) -> GpuReading:
        nvml = self._library
        rates = self._ask(nvml.nvmlDeviceGetUtilizationRates, device)
        memory = self._ask(nvml.nvmlDeviceGetMemoryInfo, device)
        temperature = self._ask(nvml.nvmlDeviceGetTemperature, device, _CELSIUS)
        return GpuReading(
            used=None if rates is None else rates.gpu / 100,
            memory_used=None if memory is None else float(memory.used),
            memory_limit=None if memory is None else float(memory.total),
            temperature=None if temperature is None else float(temperature),
        )

    def _ask(self, question: Callable[..., Any], *about: object) -> Any:  # noqa: ANN401 - as above
        """Return the answer, or None from a device that cannot tell."""
        try:
            return question(*about)
        except self._library.NVMLError_NotSupported:
            return None
