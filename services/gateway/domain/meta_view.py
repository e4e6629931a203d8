"""What is known of meta-learning: what streams teach each other, and what was tried in engines."""

from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from scarcity.events import DomainLearned, TrialJudged
from services.gateway.domain.documents import moment
from services.gateway.domain.recent import Recent

KEPT = 1000
"""How many of the newest decisions about trials are kept to be shown."""


class MetaView:
    """Everything the gateway can show: the newest of each domain, and of trials."""

    def __init__(self) -> None:
        self._newest: dict[str, DomainLearned] = {}
        self._trials: Recent[TrialJudged] = Recent(KEPT)

    def on_learned(self, learned: DomainLearned) -> None:
        """Take it in; a domain without streams is none any more."""
        known = self._newest.get(learned.domain)
        if known is not None and learned.at < known.at:
            return
        if learned.streams:
            self._newest[learned.domain] = learned
        else:
            self._newest.pop(learned.domain, None)

    def on_trial(self, judged: TrialJudged) -> bool:
        """Take a decision in; False when it is there already."""
        return self._trials.add(judged)

    @property
    def trials(self) -> Iterable[TrialJudged]:
        """The newest decisions about trials."""
        return self._trials

    def document(self, trials: Iterable[TrialJudged]) -> dict[str, list[dict[str, Any]]]:
        """Return every domain, by name, and some decisions about trials."""
        return {
            "domains": [domain_document(self._newest[key]) for key in sorted(self._newest)],
            "trials": [trial_document(each) for each in trials],
        }


def domain_document(learned: DomainLearned) -> dict[str, Any]:
    """Return all that the newest look at a domain says."""
    return {
        "domain": learned.domain,
        "sequence": learned.sequence,
        "at": moment(learned.at),
        "streams": [asdict(each) for each in learned.streams],
    }


def trial_document(judged: TrialJudged) -> dict[str, Any]:
    """Return what was decided about a half-life on trial, and what that rests on."""
    prefers = zip(judged.half_lives, judged.weights, strict=True)
    return {
        "id": judged.event_id,
        "at": moment(judged.at),
        "stream": judged.stream,
        "window_id": judged.window_id,
        "action": judged.action,
        "stage": judged.stage,
        "by": judged.by,
        "trusted": judged.trusted,
        "candidate": judged.candidate,
        "running": judged.running,
        "rows": judged.rows,
        "gain": judged.gain,
        "e_value": judged.e_value,
        "why": judged.why,
        "half_lives": [{"steps": steps, "weight": weight} for steps, weight in prefers],
    }
