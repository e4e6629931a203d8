"""What happened lately is kept once, shown once, and found again with what became of it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.test_codec import events
from scarcity.bus.base import Delivery
from scarcity.events import (
    RAW,
    ComponentStatus,
    ComponentUpdated,
    DeadLettered,
    DeadLettersReplayed,
    DomainLearned,
    EdgeChanged,
    Event,
    LetterJudged,
    StreamDefined,
    encode,
)
from scarcity.events.stream import Header
from services.gateway.domain.journal import KIND_OF, USUALLY_KEPT, Entry
from services.gateway.domain.letters import Wanted
from services.gateway.domain.replayed import Replayed
from services.gateway.domain.telling import (
    LIVE_KINDS,
    event_details,
    event_document,
    sentence,
    stream_of,
)
from services.gateway.domain.views import Views
from services.gateway.reading import KEPT_BYTES, entry_of

AT = datetime(2026, 1, 1, tzinfo=UTC)
BY_KEEPING = (EdgeChanged, StreamDefined, DomainLearned, DeadLettersReplayed, DeadLettered)
"""Kinds of events that are shown as they are kept; what else is shown, their handlers show."""
TRACE = "0af7651916cd43dd8448eb211c80319c"
HEADERS = (Header("a", b"b"),)
LETTER = DeadLettered(
    RAW.name, 0, 7, "s", "broken-json", "no", b"{", 1, AT, "stream_manager", HEADERS, 2
)
STATUS = ComponentUpdated("mpie", True, ComponentStatus.UP, "1 running", AT, ())


def entry(event: Event, offset: int = 0) -> Entry:
    """An event as it comes off the bus."""
    value = encode(event, producer="tests", traceparent=f"00-{TRACE}-b7ad6b7169203331-01")
    return entry_of(Delivery(event.topic.name, 3, offset, event.key, value, (), 1000 + offset))


def views(shown: list[str]) -> Views:
    return Views(now=lambda: AT, show=lambda kind, *_: shown.append(kind))


def test_a_dead_letter_that_comes_again_is_counted_and_shown_once() -> None:
    shown: list[str] = []
    known = views(shown)
    later = replace(LETTER, origin_offset=8, reason="empty")

    for offset, letter in enumerate((LETTER, later, LETTER, later)):
        known.keep(entry(letter, offset))

    found = sorted(known.letters.matching(Wanted()), key=lambda each: each.place)
    assert [each.event for each in found] == [later, LETTER]
    assert known.letters.reasons == {"broken-json": 1, "empty": 1}
    assert known.letters.origins == {RAW.name: 2}
    assert shown == ["dead-letter"] * 2


def test_only_the_newest_of_a_kind_are_kept_and_another_kind_costs_them_nothing() -> None:
    known = views([])
    for offset in range(USUALLY_KEPT + 500):
        known.keep(entry(replace(LETTER, origin_offset=offset), offset))
        known.keep(entry(replace(STATUS, component=f"c{offset}"), offset))

    kept = [each.offset for each in known.journal.of("dead-letter")]
    assert (len(kept), kept[0], kept[-1]) == (USUALLY_KEPT, USUALLY_KEPT + 499, 500)
    assert len(list(known.journal.of("component"))) == 200
    assert known.letters.reasons["broken-json"] == USUALLY_KEPT + 500


def test_of_a_large_letter_only_the_beginning_stays_in_memory() -> None:
    large = replace(LETTER, original=b"x" * (KEPT_BYTES + 1), original_bytes=KEPT_BYTES + 1)
    small = replace(LETTER, original=b"x" * KEPT_BYTES, original_bytes=KEPT_BYTES)

    kept = entry(large)

    assert isinstance(kept.event, DeadLettered)
    assert len(kept.event.original) == KEPT_BYTES
    assert (kept.is_whole, entry(small).is_whole) == (False, True)


def test_a_component_that_does_as_before_is_no_news() -> None:
    known = views([])
    for offset, status in enumerate(
        [
            STATUS,
            replace(STATUS, at=AT + timedelta(1)),
            replace(STATUS, at=AT + timedelta(2), detail="2 running"),
        ]
    ):
        known.keep(entry(status, offset))
        known.on_component(status)

    assert [sentence(each.event) for each in known.journal.of("component")] == [
        "mpie is up: 2 running",
        "mpie is up: 1 running",
    ]


def test_an_event_is_told_with_its_trace_and_shown_whole() -> None:
    found = event_details(entry(LETTER, 5), LETTER)

    assert found == event_document(entry(LETTER, 5)) | {
        "topic": "scarcity.v1.dead-letters",
        "partition": 3,
        "offset": 5,
        "payload": {
            "origin_topic": RAW.name,
            "origin_partition": 0,
            "origin_offset": 7,
            "origin_key": "s",
            "reason": "broken-json",
            "message": "no",
            "original": "ew==",
            "original_bytes": 1,
            "at": "2026-01-01T00:00:00Z",
            "component": "stream_manager",
            "headers": [{"name": "a", "value": "Yg=="}],
            "header_bytes": 2,
        },
    }
    assert (found["kind"], found["type"], found["stream"]) == ("dead-letter", "DeadLettered", "s")
    assert found["trace_id"] == TRACE
    assert found["summary"] == "stream_manager refused a message of scarcity.v1.raw: no"


@given(st.data())
def test_every_kind_of_event_is_shown_live_once_as_it_is_told(data: st.DataObject) -> None:
    shown: list[tuple[str, dict[str, object], str | None]] = []
    known = Views(now=lambda: AT, show=lambda *each: shown.append(each))
    event = data.draw(events(data.draw(st.sampled_from([*BY_KEEPING]))))

    for _ in range(2):
        known.keep(entry(event))

    ((kind, told, stream),) = shown
    assert kind in LIVE_KINDS
    assert stream == stream_of(event)
    if isinstance(event, DeadLettered):
        assert (told["id"], told["preview"]) == (event.event_id, None)
    else:
        assert told == event_document(entry(event))
        assert told["trace_id"] == TRACE


@given(st.data())
def test_every_kind_of_event_can_be_told(data: st.DataObject) -> None:
    for kind in KIND_OF:
        event = data.draw(events(kind))

        told = orjson.loads(orjson.dumps(event_details(entry(event), event)))

        assert (told["id"], told["type"]) == (event.event_id, kind.__name__)
        assert told["summary"]


def replayed(request: str, *letters: LetterJudged) -> DeadLettersReplayed:
    return DeadLettersReplayed(request, "digest", "somebody", AT, letters)


def judged(letter: str, refused: str = "") -> LetterJudged:
    return LetterJudged(letter, RAW.name, "s", edited=False, refused=refused)


def test_a_letter_tells_when_it_was_sent_again_newest_first() -> None:
    known = Replayed()
    assert known.add(replayed("first", judged("a", "still broken"), judged("b")))
    assert not known.was_sent("a")
    assert known.add(replayed("second", judged("a")))
    assert not known.add(replayed("second", judged("a")))

    assert [(each["request"], each["refused"]) for each in known.of_letter("a")] == [
        ("second", None),
        ("first", "still broken"),
    ]
    assert known.was_sent("a")
    assert (known.of_letter("c"), known.was_sent("c")) == ([], False)


def test_of_each_reason_it_is_told_how_many_were_sent_again_and_how_many_were_not() -> None:
    known = views([])
    letters = [replace(LETTER, origin_offset=n, reason=f"r{n % 2}") for n in range(7)]
    for offset, letter in enumerate(letters):
        known.keep(entry(letter, offset))
    known.on_replayed(replayed("first", judged(letters[0].event_id), judged(letters[2].event_id)))
    known.on_replayed(replayed("again", judged(letters[0].event_id)))
    known.on_replayed(replayed("refused", judged(letters[1].event_id, "still broken")))

    assert known.letters.tallies() == {"sent": {"r0": 2}, "unsent": {"r0": 2, "r1": 3}}


@pytest.mark.parametrize("per_request", [0, 1, 3])
def test_old_requests_are_forgotten_whole(per_request: int) -> None:
    known = Replayed(most_letters=12)
    for number in range(20):
        known.add(replayed(f"r{number}", *(judged(f"{number}/{n}") for n in range(per_request))))

    left = [n for n in range(20) if known.request(f"r{n}") is not None]
    assert left == list(range(20 - 12 // (1 + per_request), 20))
    assert known.of_letter("0/0") == []
    assert [n for n in range(20) if known.was_sent(f"{n}/0")] == (left if per_request else [])
