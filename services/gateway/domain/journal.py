"""What happened lately: the newest events of each kind that a person may want to see."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias, get_args

from scarcity.events import (
    BudgetDecided,
    CommandJudged,
    ComponentUpdated,
    DeadLettered,
    DeadLettersReplayed,
    DomainLearned,
    EdgeChanged,
    Event,
    RoundJudged,
    StreamDefined,
    TrialJudged,
)
from services.gateway.domain.recent import Recent

Kind: TypeAlias = Literal[
    "edge",
    "definition",
    "component",
    "command",
    "decision",
    "round",
    "learning",
    "trial",
    "dead-letter",
    "replay",
]
KINDS: tuple[Kind, ...] = get_args(Kind)
KIND_OF: Mapping[type[Event], Kind] = {
    EdgeChanged: "edge",
    StreamDefined: "definition",
    ComponentUpdated: "component",
    CommandJudged: "command",
    BudgetDecided: "decision",
    RoundJudged: "round",
    DomainLearned: "learning",
    TrialJudged: "trial",
    DeadLettered: "dead-letter",
    DeadLettersReplayed: "replay",
}
KEPT: Mapping[Kind, int] = {"definition": 200, "component": 200, "learning": 200}
"""How many of a kind are kept; of these fewer, as one of them may be large."""
USUALLY_KEPT = 1000


@dataclass(frozen=True, slots=True)
class Entry:
    """An event, and where it is on the bus."""

    event: Event
    topic: str
    partition: int
    offset: int
    published_ms: int
    """When it was put on the bus, since 1970; `occurred_at` may be in the time of the data."""
    trace_id: str | None
    is_whole: bool = True
    """Whether all that it holds is here; else it is to be read again where it is."""

    @property
    def event_id(self) -> str:
        return self.event.event_id

    @property
    def kind(self) -> Kind:
        return KIND_OF[type(self.event)]

    @property
    def place(self) -> tuple[int | str, ...]:
        """Where it is listed: newest first, alike on every gateway and after a restart."""
        return -self.published_ms, self.topic, self.partition, -self.offset


class Journal:
    """The newest entries of each kind."""

    def __init__(self) -> None:
        self._kept: dict[Kind, Recent[Entry]] = {
            kind: Recent(KEPT.get(kind, USUALLY_KEPT)) for kind in KINDS
        }

    def add(self, entry: Entry) -> bool:
        """Take an entry in; False when its event is there already."""
        return self._kept[entry.kind].add(entry)

    def of(self, *kinds: Kind) -> Iterable[Entry]:
        """Return the entries of some kinds; of each, what came last stands first."""
        return (entry for kind in kinds for entry in self._kept[kind])

    def find(self, event_id: str, *kinds: Kind) -> Entry | None:
        """Return the entry of an event, looked for among some kinds."""
        found = (self._kept[kind].find(event_id) for kind in kinds)
        return next((entry for entry in found if entry is not None), None)
