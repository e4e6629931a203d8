"""Feeds a target for a while, and says what it could not stand.

A target may raise what it documents and nothing else, and takes little time and memory for any
input. Time is that of the processor, so that a busy machine is no failure.
"""

import reprlib
import resource
import time
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

LONG_BYTES = 1000
"""Of an input that is not shown whole; its seed makes it again."""
BATCH = 2000
"""Inputs of one seed, at most."""
SLOWEST_S = 2.0
"""Of one input."""
LARGEST_BYTES = 1 << 30
"""By which the process may grow over all inputs of a target."""


@dataclass(frozen=True)
class Target:
    """Something that reads what anybody may have written."""

    name: str
    inputs: st.SearchStrategy[Any]
    check: Callable[[Any], object]
    """Reads an input. Catches what is documented, and asserts what holds of what it returns."""


@dataclass
class Tally:
    """What became of the inputs of a target."""

    inputs: int = 0
    crashes: dict[str, str] = field(default_factory=dict)
    """By where it happened: the shortest input found for it, with the traceback."""


@dataclass(frozen=True, repr=False)
class Input:
    """An input that is shown short."""

    value: Any

    def __repr__(self) -> str:
        return reprlib.repr(self.value) if _is_long(self.value) else repr(self.value)


class Enough(BaseException):
    """The time is over; no failure, so that Hypothesis lets it through."""


def fuzz(target: Target, *, seconds: float, number: int) -> Tally:
    """Feed a target for that long, with inputs that follow from the number."""
    tally, ends, before = Tally(), time.monotonic() + seconds, _peak_bytes()
    while time.monotonic() < ends:
        try:
            _batch(target, tally, ends, number)
        except Enough:
            break
        except Exception as error:  # noqa: BLE001 - to find them is what it is for
            for each in _alone(error):
                tally.crashes[_place(each)] = "".join(traceback.format_exception(each))
        number += 1
    if _peak_bytes() - before > LARGEST_BYTES:
        tally.crashes["memory"] = f"{target.name} grew by {_peak_bytes() - before} bytes"
    return tally


def _batch(target: Target, tally: Tally, ends: float, number: int) -> None:
    @seed(number)
    @settings(
        max_examples=BATCH,
        database=None,
        deadline=None,
        phases=[Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck),
    )
    @given(_inputs(target.inputs))
    def feed(given_input: Input) -> None:
        if time.monotonic() > ends:
            raise Enough
        tally.inputs += 1
        began = time.thread_time()
        target.check(given_input.value)
        took = time.thread_time() - began
        assert took < SLOWEST_S, f"one input took {took:.1f} s"

    feed()


@st.composite
def _inputs(draw: Any, values: st.SearchStrategy[Any]) -> Input:
    return Input(draw(values))


def _is_long(value: object) -> bool:
    return isinstance(value, bytes) and len(value) > LONG_BYTES


def _alone(error: Exception) -> Iterator[Exception]:
    """Yield the errors that a batch ended with, which may have come as a group."""
    if isinstance(error, ExceptionGroup):
        for each in error.exceptions:
            yield from _alone(each)
    else:
        yield error


def _place(error: BaseException) -> str:
    """Return what tells one crash from another."""
    last = traceback.extract_tb(error.__traceback__)[-1]
    return f"{type(error).__name__} in {last.filename}:{last.lineno}"


def _peak_bytes() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
