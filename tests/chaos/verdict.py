"""What is wrong with the windows that came, compared with those that had to come."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from chaos.oracle import Expected
from scarcity.events import WindowSealed

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


def problems(found: Sequence[WindowSealed], expected: Iterable[Expected]) -> list[str]:
    """Return a line for each window that is missing, came twice, differs, or had no business."""
    wanted = {window.window_id: window for window in expected}
    times = Counter(window.window_id for window in found)
    lines = [f"{name}: missing" for name in wanted if name not in times]
    lines += [f"{name}: came {count} times" for name, count in times.items() if count > 1]
    lines += [f"{name}: not expected" for name in times if name not in wanted]
    for window in found:
        if window.window_id in wanted:
            differing = differences(window, wanted[window.window_id])
            lines += [f"{window.window_id}: {difference}" for difference in differing]
    return sorted(lines)


def differences(found: WindowSealed, wanted: Expected) -> Iterator[str]:
    """Say in which respects a window is not the one expected."""
    pairs = {
        "start_step": (found.start_step, wanted.start_step),
        "steps": (found.steps, wanted.steps),
        "start_us": (_us(found.start_time), wanted.start_us),
        "end_us": (_us(found.end_time), wanted.end_us),
        "records": (found.records, wanted.records),
    }
    for name, (there, due) in pairs.items():
        if there != due:
            yield f"{name} is {there}, not {due}"
    yield from _cells(found.matrix(), wanted.matrix)


def _cells(there: NDArray[np.float64], due: NDArray[np.float64]) -> Iterator[str]:
    if there.shape != due.shape:
        yield f"the matrix is {there.shape}, not {due.shape}"
        return
    wrong = np.argwhere(~((there == due) | (np.isnan(there) & np.isnan(due))))
    if len(wrong):
        row, column = wrong[0]
        value, right = there[row, column], due[row, column]
        yield f"{len(wrong)} cells differ, first ({row}, {column}): {value}, not {right}"


def _us(time: datetime) -> int:
    return (time - EPOCH) // MICROSECOND
