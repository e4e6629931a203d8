"""What is known of resources: the newest sample and grant of every instance, and why."""

from collections.abc import Callable, Iterable
from dataclasses import fields
from datetime import datetime, timedelta
from typing import Any

from scarcity.events import BudgetDecided, BudgetGranted, ResourceSample, ResourcesSampled
from services.gateway.domain.components_view import ComponentsView
from services.gateway.domain.documents import moment
from services.gateway.domain.policies import of_drg, of_reflex
from services.gateway.domain.recent import Recent

MEASURED = tuple(field.name for field in fields(ResourceSample))
KEPT = 1000
SILENT = timedelta(seconds=30)
"""An instance that has said nothing for so long is gone."""


class GovernorView:
    """Everything the gateway can show of the governor."""

    def __init__(self, components: ComponentsView, *, now: Callable[[], datetime]) -> None:
        self._components = components
        self._now = now
        self._samples: dict[str, ResourcesSampled] = {}
        self._grants: dict[str, BudgetGranted] = {}
        self._decisions: Recent[BudgetDecided] = Recent(KEPT)

    def on_sample(self, told: ResourcesSampled) -> None:
        self._samples[told.instance] = told

    def on_grant(self, grant: BudgetGranted) -> None:
        known = self._grants.get(grant.instance)
        if known is None or (grant.epoch, grant.sequence) > (known.epoch, known.sequence):
            self._grants[grant.instance] = grant

    def on_decision(self, decision: BudgetDecided) -> bool:
        """Take it in; False when it is known."""
        return self._decisions.add(decision)

    @property
    def decisions(self) -> Iterable[BudgetDecided]:
        """The newest of all instances."""
        return self._decisions

    def document(self, decisions: Iterable[BudgetDecided]) -> dict[str, list[dict[str, Any]]]:
        """Return the instances that are there, and some decisions."""
        self._forget_the_silent()
        return {
            "instances": [self._instance(self._samples[name]) for name in sorted(self._samples)],
            "decisions": [decision_document(each) for each in decisions],
        }

    def _forget_the_silent(self) -> None:
        oldest = self._now() - SILENT
        self._samples = {name: each for name, each in self._samples.items() if each.at >= oldest}
        self._grants = {name: each for name, each in self._grants.items() if each.at >= oldest}

    def _instance(self, told: ResourcesSampled) -> dict[str, Any]:
        grant = self._grants.get(told.instance)
        return {
            "id": told.instance,
            "component": told.component,
            "at": moment(told.at),
            "share": told.share,
            "sample": sample_document(told.sample),
            "granted": None if grant is None else grant_document(grant),
            "policies": [
                of_reflex(self._components, told.instance, told.component),
                of_drg(self._components, told.component, grant),
            ],
        }


def sample_document(sample: ResourceSample) -> dict[str, object]:
    """Return what was measured; null = unknown."""
    # `asdict` copies every value, which is most of the work of a whole list.
    return {name: getattr(sample, name) for name in MEASURED}


def grant_document(grant: BudgetGranted) -> dict[str, object]:
    """Return what DRG grants."""
    return {
        "share": grant.share,
        "is_paused": grant.is_paused,
        "level": grant.level,
        "epoch": grant.epoch,
        "sequence": grant.sequence,
        "at": moment(grant.at),
        "ttl_s": grant.ttl_s,
    }


def decision_document(decision: BudgetDecided) -> dict[str, Any]:
    """Return a decision, with a sentence that says it."""
    return {
        "component": decision.component,
        "instance": decision.instance,
        "at": moment(decision.at),
        "by": decision.by,
        "rule": decision.rule,
        "binding": decision.binding,
        "load": decision.load,
        "predicted": decision.predicted,
        "time_to_limit_s": decision.time_to_limit_s,
        "share_before": decision.share_before,
        "share": decision.share,
        "level_before": decision.level_before,
        "level": decision.level,
        "sample": sample_document(decision.sample),
        "is_dry_run": decision.is_dry_run,
        "text": decision_sentence(decision),
    }


def decision_sentence(decision: BudgetDecided) -> str:
    """Say a decision in plain words.

    "mpie-0 may do 20 % of full work (before: 80 %): memory is at 93 % of its limit"
    """
    before, after = (f"{100.0 * share:.0f} %" for share in (decision.share_before, decision.share))
    said = f"{decision.instance} may do {after} of full work (before: {before})"
    if decision.load is None:
        return f"{said}: nothing can be measured"
    return f"{said}: {decision.binding} is at {100.0 * decision.load:.0f} % of its limit"
