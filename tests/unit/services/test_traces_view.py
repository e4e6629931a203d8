"""Spans that come in any order, from any process, and again, make one trace in the right order."""

from datetime import UTC, datetime
from itertools import permutations
from typing import Any

import pytest

from scarcity.events import RAW, ResourcesSampled, SpanEnded, SpansEnded, WindowSealed
from services.gateway.domain.traces_view import MOST_SPANS, MOST_TRACES, TracesView

AT = datetime(2026, 1, 1, tzinfo=UTC)
BEGUN = int(AT.timestamp() * 1e9)
MS = 1_000_000


def span(
    name: str,
    parent: str = "",
    start_ms: int = 0,
    *,
    trace: str = "t",
    topic: str = WindowSealed.topic.name,
) -> SpanEnded:
    start = BEGUN + start_ms * MS
    return SpanEnded(
        trace,
        name,
        parent,
        f"work {name}",
        "mpie",
        "s",
        topic,
        0,
        7,
        start,
        start + 2 * MS,
        "",
    )


REQUEST, RECORD, WINDOW, OTHER = (
    span("a"),
    span("b", "a", 3),
    span("c", "b", 9),
    span("d", "a", 4),
)


def view(*batches: list[SpanEnded]) -> TracesView:
    made = TracesView()
    for number, spans in enumerate(batches):
        made.on_spans(SpansEnded(f"i{number}", AT, number, tuple(spans), 0))
    return made


def whole(traces: TracesView, trace_id: str) -> dict[str, Any]:
    found = traces.find(trace_id)
    assert found is not None
    return found.document()


@pytest.mark.parametrize("order", list(permutations([REQUEST, RECORD, WINDOW, OTHER])))
def test_each_span_stands_behind_what_led_to_it(order: tuple[SpanEnded, ...]) -> None:
    trace = whole(view(*([each] for each in order), [RECORD]), "t")

    told = [(each["span_id"], each["depth"], each["start_ms"]) for each in trace["spans"]]
    assert told == [("a", 0, 0.0), ("b", 1, 3.0), ("c", 2, 9.0), ("d", 1, 4.0)]
    assert trace["duration_ms"] == 11.0
    assert trace["at"] == "2026-01-01T00:00:00Z"
    assert not trace["has_failed"]


def test_a_span_whose_parent_is_not_there_begins_a_tree_of_its_own() -> None:
    trace = whole(view([WINDOW, REQUEST]), "t")

    assert [(each["span_id"], each["depth"]) for each in trace["spans"]] == [("a", 0), ("c", 0)]


@pytest.mark.parametrize("others", [[], [span("c")]])
def test_spans_that_are_each_others_parents_do_no_harm(others: list[SpanEnded]) -> None:
    trace = whole(view([span("a", "b"), span("b", "a"), *others]), "t")

    assert [each["span_id"] for each in trace["spans"]]


def test_a_trace_is_found_by_its_stream_and_listed_by_when_it_began() -> None:
    other = SpanEnded("u", "z", "", "work", "gateway", "", "", 0, 0, BEGUN + MS, BEGUN, "broken")
    traces = view([REQUEST], [other])

    def ids(stream: str | None) -> list[str]:
        return [each.id for each in sorted(traces.matching(stream), key=lambda each: each.place)]

    assert ids(None) == ["u", "t"]
    assert ids("s") == ["t"]
    assert [whole(traces, each)["has_failed"] for each in ids(None)] == [True, False]
    assert traces.find("nothing") is None


def test_what_is_kept_is_bounded() -> None:
    many = [span("a", trace=f"t{number}", topic="x") for number in range(MOST_TRACES + 5)]
    deep = [span(f"s{number}", trace="deep") for number in range(MOST_SPANS + 5)]
    traces = view(many, deep)

    assert len(traces.matching()) == MOST_TRACES
    assert traces.find("t0") is None
    assert whole(traces, "deep")["span_count"] == MOST_SPANS


def test_what_is_frequent_does_not_crowd_out_what_is_rare() -> None:
    traces = TracesView()
    samples = 0
    for number in range(300):
        record = span("a", trace=f"record {number}", topic=RAW.name)
        often = []
        for _ in range(20):
            often.append(span("b", trace=f"{samples}", topic=ResourcesSampled.topic.name))
            samples += 1
        traces.on_spans(SpansEnded("i", AT, number, (record, *often), 0))
        window = span("c", "a", 5, trace=f"record {number}")
        traces.on_spans(SpansEnded("other", AT, number, (window,), 0))

    assert len(traces.matching()) == MOST_TRACES
    assert all(whole(traces, f"record {number}")["span_count"] == 2 for number in range(300))
    assert traces.find(f"{samples - MOST_TRACES + 300}") is not None
    assert traces.find("0") is None


def test_kinds_that_all_come_often_have_equal_shares_of_their_newest() -> None:
    traces = TracesView()
    for number in range(MOST_TRACES):
        both = (span("a", trace=f"{topic} {number}", topic=topic) for topic in ("x", "y"))
        traces.on_spans(SpansEnded("i", AT, number, tuple(both), 0))

    kept = {each.id for each in traces.matching()}
    newest = range(MOST_TRACES // 2, MOST_TRACES)
    assert kept == {f"{topic} {number}" for topic in ("x", "y") for number in newest}


def test_a_trace_whose_beginning_comes_late_is_of_its_kind_all_the_same() -> None:
    window = span("c", "b", 9, trace="late")
    many = [span("a", trace=f"w{number}") for number in range(MOST_TRACES)]
    beginning = span("b", trace="late", topic=RAW.name)

    traces = view([window], [beginning], many)

    assert whole(traces, "late")["span_count"] == 2


def test_only_streams_are_named_as_streams() -> None:
    def about(topic: str, key: str) -> SpanEnded:
        return SpanEnded(
            "t", f"{topic} {key}", "", "w", "mpie", key, topic, 0, 0, BEGUN, BEGUN, "no"
        )

    traces = view(
        [
            about(RAW.name, "plant"),
            about(RAW.name, "no stream name!"),
            about(WindowSealed.topic.name, "hall"),
            about(ResourcesSampled.topic.name, "mpie-0"),
            about("", "asked"),
        ]
    )

    assert whole(traces, "t")["streams"] == ["asked", "hall", "plant"]
    assert [len(traces.matching(name)) for name in ("plant", "mpie-0")] == [1, 0]


def test_traces_in_which_something_failed_are_told_from_others() -> None:
    broken = SpanEnded("u", "z", "a", "w", "mpie", "s", RAW.name, 0, 0, BEGUN, BEGUN, "no")
    traces = view([REQUEST, span("a", trace="u"), broken])

    assert [each.id for each in traces.matching(failed=True)] == ["u"]
    assert [each.id for each in traces.matching(failed=False)] == ["t"]
