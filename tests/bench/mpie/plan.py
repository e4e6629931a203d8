"""What is to be measured."""

import sys
from dataclasses import dataclass

from worlds.cases import CASES


@dataclass(frozen=True, slots=True)
class Plan:
    """How much is measured, from which seed on."""

    seed: int = 20_261
    seeds: int = 20
    """worlds of each case"""
    cases: tuple[str, ...] = tuple(CASES)
    window: int | None = None
    """rows; None = 250 for worlds of 1000 rows, which makes four windows, and 256 for others"""
    is_thorough: bool = False
    """whether to run what takes minutes: slow peers at 50 variables, PCMCI's time at 50 and 100"""

    def world_seeds(self, most: int | None = None) -> range:
        """The seeds of a case's worlds; those of one plan are none of another's."""
        first = 1000 * self.seed
        return range(first, first + min(self.seeds, most or self.seeds))

    def window_of(self, rows: int) -> int:
        """How many rows a window has, in a world of so many."""
        return self.window or (250 if rows == 1000 else 256)


def say(progress: str) -> None:
    """Tell a human what is at work."""
    sys.stderr.write(f"{progress}\n")
    sys.stderr.flush()
