"""What a graph was follows from its changes, at every moment from which on all of them are kept."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.test_codec import events
from scarcity.causal import Budget, Coverage, Edge, EngineConfig, Graph
from scarcity.causal.diff import DEAD_BAND
from scarcity.causal.edges import EdgeTable
from scarcity.events import (
    DefinitionOrigin,
    EdgeChange,
    EdgeChanged,
    EdgeEvidence,
    EdgeForm,
    EdgeState,
    GraphUpdated,
    StreamDefined,
    WindowPolicy,
    WindowSealed,
    pack_matrix,
)
from scarcity.graphs import graph_of
from services.gateway.domain.history import EdgeKey, History
from services.gateway.domain.journal import USUALLY_KEPT, Entry
from services.gateway.domain.past import Past
from services.gateway.domain.stream_view import StreamView
from services.gateway.domain.views import Views
from services.mpie.handlers import Mpie
from worlds.var import Floats

BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
SECOND = timedelta(seconds=1)
VARIABLES = ("a", "b", "c")
EDGES = [(s, t, lag) for s in VARIABLES for t in VARIABLES for lag in (0, 1) if s != t or lag]
State = Mapping[EdgeKey, float]


@dataclass(frozen=True)
class Story:
    """Changes of a graph, and what it was at each moment."""

    changes: Sequence[EdgeChanged]
    states: Mapping[datetime, State]
    graph: Graph

    def past(self, most: int = 10**6) -> Past:
        """Return what is known of it when so many changes are kept."""
        history = History(most)
        history.begin("s", 0, BEGIN)
        for changed in self.changes:
            assert history.add(changed)
        return past(history, self)


def past(history: History, story: Story, stream: str = "s") -> Past:
    as_of, begun = max(story.states), history.begun(stream, 0)
    return Past(history.of(stream, 0), story.graph, as_of=as_of, begun=begun)


def evidence(key: EdgeKey, effect: float, state: EdgeState = EdgeState.ACCEPTED) -> EdgeEvidence:
    source, target, lag = key
    return EdgeEvidence(
        source, target, lag, effect, 0.1, -1.0, 1.0, 0.01, 0.02, 5.0, 1.0, state, True, 3,
        BEGIN, None, EdgeForm.LINEAR, 99, False,
    )  # fmt: skip


def accepted(key: EdgeKey, effect: float) -> Edge:
    return Edge(
        *key, effect, 0.1, (-1.0, 1.0), 0.01, 0.02, 5.0, 1.0, "accepted", True, 3, None, None
    )


def change(
    version: int, at: datetime, key: EdgeKey, before: float | None, after: float | None
) -> EdgeChanged:
    """Return what is said when an effect goes over into another; None = it is not there."""
    if before is None:
        kind = EdgeChange.APPEARED
    elif after is None:
        kind = EdgeChange.VANISHED
    elif before * after < 0.0:
        kind = EdgeChange.FLIPPED
    else:
        stronger = abs(after) > abs(before)
        kind = EdgeChange.STRENGTHENED if stronger else EdgeChange.WEAKENED
    state = EdgeState.REJECTED if after is None else EdgeState.ACCEPTED
    edge = evidence(key, 0.01 if after is None else after, state)
    return EdgeChanged(
        "s", 0, version, at, kind, edge, before, f"s/0/{64 * version}-64", version // 4
    )


effects = st.sampled_from([-0.9, -0.5, -0.2, 0.2, 0.5, 0.9])
steps = st.lists(
    st.tuples(
        st.integers(0, 3),
        st.dictionaries(st.sampled_from(EDGES), st.one_of(st.none(), effects), max_size=5),
    ),
    max_size=25,
)


@st.composite
def stories(draw: st.DrawFn) -> Story:
    """Return what an engine may say; some edges were there before it said anything."""
    state: dict[EdgeKey, float] = draw(st.dictionaries(st.sampled_from(EDGES), effects, max_size=3))
    at, told, states = BEGIN, [], {BEGIN: dict(state)}
    for version, (seconds, wanted) in enumerate(draw(steps)):
        at += seconds * SECOND
        for key, after in wanted.items():
            before = state.get(key)
            if before != after:
                told.append(change(version, at, key, before, after))
                state.pop(key) if after is None else state.update({key: after})
        states[at] = dict(state)
    table = EdgeTable.of(VARIABLES, [accepted(*each) for each in state.items()])
    graph = Graph(VARIABLES, 1, 100, 9, Coverage(1, 1, 1), table)
    return Story(told, states, graph)


def found(known: Past, at: datetime) -> State:
    return {key: then.effect or 0.0 for key, then in known.edges_at(at).items()}


def moments(story: Story, known: Past) -> list[datetime]:
    """Return every moment of it from which on all is known, those halfway between, and a later."""
    ends = [*story.states, max(story.states) + SECOND]
    return [at for end in ends for at in (end - SECOND / 2, end) if at >= known.since]


@given(stories(), st.integers(1, 30))
def test_a_graph_is_at_every_moment_what_its_changes_made_of_it(story: Story, most: int) -> None:
    for known in (story.past(), story.past(most)):
        for at in moments(story, known):
            state = story.states[max(each for each in story.states if each <= at)]
            assert found(known, at) == pytest.approx(state)
    assert story.past().since == BEGIN
    assert len(story.past(most)) <= most


@given(stories(), st.integers(1, 30))
def test_what_is_certain_was_said_and_the_rest_follows_backwards(story: Story, most: int) -> None:
    known = story.past(most)
    kept = story.changes[len(story.changes) - len(known) :]
    for at in moments(story, known):
        said = {(c.edge.source, c.edge.target, c.edge.lag): c for c in kept if c.at <= at}
        for key, then in known.edges_at(at).items():
            assert then.certain == (key in said or at >= max(story.states))
            if key in said:
                changed = said[key]
                assert (then.effect, then.se) == (changed.edge.effect, changed.edge.se)
                assert (then.changed_at, then.regime) == (changed.at, changed.regime)
            else:
                assert then.changed_at is None


@given(stories(), st.integers(1, 30), st.integers(1, 40))
def test_points_sum_up_all_changes_and_count_what_is_there_after_each(
    story: Story, most: int, points: int
) -> None:
    known = story.past(most)
    kept = story.changes[len(story.changes) - len(known) :]
    shown = known.points(points)

    summed: Counter[EdgeChange] = Counter()
    for point in shown:
        summed.update(point.counts)
        cross = [key for key in known.edges_at(point.at) if key[0] != key[1]]
        assert point.edges == len(cross)
        assert point.regime == [c for c in kept if c.at <= point.at][-1].regime
    assert +summed == Counter(changed.change for changed in kept)
    assert [point.at for point in shown] == sorted({point.at for point in shown})
    assert len(shown) == min(points, len({changed.at for changed in kept}))
    assert not shown or shown[-1].at == kept[-1].at


@given(stories(), st.integers(1, 30), st.data())
def test_a_difference_is_that_between_the_graphs_of_its_two_moments(
    story: Story, most: int, data: st.DataObject
) -> None:
    known = story.past(most)
    choice = st.sampled_from(moments(story, known))
    first, second = sorted((data.draw(choice), data.draw(choice)))
    before, after = found(known, first), found(known, second)
    kept = story.changes[len(story.changes) - len(known) :]
    between = Counter(
        (c.edge.source, c.edge.target, c.edge.lag) for c in kept if first < c.at <= second
    )

    differences = {each.edge: each for each in known.differences(first, second)}

    assert differences.keys() == before.keys() | after.keys() | between.keys()
    for key, each in differences.items():
        assert (each.before, each.after) == (before.get(key), after.get(key))
        assert each.changes == between[key]
        assert each.is_at_either == (key in before or key in after)
        assert each.change == expected(each.before, each.after)


def expected(before: float | None, after: float | None) -> str:
    """Return what became of an effect; all of them are further apart than their errors."""
    if before is None or after is None:
        return "appeared" if after else "vanished" if before else "same"
    if before * after < 0.0:
        return "flipped"
    if before == after:
        return "same"
    return "strengthened" if abs(after) > abs(before) else "weakened"


@given(stories(), st.integers(1, 30), st.integers(0, 30))
def test_what_comes_again_changes_nothing(story: Story, most: int, again: int) -> None:
    once, twice = History(most), History(most)
    for changed in story.changes:
        once.add(changed)
    for place, changed in enumerate(story.changes):
        twice.add(changed)
        for old in story.changes[max(0, place + 1 - again) : place + 1]:
            assert not twice.add(old)

    assert len(once) == len(twice)
    assert [list(once.of("s", 0).changes_of(edge)) for edge in EDGES] == [
        list(twice.of("s", 0).changes_of(edge)) for edge in EDGES
    ]


@given(stories())
def test_the_changes_of_an_edge_are_those_that_were_said_newest_first(story: Story) -> None:
    history = History()
    for changed in story.changes:
        history.add(changed)

    for edge in EDGES:
        said = [c for c in story.changes if (c.edge.source, c.edge.target, c.edge.lag) == edge]
        assert [c for c, _ in history.of("s", 0).changes_of(edge)] == said[::-1]


@given(events(EdgeChanged), st.none() | st.text())
def test_a_change_comes_back_whole(changed: EdgeChanged, trace_id: str | None) -> None:
    history = History()
    history.add(changed, trace_id)
    edge = changed.edge

    kept = history.of(changed.stream, changed.epoch)

    assert list(kept.changes_of((edge.source, edge.target, edge.lag))) == [(changed, trace_id)]


def said(stream: str, number: int, *, epoch: int = 0) -> EdgeChanged:
    at = BEGIN + number * SECOND
    told = change(number, at, ("a", "b", 1), 0.2 if number else None, 0.9)
    return replace(told, stream=stream, epoch=epoch)


def test_a_noisy_stream_takes_no_room_from_a_quiet_one() -> None:
    history = History(1000)
    for number in range(20):
        history.add(said("quiet", number))
    for number in range(10_000):
        history.add(said("noisy", number))

    quiet, noisy = history.of("quiet", 0), history.of("noisy", 0)
    assert len(history) == len(quiet) + len(noisy) <= 1000
    assert (len(quiet), quiet.dropped_at) == (20, None)
    assert len(noisy) > 970
    assert next(c.graph_version for c, _ in noisy.changes_of(("a", "b", 1))) == 9_999


def test_what_gives_way_to_others_is_the_oldest_and_is_no_longer_spoken_of() -> None:
    story = Story([said("s", n) for n in range(100)], {BEGIN + 99 * SECOND: {}}, GRAPH)

    known = story.past(60)

    assert known.since == BEGIN + (100 - len(known)) * SECOND
    assert known.until == BEGIN + 99 * SECOND


GRAPH = Graph(VARIABLES, 1, 1, 1, Coverage(1, 1, 1), EdgeTable.of(VARIABLES, []))


def test_a_new_epoch_begins_afresh_and_what_is_left_of_an_old_one_is_passed_over() -> None:
    history = History()
    history.add(said("s", 5))
    assert history.add(said("s", 6, epoch=1))

    assert not history.add(said("s", 7))
    assert len(history) == len(history.of("s", 1)) == 1
    assert len(history.of("s", 0)) == 0


def test_a_forgotten_stream_leaves_nothing_and_one_that_began_anew_stays() -> None:
    history = History()
    for stream in ("gone", "anew"):
        history.begin(stream, 1, BEGIN)
        history.add(said(stream, 1, epoch=1))

    history.forget("gone", 1)
    history.forget("anew", 0)
    history.forget("nobody", 0)

    assert len(history) == len(history.of("anew", 1)) == 1
    assert history.begun("gone", 1) is None
    assert history.begun("anew", 1) == BEGIN


def test_without_changes_the_graph_is_as_it_is_from_its_beginning_on() -> None:
    story = Story([], {BEGIN: {}, BEGIN + SECOND: {}}, GRAPH)

    known = story.past()

    assert (known.since, known.until, known.points(10)) == (BEGIN, BEGIN + SECOND, [])
    assert known.edges_at(BEGIN) == {}
    assert known.differences(BEGIN, BEGIN + SECOND) == []


def test_variables_that_only_the_past_has_are_named_behind_those_of_the_graph() -> None:
    story = Story([], {BEGIN: {}}, GRAPH)

    assert story.past().variables([("z", "a", 1), ("a", "y", 2)]) == ("a", "b", "c", "z", "y")


def window(stream: str, values: Floats, first: int, *, epoch: int = 0) -> WindowSealed:
    """Return a window of 64 rows, a second apart."""
    packed, validity = pack_matrix(values[first : first + 64])
    return WindowSealed(
        window_id=f"{stream}/{epoch}/{first}-64",
        stream=stream,
        epoch=epoch,
        start_step=first,
        steps=64,
        columns=VARIABLES,
        values=packed,
        validity=validity,
        start_time=BEGIN + first * SECOND,
        end_time=BEGIN + (first + 63) * SECOND,
        definition_version=1,
        records=64,
    )


def turning(seed: int) -> Floats:
    """Return a chain of which the first link turns its sign again and again."""
    a, e, f = np.random.default_rng(seed).normal(size=(3, 3072))
    b = 0.8 * np.sign(np.sin(np.arange(3072) / 160)) * np.roll(a, 1) + 0.5 * e
    return np.column_stack([a, b, 0.5 * np.roll(b, 1) + 0.5 * f])


def lived(views: Views, seed: int, *, epoch: int = 0) -> list[GraphUpdated]:
    """Let an engine tell of a stream, and return its graphs."""
    config = EngineConfig(half_life=200.0)
    mpie = Mpie(config, lambda _: Budget(), evidence_every=4, processor_time=lambda: 0.0)
    values, graphs = turning(seed), []
    for offset, first in enumerate(range(0, len(values), 64)):
        sealed = window("s", values, first, epoch=epoch)
        views.on_window(sealed)
        for event in mpie.on_window(sealed):
            if isinstance(event, EdgeChanged):
                views.keep(Entry(event, event.topic.name, 0, offset, offset, None))
            if isinstance(event, GraphUpdated):
                views.on_graph(event)
                graphs.append(event)
    return graphs


@pytest.mark.parametrize("seed", range(3))
def test_every_graph_of_an_engine_is_found_again_at_its_moment(seed: int) -> None:
    views = Views(now=lambda: BEGIN, show=lambda *_: None)
    graphs = lived(views, seed)

    known = views.past(views.streams["s"])

    assert known is not None
    assert known.since == graphs[0].as_of
    assert (
        len({change for point in known.points(500) for change, n in point.counts.items() if n}) >= 4
    )
    for update in graphs:
        accepted_then = {edge.key: edge for edge in graph_of(update).edges}
        then = known.edges_at(update.as_of)
        assert then.keys() == accepted_then.keys()
        for key, edge in accepted_then.items():
            # What moves within the dead band is not said.
            moved = abs(abs(edge.effect) - abs(then[key].effect or 0.0))
            assert moved <= DEAD_BAND.width(edge.se, then[key].se or 0.0)


def test_what_an_edge_was_in_its_epoch_is_told_and_goes_when_its_stream_is_forgotten() -> None:
    views = Views(now=lambda: BEGIN, show=lambda *_: None)
    lived(views, 1)
    views.on_definition(definition(epoch=0))
    before = list(views.changes_of("s", "a", "b", 1))
    views.on_graph_forgotten("s")
    views.on_forgotten("s")
    left = len(views.history)
    lived(views, 1, epoch=1)
    after = list(views.changes_of("s", "a", "b", 1))

    assert {changed.epoch for changed, _ in before} == {0}
    assert left == 0
    assert {changed.epoch for changed, _ in after} == {1}
    assert views.past(StreamView("s")) is None


def definition(*, epoch: int) -> StreamDefined:
    return StreamDefined("s", 1, BEGIN, DefinitionOrigin.INFERRED, (), WindowPolicy(), epoch=epoch)


def test_the_story_of_a_quiet_edge_outlasts_the_journal() -> None:
    views = Views(now=lambda: BEGIN, show=lambda *_: None)
    lived(views, 2)
    story = list(views.changes_of("s", "a", "b", 1))

    for number in range(USUALLY_KEPT + 10):
        noise = said("noisy", number)
        views.keep(Entry(noise, noise.topic.name, 1, number, number, None))
    views.keep(Entry(story[-1].changed, "edges", 0, 0, 0, None))

    assert len(story) > 2
    assert list(views.changes_of("s", "a", "b", 1)) == story
    assert list(views.changes_of("nobody", "a", "b", 1)) == []
