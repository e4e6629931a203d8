"""Which targets to look at when not all can be: those where a look is worth most.

The evidence about a target ages with turnover u, which grows by 1 when e times as many rows are
known. Changes of its edges come at a rate λ_j per turnover, learned from the looks so far, each
older look counting 0.95 of what the next one does:

    λ_j = (1 + changes found) / (1 + turnover waited for) ,    value_j = λ_j (u - u_j) ,

the number of changes that a look now is expected to find. So a target with new evidence comes
before one without, one that changes often before one that never does, and none waits forever. (The
Gamma-Poisson posterior mean as the index of a restless bandit.)

Source: P. Whittle, "Restless bandits: activity allocation in a changing world", J. Appl. Probab.
25A (1988).
"""

from dataclasses import dataclass

import numpy as np

from scarcity.causal.snapshot import Snapshot
from scarcity.stats.arrays import Bools, Floats, Ints, Stored
from scarcity.stats.compiled import compiled

MEMORY = 0.95
"""How much a look counts beside the next one."""


@dataclass(slots=True)
class Pace:
    """When targets were looked at, and how often a look was worth it; arrays (target)."""

    tested: Floats
    """turnover at the last look; -inf = never"""
    changes: Floats
    waited: Floats
    searched: float = -np.inf
    """turnover at the last search of the structure"""
    saved: float = 0.0
    """looks put aside, half of those allowed, while more than is allowed has to be done at once"""
    skipped: int = 0
    """windows since the last look at anything"""

    @classmethod
    def begin(cls, variables: int) -> "Pace":
        """Nothing has been looked at."""
        return cls(np.full(variables, -np.inf), *np.zeros((2, variables)))

    def choose(self, turnover: float, most: int) -> Ints:
        """The targets to look at now, rising."""
        rate = (1.0 + self.changes) / (1.0 + self.waited)
        value = rate * (turnover - self.tested)
        best = np.argsort(-value, kind="stable")[:most]
        return np.sort(best)

    def looked(self, targets: Ints, changed: Bools, turnover: float) -> None:
        """Learn from a look at these targets (target), of which some had changed (target)."""
        _learn(self.tested, self.changes, self.waited, targets, (changed, turnover))

    def is_time(self, every: int) -> bool:
        """Whether this window is one at which to look."""
        self.skipped += 1
        if self.skipped < every:
            return False
        self.skipped = 0
        return True

    def affords(self, most: int | None, cost: int) -> bool:
        """Whether something that costs so many looks is paid by what was put aside."""
        if most is not None and most < cost:
            self.saved += most / 2.0
            if self.saved < cost:
                return False
        self.saved = 0.0
        return True

    def extend(self, added: int) -> None:
        """Append targets that were never looked at."""
        self.tested = np.pad(self.tested, (0, added), constant_values=-np.inf)
        self.changes = np.pad(self.changes, (0, added))
        self.waited = np.pad(self.waited, (0, added))

    def arrays(self, prefix: str) -> dict[str, Stored]:
        """The state, for a snapshot."""
        return {
            f"{prefix}pace.targets": np.stack([self.tested, self.changes, self.waited]),
            f"{prefix}pace.search": np.array([self.searched, self.saved, self.skipped]),
        }

    @classmethod
    def restore(cls, snapshot: Snapshot, prefix: str) -> "Pace":
        """The state that `arrays` gave."""
        searched, saved, skipped = snapshot.floats(f"{prefix}pace.search").tolist()
        tested, changes, waited = snapshot.floats(f"{prefix}pace.targets").copy()
        return cls(tested, changes, waited, searched, saved, int(skipped))


@compiled
def _learn(
    tested: Floats, changes: Floats, waited: Floats, targets: Ints, look: tuple[Bools, float]
) -> None:
    changed, turnover = look
    for place in range(len(targets)):
        j = targets[place]
        since = turnover - tested[j]
        if np.isfinite(since):
            changes[j] = MEMORY * changes[j] + changed[place]
            waited[j] = MEMORY * waited[j] + since
        tested[j] = turnover
