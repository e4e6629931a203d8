"""The settings of an engine; checked once, then trusted everywhere."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class EngineConfig:
    """What to look for and how sure to be. ValueError when a value makes no sense.

    max_lag         the longest delay tested, in grid steps
    alpha           accepted false-discovery rate: an edge is accepted when its q-value is at most
                    this
    min_effect      the partial correlation that is of no interest: an edge is accepted when it is
                    surely stronger. In a long stream everything is significant
    periods         the periods of clocks that variables follow, in grid steps, as far as they are
                    known: of a day, of a week. Others are found
    nonlinear       whether squares of sources are looked at as well, up to 64 variables
    most_regimes    how many past regimes are remembered, to be recognised when one returns
    half_life       after so many grid steps a row counts half, so that slow drift is followed;
                    None = every row of a regime counts the same
    stability_span  how many windows the stability of an edge looks back on
    """

    max_lag: int = 3
    alpha: float = 0.05
    min_effect: float = 0.05
    periods: tuple[float, ...] = ()
    nonlinear: bool = True
    most_regimes: int = 4
    half_life: float | None = None
    stability_span: int = 20

    def __post_init__(self) -> None:
        if self.max_lag < 1:
            raise ValueError(f"max_lag must be at least 1 grid step, not {self.max_lag}")
        if not 0.0 < self.alpha < 1.0:
            raise ValueError(f"alpha must lie between 0 and 1, not {self.alpha}")
        if not 0.0 <= self.min_effect < 1.0:
            raise ValueError(f"min_effect must be 0 or more, and below 1, not {self.min_effect}")
        if not all(2.0 <= period < float("inf") for period in self.periods):
            raise ValueError(f"periods must be at least 2 grid steps, not {self.periods}")
        if self.most_regimes < 1:
            raise ValueError(f"most_regimes must be at least 1, not {self.most_regimes}")
        if self.half_life is not None and not 1.0 <= self.half_life < float("inf"):
            raise ValueError(f"half_life must be at least 1 grid step, not {self.half_life}")
        if self.stability_span < 1:
            raise ValueError(f"stability_span must be at least 1, not {self.stability_span}")

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> "EngineConfig":
        """The configuration with these values, by name; KeyError when one is missing."""
        return cls(
            max_lag=int(values["max_lag"]),
            alpha=values["alpha"],
            min_effect=values["min_effect"],
            periods=tuple(values["periods"]),
            nonlinear=bool(values["nonlinear"]),
            most_regimes=int(values["most_regimes"]),
            half_life=values["half_life"],
            stability_span=int(values["stability_span"]),
        )
