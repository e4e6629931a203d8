"""What happened, in words: what an event is about, and a sentence that says it."""

from collections.abc import Callable, Mapping
from typing import Any, Literal, TypeAlias, get_args

from scarcity.events import (
    RAW,
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
from services.gateway.domain.documents import change_document, change_sentence, moment
from services.gateway.domain.federation_view import round_sentence
from services.gateway.domain.governor_view import decision_sentence
from services.gateway.domain.journal import Entry, Kind
from services.gateway.domain.payload import payload

LiveKind: TypeAlias = Literal["stream", "forgotten", "graph", Kind]
LIVE_KINDS: tuple[LiveKind, ...] = get_args(LiveKind)
"""What the live feed shows: what happened, and beside it how streams and graphs are now."""


def event_document(entry: Entry) -> dict[str, object]:
    """Return an event as lists show it; a change of an edge with what it changed."""
    event = entry.event
    return {
        **(change_document(event, entry.trace_id) if isinstance(event, EdgeChanged) else {}),
        "id": event.event_id,
        "kind": entry.kind,
        "type": type(event).__name__,
        "at": moment(event.occurred_at),
        "stream": stream_of(event),
        "subject": subject_of(event),
        "summary": sentence(event),
        "trace_id": entry.trace_id,
    }


def event_details(entry: Entry, event: Event) -> dict[str, object]:
    """Return all of an event, which `entry` may hold in part only."""
    return {
        **event_document(entry),
        "topic": entry.topic,
        "partition": entry.partition,
        "offset": entry.offset,
        "payload": payload(event),
    }


def stream_of(event: Event) -> str | None:
    """Return the stream that an event is about, if it is about one."""
    match event:
        case EdgeChanged() | StreamDefined() | TrialJudged():
            return event.stream
        case RoundJudged():
            return event.stream or None
        case DeadLettered(origin_topic=RAW.name):
            return event.origin_key
    return None


def subject_of(event: Event) -> str:
    """Return what an event is about."""
    match event:
        case EdgeChanged():
            return f"{event.edge.source} -> {event.edge.target}"
        case BudgetDecided():
            return event.instance
        case DeadLettered():
            return event.origin_topic
        case RoundJudged():
            return event.federation
    return event.key


def sentence(event: Event) -> str:
    """Say an event in plain words."""
    return _SENTENCES[type(event)](event)


def _because(why: str) -> str:
    return f": {why}" if why else ""


def _defined(event: StreamDefined) -> str:
    return f"{event.stream} is at version {event.version}" + _because(event.change)


def _updated(event: ComponentUpdated) -> str:
    return f"{event.component} is {event.status}" + _because(event.detail)


def _learned(event: DomainLearned) -> str:
    return f"the {len(event.streams)} streams of {event.domain} were put side by side"


def _tried(event: TrialJudged) -> str:
    half_life = f"a half-life of {event.candidate:g} steps"
    return f"{event.stream}: {event.action}, {half_life}" + _because(event.why)


def _refused(event: DeadLettered) -> str:
    return f"{event.component} refused a message of {event.origin_topic}: {event.message}"


def _judged(event: CommandJudged) -> str:
    if event.refused:
        return f"{event.by} was refused a change of {event.component}: {event.refused}"
    return f"{event.by} changed {event.component} to version {event.version}"


def _replayed(event: DeadLettersReplayed) -> str:
    sent = sum(not each.refused for each in event.letters)
    left = len(event.letters) - sent
    said = f"{event.by} sent {sent} dead letter{'' if sent == 1 else 's'} again"
    return f"{said}; {left} would have been refused once more" if left else said


_SENTENCES: Mapping[type[Event], Callable[[Any], str]] = {
    EdgeChanged: change_sentence,
    StreamDefined: _defined,
    ComponentUpdated: _updated,
    CommandJudged: _judged,
    BudgetDecided: decision_sentence,
    RoundJudged: round_sentence,
    DomainLearned: _learned,
    TrialJudged: _tried,
    DeadLettered: _refused,
    DeadLettersReplayed: _replayed,
}
