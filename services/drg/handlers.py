"""Resource samples in, budgets and decisions out."""

from collections.abc import Iterable, Mapping

from scarcity.events import Event, ResourcesSampled
from scarcity.governor.policy import Policy
from services.drg.domain import Governed, prioritised


class Drg:
    """Governs the instances whose samples this instance owns."""

    def __init__(self, policy: Policy, priorities: Mapping[str, int], lease_s: float) -> None:
        self._policies = {name: prioritised(policy, level) for name, level in priorities.items()}
        self._of_others = prioritised(policy, max(priorities.values(), default=-1) + 1)
        self._lease_s = lease_s
        self._governed: dict[str, Governed] = {}

    def on_sample(self, told: ResourcesSampled) -> Iterable[Event]:
        policy = self._policies.get(told.component, self._of_others)
        before = self._governed.get(told.instance, Governed())
        after, grant, decision = before.after(told, policy, self._lease_s)
        self._governed[told.instance] = after
        return [grant] if decision is None else [decision, grant]

    def snapshot(self, key: str) -> bytes | None:
        governed = self._governed.get(key)
        return governed.to_bytes() if governed else None

    def restore(self, key: str, data: bytes) -> None:
        self._governed[key] = Governed.succeeding(data)

    def forget(self, key: str) -> None:
        self._governed.pop(key, None)
