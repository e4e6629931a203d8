"""What is told of spans: traces whole or not at all, and no more than can be borne."""

import asyncio
from collections import Counter
from collections.abc import Sequence

import pytest

from scarcity.bus.base import Message
from scarcity.clock import SystemClock
from scarcity.errors import BusUnavailable
from scarcity.events import SpansEnded, decode
from scarcity.runtime import spans
from scarcity.runtime.backoff import Backoff
from scarcity.runtime.publisher import Publisher
from scarcity.telemetry.metrics import Metrics
from scarcity.telemetry.spans import SpanBox
from scarcity.telemetry.tracing import effect_span, now_ns, provider, traceparent_of


class Way:
    """Takes messages, once it is there."""

    def __init__(self, refusals: int = 0) -> None:
        self.taken: list[Message] = []
        self.came = asyncio.Event()
        self._refusals = refusals

    async def publish(self, messages: Sequence[Message]) -> None:
        if self._refusals:
            self._refusals -= 1
            self.came.set()
            raise BusUnavailable("not there")
        self.taken += messages
        self.came.set()


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spans, "INTERVAL_S", 0.01)


async def told(box: SpanBox, way: Way) -> list[SpansEnded]:
    """What is told until something came."""
    publisher = Publisher(way, Metrics(), component="mpie", instance="i", backoff=Backoff())
    async with asyncio.TaskGroup() as group:
        telling = group.create_task(spans.keep_telling(box, publisher, SystemClock(), "i"))
        async with asyncio.timeout(10):
            await way.came.wait()
        telling.cancel()
    events = [decode(message.value or b"").event for message in way.taken]
    assert all(isinstance(event, SpansEnded) for event in events)
    return events  # type: ignore[return-value]


def handled(box: SpanBox, traces: int) -> None:
    """Traces of two pieces of work each, one of which fails."""
    tracer = provider(None, version="1", box=box).get_tracer("scarcity")
    for number in range(traces):
        work = {"scarcity.component": "mpie", "scarcity.key": f"s{number}"}
        first = effect_span(tracer, "one", parent=None, start_ns=now_ns(), attributes=work)
        effect_span(
            tracer,
            "two",
            parent=traceparent_of(first),
            start_ns=now_ns(),
            attributes=work,
            error=ValueError("broken") if number == 0 else None,
        )


async def test_a_span_is_told_with_where_it_belongs_and_what_went_wrong() -> None:
    box = SpanBox()
    handled(box, 1)

    (event,) = await told(box, Way())

    first, second = event.spans
    assert (first.name, first.component, first.key) == ("one", "mpie", "s0")
    assert (first.parent_id, second.parent_id) == ("", first.span_id)
    assert first.trace_id == second.trace_id
    assert (first.error, second.error) == ("", "broken")
    assert 0 < first.start_ns <= first.end_ns


async def test_of_too_many_whole_traces_are_kept_and_the_others_counted() -> None:
    box = SpanBox()
    handled(box, spans.MOST_TOLD)

    (event,) = await told(box, Way())

    assert len(event.spans) == event.dropped == spans.MOST_TOLD
    assert set(Counter(span.trace_id for span in event.spans).values()) == {2}


async def test_what_cannot_be_told_is_dropped_and_the_next_is_told() -> None:
    box, way = SpanBox(), Way(refusals=1)
    handled(box, 1)
    assert await told(box, way) == []

    way.came.clear()
    handled(box, 2)
    (event,) = await told(box, way)

    assert len(event.spans) == 4


def test_a_full_box_counts_what_it_cannot_take() -> None:
    box = SpanBox(most=3)
    handled(box, 5)

    taken, dropped = box.take()

    assert (len(taken), dropped) == (3, 7)
    assert box.take() == ([], 0)
