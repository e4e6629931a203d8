"""What changed between two graphs of a stream, small wavering left out.

An edge, known by (source, target, lag), has

    appeared        when it is accepted now and was not
    vanished        when it was accepted and is not now
    flipped         when it is accepted in both, with opposite signs
    strengthened,   when it is accepted in both and its |effect| moved by more than
    weakened        max(least, sigmas · sqrt(se² + se²))

Two graphs of one stream share most of their data, so that their standard errors bound the noise
of the difference from above: what is reported has moved. Compare with the last graph that was
reported, not with the last one computed, or a slow drift will pass unnoticed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import hypot
from typing import Literal, Protocol

from scarcity.causal.edges import Edge

Kind = Literal["appeared", "strengthened", "weakened", "flipped", "vanished"]


@dataclass(frozen=True, slots=True)
class DeadBand:
    """How far an effect must move before it counts as a change."""

    sigmas: float = 2.0
    """combined standard errors"""
    least: float = 0.05
    """standard deviations of the target per standard deviation of the source"""

    def exceeded(self, before: Edge, after: Edge) -> bool:
        """Whether the strength of the edge has moved out of the band."""
        moved = abs(abs(after.effect) - abs(before.effect))
        return moved > self.width(before.se, after.se)

    def width(self, before_se: float, after_se: float) -> float:
        """How far an effect with these standard errors may move without having changed."""
        return max(self.least, self.sigmas * hypot(before_se, after_se))


DEAD_BAND = DeadBand()


@dataclass(frozen=True, slots=True)
class EdgeChange:
    """One edge that is no longer what it was; at least one of `before` and `after` is there."""

    kind: Kind
    before: Edge | None
    """as the earlier graph has it, accepted or not; None when that graph does not list it"""
    after: Edge | None
    """as the later graph has it, accepted or not; None when that graph does not list it"""

    @property
    def key(self) -> tuple[str, str, int]:
        """Which edge: source, target, lag."""
        known = self.after or self.before
        assert known is not None
        return known.key


class Listed(Protocol):
    """What a graph offers to the comparison."""

    @property
    def edges(self) -> Sequence[Edge]:
        """The accepted ones."""

    def edge(self, source: str, target: str, lag: int) -> Edge | None:
        """Any hypothesis."""


def changes(before: Listed, after: Listed, band: DeadBand = DEAD_BAND) -> tuple[EdgeChange, ...]:
    """What became of each accepted edge, in the order of the later graph, vanished ones last."""
    old = {edge.key: edge for edge in before.edges}
    new = {edge.key: edge for edge in after.edges}
    kept = [
        EdgeChange(kind, old.get(key) or before.edge(*key), edge)
        for key, edge in new.items()
        if (kind := _kind(old.get(key), edge, band)) is not None
    ]
    gone = [
        EdgeChange("vanished", edge, after.edge(*key))
        for key, edge in old.items()
        if key not in new
    ]
    return (*kept, *gone)


def _kind(before: Edge | None, after: Edge, band: DeadBand) -> Kind | None:
    if before is None:
        return "appeared"
    if before.effect * after.effect < 0.0:
        return "flipped"
    if not band.exceeded(before, after):
        return None
    return "strengthened" if abs(after.effect) > abs(before.effect) else "weakened"
