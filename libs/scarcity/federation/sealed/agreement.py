"""What follows from the opening of a sealed round, the same for all who read it.

Of n members t must stay, t = 0.6 n and as many as was agreed at least. So that nobody is uncovered
by members who sign whatever they are asked, fewer than c = n / 5 may; and as those may add no noise
either, h = t - c members' noise has to be enough.

Of what a round may cost, ρ, a tenth is spent at home on finding out where the rows lie.
"""

import math
from dataclasses import dataclass

import numpy as np

from scarcity.errors import ConfigError
from scarcity.federation.protocol.contract import Contract
from scarcity.federation.protocol.refusals import Reason, Refused
from scarcity.federation.protocol.roster import Roster
from scarcity.federation.sealed.accountant import Budget, rows_needed
from scarcity.federation.sealed.fixedpoint import Words
from scarcity.federation.sealed.noise import LARGEST_VARIANCE
from scarcity.federation.sealed.progress import Progress
from scarcity.federation.sealed.release import Plan, located, private, to_words
from scarcity.federation.sealed.statistics import Frame, Shape, Windows
from scarcity.federation.sealed.terms import Member, Terms
from scarcity.stats.arrays import Ints

LOCATING_SHARE = 0.1
LEAST_RHO = 1e-15
"""What costs less than that is noise and nothing else."""
LARGEST_COMPLETE = 50
"""With more members each shares masks with some of the others: cost grows with n² otherwise."""
DEGREE = 32
Z = 3.0
"""At which the smallest effect that is to be seen stands out."""


def dishonest(members: int) -> int:
    """How many may sign everything and add no noise: the most below a fifth.

    >>> [dishonest(n) for n in (5, 6, 10, 50)]
    [0, 1, 1, 9]
    """
    return (members - 1) // 5


@dataclass(frozen=True, slots=True)
class Bargain:
    """What a round of so many members sums, and what that costs; see `bargain`."""

    contract: Contract
    plan: Plan
    located_for: float
    """ρ of finding out where the rows lie"""

    @property
    def rho(self) -> float:
        """What the round costs each of its rows."""
        return self.plan.rho + self.located_for

    @property
    def frame(self) -> Frame:
        """The declared one."""
        assert self.contract.sealing is not None
        places = [self.contract.sealing.frame[name] for name in self.contract.names]
        location, scale = np.array(places).T
        return Frame(location, scale)

    @property
    def rows_needed(self) -> int:
        """So many rows of each member show the smallest effect that is to be seen, in one round."""
        assert self.contract.sealing is not None
        assert self.plan.privacy is not None
        peers, variance = self.plan.peers, self.plan.privacy.variance
        sigma = self.plan.grid.step * math.sqrt(peers * variance)
        return math.ceil(rows_needed(self.contract.sealing.effect, Z, sigma) / peers)

    def words(self, windows: Windows, noise: Ints | None) -> Words:
        """What a member contributes: its rows, located at home, with noise that is used once."""
        clip = self.contract.clip
        frame = located(windows, self.frame, clip, self.located_for)
        return to_words(self.plan, windows, frame, noise)


def bargain(contract: Contract, members: int, needed: int) -> Bargain:
    """What is summed when so many of so many members must stay. ConfigError if that cannot be."""
    sealing = contract.sealing
    assert sealing is not None
    shape = Shape(len(contract.names), contract.max_lag)
    rho = Budget(sealing.epsilon, sealing.delta).rho
    honest = needed - dishonest(members)
    if rho < LEAST_RHO:
        raise ConfigError(f"epsilon = {sealing.epsilon:g} takes more noise than 64 bits hold")
    privacy = private(shape, contract.clip, honest, (1.0 - LOCATING_SHARE) * rho)
    if privacy.variance > LARGEST_VARIANCE:
        raise ConfigError(f"a clip of {contract.clip:g} takes more noise than 64 bits hold")
    plan = Plan(shape, sealing.most_rows, members, privacy)
    return Bargain(contract, plan, rho - plan.rho)


def terms_of(progress: Progress, bargained: Bargain, roster: Roster) -> Terms:
    """The terms of a round. Refused when somebody in it is no member, or signs with a dead key."""
    opened = progress.opened
    if opened.contract != bargained.contract.digest:
        raise Refused(Reason.WRONG_CONTRACT, "the round is about something else")
    keys = {
        peer: roster.key(peer, key, progress.opened_at_ms).public
        for peer, key in opened.members.items()
    }
    members = tuple(Member(name, keys[name]) for name in progress.names)
    return Terms(
        federation=roster.federation,
        round=progress.number,
        members=members,
        threshold=opened.quorum,
        length=bargained.plan.length,
        statement=bargained.plan.statement + progress.opening,
        degree=None if len(members) <= LARGEST_COMPLETE else DEGREE,
    )
