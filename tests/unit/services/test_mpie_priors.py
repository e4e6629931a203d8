"""What comes from elsewhere to one engine per stream: shown, saved, withdrawn, never evidence."""

from collections.abc import Sequence
from dataclasses import replace
from typing import TypeVar

import numpy as np
import pytest

from scarcity.bus.base import Delivery
from scarcity.causal import Budget, EngineConfig
from scarcity.causal.prior import Prior
from scarcity.errors import PoisonEvent
from scarcity.events import (
    EdgeChange,
    EdgeChanged,
    Event,
    EvidenceGathered,
    GraphUpdated,
    PriorOffered,
    WindowSealed,
    decode,
    encode,
    pack_matrix,
)
from scarcity.events.codec import to_bytes
from scarcity.graphs import graph_of
from scarcity.priors import prior_event
from scarcity.priors import prior_of as prior_of_event
from scarcity.runtime.service import each
from services.mpie.handlers import Mpie
from worlds.priors import AT, prior_of
from worlds.world import Floats

D, SIZE, WINDOWS = 10, 100, 6
CONFIG = EngineConfig(max_lag=1)
E = TypeVar("E")


def made() -> Mpie:
    return Mpie(CONFIG, lambda _d: Budget(), evidence_every=4, processor_time=lambda: 0.0)


def delivery(key: str, value: bytes | None) -> Delivery:
    return Delivery(PriorOffered.topic.name, 0, 0, key, value, (), 0)


def offered(prior: Prior, stream: str = "s") -> Delivery:
    event = prior_event(prior, stream)
    return delivery(event.key, encode(event, producer="here"))


def windows(values: Floats) -> list[WindowSealed]:
    return [_window(values, first) for first in range(0, len(values), SIZE)]


def _window(values: Floats, first: int) -> WindowSealed:
    packed, validity = pack_matrix(values[first : first + SIZE])
    return WindowSealed(
        window_id=f"s/0/{first}",
        stream="s",
        epoch=0,
        start_step=first,
        steps=SIZE,
        columns=tuple(f"x{n}" for n in range(D)),
        values=packed,
        validity=validity,
        start_time=AT,
        end_time=AT,
        definition_version=1,
        records=SIZE,
    )


def fed(mpie: Mpie, sealed: Sequence[WindowSealed]) -> list[Event]:
    return [event for each in sealed for event in mpie.on_window(each)]


def kind(events: Sequence[Event], wanted: type[E]) -> list[E]:
    return [event for event in events if isinstance(event, wanted)]


@pytest.fixture(scope="module")
def world() -> tuple[Floats, Floats]:
    rng = np.random.default_rng(1)
    linked = (rng.random((D, D)) < 0.15) & ~np.eye(D, dtype=np.bool_)
    effect = np.where(linked, 0.18 * rng.choice([-1.0, 1.0], (D, D)), 0.0)
    values = rng.normal(size=(WINDOWS * SIZE, D))
    for t in range(1, len(values)):
        values[t] += (effect + 0.3 * np.eye(D)) @ values[t - 1]
    return values, effect


def test_a_prior_adds_edges_that_are_told_as_imported(world: tuple[Floats, Floats]) -> None:
    values, effect = world
    mpie = made()
    mpie.on_prior(offered(prior_of(effect)))

    events = fed(mpie, windows(values))

    last = graph_of(kind(events, GraphUpdated)[-1])
    assert [prior.origin for prior in last.priors] == ["federation:plants"]
    appeared = [
        change
        for change in kind(events, EdgeChanged)
        if change.edge.imported and change.change is EdgeChange.APPEARED
    ]
    assert appeared
    assert not any(
        change.edge.imported for change in kind(fed(made(), windows(values)), EdgeChanged)
    )


def test_evidence_is_the_same_to_the_bit_with_a_prior_and_without(
    world: tuple[Floats, Floats],
) -> None:
    values, effect = world
    told, poisoned = made(), made()
    told.on_prior(offered(prior_of(effect)))
    poisoned.on_prior(offered(prior_of(-effect, se=1e-3)))

    alone = kind(fed(made(), windows(values)), EvidenceGathered)

    for mpie in (told, poisoned):
        found = kind(fed(mpie, windows(values)), EvidenceGathered)
        assert [to_bytes(each) for each in found] == [to_bytes(each) for each in alone]


def test_a_restart_goes_on_identically(world: tuple[Floats, Floats]) -> None:
    values, effect = world
    sealed = windows(values)
    straight, first, second = made(), made(), made()
    for mpie in (straight, first, second):
        mpie.on_prior(offered(prior_of(effect)))
    expected = fed(straight, sealed)

    begun = fed(first, sealed[:3])
    snapshot = first.snapshot("s")
    assert snapshot is not None
    second.restore("s", snapshot)

    assert begun + fed(second, sealed[3:]) == expected
    assert second.snapshot("s") == straight.snapshot("s")


def test_a_snapshot_without_its_prior_goes_on_by_own_data(world: tuple[Floats, Floats]) -> None:
    values, effect = world
    first, second = made(), made()
    first.on_prior(offered(prior_of(effect)))
    fed(first, windows(values)[:3])
    snapshot = first.snapshot("s")
    assert snapshot is not None
    second.restore("s", snapshot)

    events = fed(second, windows(values)[3:])

    alone = kind(fed(made(), windows(values)), GraphUpdated)
    assert kind(events, GraphUpdated)[-1] == alone[-1]
    vanished = [each for each in kind(events, EdgeChanged) if each.change is EdgeChange.VANISHED]
    assert vanished


def test_a_tombstone_withdraws(world: tuple[Floats, Floats]) -> None:
    values, effect = world
    mpie = made()
    mpie.on_prior(offered(prior_of(effect)))
    fed(mpie, windows(values)[:-1])

    mpie.on_prior(delivery("s/federation:plants", None))
    events = fed(mpie, windows(values)[-1:])

    graph = graph_of(kind(events, GraphUpdated)[-1])
    assert graph.priors == ()
    assert not any(edge.imported for edge in graph.edges)


def test_a_prior_of_another_stream_or_origin_stays_apart(world: tuple[Floats, Floats]) -> None:
    values, effect = world
    mpie = made()
    mpie.on_prior(offered(prior_of(effect), stream="t"))
    mpie.on_prior(offered(prior_of(effect, origin="meta_learning")))
    mpie.on_prior(offered(prior_of(-effect)))
    mpie.on_prior(offered(prior_of(effect, sequence=2)))
    mpie.on_prior(delivery("s/federation:others", None))

    events = fed(mpie, windows(values))

    priors = kind(events, GraphUpdated)[-1].priors
    assert [(each.origin, each.sequence) for each in priors] == [
        ("federation:plants", 2),
        ("meta_learning", 1),
    ]


def test_a_prior_without_shares_is_certain_of_every_effect() -> None:
    event = prior_event(prior_of(np.full((D, D), 0.1)), "s")

    bare = replace(event, edges=replace(event.edges, share=b""))

    assert prior_of_event(bare).expected.share.tolist() == [1.0] * len(event.edges.lag)


def test_a_prior_says_over_the_wire_how_probable_effects_are() -> None:
    share = np.random.default_rng(1).uniform(0.1, 0.9, (D, D))
    prior = prior_of(np.full((D, D), 0.1), share=share)

    event = decode(encode(prior_event(prior, "s"), producer="here")).event

    assert isinstance(event, PriorOffered)
    np.testing.assert_array_equal(prior_of_event(event).expected.share, prior.expected.share)


def test_a_malformed_prior_is_refused_with_a_reason_and_changes_nothing() -> None:
    mpie = made()
    good = prior_event(prior_of(np.zeros((D, D))), "s")
    table = good.edges
    for edges in (
        replace(table, mean=b"short"),
        replace(table, lag=table.lag[1:]),
        replace(table, source=(D, *table.source[1:])),
        replace(table, se=np.zeros(len(table.lag)).tobytes()),
        replace(table, mean=np.full(len(table.lag), np.nan).tobytes()),
        replace(table, share=np.zeros(len(table.lag)).tobytes()),
        replace(table, share=np.full(len(table.lag), 1.5).tobytes()),
    ):
        bad = encode(replace(good, edges=edges), producer="here")
        (effect,) = each(mpie.on_prior)([delivery(good.key, bad)])
        assert effect.refused is not None
        assert effect.refused.reason == "prior-shape"
    with pytest.raises(PoisonEvent, match="came under the key"):
        mpie.on_prior(delivery("t/federation:plants", encode(good, producer="here")))
    other = encode(windows(np.zeros((SIZE, D)))[0], producer="here")
    with pytest.raises(PoisonEvent, match="carries PriorOffered"):
        mpie.on_prior(delivery(good.key, other))

    (graph,) = kind(
        fed(mpie, windows(np.random.default_rng(1).normal(size=(SIZE, D)))), GraphUpdated
    )
    assert graph.priors == ()
