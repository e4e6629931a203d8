"""What is known of meta-learning: each domain, what its streams teach and what they are told."""

from dataclasses import asdict
from typing import Any

from scarcity.events import DomainLearned
from services.gateway.domain.documents import moment


class MetaView:
    """Everything the gateway can show of domains: the newest of each."""

    def __init__(self) -> None:
        self._newest: dict[str, DomainLearned] = {}

    def on_learned(self, learned: DomainLearned) -> None:
        """Take it in; a domain without streams is none any more."""
        known = self._newest.get(learned.domain)
        if known is not None and learned.at < known.at:
            return
        if learned.streams:
            self._newest[learned.domain] = learned
        else:
            self._newest.pop(learned.domain, None)

    def document(self) -> dict[str, list[dict[str, Any]]]:
        """Return every domain, by name."""
        return {"domains": [domain_document(self._newest[key]) for key in sorted(self._newest)]}


def domain_document(learned: DomainLearned) -> dict[str, Any]:
    """Return all that the newest look at a domain says."""
    return {
        "domain": learned.domain,
        "sequence": learned.sequence,
        "at": moment(learned.at),
        "streams": [asdict(each) for each in learned.streams],
    }
