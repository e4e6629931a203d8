"""A member offers what its own stream says, judges what it hears, and says why it does not."""

from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pytest
import structlog
from structlog.testing import capture_logs

import evidence_of
from evidence_of import EDGES, LOCAL
from federation_of import CONTRACT, NAME, Federation, own
from scarcity.events import (
    EvidenceGathered,
    PooledState,
    PriorOffered,
    RoundJudged,
    RoundOutcome,
    StatementsRefused,
    StreamDefined,
    decode,
    encode,
)
from scarcity.federation.alignment import Own, aligned
from scarcity.federation.membership import Membership, Rhythm
from scarcity.federation.node import Coordinator, Peer
from scarcity.federation.protocol.contract import Mapping
from scarcity.federation.protocol.refusals import Reason, Refused
from scarcity.federation.protocol.statement import EvidenceOffered, floats_from_bytes, unpack
from scarcity.priors import prior_of
from services.federation.handlers import MOST_NEWS, Member

NOW = datetime(2026, 1, 1, tzinfo=UTC)
TRUE = np.arange(CONTRACT.size) % 10 == 0


class Noon:
    def now(self) -> datetime:
        return NOW


def evidence(told: Own, stream: str = "s") -> EvidenceGathered:
    return evidence_of.evidence(told, stream, NOW)


def definition(unit: str = "", stream: str = "s") -> StreamDefined:
    return evidence_of.definition(stream, NOW, unit)


class Table:
    """One member of the service among peers in memory, who are p0 and p2 and so on."""

    def __init__(self, name: str = "p1", members: int = 5, seed: int = 7) -> None:
        self.federation = Federation(members)
        self.rng = np.random.default_rng(seed)
        membership = Membership(
            federation=NAME,
            peer=name,
            authority="00" * 32,
            bus="local",
            contract=CONTRACT,
            mapping=Mapping(stream="s", names=LOCAL),
            rounds=Rhythm(every_s=60.0, input_s=20.0),
        )
        self.name = name
        self.counted: list[str] = []
        self.member = Member(
            membership, self.federation.identities[name], Noon(), self.counted.append
        )
        self.offers: list[PriorOffered] = []

    def join(self) -> tuple[Peer, Coordinator | None]:
        peer, coordinator = self.member.joined(self.federation.roster)
        self.federation.peers[self.name] = peer
        return peer, coordinator

    def others_learn(self, step: int = 499) -> None:
        for name, peer in self.federation.peers.items():
            if name != self.name:
                peer.learned(own(self.rng, step, sign=-1.0 if name == "p4" else 1.0))

    def round(self) -> RoundJudged:
        """Let a round happen, and return what the member tells of it."""
        self.federation.tick(60.0)
        self.federation.tick(21.0)
        self.member.judged(self.federation.verdicts[self.name][-1])
        told, *offered = self.member.tell(NOW)
        assert isinstance(told, RoundJudged)
        self.offers = [each for each in offered if isinstance(each, PriorOffered)]
        assert len(offered) == len(self.offers)
        return told

    def offered(self) -> list[EvidenceOffered]:
        """What the member has said of its own data."""
        said = [unpack(data)[1].content for topic, data in self.federation.log if topic == "p1"]
        return [content for content in said if isinstance(content, EvidenceOffered)]


@pytest.fixture
def table() -> Table:
    found = Table()
    found.join()
    found.member.on_definition(definition())
    found.others_learn()
    return found


def test_a_round_is_told_with_its_peers_and_edges(table: Table) -> None:
    said = own(table.rng)
    assert list(table.member.on_evidence(evidence(said))) == []

    told = table.round()

    assert (told.federation, told.subject, told.stream, told.peer) == (NAME, "boilers", "s", "p1")
    assert (told.round, told.mode, told.at, told.rule) == (1, "evidence", NOW, "trusted")
    assert (told.outcome, told.reason, told.quorum, told.late) == (RoundOutcome.POOLED, "", 3, 0)
    assert {peer.peer: (peer.is_used, peer.reason) for peer in told.peers} == {
        "p0": (True, ""),
        "p1": (True, ""),
        "p2": (True, ""),
        "p3": (True, ""),
        "p4": (False, "opposes-own"),
    }
    assert {peer.rows for peer in told.peers} == {400}
    assert sum(peer.weight for peer in told.peers) == pytest.approx(1.0)
    accepted = {
        (edge.source, edge.target, edge.lag): edge
        for edge in told.edges
        if edge.state is PooledState.ACCEPTED
    }
    places = {
        (CONTRACT.names[edge.source], CONTRACT.names[edge.target], edge.lag): place
        for place, edge in enumerate(EDGES)
    }
    assert {name for name, place in places.items() if TRUE[place]} <= set(accepted)
    assert len(accepted) <= TRUE.sum() + 2
    for name, edge in accepted.items():
        # What was offered is judged; what is shown beside it is what this deployment knows.
        assert edge.own_effect == said.effect[places[name]]
        assert edge.own_se == said.se[places[name]]
        assert "p4" not in edge.supports
        assert abs(edge.effect - 0.3 * TRUE[places[name]]) < 5 * edge.se
    assert [edge.q_value for edge in told.edges] == sorted(edge.q_value for edge in told.edges)
    assert told.refused == ()


def test_what_the_others_know_is_offered_as_a_prior_in_the_names_of_the_stream(
    table: Table,
) -> None:
    said = own(table.rng)
    table.member.on_evidence(evidence(said))

    table.round()

    (prior,) = table.offers
    assert (prior.stream, prior.origin, prior.sequence) == ("s", f"federation:{NAME}", 1)
    assert prior.key == f"s/federation:{NAME}"
    assert (prior.provenance, prior.rows) == (("p0", "p2", "p3"), 1200)
    assert prior.variables == tuple(LOCAL)
    offered = prior_of(prior)
    assert list(zip(offered.source, offered.target, offered.lag, strict=True)) == list(EDGES)
    assert np.all(np.abs(offered.expected.mean - 0.3 * TRUE) < 5 * offered.expected.se)
    assert not offered.expected.contested.any()


def test_own_evidence_is_no_part_of_the_prior_that_is_offered() -> None:
    offers = []
    for shift in (0.0, 0.02):
        table = Table()
        table.join()
        table.member.on_definition(definition())
        table.others_learn()
        said = own(np.random.default_rng(3))
        table.member.on_evidence(evidence(replace(said, effect=said.effect + shift)))
        table.round()
        offers += table.offers

    first, second = offers
    assert first == second


def test_variables_that_the_stream_does_not_have_are_left_out_of_the_prior() -> None:
    table = Table()
    names = dict(list(LOCAL.items())[1:])
    mapping = Mapping(stream="s", names=names)
    table.member.membership = table.member.membership.model_copy(update={"mapping": mapping})
    table.join()
    table.member.on_definition(definition())
    table.others_learn()
    table.member.on_evidence(evidence(own(table.rng)))

    table.round()

    (prior,) = table.offers
    assert prior.variables == tuple(names)
    assert len(prior.edges.source) == 5 * 4 * CONTRACT.max_lag


def test_a_round_that_was_not_pooled_offers_nothing(table: Table) -> None:
    table.member.on_definition(definition(unit="K"))
    table.round()

    assert table.offers == []


def test_what_is_told_comes_through_the_wire_as_it_was(table: Table) -> None:
    table.member.on_evidence(evidence(own(table.rng)))
    told = table.round()

    assert decode(encode(told, producer="here")).event == told


def test_a_thing_is_told_once(table: Table) -> None:
    table.member.on_evidence(evidence(own(table.rng)))
    table.round()

    assert list(table.member.tell(NOW)) == []


def test_evidence_of_another_stream_is_not_shared(table: Table) -> None:
    table.member.on_evidence(evidence(own(table.rng), stream="s2"))

    told = table.round()

    assert table.offered() == []
    assert told.outcome is RoundOutcome.NO_OWN_EVIDENCE
    assert "p1" not in {peer.peer for peer in told.peers}
    assert not any(peer.is_used for peer in told.peers)
    assert told.edges == ()


def test_what_is_shared_is_own_evidence_and_nothing_else(table: Table) -> None:
    first, second = own(table.rng), own(table.rng, step=999)
    table.member.on_evidence(evidence(first))
    assert table.round().outcome is RoundOutcome.POOLED
    table.others_learn(step=999)
    table.member.on_evidence(evidence(second))
    assert table.round().outcome is RoundOutcome.POOLED

    offered = table.offered()

    assert [(content.epoch, content.step, content.rows) for content in offered] == [
        (0, 499, 400),
        (0, 999, 400),
    ]
    for content, said in zip(offered, (first, second), strict=True):
        for sent, known in ((content.effect, said.effect), (content.se, said.se)):
            found = floats_from_bytes(sent, 2, CONTRACT.size)
            np.testing.assert_array_equal(found, known.astype(np.float32))


def test_what_was_learned_before_joining_is_not_lost() -> None:
    table = Table()
    table.member.on_definition(definition())
    table.member.on_evidence(evidence(own(table.rng)))
    table.join()
    table.others_learn()

    assert table.round().outcome is RoundOutcome.POOLED


def test_a_stream_that_does_not_fit_shares_nothing_and_says_why(table: Table) -> None:
    structlog.reset_defaults()  # another test may have wanted no warnings
    with capture_logs() as logged:
        table.member.on_definition(definition(unit="K"))
        table.member.on_evidence(evidence(own(table.rng)))
        table.member.on_definition(definition(unit="K"))

    told = table.round()

    assert table.offered() == []
    assert told.outcome is RoundOutcome.NO_OWN_EVIDENCE
    (line,) = logged
    assert line["event"] == "nothing is shared: the stream does not fit the contract"
    assert "local-x0 is in K, and x0 in no unit" in line["why"]


def test_a_stream_that_fits_again_shares_again(table: Table) -> None:
    table.member.on_definition(definition(unit="K"))
    table.member.on_evidence(evidence(own(table.rng)))
    table.member.on_definition(definition(unit="K", stream="s2"))
    table.member.on_definition(definition())

    assert table.round().outcome is RoundOutcome.POOLED


def test_the_definition_of_another_stream_does_not_matter(table: Table) -> None:
    table.member.on_definition(definition(unit="K", stream="s2"))
    table.member.on_evidence(evidence(own(table.rng)))

    assert table.round().outcome is RoundOutcome.POOLED


def test_a_round_without_a_quorum_is_told_with_its_reason() -> None:
    table = Table()
    table.join()
    table.member.on_evidence(evidence(own(table.rng)))

    told = table.round()

    assert (told.outcome, told.reason) == (RoundOutcome.ABORTED, "no-quorum")
    assert (told.peers, told.edges) == ((), ())


def test_refusals_are_counted_by_peer_and_reason_until_members_change(table: Table) -> None:
    table.member.on_evidence(evidence(own(table.rng)))
    for peer, reason, count in [
        ("p2", Reason.REPLAYED, 2),
        ("p0", Reason.UNREADABLE, 1),
        ("p2", Reason.BAD_SIGNATURE, 1),
    ]:
        for _ in range(count):
            table.member.refused(peer, Refused(reason, "no"))

    told = table.round()

    assert told.refused == (
        StatementsRefused("p0", "unreadable", 1),
        StatementsRefused("p2", "bad-signature", 1),
        StatementsRefused("p2", "replayed", 2),
    )
    table.join()
    table.federation.verdicts.clear()
    table.others_learn(step=999)
    table.member.on_evidence(evidence(own(table.rng, step=999)))
    for source, data in list(table.federation.log):
        table.federation.hear(table.federation.peers["p1"], source, data)
    assert table.round().refused == ()


def test_who_coordinates_is_said_by_the_list_of_members() -> None:
    assert Table("p0").join()[1] is not None
    assert Table("p1").join()[1] is None


def test_news_that_nobody_asks_for_does_not_pile_up(table: Table) -> None:
    table.member.on_evidence(evidence(own(table.rng)))
    table.round()
    (verdict,) = table.federation.verdicts["p1"]
    for _ in range(MOST_NEWS + 10):
        table.member.judged(verdict)

    assert len(list(table.member.tell(NOW))) == MOST_NEWS


def test_the_names_of_the_stream_stay_at_home() -> None:
    told = evidence(own(np.random.default_rng(1)))
    mapping = Mapping(stream="s", names=dict(zip(LOCAL, reversed(CONTRACT.names), strict=True)))

    straight = aligned(told, Mapping(stream="s", names=LOCAL), CONTRACT)
    turned = aligned(told, mapping, CONTRACT)

    assert not np.array_equal(straight.effect, turned.effect)
    np.testing.assert_array_equal(np.sort(straight.effect), np.sort(turned.effect))
    renamed = replace(told, variables=CONTRACT.names)
    assert np.all(np.isnan(aligned(renamed, mapping, CONTRACT).effect))


def test_nothing_is_shared_before_it_is_known_what_the_stream_is() -> None:
    table = Table()
    table.join()
    table.others_learn()
    table.member.on_evidence(evidence(own(table.rng)))
    table.round()
    assert table.offered() == []

    table.member.on_definition(definition())
    table.others_learn(step=999)
    assert table.round().outcome is RoundOutcome.POOLED


def test_a_stream_that_no_longer_fits_offers_nothing_any_more(table: Table) -> None:
    table.member.on_evidence(evidence(own(table.rng)))
    table.member.on_definition(definition(unit="K"))

    table.round()

    assert table.offered() == []
