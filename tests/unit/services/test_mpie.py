"""One engine per stream: what a window changes, and what it must not."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from scarcity.bus.base import MAX_MESSAGE_BYTES
from scarcity.causal import Budget, Engine, EngineConfig
from scarcity.causal.decision import hypotheses
from scarcity.errors import PoisonEvent
from scarcity.events import (
    EdgeChange,
    EdgeChanged,
    EngineConfiguration,
    Event,
    EvidenceGathered,
    GraphUpdated,
    OutcomeMeasured,
    WindowSealed,
    encode,
    pack_matrix,
)
from scarcity.graphs import graph_of
from services.mpie import domain
from services.mpie.domain import MAX_STATE_BYTES, state_bytes
from services.mpie.handlers import Mpie
from worlds import var
from worlds.findings import findings
from worlds.var import Floats

AT = datetime(2026, 1, 1, tzinfo=UTC)
LITTLE = 14 * 1024 * 1024
"""Bytes of state that a stream may have in tests that fill it: more makes them slow."""


def windows(values: Floats, *, size: int = 100, epoch: int = 0) -> list[WindowSealed]:
    return [window(values, first, size, epoch) for first in range(0, len(values), size)]


def window(values: Floats, first: int, size: int, epoch: int = 0) -> WindowSealed:
    part = values[first : first + size]
    packed, validity = pack_matrix(part)
    return WindowSealed(
        window_id=f"s/{epoch}/{first}",
        stream="s",
        epoch=epoch,
        start_step=first,
        steps=len(part),
        columns=tuple(f"x{n}" for n in range(values.shape[1])),
        values=packed,
        validity=validity,
        start_time=AT + timedelta(seconds=first),
        end_time=AT + timedelta(seconds=first + len(part) - 1),
        definition_version=1,
        records=len(part),
    )


def widest_within(room: int) -> int:
    """Return how many variables a stream can have whose state is to have no more bytes."""
    return next(d for d in range(1000, 0, -1) if state_bytes(d, 3) <= room)


def made(*, evidence_every: int = 4, processor_time: Callable[[], float] = lambda: 0.0) -> Mpie:
    return Mpie(
        EngineConfig(),
        lambda _variables: Budget(),
        evidence_every=evidence_every,
        processor_time=processor_time,
    )


def fed(mpie: Mpie, sealed: Sequence[WindowSealed]) -> list[Event]:
    return [event for each in sealed for event in mpie.on_window(each)]


def last_graph(events: Sequence[Event]) -> GraphUpdated:
    return [event for event in events if isinstance(event, GraphUpdated)][-1]


def evidence(events: Sequence[Event]) -> list[EvidenceGathered]:
    return [event for event in events if isinstance(event, EvidenceGathered)]


def outcomes(events: Sequence[Event]) -> list[OutcomeMeasured]:
    return [event for event in events if isinstance(event, OutcomeMeasured)]


@pytest.fixture
def values() -> Floats:
    return var.chain(np.random.default_rng(1), 3, 600).values


def test_an_edge_appears_once_with_the_window_that_tipped_the_scales(values: Floats) -> None:
    events = fed(made(), windows(values))

    appeared = [
        event
        for event in events
        if isinstance(event, EdgeChanged)
        and event.change is EdgeChange.APPEARED
        and (event.edge.source, event.edge.target, event.edge.lag) == ("x0", "x1", 1)
    ]
    assert len(appeared) == 1
    assert appeared[0].edge.effect > 0.3
    assert appeared[0].window_id in {each.window_id for each in windows(values)}


def test_redelivered_and_overlapping_windows_change_nothing(values: Floats) -> None:
    once, again = made(), made()
    sealed = windows(values)
    expected = fed(once, sealed)

    events = fed(again, [*sealed[:3], *sealed[:3], *sealed[1:]])

    assert events == expected
    assert list(again.on_window(sealed[2])) == []


def test_a_window_that_overlaps_brings_only_its_new_rows(values: Floats) -> None:
    mpie = made()
    fed(mpie, [window(values, 0, 100), window(values, 100, 40)])

    graph = last_graph(fed(mpie, [window(values, 100, 100)]))

    assert graph.rows == 200


def test_a_restored_engine_goes_on_as_if_nothing_had_happened(values: Floats) -> None:
    straight, first = made(), made()
    sealed = windows(values)
    expected = fed(straight, sealed)
    begun = fed(first, sealed[:3])
    snapshot = first.snapshot("s")
    assert snapshot is not None

    second = made()
    second.restore("s", snapshot)

    assert begun + fed(second, sealed[3:]) == expected


def test_a_new_epoch_starts_the_evidence_anew_and_the_old_one_is_over(values: Floats) -> None:
    mpie = made()
    fed(mpie, windows(values))

    noise = var.independent_noise(np.random.default_rng(2), 2, 400).values
    events = fed(mpie, windows(noise, epoch=1))

    graph = last_graph(events)
    assert (graph.epoch, graph.rows, graph.variables) == (1, 400, ("x0", "x1"))
    assert not [edge for edge in graph_of(graph).edges if edge.is_cross]
    assert list(mpie.on_window(windows(values)[0])) == []


def test_a_window_with_other_columns_than_its_epoch_is_poison(values: Floats) -> None:
    mpie = made()
    fed(mpie, windows(values)[:1])

    with pytest.raises(PoisonEvent, match="other columns"):
        mpie.on_window(replace(windows(values)[1], columns=("a", "b", "c")))


def test_a_column_added_at_the_end_joins_the_evidence_there_is(values: Floats) -> None:
    mpie, wide = made(), made()
    absent = values.copy()
    absent[:300, 2] = np.nan

    begun = fed(mpie, windows(values[:300, :2]))
    events = fed(mpie, windows(values)[3:])

    expected = fed(wide, windows(absent))
    assert last_graph(begun).variables == ("x0", "x1")
    found, known = graph_of(last_graph(events)), graph_of(last_graph(expected))
    assert (found.variables, found.rows, found.windows) == (known.variables, 600, 6)
    assert found.coverage == known.coverage
    for edge in found.all_edges:
        same = known.edge(*edge.key)
        assert same is not None
        assert (edge.state, edge.first_seen) == (same.state, same.first_seen)
        assert edge.effect == pytest.approx(same.effect, rel=1e-9, abs=1e-12, nan_ok=True)
    kept = ("x0", "x1", 1)
    said = [
        event.change
        for event in (*begun, *events)
        if isinstance(event, EdgeChanged)
        and (event.edge.source, event.edge.target, event.edge.lag) == kept
    ]
    assert said.count(EdgeChange.APPEARED) == 1
    assert EdgeChange.VANISHED not in said


def test_a_column_that_is_added_and_has_no_values_yet_is_untested(values: Floats) -> None:
    mpie, narrow = made(), made()
    silent = np.column_stack([values, np.full(600, np.nan)])

    fed(mpie, windows(values)[:3])
    graph = graph_of(last_graph(fed(mpie, windows(silent)[3:])))

    expected = graph_of(last_graph(fed(narrow, windows(values))))
    assert [edge.key for edge in graph.edges] == [edge.key for edge in expected.edges]
    assert {edge.state for edge in graph.all_edges if "x3" in edge.key} == {"untested"}


def test_a_window_from_before_a_column_was_added_changes_nothing_when_it_comes_again(
    values: Floats,
) -> None:
    mpie = made()
    old, new = windows(values[:, :2]), windows(values)
    fed(mpie, [*old[:3], new[3]])
    before = mpie.snapshot("s")

    assert fed(mpie, old[:4]) == []

    assert mpie.snapshot("s") == before


def test_columns_can_neither_be_taken_away_nor_be_inserted(values: Floats) -> None:
    mpie = made()
    fed(mpie, windows(values)[:2])
    before = mpie.snapshot("s")
    four = windows(np.column_stack([values, values]))[2]

    for columns, sealed in (
        (("x0", "x1"), windows(values[:, :2])[2]),
        (("x1", "x0", "x2"), windows(values)[2]),
        (("new", "x0", "x1", "x2", "x3", "x4"), four),
    ):
        with pytest.raises(PoisonEvent, match="only be added, at the end") as refused:
            mpie.on_window(replace(sealed, columns=columns))
        assert refused.value.reason == "window-columns"

    assert mpie.snapshot("s") == before


def test_an_extended_engine_is_restored_with_its_columns(values: Floats) -> None:
    straight, first, second = (made() for _ in range(3))
    sealed = [*windows(values[:, :2])[:2], *windows(values)[2:]]
    expected = fed(straight, sealed)
    begun = fed(first, sealed[:4])
    snapshot = first.snapshot("s")
    assert snapshot is not None

    second.restore("s", snapshot)

    assert begun + fed(second, sealed[4:]) == expected


def test_a_malformed_window_adds_no_column_and_begins_no_epoch(values: Floats) -> None:
    mpie = made()
    fed(mpie, windows(values[:, :2])[:2])
    before = mpie.snapshot("s")

    for epoch in (0, 1):
        with pytest.raises(PoisonEvent, match="carries"):
            mpie.on_window(replace(window(values, 200, 100, epoch), values=b"short"))

    assert mpie.snapshot("s") == before


@pytest.mark.parametrize("hop", [50, 99, 13])
def test_hopping_windows_give_the_graph_of_tumbling_ones(values: Floats, hop: int) -> None:
    hopping, cut, tumbling = (made() for _ in range(3))
    starts = range(0, 501, hop)
    end = starts[-1] + 100
    news = [window(values, 0, 100), *(window(values, n + 100 - hop, hop) for n in starts[1:])]

    events = fed(hopping, [window(values, first, 100) for first in starts])

    graph, same = graph_of(last_graph(events)), graph_of(last_graph(fed(cut, news)))
    plain = graph_of(last_graph(fed(tumbling, windows(values[:end]))))
    assert graph.to_dict(state="all") == same.to_dict(state="all")
    assert graph.rows == plain.rows == end
    assert {edge.key for edge in graph.edges} == {edge.key for edge in plain.edges}
    for edge in graph.all_edges:
        other = plain.edge(*edge.key)
        assert other is not None
        assert edge.effect == pytest.approx(other.effect, rel=1e-9, abs=1e-12)
        assert edge.p_value == pytest.approx(other.p_value, rel=1e-7, abs=1e-300)


@pytest.mark.parametrize("silence", [4, 1000])
def test_a_session_that_begins_anew_is_no_neighbour_of_the_last_one(
    values: Floats, silence: int
) -> None:
    first = [window(values, start, 100) for start in (0, 50, 100, 200)]
    second = [
        replace(each, start_step=each.start_step + silence, session=1)
        for each in (window(values, start, 100) for start in (300, 350, 450, 500))
    ]

    graph = graph_of(last_graph(fed(made(), [*first, *second])))

    engine = Engine(graph.variables)
    engine.update(values[:300])
    engine.update(values[300:], start=350)
    apart, found = findings(engine.graph()), findings(graph)
    assert graph.rows == 600
    assert found.effect == pytest.approx(apart.effect, rel=1e-8, abs=1e-10)
    assert found.se == pytest.approx(apart.se, rel=1e-8)


def test_the_graph_survives_the_wire(values: Floats) -> None:
    event = last_graph(fed(made(), windows(values)))

    graph = graph_of(event)

    assert graph.rows == 600
    assert graph.coverage.tested == graph.coverage.possible == hypotheses(3, 3)
    assert {("x0", "x1", 1), ("x1", "x2", 1)} <= {edge.key for edge in graph.edges}
    assert [edge.key for edge in graph.edges] == [
        edge.key for edge in graph.select("all") if edge.is_accepted
    ]


def test_a_graph_whose_columns_do_not_fit_is_poison(values: Floats) -> None:
    event = last_graph(fed(made(), windows(values)))

    with pytest.raises(PoisonEvent, match="edges of s"):
        graph_of(replace(event, edges=replace(event.edges, effect=b"short")))
    with pytest.raises(PoisonEvent, match="no variable"):
        graph_of(replace(event, variables=("x0",)))


def test_a_stream_too_wide_for_its_state_is_refused_with_what_to_do() -> None:
    widest = widest_within(MAX_STATE_BYTES)
    wide = var.independent_noise(np.random.default_rng(3), widest + 1, 10).values

    with pytest.raises(PoisonEvent, match="split the stream") as refused:
        made().on_window(window(wide, 0, 10))

    assert refused.value.reason == "too-many-variables"
    assert widest >= 500


def test_a_stream_that_grows_too_wide_keeps_what_it_had(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(domain, "MAX_STATE_BYTES", LITTLE)
    widest = widest_within(LITTLE)
    values = var.independent_noise(np.random.default_rng(6), widest + 1, 30).values
    mpie = made()
    fed(mpie, [window(values[:, :-2], 0, 10), window(values[:, :-1], 10, 10)])
    before = mpie.snapshot("s")

    with pytest.raises(PoisonEvent, match="split the stream"):
        mpie.on_window(window(values, 20, 10))

    assert mpie.snapshot("s") == before
    assert last_graph(fed(mpie, [window(values[:, :-1], 20, 10)])).rows == 30


def test_a_stream_has_no_more_state_than_was_foreseen_with_gaps_and_missing_values() -> None:
    widest = widest_within(LITTLE)
    world = var.independent_noise(np.random.default_rng(4), widest, 900)
    values = var.with_missing_values(np.random.default_rng(5), world, share=0.01).values
    mpie = made()

    events = fed(mpie, [window(values, 0, 300), window(values, 310, 590)])
    snapshot = mpie.snapshot("s")

    assert snapshot is not None
    assert LITTLE / 8 < len(snapshot) <= LITTLE
    assert len(encode(last_graph(events), producer="here")) < MAX_MESSAGE_BYTES
    assert last_graph(events).tested == hypotheses(widest, 3)


def test_every_window_has_an_outcome_and_one_that_comes_again_has_none(values: Floats) -> None:
    sealed = windows(values)

    found = outcomes(fed(made(), [*sealed, *sealed]))

    assert [each.window_id for each in found] == [each.window_id for each in sealed]
    assert [(each.rows, each.window_rows) for each in found] == [
        (100 * number, 100) for number in range(1, 7)
    ]


def test_an_outcome_counts_the_new_rows_of_a_window_that_overlaps(values: Floats) -> None:
    found = outcomes(fed(made(), [window(values, 0, 100), window(values, 60, 100)]))

    assert [(each.rows, each.window_rows) for each in found] == [(100, 100), (160, 60)]


def test_an_outcome_says_how_well_the_window_was_foreseen_once_something_is(values: Floats) -> None:
    engine = Engine(["x0", "x1", "x2"])
    scores = []
    for each in windows(values):
        engine.update(each.matrix(), start=each.start_step, at=each.end_time)
        scores.append(engine.score)

    found = outcomes(fed(made(), windows(values)))

    assert [each.score for each in found] == scores
    assert found[0].score is None
    assert found[-1].score is not None


def test_an_outcome_says_the_processor_time_that_the_window_took(values: Floats) -> None:
    ticks = iter([10.0, 10.5, 20.0, 20.25])

    found = outcomes(fed(made(processor_time=lambda: next(ticks)), windows(values)[:2]))

    assert [each.seconds for each in found] == [0.5, 0.25]


def test_an_outcome_says_under_which_configuration_it_was_made(values: Floats) -> None:
    config = EngineConfig(max_lag=2, alpha=0.01, min_effect=0.1, nonlinear=False, half_life=500.0)
    first = Mpie(config, lambda _d: Budget(), evidence_every=4, processor_time=lambda: 0.0)
    begun = fed(first, windows(values)[:3])
    snapshot = first.snapshot("s")
    assert snapshot is not None
    restored = made()
    restored.restore("s", snapshot)

    # A restored engine goes on as it was made, whatever the settings are now.
    for outcome in outcomes([*begun, *fed(restored, windows(values)[3:])]):
        assert outcome.configuration == EngineConfiguration(
            2, 0.01, 0.1, nonlinear=False, half_life=500.0
        )


def test_evidence_comes_with_the_first_graph_and_then_in_every_so_many_windows() -> None:
    noise = var.independent_noise(np.random.default_rng(8), 3, 2000).values
    sealed = windows(noise)

    events = fed(made(evidence_every=4), sealed)

    assert not [event for event in events if isinstance(event, EdgeChanged)]
    assert [each.rows for each in evidence(events)] == [100, 500, 900, 1300, 1700]
    assert len(evidence(fed(made(evidence_every=1), sealed))) == 20


def test_evidence_comes_at_once_when_an_edge_comes_or_goes(values: Floats) -> None:
    noise = var.independent_noise(np.random.default_rng(9), 3, 600).values
    world = np.vstack([noise, values, noise])

    events = fed(made(evidence_every=1000), windows(world))

    moved = {
        event.window_id
        for event in events
        if isinstance(event, EdgeChanged)
        and event.change in (EdgeChange.APPEARED, EdgeChange.VANISHED, EdgeChange.FLIPPED)
    }
    first, *others = [each.window_id for each in evidence(events)]
    assert first == "s/0/0"
    assert moved
    assert set(others) == moved - {first}


def test_evidence_goes_on_in_its_turn_after_a_restart() -> None:
    noise = var.independent_noise(np.random.default_rng(8), 3, 1200).values
    sealed = windows(noise)
    expected = evidence(fed(made(), sealed))
    first, second = made(), made()
    begun = evidence(fed(first, sealed[:6]))
    snapshot = first.snapshot("s")
    assert snapshot is not None
    second.restore("s", snapshot)

    assert begun + evidence(fed(second, sealed[6:])) == expected


def test_a_change_says_in_which_regime_it_was_found(values: Floats) -> None:
    flipped = values.copy()
    flipped[:, 1] *= -1.0
    world = np.vstack([values, values, flipped, flipped, flipped])

    events = fed(made(), windows(world))

    graphs = {event.window_id: event for event in events if isinstance(event, GraphUpdated)}
    changed = [event for event in events if isinstance(event, EdgeChanged)]
    assert {graph.regime for graph in graphs.values()} >= {0, 1}
    assert {change.regime for change in changed} >= {0, 1}
    assert all(change.regime == graphs[change.window_id].regime for change in changed)
    assert [each.regime for each in outcomes(events)] == [g.regime for g in graphs.values()]
