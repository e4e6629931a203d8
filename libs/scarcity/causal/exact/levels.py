"""The settings that PCMCI and PCMCI+ share, checked."""

from collections.abc import Sequence

Level = float | Sequence[float] | None
"""One level of significance; several, of which the data choose; or None: the method's own list."""


def levels(alpha: Level, otherwise: Sequence[float]) -> tuple[float, ...]:
    """The levels to try. ValueError when one is none."""
    if alpha is None:
        return tuple(otherwise)
    tried = tuple(alpha) if isinstance(alpha, Sequence) else (alpha,)
    if not tried or not all(0.0 <= level <= 1.0 for level in tried):
        raise ValueError(f"pc_alpha must be one or more levels between 0 and 1, not {alpha}")
    return tried


def check_counts(**counts: int | None) -> None:
    """ValueError when one that is given is negative."""
    for name, value in counts.items():
        if value is not None and value < 0:
            raise ValueError(f"{name} must be 0 or more, or None for no limit, not {value}")
