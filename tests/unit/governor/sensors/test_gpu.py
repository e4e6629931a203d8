"""A graphics processor is a guest: it may be missing, come late, fail, and come back."""

from types import SimpleNamespace
from typing import Any

import pytest

from scarcity.governor.sensors.gpu import Gpu, GpuReading

UNKNOWN = GpuReading()


class NVMLError(Exception):
    pass


class NVMLError_NotSupported(NVMLError):  # noqa: N801 - named as in the library
    pass


class Library:
    """As much of pynvml as is called. A device is (used %, memory used, memory in all, degrees)."""

    NVMLError = NVMLError
    NVMLError_NotSupported = NVMLError_NotSupported

    def __init__(self, *devices: tuple[Any, Any, Any, Any]) -> None:
        self.devices = devices
        self.is_broken = False
        self.calls: list[str] = []

    def nvmlInit(self) -> None:  # noqa: N802
        self._called("init")

    def nvmlShutdown(self) -> None:  # noqa: N802
        self._called("shutdown")

    def nvmlDeviceGetCount(self) -> int:  # noqa: N802
        return len(self.devices)

    def nvmlDeviceGetHandleByIndex(self, index: int) -> int:  # noqa: N802
        return index

    def nvmlDeviceGetUtilizationRates(self, device: int) -> SimpleNamespace:  # noqa: N802
        self._called("rates")
        if self.devices[device][0] is None:
            raise NVMLError_NotSupported
        return SimpleNamespace(gpu=self.devices[device][0], memory=1)

    def nvmlDeviceGetMemoryInfo(self, device: int) -> SimpleNamespace:  # noqa: N802
        return SimpleNamespace(used=self.devices[device][1], total=self.devices[device][2])

    def nvmlDeviceGetTemperature(self, device: int, sensor: int) -> int:  # noqa: N802
        assert sensor == 0
        return int(self.devices[device][3])

    def _called(self, name: str) -> None:
        self.calls.append(name)
        if self.is_broken:
            raise NVMLError


@pytest.mark.parametrize(
    ("devices", "expected"),
    [
        ([(50, 2, 8, 60)], (0.5, 2.0, 8.0, 60.0)),
        ([(50, 2, 8, 60), (70, 1, 8, 50)], (0.7, 1.0, 8.0, 50.0)),
        ([(50, 2, 8, 60), (10, 7, 8, 50)], (0.1, 7.0, 8.0, 50.0)),  # memory is scarcer than time
        ([(None, 2, 8, 60)], (None, 2.0, 8.0, 60.0)),
        ([], (None, None, None, None)),
    ],
)
def test_the_most_loaded_device_is_measured(
    devices: list[tuple[Any, Any, Any, Any]], expected: tuple[float | None, ...]
) -> None:
    assert Gpu(lambda: Library(*devices)).read(now=0.0) == expected


def test_the_library_is_started_once() -> None:
    library = Library((50, 2, 8, 60))
    gpu = Gpu(lambda: library)
    for now in range(5):
        gpu.read(float(now))

    assert library.calls.count("init") == 1


def test_after_an_error_it_is_tried_again_a_minute_later() -> None:
    library = Library((50, 2, 8, 60))
    gpu = Gpu(lambda: library)
    assert gpu.read(0.0) != UNKNOWN

    library.is_broken = True
    assert gpu.read(1.0) == UNKNOWN
    calls = len(library.calls)
    assert gpu.read(60.0) == UNKNOWN
    assert len(library.calls) == calls

    library.is_broken = False
    assert gpu.read(61.0) != UNKNOWN
    assert library.calls.count("init") == 2


@pytest.mark.parametrize("error", [ImportError, OSError])
def test_without_the_library_all_is_unknown_and_it_is_looked_for_once_a_minute(
    error: type[Exception],
) -> None:
    looked_at = []

    def load() -> object:
        looked_at.append(now)
        raise error

    gpu = Gpu(load)
    for now in range(0, 130, 10):
        assert gpu.read(float(now)) == UNKNOWN

    assert looked_at == [0, 60, 120]


def test_on_any_real_machine_it_answers() -> None:
    assert isinstance(Gpu().read(0.0), GpuReading)
