"""The settings of an engine; checked once, then trusted everywhere."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class EngineConfig:
    """What to look for and how sure to be. ValueError when a value makes no sense.

    max_lag         the longest delay tested, in grid steps
    alpha           accepted false-discovery rate: an edge is accepted when its q-value is at most
                    this. When nothing causes anything, it is also the chance of any edge at all
    min_effect      an edge weaker than this, in standard deviations of the target per standard
                    deviation of the source, is not accepted however sure it is: in a long stream
                    everything is significant
    stability_span  how many windows the stability of an edge looks back on
    """

    max_lag: int = 3
    alpha: float = 0.01
    min_effect: float = 0.02
    stability_span: int = 20

    def __post_init__(self) -> None:
        if self.max_lag < 1:
            raise ValueError(f"max_lag must be at least 1 grid step, not {self.max_lag}")
        if not 0.0 < self.alpha < 1.0:
            raise ValueError(f"alpha must lie between 0 and 1, not {self.alpha}")
        if not 0.0 <= self.min_effect < float("inf"):
            raise ValueError(f"min_effect must be 0 or more, not {self.min_effect}")
        if self.stability_span < 1:
            raise ValueError(f"stability_span must be at least 1, not {self.stability_span}")

    @classmethod
    def of(cls, values: Mapping[str, int | float]) -> "EngineConfig":
        """The configuration with these values, by name; KeyError when one is missing."""
        return cls(
            max_lag=int(values["max_lag"]),
            alpha=values["alpha"],
            min_effect=values["min_effect"],
            stability_span=int(values["stability_span"]),
        )
