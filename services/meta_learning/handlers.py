"""Definitions and evidence in; what each stream is to be told by the others of its domain out."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from scarcity.bus.base import Delivery
from scarcity.errors import PoisonEvent
from scarcity.events import (
    DomainLearned,
    Event,
    EvidenceGathered,
    LearnedFrom,
    OfferOutcome,
    OutcomeMeasured,
    PriorOffered,
    StreamDefined,
    StreamLearned,
    decode,
)
from scarcity.priors import prior_event, prior_of
from services.meta_learning.domain import (
    FEWEST_OTHERS,
    ORIGIN,
    Learned,
    Lesson,
    Mark,
    Stream,
    check,
    differs,
    lessons_of,
)
from services.meta_learning.half_lives import HalfLives

Marks = tuple[str, Mapping[str, Mark]]
"""A domain, and what a stream was told of in it: its own mark and those of its teachers."""


@dataclass(frozen=True, slots=True)
class News:
    """What is to be published."""

    events: tuple[Event, ...] = ()
    withdrawn: tuple[str, ...] = ()
    """keys of offers that hold no more"""


class MetaLearning:
    """Everything that is known of streams, and what each was told last.

    at_once  how many streams are told anew at a time, at most
    """

    def __init__(self, at_once: int) -> None:
        self._at_once = at_once
        self._streams: dict[str, Stream] = {}
        self._gathered: dict[str, EvidenceGathered] = {}
        self._offers: dict[str, PriorOffered] = {}
        self._told: dict[str, Marks] = {}
        self._learned: dict[str, StreamLearned] = {}
        self._left: set[str] = set()
        self._half_lives = HalfLives()
        self._sequence = 0

    def on_definition(self, defined: StreamDefined) -> Iterable[Event]:
        known = self._streams.get(defined.stream)
        if known is not None and known.domain != defined.domain:
            self._leave(known)
        self._streams[defined.stream] = Stream(defined, self._gathered.get(defined.stream))
        return ()

    def on_forgotten(self, stream: str) -> None:
        """Drop a stream: its definition was deleted."""
        self._gathered.pop(stream, None)
        self._half_lives.forget(stream)
        known = self._streams.pop(stream, None)
        if known is not None:
            self._leave(known)

    def on_evidence(self, gathered: EvidenceGathered) -> Iterable[Event]:
        check(gathered)
        self._gathered[gathered.stream] = gathered
        known = self._streams.get(gathered.stream)
        if known is not None:
            self._streams[gathered.stream] = replace(known, gathered=gathered)
        return ()

    def on_outcome(self, outcome: OutcomeMeasured) -> Iterable[Event]:
        self._half_lives.on_outcome(outcome)
        return ()

    def on_offer(self, delivery: Delivery) -> Iterable[Event]:
        """Remember what was offered before; what others offer is not its business."""
        stream, _, origin = delivery.key.partition("/")
        if origin != ORIGIN:
            return ()
        if delivery.value is None:
            self._offers.pop(stream, None)
            return ()
        offered = decode(delivery.value).event
        if not isinstance(offered, PriorOffered):
            raise PoisonEvent(
                "unexpected-event",
                f"{delivery.topic} carries PriorOffered, not {type(offered).__name__}",
            )
        if offered.key != delivery.key:
            raise PoisonEvent("prior-key", f"{offered.key} came under the key {delivery.key}")
        prior_of(offered)  # one that does not fit is refused here, not when it is compared
        self._sequence = max(self._sequence, offered.sequence)
        known = self._offers.get(stream)
        if known is None or offered.sequence >= known.sequence:
            self._offers[stream] = offered
        return ()

    def lessons(self) -> tuple[Lesson, ...]:
        """Return what is to be learnt now: first who was never told, then who was longest ago."""
        due = [each for each in lessons_of(self._streams.values()) if self._is_due(each)]
        turn = {name: place for place, name in enumerate(self._told)}
        due.sort(key=lambda each: (turn.get(each.stream.name, -1), each.stream.rows))
        return tuple(due[: self._at_once])

    def news(self, learned: Sequence[Learned], at: datetime) -> News:
        """Return what is to be said of lessons, and of whoever left."""
        self._sequence += 1
        changed, self._left = self._left, set()
        offers: list[Event] = []
        for each in filter(self._still_holds, learned):
            offer = self._offer(each, at)
            offers += [] if offer is None else [offer]
            if self._keep(each, is_new=offer is not None) is not OfferOutcome.KEPT:
                changed.add(each.lesson.domain)
        withdrawn = [name for name, offer in self._offers.items() if not self._holds(offer)]
        for name in withdrawn:
            self._drop(name)
        told = [self._domain(name, at) for name in sorted(changed)]
        configured = self._half_lives.news(self._streams, self._sequence, at)
        gone = tuple(f"{name}/{ORIGIN}" for name in sorted(withdrawn))
        return News((*offers, *configured, *told), gone)

    def _still_holds(self, learned: Learned) -> bool:
        """Whether nobody in a lesson has left its domain while it was learnt."""
        lesson = learned.lesson
        now = (self._streams.get(each.name) for each in (lesson.stream, *lesson.others))
        return all(each is not None and each.domain == lesson.domain for each in now)

    def _keep(self, learned: Learned, *, is_new: bool) -> OfferOutcome:
        """Remember what a stream was told, and that it was told last of all."""
        name = learned.lesson.stream.name
        self._told.pop(name, None)
        self._told[name] = _marks(learned.lesson)
        self._learned[name] = self._summary(learned, is_new=is_new)
        return self._learned[name].outcome

    def _drop(self, stream: str) -> None:
        """What it was offered holds no more; if that is for want of others, it is as if untold."""
        del self._offers[stream]
        learned = self._learned.get(stream)
        if learned is not None and not learned.reason:
            del self._learned[stream], self._told[stream]

    def _leave(self, stream: Stream) -> None:
        """It is of its domain no more."""
        self._told.pop(stream.name, None)
        self._learned.pop(stream.name, None)
        if stream.domain:
            self._left.add(stream.domain)

    def _is_due(self, lesson: Lesson) -> bool:
        if len(lesson.others) < FEWEST_OTHERS:
            return False
        return self._told.get(lesson.stream.name) != _marks(lesson)

    def _offer(self, learned: Learned, at: datetime) -> PriorOffered | None:
        """Return what is to be offered anew, if it is something else than before."""
        stream = learned.lesson.stream.name
        before, now = self._offers.get(stream), learned.offer(self._sequence, at)
        if now is None or (before is not None and not differs(now, prior_of(before))):
            return None
        self._offers[stream] = prior_event(now, stream)
        return self._offers[stream]

    def _holds(self, offer: PriorOffered) -> bool:
        """Whether its stream is still told by enough others, and was not found to be unlike.

        Others whose evidence has not come yet, such as after a start, are no reason.
        """
        stream = self._streams.get(offer.stream)
        learned = self._learned.get(offer.stream)
        if stream is None or not stream.domain or (learned is not None and learned.reason):
            return False
        members = self._members(stream.domain)
        others = {each.name for each in members if each.teaches(stream)}
        return len(others) >= FEWEST_OTHERS and not others.isdisjoint(offer.provenance)

    def _summary(self, learned: Learned, *, is_new: bool) -> StreamLearned:
        stream, prior = learned.lesson.stream, learned.prior
        outcome = OfferOutcome.OFFERED if is_new else OfferOutcome.KEPT
        if prior is None:
            was_told = stream.name in self._offers
            outcome = OfferOutcome.WITHDRAWN if was_told else OfferOutcome.NOTHING
        return StreamLearned(
            stream=stream.name,
            rows=stream.rows,
            unused=stream.unused,
            outcome=outcome,
            reason=learned.reason,
            informative=learned.informative,
            edges=0 if prior is None else len(prior.edges),
            likely=learned.likely,
            sources=tuple(LearnedFrom(*each) for each in sorted(learned.weights.items())),
        )

    def _domain(self, name: str, at: datetime) -> DomainLearned:
        """Return what is held of a domain: whoever was not looked at yet is told nothing."""
        members = self._members(name)
        able = [each for each in members if not each.unused]
        told = []
        for each in members:
            others = sum(other.teaches(each) for other in able)
            waits_for = "not-yet" if others >= FEWEST_OTHERS else "few-others"
            told.append(self._learned.get(each.name) or _untold(each, waits_for))
        return DomainLearned(name, self._sequence, at, tuple(told))

    def _members(self, domain: str) -> list[Stream]:
        """By name."""
        found = (each for each in self._streams.values() if each.domain == domain)
        return sorted(found, key=lambda each: each.name)


def _untold(stream: Stream, reason: str) -> StreamLearned:
    return StreamLearned(
        stream.name, stream.rows, stream.unused, OfferOutcome.NOTHING, reason, 0.0, 0, 0, ()
    )


def _marks(lesson: Lesson) -> Marks:
    marks = {each.name: each.mark for each in (lesson.stream, *lesson.others)}
    return lesson.domain, marks
