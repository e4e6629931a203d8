"""Resource samples in, budgets, decisions and hints for scaling out."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta

from scarcity.events import Event, ResourcesSampled
from scarcity.governor.policy import Policy
from services.drg.domain import Governed, instances_needed, prioritised

SILENT = timedelta(seconds=15)
"""An instance that has said nothing for so long needs nothing any more."""

Hint = Callable[[str, float], None]
"""Takes how many instances the work of a component needs."""


class Drg:
    """Governs the instances whose samples this instance owns."""

    def __init__(
        self, policy: Policy, priorities: Mapping[str, int], lease_s: float, hint: Hint
    ) -> None:
        self._policies = {name: prioritised(policy, level) for name, level in priorities.items()}
        self._of_others = prioritised(policy, max(priorities.values(), default=-1) + 1)
        self._lease_s = lease_s
        self._hint = hint
        self._governed: dict[str, Governed] = {}
        self._newest: dict[str, ResourcesSampled] = {}

    def on_sample(self, told: ResourcesSampled) -> Iterable[Event]:
        policy = self._policies.get(told.component, self._of_others)
        before = self._governed.get(told.instance) or Governed.beginning(told)
        after, grant, decision = before.after(told, policy, self._lease_s)
        self._governed[told.instance] = after
        self._newest[told.instance] = told
        return [grant] if decision is None else [decision, grant]

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
