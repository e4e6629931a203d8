"""A federation as `scarcity federation status` shows it: as a document, and as a table."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from scarcity.federation.membership import Membership
from scarcity.federation.protocol.roster import Member, PeerKey
from scarcity.federation.protocol.rounds import Round
from scarcity.federation.protocol.sealing import Stage
from scarcity.federation.protocol.statement import Mode, Statement
from scarcity.federation.sealed.accountant import Account
from scarcity.federation.sealed.progress import Progress
from scarcity.federation.survey import Survey

STAGES = {stage.name.lower() for stage in Stage if stage < Stage.SUMMED}
STYLES = {"counts": "green", "revoked": "red", "expired": "red", "not yet": "yellow"}


@dataclass(frozen=True, slots=True)
class Own:
    """What is known at home alone."""

    key: str | None
    account: Account | None
    """of sealed rounds"""


def document(membership: Membership, own: Own, survey: Survey, now_ms: int) -> dict[str, object]:
    """Return all that is known, for JSON."""
    members, own_key = survey.roster.members, own.key
    return {
        "federation": membership.federation,
        "mode": (Mode.EVIDENCE if membership.contract.sealing is None else Mode.SEALED).value,
        "bus": membership.bus,
        "peer": membership.peer,
        "key": own_key,
        "admitted": any(
            (member.peer, key.key_id, _state(key, now_ms)) == (membership.peer, own_key, "counts")
            for member in members
            for key in member.keys
        ),
        "version": survey.roster.version,
        "members": [_member(member, survey, now_ms) for member in members],
        "round": _newest(survey),
        "privacy": None if own.account is None else _privacy(own.account),
    }


def show(one: Mapping[str, Any]) -> None:
    """Print a document of that kind for people."""
    console = Console(highlight=False)
    console.print(
        Text(f"{one['federation']} on {one['bus']}, {one['mode']}, list {one['version']}")
    )
    console.print(_table(one["members"]))
    console.print(Text(_round_in_words(one["round"])))
    if one["privacy"] is not None:
        console.print(Text(_privacy_in_words(one["privacy"])))
    for member in one["members"]:
        for reason, count in member["refused"].items():
            console.print(Text(f"refused from {member['peer']}: {count} times {reason}", "yellow"))
    if not one["admitted"]:
        console.print(
            Text(
                f"{one['peer']} does not count with key {one['key']}: bring a request to who "
                "holds authority.pem",
                "yellow",
            )
        )


def _member(member: Member, survey: Survey, now_ms: int) -> dict[str, object]:
    last = survey.last.get(member.peer)
    refused = sorted(
        (reason.value, count)
        for (peer, reason), count in survey.refused.items()
        if peer == member.peer
    )
    return {
        "peer": member.peer,
        "role": member.role.value,
        "keys": [
            {
                "id": key.key_id,
                "from": _time(key.valid_from_ms),
                "to": _time(key.valid_to_ms),
                "state": _state(key, now_ms),
            }
            for key in member.keys
        ],
        "last": None if last is None else _last(last),
        "refused": dict(refused),
    }


def _last(said: Statement) -> dict[str, object]:
    return {
        "at": _time(said.at_ms),
        "said": said.content.__struct_config__.tag,
        "round": said.round,
        "key": said.key,
    }


def _round(newest: Round) -> dict[str, object]:
    return {
        "number": newest.number,
        "stage": newest.stage.value,
        "opened": _time(newest.opened_at_ms),
        "until": _time(newest.deadline_ms),
        "quorum": newest.opened.quorum,
        "heard": sorted(newest.inputs),
        "included": sorted(newest.included),
        "reason": newest.reason or None,
    }


def _newest(survey: Survey) -> dict[str, object] | None:
    if survey.progress is not None:
        return _sealed_round(survey.progress)
    return None if survey.round is None else _round(survey.round)


def _sealed_round(newest: Progress) -> dict[str, object]:
    return {
        "number": newest.number,
        "stage": newest.stage.name.lower(),
        "opened": _time(newest.opened_at_ms),
        "until": _time(newest.deadline_ms),
        "quorum": newest.opened.quorum,
        "heard": sorted(set(newest.names) - newest.missing.keys()),
        "included": sorted(newest.summed),
        "reason": newest.reason or None,
    }


def _privacy(account: Account) -> dict[str, object]:
    return {
        "epsilon_round": account.rows.epsilon,
        "epsilon_spent": account.epsilon,
        "epsilon_total": account.total.epsilon,
        "delta": account.total.delta,
    }


def _state(key: PeerKey, now_ms: int) -> str:
    if key.is_revoked:
        return "revoked"
    if now_ms < key.valid_from_ms:
        return "not yet"
    return "counts" if now_ms < key.valid_to_ms else "expired"


def _time(at_ms: int) -> str:
    """Return a time for JSON; a peer may say what no calendar holds.

    >>> _time(0), _time(10**18)
    ('1970-01-01T00:00:00Z', '1000000000000000000 ms')
    """
    try:
        at = datetime.fromtimestamp(at_ms / 1000, UTC)
    except (ValueError, OverflowError, OSError):
        return f"{at_ms} ms"
    return f"{at:%Y-%m-%dT%H:%M:%SZ}"


def _table(members: Sequence[Mapping[str, Any]]) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False)
    table.add_column("peer", min_width=8, overflow="fold")
    for name in ("role", "key", "until", "state"):
        table.add_column(name, no_wrap=True)
    table.add_column("last heard", min_width=10, overflow="fold")
    for member in members:
        last = member["last"]
        heard = "nothing" if last is None else f"{last['said']}, {last['at']}"
        for number, key in enumerate(member["keys"]):
            is_first = number == 0
            table.add_row(
                Text(member["peer"] if is_first else ""),
                member["role"] if is_first else "",
                key["id"],
                key["to"].partition("T")[0],
                Text(key["state"], STYLES[key["state"]]),
                Text(heard if is_first else ""),
            )
    return table


def _round_in_words(newest: Mapping[str, Any] | None) -> str:
    if newest is None:
        return "no round yet"
    if newest["stage"] == "summed":
        return f"round {newest['number']} is summed over {', '.join(newest['included'])}"
    heard = f"{len(newest['heard'])} heard of at least {newest['quorum']}"
    if newest["stage"] in STAGES:
        return (
            f"round {newest['number']} waits for {newest['stage']} until {newest['until']}: {heard}"
        )
    if newest["stage"] == "open":
        return f"round {newest['number']} is open until {newest['until']}: {heard}"
    if newest["stage"] == "aborted":
        return f"round {newest['number']} was aborted, {newest['reason']}: {heard}"
    return f"round {newest['number']} is closed with {', '.join(newest['included'])}"


def _privacy_in_words(privacy: Mapping[str, Any]) -> str:
    return (
        f"rounds have cost epsilon {privacy['epsilon_spent']:.3g} of {privacy['epsilon_total']:g} "
        f"(delta {privacy['delta']:g}), and each row {privacy['epsilon_round']:g} at most"
    )
