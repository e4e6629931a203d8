"""What was aimed at, and whether it was reached."""

from collections.abc import Callable
from dataclasses import dataclass

from bench.mpie.marks import Difference, Marks


@dataclass(frozen=True, slots=True)
class Table:
    """What a case came to."""

    means: dict[str, Marks]
    """by method"""
    differences: dict[str, dict[str, Difference]]
    """ours less a peer's, by peer and figure"""

    def ours(self, figure: str) -> float:
        return self.means["ours"][figure]

    def peers(self, figure: str) -> dict[str, float]:
        """What the peers came to that saw the same values as we."""
        return {
            name: marks[figure]
            for name, marks in self.means.items()
            if name not in ("ours", "pcmci_complete") and figure in marks
        }


@dataclass(frozen=True, slots=True)
class Verdict:
    """A goal, what was wanted and what was reached."""

    goal: str
    wanted: float
    reached: float
    met: bool


Rule = Callable[[Table], Verdict | None]
"""None when what it compares with was not measured."""


def at_least(figure: str, wanted: float) -> Rule:
    """A figure of ours has a floor."""

    def rule(table: Table) -> Verdict:
        return floor(figure, wanted, table.ours(figure))

    return rule


def at_most(figure: str, wanted: float) -> Rule:
    """A figure of ours has a ceiling."""

    def rule(table: Table) -> Verdict:
        return ceiling(figure, wanted, table.ours(figure))

    return rule


def half_way_from_pcmci(table: Table) -> Verdict | None:
    """Half of what PCMCI lacks is gained."""
    theirs = table.means.get("pcmci")
    if theirs is None:
        return None
    wanted = (1.0 + theirs["auprc"]) / 2.0
    return floor("auprc, half of PCMCI's distance to 1 closed", wanted, table.ours("auprc"))


def clearly_above_pcmci(by: float) -> Rule:
    """Ahead of PCMCI by so much on average, with an interval above 0."""

    def rule(table: Table) -> Verdict | None:
        found = table.differences.get("pcmci")
        if found is None:
            return None
        ahead = found["auprc"]
        met = ahead.mean >= by and ahead.low > 0.0
        return Verdict("auprc over PCMCI's, interval above 0", by, ahead.mean, met)

    return rule


def no_less_than(peer: str, figure: str) -> Rule:
    """A figure of ours is at least this peer's."""

    def rule(table: Table) -> Verdict | None:
        theirs = table.means.get(peer)
        if theirs is None:
            return None
        return floor(f"{figure}, that of {peer}", theirs[figure], table.ours(figure))

    return rule


def above_every_peer(figure: str) -> Rule:
    """A figure of ours is larger than any peer's."""

    def rule(table: Table) -> Verdict | None:
        peers = table.peers(figure)
        if not peers:
            return None
        best, reached = max(peers.values()), table.ours(figure)
        return Verdict(f"{figure} above every peer's", best, reached, reached > best)

    return rule


def no_less_than_the_best(figure: str) -> Rule:
    """A figure of ours is at least the best peer's."""

    def rule(table: Table) -> Verdict | None:
        peers = table.peers(figure)
        if not peers:
            return None
        best = max(peers, key=lambda name: peers[name])
        goal = f"{figure}, the best peer's ({best})"
        return floor(goal, peers[best], table.ours(figure))

    return rule


def floor(goal: str, wanted: float, reached: float) -> Verdict:
    """At least so much."""
    return Verdict(goal, wanted, reached, reached >= wanted)


def ceiling(goal: str, wanted: float, reached: float) -> Verdict:
    """At most so much."""
    return Verdict(f"{goal}, at most", wanted, reached, reached <= wanted)


BEST_F1 = no_less_than_the_best("f1")

ACCURACY: dict[str, tuple[Rule, ...]] = {
    "linear": (half_way_from_pcmci, BEST_F1),
    "linear_50": (at_least("auprc", 0.965), BEST_F1),
    "heavy": (half_way_from_pcmci, BEST_F1),
    "tanh": (half_way_from_pcmci, BEST_F1),
    "quadratic": (at_least("auprc", 0.99), BEST_F1),
    "hidden": (clearly_above_pcmci(0.03), BEST_F1),
    "contemporaneous": (
        clearly_above_pcmci(0.03),
        no_less_than("pcmci_plus", "instant_f1"),
        BEST_F1,
    ),
    "near_unit_root": (above_every_peer("auprc"), BEST_F1),
    "missing": (at_least("auprc", 0.93), BEST_F1),
    "blocks": (no_less_than("pcmci_complete", "auprc"), BEST_F1),
    "regime": (at_least("auprc", 0.97), BEST_F1),
    "lorenz96": (at_least("auroc", 0.97), BEST_F1),
    "lotka_volterra": (no_less_than("var", "auroc"), BEST_F1),
    "shared_cycle": (at_least("auprc", 0.95), at_most("fdp", 0.1), BEST_F1),
    "trend": (BEST_F1,),
    "level_shift": (BEST_F1,),
}
