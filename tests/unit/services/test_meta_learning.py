"""A stream is told what the others of its domain say, and nothing else; what holds no more goes."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from scarcity.bus.base import Delivery
from scarcity.errors import PoisonEvent
from scarcity.events import (
    DefinitionOrigin,
    DomainLearned,
    EvidenceGathered,
    EvidenceTable,
    OfferOutcome,
    PriorOffered,
    StreamDefined,
    Variable,
    VariableKind,
    WindowKind,
    WindowPolicy,
    encode,
)
from scarcity.priors import prior_of
from services.gateway.domain.meta_view import MetaView
from services.meta_learning.domain import MOST_OTHERS, studied
from services.meta_learning.handlers import MetaLearning, News
from worlds.domains import family
from worlds.world import Floats

AT = datetime(2026, 1, 1, tzinfo=UTC)
D, ROWS, SE = 10, 1000, 0.03
NAMES = tuple(f"x{n}" for n in range(D))
RNG_SEED = 31


def definition(stream: str, domain: str = "plants", **changes: object) -> StreamDefined:
    made = StreamDefined(
        stream,
        1,
        AT,
        DefinitionOrigin.EXPLICIT,
        tuple(map(Variable, NAMES)),
        WindowPolicy(),
        domain,
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def gathered(
    stream: str, structure: Floats, rng: np.random.Generator, *, rows: int = ROWS, se: float = SE
) -> EvidenceGathered:
    """What a stream would say of a structure (target, source), own lags and lag 0 included."""
    d = len(structure)
    target, source = (each.ravel() for each in np.indices((d, d)))
    effect = structure[target, source] + se * rng.normal(size=len(target))
    return EvidenceGathered(
        stream=stream,
        epoch=0,
        regime=0,
        window_id=f"{stream}/0/0-{rows}",
        at=AT,
        variables=NAMES[:d],
        rows=rows,
        max_lag=1,
        edges=EvidenceTable(
            source=(*source.tolist(), 0),
            target=(*target.tolist(), 1),
            lag=(*[1] * len(target), 0),
            effect=np.append(effect, 9.0).astype("<f8").tobytes(),
            se=np.append(np.full(len(target), se), 0.01).astype("<f8").tobytes(),
            rows=(rows,) * (len(target) + 1),
            form=b"\x01" * (len(target) + 1),
        ),
    )


class Plants:
    """Streams of one domain that share most of their edges, and whoever learns from them."""

    def __init__(self, streams: int = 4, share: float = 0.9, at_once: int = 50) -> None:
        self.rng = np.random.default_rng(RNG_SEED)
        self.common = family(self.rng, share, d=D)
        self.meta = MetaLearning(at_once)
        self.said: dict[str, EvidenceGathered] = {}
        self.now = AT
        for place in range(streams):
            self.add(f"s{place}")

    def add(self, stream: str, domain: str = "plants", *, rows: int = ROWS) -> None:
        self.meta.on_definition(definition(stream, domain))
        self.says(gathered(stream, self.common.domain(self.rng), self.rng, rows=rows))

    def says(self, evidence: EvidenceGathered) -> None:
        self.said[evidence.stream] = evidence
        self.meta.on_evidence(evidence)

    def tick(self) -> News:
        self.now += timedelta(seconds=30)
        return self.meta.news(list(map(studied, self.meta.lessons())), self.now)


def offers(news: News) -> dict[str, PriorOffered]:
    return {each.stream: each for each in news.events if isinstance(each, PriorOffered)}


def domains(news: News) -> dict[str, DomainLearned]:
    return {each.domain: each for each in news.events if isinstance(each, DomainLearned)}


def delivery(key: str, value: bytes | None) -> Delivery:
    return Delivery(PriorOffered.topic.name, 0, 0, key, value, (), 0)


def test_each_stream_is_told_by_the_others_and_never_by_itself() -> None:
    plants = Plants()

    told = offers(plants.tick())

    assert sorted(told) == ["s0", "s1", "s2", "s3"]
    for stream, offer in told.items():
        assert offer.origin == "meta_learning"
        assert offer.provenance == tuple(sorted({"s0", "s1", "s2", "s3"} - {stream}))
        assert offer.rows == 3 * ROWS


def test_what_is_told_is_how_probable_shared_edges_are_at_lags_above_0() -> None:
    plants = Plants(6)

    prior = prior_of(offers(plants.tick())["s0"])

    base = plants.common.base != 0.0
    place = [NAMES.index(name) for name in prior.variables]
    shared = np.array(
        [base[place[t], place[s]] for t, s in zip(prior.target, prior.source, strict=True)]
    )
    assert set(prior.lag.tolist()) == {1}
    assert np.all(prior.source != prior.target)
    assert prior.expected.share[shared].mean() > 0.6
    assert prior.expected.share[~shared].mean() < 0.1


def test_own_evidence_is_in_nothing_that_a_stream_is_told() -> None:
    plants, others = Plants(), Plants()
    others.says(gathered("s0", others.common.domain(others.rng), others.rng))

    one, other = (offers(each.tick()) for each in (plants, others))

    assert other["s0"].edges == one["s0"].edges
    assert other["s1"].edges != one["s1"].edges


def test_a_new_stream_is_told_before_it_has_any_evidence() -> None:
    plants = Plants()
    plants.tick()
    plants.meta.on_definition(definition("new"))

    (offer,) = offers(plants.tick()).values()

    assert offer.stream == "new"
    assert set(offer.provenance) == {"s0", "s1", "s2", "s3"}


def test_a_stream_without_a_domain_is_told_nothing_and_teaches_nobody() -> None:
    plants = Plants()
    plants.add("alone", "")
    plants.add("elsewhere", "turbines")

    told = offers(plants.tick())

    assert sorted(told) == ["s0", "s1", "s2", "s3"]
    assert not {"alone", "elsewhere"} & {name for each in told.values() for name in each.provenance}


def test_three_others_are_a_past_and_two_are_none() -> None:
    assert offers(Plants(4).tick())
    assert Plants(3).tick() == News()


def test_evidence_of_too_few_rows_teaches_nobody() -> None:
    plants = Plants(3)
    plants.add("young", rows=15)

    told = offers(plants.tick())

    assert sorted(told) == ["young"]
    assert told["young"].provenance == ("s0", "s1", "s2")


def test_a_stream_that_is_like_none_of_the_others_is_told_nothing() -> None:
    plants = Plants(5)
    stranger = family(np.random.default_rng(99), 0.9, d=D, density=0.3)
    plants.meta.on_definition(definition("odd"))
    plants.meta.on_evidence(gathered("odd", stranger.base, plants.rng))

    news = plants.tick()

    assert "odd" not in offers(news)
    assert all("odd" not in offer.provenance for offer in offers(news).values())
    (odd,) = (each for each in domains(news)["plants"].streams if each.stream == "odd")
    assert (odd.outcome, odd.reason) == (OfferOutcome.NOTHING, "unlike")


def test_what_has_not_changed_noticeably_is_not_said_again() -> None:
    plants = Plants()
    first = plants.tick()

    assert plants.meta.lessons() == ()
    assert plants.tick() == News()
    plants.says(replace(plants.said["s1"], epoch=1))
    assert len(plants.meta.lessons()) == 4
    assert plants.tick() == News()
    assert offers(first)


def test_what_changed_is_said_under_a_higher_number() -> None:
    plants = Plants()
    before = offers(plants.tick())
    structure = plants.common.domain(plants.rng)
    plants.meta.on_evidence(gathered("s1", -structure, plants.rng, rows=4 * ROWS))

    after = offers(plants.tick())

    assert after
    assert all(offer.sequence > before["s0"].sequence for offer in after.values())


def test_at_most_so_many_are_told_at_once_and_who_was_never_told_comes_first() -> None:
    plants = Plants(6, at_once=2)
    first, second, third = (sorted(offers(plants.tick())) for _ in range(3))

    assert [len(each) for each in (first, second, third)] == [2, 2, 2]
    assert len({*first, *second, *third}) == 6


def test_a_stream_that_is_forgotten_or_moves_is_withdrawn_and_teaches_no_more() -> None:
    plants = Plants(6)
    plants.tick()
    plants.meta.on_forgotten("s0")
    plants.meta.on_definition(definition("s1", "turbines"))

    news = plants.tick()

    assert news.withdrawn == ("s0/meta_learning", "s1/meta_learning")
    assert sorted(offers(news)) == ["s2", "s3", "s4", "s5"]
    for offer in offers(news).values():
        assert not {"s0", "s1"} & set(offer.provenance)
    assert [each.stream for each in domains(news)["plants"].streams] == ["s2", "s3", "s4", "s5"]


def test_what_was_learnt_of_streams_that_left_meanwhile_is_not_said() -> None:
    plants = Plants(5)
    learned = list(map(studied, plants.meta.lessons()))
    plants.meta.on_forgotten("s0")
    plants.meta.on_definition(definition("s1", "turbines"))

    news = plants.meta.news(learned, plants.now)

    assert (offers(news), news.withdrawn) == ({}, ())


def test_when_too_few_are_left_all_is_withdrawn() -> None:
    plants = Plants(4)
    plants.tick()
    plants.meta.on_forgotten("s0")

    news = plants.tick()

    assert news.withdrawn == tuple(f"s{n}/meta_learning" for n in range(4))
    assert {each.reason for each in domains(news)["plants"].streams} == {"few-others"}
    assert plants.tick() == News()


def test_a_restart_goes_on_from_the_topics_and_says_nothing_twice() -> None:
    plants = Plants(5)
    told = offers(plants.tick())
    restarted = Plants(0)
    for offer in told.values():
        restarted.meta.on_offer(delivery(offer.key, encode(offer, producer="here")))
    for name in told:
        restarted.meta.on_definition(definition(name))

    before_evidence = restarted.tick()
    for evidence in plants.said.values():
        restarted.says(evidence)
    after_evidence = restarted.tick()

    assert (before_evidence, after_evidence) == (News(), News())
    restarted.meta.on_forgotten("s4")
    news = restarted.tick()
    assert news.withdrawn == ("s4/meta_learning",)
    assert all(offer.sequence > told["s0"].sequence for offer in offers(news).values())


def test_an_offer_of_a_stream_that_is_gone_since_is_withdrawn_after_a_restart() -> None:
    told = offers(Plants(4).tick())
    restarted = Plants(0)
    for offer in told.values():
        restarted.meta.on_offer(delivery(offer.key, encode(offer, producer="here")))
    for name in ("s1", "s2", "s3"):
        restarted.meta.on_definition(definition(name))

    assert len(restarted.tick().withdrawn) == 4


def test_offers_of_others_are_none_of_its_business() -> None:
    plants = Plants(0)
    plants.meta.on_offer(delivery("s0/federation:plants", b"whatever"))
    plants.meta.on_offer(delivery("s0/meta_learning", None))

    assert plants.tick() == News()
    offer = offers(Plants().tick())["s0"]
    with pytest.raises(PoisonEvent, match="came under the key"):
        plants.meta.on_offer(delivery("s1/meta_learning", encode(offer, producer="here")))
    cut = replace(offer, edges=replace(offer.edges, share=offer.edges.share[8:]))
    with pytest.raises(PoisonEvent, match="columns are of lengths"):
        plants.meta.on_offer(delivery("s0/meta_learning", encode(cut, producer="here")))
    with pytest.raises(PoisonEvent, match="carries PriorOffered"):
        plants.meta.on_offer(
            delivery("s0/meta_learning", encode(definition("s0"), producer="here"))
        )


def test_evidence_may_come_before_the_definition() -> None:
    plants = Plants(3)
    plants.meta.on_evidence(gathered("early", plants.common.domain(plants.rng), plants.rng))
    plants.meta.on_definition(definition("early"))

    assert "early" in offers(plants.tick())


def test_a_variable_in_another_unit_is_another_variable() -> None:
    plants = Plants(5)
    other = tuple(Variable(name, "kPa") for name in NAMES)
    for name in ("s0", "s1", "s2", "s3", "s4"):
        plants.meta.on_definition(
            definition(name, variables=tuple(Variable(n, "K") for n in NAMES))
        )
    plants.meta.on_definition(definition("new", variables=other))
    switch = (Variable("x0", kind=VariableKind.BOOLEAN), *map(Variable, NAMES[1:]))
    plants.meta.on_definition(definition("undeclared", variables=switch))

    told = offers(plants.tick())

    shares = {name: prior_of(told[name]).expected.share for name in ("new", "undeclared")}
    assert np.max(shares["new"]) < 0.5
    assert np.max(shares["undeclared"]) > 0.5


def test_of_many_others_those_with_most_rows_teach() -> None:
    plants = Plants(3)
    for place in range(MOST_OTHERS + 2):
        plants.add(f"long-{place:02}", rows=5 * ROWS)

    (lesson,) = (each for each in plants.meta.lessons() if each.stream.name == "s0")

    assert len(lesson.others) == MOST_OTHERS
    assert {each.rows for each in lesson.others} == {5 * ROWS}


def test_the_gateway_shows_the_newest_of_each_domain() -> None:
    plants, view = Plants(), MetaView()
    first = domains(plants.tick())["plants"]
    view.on_learned(first)
    view.on_learned(replace(first, at=AT, streams=()))

    (shown,) = view.document(view.trials)["domains"]

    assert shown["domain"] == "plants"
    assert [each["outcome"] for each in shown["streams"]] == ["offered"] * 4
    assert shown["streams"][0]["sources"][0]["stream"] == "s1"
    view.on_learned(replace(first, at=plants.now + timedelta(1), streams=()))
    assert view.document(view.trials) == {"domains": [], "trials": []}


def test_streams_of_other_steps_teach_nothing() -> None:
    plants = Plants()
    hourly = WindowPolicy(kind=WindowKind.TIME, cadence_s=3600.0)
    each_minute = WindowPolicy(kind=WindowKind.TIME, cadence_s=60.0)
    for place in range(4):
        plants.meta.on_definition(definition(f"s{place}", window=hourly))
    plants.meta.on_definition(definition("quick", window=each_minute))
    plants.meta.on_definition(definition("slow", window=hourly))

    told = offers(plants.tick())

    assert "slow" in told
    assert "quick" not in told


def test_a_stream_that_turns_out_to_have_other_steps_is_told_no_more() -> None:
    plants = Plants()
    hourly = WindowPolicy(kind=WindowKind.TIME, cadence_s=3600.0)
    for place in range(4):
        plants.meta.on_definition(definition(f"s{place}", window=hourly))
    plants.meta.on_definition(definition("new", window=WindowPolicy(kind=WindowKind.TIME)))
    assert "new" in offers(plants.tick())

    window = WindowPolicy(kind=WindowKind.TIME)
    plants.meta.on_definition(definition("new", version=2, window=window, cadence_s=60.0))

    assert plants.tick().withdrawn == ("new/meta_learning",)


def test_evidence_that_does_not_fit_together_is_refused() -> None:
    plants = Plants()
    good = plants.said["s0"]

    for edges in (
        replace(good.edges, effect=good.edges.effect[:-8]),
        replace(good.edges, source=(D, *good.edges.source[1:])),
        replace(good.edges, form=b""),
    ):
        with pytest.raises(PoisonEvent, match="do not fit"):
            plants.meta.on_evidence(replace(good, edges=edges))
