"""The gateway shows the newest round of each membership whole, and every round in a sentence."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import orjson
import pytest

from scarcity.events import (
    PeerJudged,
    PooledEdge,
    PooledState,
    RoundJudged,
    RoundOutcome,
    StatementsRefused,
)
from services.gateway.domain.federation_view import KEPT, FederationView, round_document

EDGE = PooledEdge(
    source="heat",
    target="power",
    lag=2,
    effect=0.3,
    se=0.02,
    expected_low=0.1,
    expected_high=None,
    i2=None,
    tau2=0.0,
    q_value=1e-9,
    state=PooledState.ACCEPTED,
    supports=("here", "north"),
    opposes=(),
    own_effect=0.31,
    own_se=None,
)
ROUND = RoundJudged(
    federation="plants",
    subject="boiler",
    stream="kessel",
    peer="here",
    round=3,
    mode="evidence",
    at=datetime(2026, 1, 1, tzinfo=UTC),
    outcome=RoundOutcome.POOLED,
    reason="",
    rule="trusted",
    quorum=3,
    late=1,
    peers=(
        PeerJudged("here", is_used=True, reason="", weight=0.5, rows=100),
        PeerJudged("mallory", is_used=False, reason="opposes-own", weight=0.0, rows=90),
        PeerJudged("north", is_used=True, reason="", weight=0.5, rows=100),
    ),
    edges=(EDGE, replace(EDGE, lag=3), replace(EDGE, lag=1, state=PooledState.CONTESTED)),
    refused=(StatementsRefused("mallory", "replayed", 4),),
    opened_at=datetime(2026, 1, 1, tzinfo=UTC),
)


@pytest.mark.parametrize(
    ("judged", "text"),
    [
        (
            ROUND,
            "round 3 of plants: 2 of 3 peers agree on 2 edges; mallory is left out, opposes-own",
        ),
        (
            replace(ROUND, peers=ROUND.peers[:1], edges=()),
            "round 3 of plants: 1 of 1 peers agree on 0 edges",
        ),
        (
            replace(ROUND, outcome=RoundOutcome.ABORTED, reason="no-quorum", peers=(), edges=()),
            "round 3 of plants: given up, no-quorum",
        ),
        (
            replace(ROUND, outcome=RoundOutcome.TOO_FEW, peers=ROUND.peers[:2], edges=()),
            "round 3 of plants: only 2 of the 3 peers needed were let in",
        ),
        (
            replace(ROUND, outcome=RoundOutcome.NO_OWN_EVIDENCE, edges=()),
            "round 3 of plants: here had nothing new to judge the others by",
        ),
    ],
)
def test_a_round_is_said_in_a_sentence(judged: RoundJudged, text: str) -> None:
    assert round_document(judged)["text"] == text


def test_the_newest_round_is_shown_whole() -> None:
    view = FederationView()
    assert view.on_round(ROUND)

    document = orjson.loads(orjson.dumps(view.document(view.rounds)))

    (shown,) = document["memberships"]
    assert shown["stream"] == "kessel"
    assert shown["refused"] == [{"peer": "mallory", "reason": "replayed", "count": 4}]
    assert shown["peers"][1]["reason"] == "opposes-own"
    assert (shown["accepted"], shown["contested"]) == (2, 1)
    assert shown["edges"][0] | {"supports": 0, "opposes": 0} == {
        "source": "heat",
        "target": "power",
        "lag": 2,
        "effect": 0.3,
        "se": 0.02,
        "expected_low": 0.1,
        "expected_high": None,
        "i2": None,
        "tau2": 0.0,
        "q_value": 1e-9,
        "state": "accepted",
        "supports": 0,
        "opposes": 0,
        "own_effect": 0.31,
        "own_se": None,
    }
    assert shown["edges"][0]["supports"] == ["here", "north"]
    (said,) = document["rounds"]
    assert "edges" not in said
    assert said["at"] == "2026-01-01T00:00:00Z"


def test_how_each_peer_stands_to_the_edges_is_counted_and_what_of_it_was_refused() -> None:
    view = FederationView()
    edges = (EDGE, replace(EDGE, lag=1, supports=("here",), opposes=("north", "mallory")))
    refused = (*ROUND.refused, StatementsRefused("stranger", "unknown-peer", 2))
    view.on_round(replace(ROUND, edges=edges, refused=refused))

    (shown,) = view.document(view.rounds)["memberships"]

    assert {each.pop("peer"): each for each in shown["standing"]} == {
        "here": {"supports": 2, "opposes": 0, "refused": {}},
        "mallory": {"supports": 0, "opposes": 1, "refused": {"replayed": 4}},
        "north": {"supports": 1, "opposes": 1, "refused": {}},
        "stranger": {"supports": 0, "opposes": 0, "refused": {"unknown-peer": 2}},
    }


def test_what_comes_again_or_late_is_no_news() -> None:
    view = FederationView()
    later = replace(ROUND, round=4, opened_at=ROUND.opened_at + timedelta(minutes=1))

    assert view.on_round(later)
    assert not view.on_round(later)
    assert view.on_round(ROUND)

    document = view.document(view.rounds)
    assert [each["round"] for each in document["memberships"]] == [4]
    assert [each["round"] for each in document["rounds"]] == [3, 4]


def test_rounds_that_begin_anew_at_1_are_shown() -> None:
    view = FederationView()
    view.on_round(ROUND)

    assert view.on_round(replace(ROUND, round=1, opened_at=ROUND.opened_at + timedelta(days=1)))

    assert [each["round"] for each in view.document(view.rounds)["memberships"]] == [1]


def test_each_membership_has_its_own_newest_round() -> None:
    view = FederationView()
    for peer, federation in (("north", "plants"), ("here", "plants"), ("here", "mines")):
        view.on_round(replace(ROUND, peer=peer, federation=federation))

    document = view.document(view.rounds)

    assert [(each["federation"], each["peer"]) for each in document["memberships"]] == [
        ("mines", "here"),
        ("plants", "here"),
        ("plants", "north"),
    ]
    assert len(document["rounds"]) == 3


def test_old_rounds_go() -> None:
    view = FederationView()
    for number in range(KEPT + 5):
        view.on_round(replace(ROUND, round=number))

    rounds = view.document(view.rounds)["rounds"]

    assert len(rounds) == KEPT
    assert rounds[0]["round"] == KEPT + 4
