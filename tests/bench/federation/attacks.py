"""What dishonest peers send. They see the evidence of all, and act together.

Thirteen generic attacks, a white-box injection of few edges, and one that climbs against a rule.

Sources: sign flip, noise: P. Blanchard et al., NeurIPS 2017. Inner product manipulation: C. Xie,
O. Koyejo, I. Gupta, UAI 2019. A little is enough (ALIE): G. Baruch, M. Baruch, Y. Goldberg,
NeurIPS 2019.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from scarcity.federation.pooling import Beliefs
from worlds.world import Bools, Floats

Ints = NDArray[np.int64]

INJECTED = 20
"""False edges of the generic injections."""


@dataclass(frozen=True, eq=False)
class Attack:
    """What an attacker knows and holds."""

    rng: np.random.Generator
    honest: Beliefs
    """of all peers, before those that are bad change theirs"""
    bad: Ints
    sign: Floats
    """(edge): the truth"""

    @property
    def shape(self) -> tuple[int, int]:
        return len(self.bad), self.honest.edges

    @property
    def others(self) -> Floats:
        """(peer, edge): the effects that honest peers find."""
        return np.delete(self.honest.effect, self.bad, axis=0)

    @property
    def mean(self) -> Floats:
        mean: Floats = self.others.mean(axis=0)
        return mean

    @property
    def sd(self) -> Floats:
        sd: Floats = self.others.std(axis=0)
        return sd

    @property
    def mine(self) -> Floats:
        """(bad, edge): what the bad peers honestly find."""
        return self.honest.effect[self.bad]

    @property
    def se(self) -> Floats:
        return self.honest.se[self.bad]

    def absent(self, count: int) -> Ints:
        """So many edges that do not exist."""
        return self.rng.choice(np.flatnonzero(self.sign == 0.0), count, replace=False)

    def signs(self, count: int) -> Floats:
        return self.rng.choice([-1.0, 1.0], count)

    def noise(self) -> Floats:
        return self.rng.normal(size=self.shape)

    def sent(self, effect: Floats, se: Floats | None = None) -> Beliefs:
        """The beliefs of all, the bad ones' replaced (bad or 1, edge)."""
        effects, errors = self.honest.effect.copy(), self.honest.se.copy()
        effects[self.bad] = effect
        if se is not None:
            errors[self.bad] = se
        return replace(self.honest, effect=effects, se=errors)


@dataclass(frozen=True, eq=False)
class Sent:
    """What all peers send, and which false edges the bad ones want."""

    beliefs: Beliefs
    targets: Ints | None = None


def a_little(z: float, jitter: float = 0.0) -> Callable[[Attack], Sent]:
    """The mean of the honest, z of their deviations weaker; jitter hides that all send the same."""

    def attack(on: Attack) -> Sent:
        moved = on.mean - np.sign(on.mean) * z * on.sd
        return Sent(on.sent(moved + jitter * on.sd * on.noise()))

    return attack


def as_little_as_needed(on: Attack) -> Sent:
    """ALIE with the z of its paper: what hides behind the honest peers that are farther away."""
    peers, bad = on.honest.peers, len(on.bad)
    supporters = peers // 2 + 1 - bad
    share = (peers - bad - supporters) / (peers - bad)
    z = float(ndtri(np.clip(share, 0.5, 0.999)))
    return a_little(max(z, 0.3))(on)


def injection(on: Attack) -> Sent:
    """Honest evidence, and 20 of the weakest edges 4 standard errors away."""
    weak = np.flatnonzero(np.abs(on.mean) < np.median(np.abs(on.mean)))
    targets = on.rng.choice(weak, INJECTED, replace=False)
    moved = on.mine.copy()
    moved[:, targets] += 4.0 * on.se[:, targets]
    return Sent(on.sent(moved))


def imitation(jitter: float) -> Callable[[Attack], Sent]:
    """The mean of the honest, jittered, and 20 false edges of 3 standard errors."""

    def attack(on: Attack) -> Sent:
        targets, signs = on.absent(INJECTED), on.signs(INJECTED)
        moved = on.mean + jitter * on.sd * on.noise()
        moved[:, targets] = on.mean[targets] + 3.0 * signs * on.se[:, targets]
        return Sent(on.sent(moved), targets)

    return attack


def few_edges(count: int, shift: float) -> Callable[[Attack], Sent]:
    """White box: each sends its own honest evidence but for few edges, shifted by so many SEs."""

    def attack(on: Attack) -> Sent:
        targets, signs = on.absent(count), on.signs(count)
        moved = on.mine.copy()
        moved[:, targets] += shift * signs * on.se[:, targets]
        return Sent(on.sent(moved), targets)

    return attack


GENERIC: dict[str, Callable[[Attack], Sent]] = {
    "sign flip": lambda on: Sent(on.sent(-on.mine)),
    "sign flip x5": lambda on: Sent(on.sent(-5.0 * on.mine)),
    "noise": lambda on: Sent(on.sent(50.0 * on.se * on.noise())),
    "inner product": lambda on: Sent(on.sent(-2.0 * on.mean)),
    "ALIE": as_little_as_needed,
    "ALIE z=0.5": a_little(0.5),
    "ALIE z=1": a_little(1.0),
    "ALIE z=1.5": a_little(1.5),
    "ALIE z=1, jittered": a_little(1.0, 0.8),
    "injection": injection,
    "false certainty": lambda on: Sent(on.sent(-on.mine, on.se / 30.0)),
    "imitation": imitation(0.0),
    "imitation, jittered": imitation(0.85),
}

HALVINGS = 6
LARGEST_STEP = 8.0
"""Standard errors."""


@dataclass(frozen=True, eq=False)
class Climb:
    """Projected ascent against a rule that the attacker knows, as far as it uses the bad peers."""

    on: Attack
    direction: Floats
    """(edge): in standard errors per step"""
    used: Callable[[Beliefs], Bools]
    """(peer): whom the rule uses"""

    def sent(self, steps: Floats) -> Beliefs:
        """Honest evidence, each bad peer (bad) so many steps away from its own."""
        return self.on.sent(self.on.mine + steps[:, None] * self.direction * self.on.se)

    def are_used(self, steps: Floats) -> Bools:
        """(bad)"""
        return self.used(self.sent(steps))[self.on.bad]

    def along(self, steps: Floats, who: Floats) -> Floats:
        """As far on as all that are used now stay used; who (bad) moves."""
        now = self.are_used(steps)
        low, high = 0.0, LARGEST_STEP
        for _ in range(HALVINGS):
            middle = 0.5 * (low + high)
            stays = bool(np.all(self.are_used(steps + middle * who) >= now))
            low, high = (middle, high) if stays else (low, middle)
        return steps + low * who


def climbing(on: Attack, direction: Floats, used: Callable[[Beliefs], Bools]) -> Sent:
    """All bad peers together along a direction (edge), then each alone, as far as they are used."""
    climb = Climb(on, direction, used)
    everyone = np.ones(len(on.bad))
    steps = climb.along(0.0 * everyone, everyone)
    for alone in on.rng.permutation(np.eye(len(on.bad))):
        steps = climb.along(steps, alone)
    return Sent(climb.sent(steps), np.flatnonzero((direction != 0.0) & (on.sign == 0.0)))
