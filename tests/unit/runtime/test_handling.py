"""What comes of messages whose headers anybody may write."""

from collections.abc import Iterable
from datetime import UTC, datetime

import pytest

from harness import Bench
from scarcity.bus.base import Delivery, Headers
from scarcity.bus.embedded import EmbeddedBus
from scarcity.errors import PoisonEvent
from scarcity.events import RAW, DeadLettered, Event, decode
from scarcity.events.stream import MAX_HEADER_BYTES, Header
from scarcity.runtime.handling import Handling
from scarcity.runtime.service import MOVED_FROM, each, source_of
from scarcity.telemetry.tracing import TRACEPARENT

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def refuse(_delivery: Delivery) -> Iterable[Event]:
    raise PoisonEvent("broken-json", "no")


def refused(headers: Headers) -> DeadLettered:
    """Return the dead letter of a message with those headers."""
    handling = Handling("stream_manager", Bench(EmbeddedBus()).around("stream_manager"))
    delivery = Delivery(RAW.name, 1, 2, "s", b"{", headers, 0)
    (message,) = handling.outcome(each(refuse), [delivery], NOW).messages
    event = decode(message.value or b"").event
    assert isinstance(event, DeadLettered)
    return event


def test_a_dead_letter_holds_the_headers_in_order() -> None:
    said = refused((("a", b"1"), ("b", b"\xff"), ("a", b"")))

    assert said.headers == (Header("a", b"1"), Header("b", b"\xff"), Header("a", b""))
    assert said.header_bytes == 5


def test_a_dead_letter_holds_as_many_headers_as_fit_and_says_how_long_all_were() -> None:
    fits = ("a", b"x" * (MAX_HEADER_BYTES - 1))

    said = refused((fits, ("b", b""), ("c", b"")))

    assert said.headers == (Header(*fits),)
    assert said.header_bytes == MAX_HEADER_BYTES + 2


def test_a_trace_that_is_too_long_to_be_one_is_passed_over_in_silence(
    caplog: pytest.LogCaptureFixture,
) -> None:
    assert refused(((TRACEPARENT, b"0" * 600),)).reason == "broken-json"
    assert not [record for record in caplog.records if "traceparent" in record.getMessage()]


@pytest.mark.parametrize("value", [b"\xff", "²".encode(), b"", b"-1", b"12345"])
def test_headers_of_ours_that_hold_nonsense_are_passed_over(value: bytes) -> None:
    headers = ((MOVED_FROM, value), (TRACEPARENT, value))

    assert source_of(Delivery(RAW.name, 3, 0, "s", b"{}", headers, 0)) == 3
    assert refused(headers).headers == tuple(Header(*header) for header in headers)
