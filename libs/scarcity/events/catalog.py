"""Every topic that this version of the code owns: provisioning, docs and tests read this."""

from typing import Final

from scarcity.events.access import ApiKeyIssued, ApiKeyRevoked, SessionEnded
from scarcity.events.base import Event, Topic
from scarcity.events.causal import EdgeChanged, EvidenceGathered, GraphUpdated, OutcomeMeasured
from scarcity.events.control import (
    CommandJudged,
    ComponentCommanded,
    ComponentConfigured,
    ComponentUpdated,
    DeadLettersReplayed,
    HeartbeatSent,
)
from scarcity.events.federating import RoundJudged
from scarcity.events.governing import BudgetDecided, BudgetGranted, ResourcesSampled
from scarcity.events.learning import DomainLearned, EngineConfigured, TrialJudged
from scarcity.events.prior import PriorOffered
from scarcity.events.stream import DeadLettered, RecordLate, StreamDefined, WindowSealed
from scarcity.events.tracing import SpansEnded

RAW: Final = Topic("scarcity.v1.raw", "raw records as producers send them: JSON, key = stream id")

EVENTS: Final[tuple[type[Event], ...]] = (
    WindowSealed,
    RecordLate,
    DeadLettered,
    StreamDefined,
    EdgeChanged,
    GraphUpdated,
    EvidenceGathered,
    OutcomeMeasured,
    PriorOffered,
    ComponentCommanded,
    ComponentConfigured,
    CommandJudged,
    DeadLettersReplayed,
    ComponentUpdated,
    HeartbeatSent,
    ResourcesSampled,
    BudgetGranted,
    BudgetDecided,
    RoundJudged,
    DomainLearned,
    EngineConfigured,
    TrialJudged,
    SpansEnded,
    ApiKeyIssued,
    ApiKeyRevoked,
    SessionEnded,
)

STATEFUL: Final = ("stream_manager", "mpie", "drg", "core_manager")
"""The services that keep state per key and restore it after a crash."""


def state_topic(service: str) -> Topic:
    """Return where a service keeps its state: one partition per partition of its input."""
    name = f"scarcity.v1.state-{service.replace('_', '-')}"
    return Topic(name, f"private state of {service}, per stream", compacted=True)


def topics() -> tuple[Topic, ...]:
    """Return every topic, raw first."""
    said = dict.fromkeys(event.topic for event in EVENTS)
    return (RAW, *said, *map(state_topic, STATEFUL))
