"""What is known of federations: the newest round of each membership in full, and those before."""

from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from scarcity.events import PeerJudged, PrivacySpent, RoundJudged
from services.gateway.domain.documents import moment
from services.gateway.domain.recent import Recent

KEPT = 1000


class FederationView:
    """Everything the gateway can show of federations."""

    def __init__(self) -> None:
        self._newest: dict[str, RoundJudged] = {}
        self._rounds: Recent[RoundJudged] = Recent(KEPT)

    def on_round(self, judged: RoundJudged) -> bool:
        """Take it in; False when it is known."""
        known = self._newest.get(judged.key)
        if known is None or judged.opened_at >= known.opened_at:
            self._newest[judged.key] = judged
        return self._rounds.add(judged)

    @property
    def rounds(self) -> Iterable[RoundJudged]:
        """The newest of all memberships."""
        return self._rounds

    def document(self, rounds: Iterable[RoundJudged]) -> dict[str, list[dict[str, Any]]]:
        """Return the memberships with their newest rounds, and some rounds in short."""
        return {
            "memberships": [membership_document(self._newest[key]) for key in sorted(self._newest)],
            "rounds": [round_document(judged) for judged in rounds],
        }


def membership_document(judged: RoundJudged) -> dict[str, Any]:
    """Return all that the newest round says."""
    return {
        **round_document(judged),
        "subject": judged.subject,
        "stream": judged.stream,
        "rule": judged.rule,
        "quorum": judged.quorum,
        "late": judged.late,
        "edges": [asdict(edge) for edge in judged.edges],
        "refused": [asdict(each) for each in judged.refused],
        "standing": [_standing(judged, peer) for peer in _peers(judged)],
        "privacy": None if judged.privacy is None else asdict(judged.privacy),
    }


def _peers(judged: RoundJudged) -> list[str]:
    """Return everybody who was heard, let in or not."""
    return sorted({each.peer for each in judged.peers} | {each.peer for each in judged.refused})


def _standing(judged: RoundJudged, peer: str) -> dict[str, Any]:
    """Return on which side of the edges a peer is, and what of it was not let in."""
    return {
        "peer": peer,
        "supports": sum(peer in edge.supports for edge in judged.edges),
        "opposes": sum(peer in edge.opposes for edge in judged.edges),
        "refused": {each.reason: each.count for each in judged.refused if each.peer == peer},
    }


def round_document(judged: RoundJudged) -> dict[str, Any]:
    """Return what became of a round, with a sentence that says it."""
    states = [edge.state.value for edge in judged.edges]
    return {
        "federation": judged.federation,
        "peer": judged.peer,
        "round": judged.round,
        "mode": judged.mode,
        "at": moment(judged.at),
        "outcome": judged.outcome,
        "reason": judged.reason,
        "accepted": states.count("accepted"),
        "contested": states.count("contested"),
        "peers": [asdict(peer) for peer in judged.peers],
        "text": round_sentence(judged),
    }


def round_sentence(judged: RoundJudged) -> str:
    """Say a round in plain words.

    "round 3 of plants: 4 of 5 peers agree on 14 edges; mallory is left out, opposes-own"
    """
    said = f"round {judged.round} of {judged.federation}"
    if judged.outcome == "aborted":
        withheld = "" if judged.privacy is None else _withheld(judged, judged.privacy)
        return f"{said}: given up, {judged.reason}{withheld}"
    if judged.outcome == "too-few":
        return f"{said}: only {len(judged.peers)} of the {judged.quorum} peers needed were let in"
    if judged.outcome == "no-own-evidence":
        return f"{said}: {judged.peer} had nothing new to judge the others by"
    if judged.privacy is not None:
        return said + _sum_in_words(judged, judged.privacy)
    used = sum(peer.is_used for peer in judged.peers)
    accepted = sum(edge.state == "accepted" for edge in judged.edges)
    left_out = "".join(map(_left_out, judged.peers))
    return f"{said}: {used} of {len(judged.peers)} peers agree on {accepted} edges{left_out}"


def _sum_in_words(judged: RoundJudged, privacy: PrivacySpent) -> str:
    summed = sum(peer.is_used for peer in judged.peers)
    return (
        f": the sum over {summed} of {len(judged.peers)} members shows {len(judged.edges)} edges; "
        f"{privacy.epsilon_spent:.3g} of a budget of {privacy.epsilon_total:g} is spent"
        + _withheld(judged, privacy)
    )


def _withheld(judged: RoundJudged, privacy: PrivacySpent) -> str:
    return f"; {judged.peer} took no part, {privacy.withheld}" if privacy.withheld else ""


def _left_out(peer: PeerJudged) -> str:
    return "" if peer.is_used else f"; {peer.peer} is left out, {peer.reason}"
