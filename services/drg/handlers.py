"""Resource samples in, budgets, decisions and hints for scaling out."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache

from scarcity.events import Event, ResourcesSampled
from scarcity.governor.policy import Policy
from scarcity.governor.tuning import GoverningOthers, RemotePolicy, Tuning, adjusted
from services.drg.domain import Governed, instances_needed, prioritised

SILENT = timedelta(seconds=15)
"""An instance that has said nothing for so long needs nothing any more."""

MOST_COMPONENTS = 256

Hint = Callable[[str, float], None]
"""Takes how many instances the work of a component needs."""


@dataclass(frozen=True, slots=True)
class Terms:
    """On which terms instances are governed."""

    policy: RemotePolicy
    priorities: Mapping[str, int]
    """by component; 0 is cut last, and whoever is not named first"""
    lease_s: float

    def of(self, component: str) -> Policy:
        """The policy of an instance of a component."""
        last = max(self.priorities.values(), default=-1) + 1
        return prioritised(self.policy, self.priorities.get(component, last))

    def tuned(self, tuning: GoverningOthers) -> "Terms":
        """These, but for what is wanted otherwise."""
        return Terms(
            adjusted(self.policy, tuning.policy),
            {**self.priorities, **(tuning.priorities or {})},
            tuning.lease_s or self.lease_s,
        )


class Drg:
    """Governs the instances whose samples this instance owns."""

    def __init__(self, terms: Terms, hint: Hint) -> None:
        self._started_with = terms
        self._hint = hint
        self._hold(terms)
        self._governed: dict[str, Governed] = {}
        self._newest: dict[str, ResourcesSampled] = {}

    def on_sample(self, told: ResourcesSampled) -> Iterable[Event]:
        before = self._governed.get(told.instance) or Governed.beginning(told)
        policy = self._policy(told.component)
        after, grant, decision = before.after(told, policy, self._terms.lease_s)
        self._governed[told.instance] = after
        self._newest[told.instance] = told
        return [grant] if decision is None else [decision, grant]

    @property
    def tuning(self) -> GoverningOthers:
        """How it governs now."""
        terms = self._terms
        return GoverningOthers(
            policy=terms.policy, priorities=dict(terms.priorities), lease_s=terms.lease_s
        )

    def tune(self, tuning: Tuning) -> None:
        """Govern as is wanted from the next sample on."""
        assert isinstance(tuning, GoverningOthers)
        self._hold(self._started_with.tuned(tuning))

    def hint(self, now: datetime) -> Iterable[Event]:
        """Say how many instances each component needs, by the newest samples."""
        needed = dict.fromkeys((told.component for told in self._newest.values()), 0.0)
        for name, told in list(self._newest.items()):
            if now - told.at > SILENT:
                del self._newest[name]
            else:
                needed[told.component] += instances_needed(told.sample, told.share)
        for component, count in needed.items():
            self._hint(component, count)
        return ()

    def snapshot(self, key: str) -> bytes | None:
        governed = self._governed.get(key)
        return governed.to_bytes() if governed else None

    def restore(self, key: str, data: bytes) -> None:
        self._governed[key] = Governed.succeeding(data)

    def forget(self, key: str) -> None:
        self._governed.pop(key, None)
        self._newest.pop(key, None)

    def _hold(self, terms: Terms) -> None:
        self._terms = terms
        # Making a policy is not for every sample.
        self._policy = lru_cache(MOST_COMPONENTS)(terms.of)
