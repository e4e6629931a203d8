"""How a federation begins, and how members come and go: folders, keys and lists of members.

found     makes the key that admits members, the founder's own, and a membership
invite    says everything that a newcomer needs to know, and nothing secret
enter     makes the newcomer's key and membership, and a request that carries its public key
admitted  the next list of members, with the newcomer in it
"""

from datetime import datetime
from pathlib import Path

import msgspec
from pydantic import BaseModel, ConfigDict

from scarcity.errors import ConfigError
from scarcity.federation.membership import AUTHORITY, KEY, Membership, Rounds
from scarcity.federation.protocol.contract import Contract, Mapping, Name
from scarcity.federation.protocol.identity import Identity
from scarcity.federation.protocol.roster import Member, PeerKey, Role, Roster

YEAR_MS = 365 * 24 * 3600 * 1000
"""How long a key counts from its admission on."""
EARLIER_MS = 60_000


class Invitation(BaseModel):
    """What a newcomer needs to know; it opens nothing by itself."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    federation: Name
    peer: Name
    authority: str
    bus: str
    contract: Contract


class Request(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A newcomer's public key, for whoever admits members; sent on a way that both trust."""

    federation: str
    peer: str
    public: str
    """in hexadecimal"""


def found(
    folder: Path, invitation: Invitation, mapping: Mapping, rounds: Rounds, now: datetime
) -> tuple[Membership, Roster]:
    """Found a federation: its first member coordinates, and holds the key that admits others.

    The invitation is the founder's own to itself; its `authority` is made here.
    """
    authority, own = Identity.new(), Identity.new()
    authority.save(folder / AUTHORITY)
    own.save(folder / KEY)
    membership = _membership(invitation, mapping, authority.public.hex(), rounds)
    membership.save(folder)
    member = Member(invitation.peer, (key_from(own.public, now),), Role.COORDINATOR)
    return membership, Roster(invitation.federation, 1, (member,))


def enter(folder: Path, invitation: Invitation, mapping: Mapping) -> Request:
    """Enter a federation; what comes back has to be admitted before anybody listens."""
    own = Identity.new()
    own.save(folder / KEY)
    _membership(invitation, mapping, invitation.authority, Rounds()).save(folder)
    return Request(invitation.federation, invitation.peer, own.public.hex())


def invite(membership: Membership, peer: str) -> Invitation:
    """Return what a newcomer of that name needs to know."""
    return Invitation(
        federation=membership.federation,
        peer=peer,
        authority=membership.authority,
        bus=membership.bus,
        contract=membership.contract,
    )


def admitted(roster: Roster, request: Request, now: datetime) -> Roster:
    """Return the next list, with a newcomer, or with a further key of a member."""
    if request.federation != roster.federation:
        raise ConfigError(f"this is a request to {request.federation}, not {roster.federation}")
    try:
        key = key_from(bytes.fromhex(request.public), now)
    except ValueError as error:
        raise ConfigError(f"the request of {request.peer} holds no key: {error}") from error
    known = next((each for each in roster.members if each.peer == request.peer), None)
    if known is None:
        return roster.with_member(Member(request.peer, (key,)))
    keys = (*(each for each in known.keys if each.public != key.public), key)
    return roster.with_member(msgspec.structs.replace(known, keys=keys))


def key_from(public: bytes, now: datetime) -> PeerKey:
    """Return a key that counts for a year from now on; a little before, for clocks that differ."""
    now_ms = round(1000 * now.timestamp())
    return PeerKey(public, now_ms - EARLIER_MS, now_ms + YEAR_MS)


def _membership(
    invitation: Invitation, mapping: Mapping, authority: str, rounds: Rounds
) -> Membership:
    return Membership(
        federation=invitation.federation,
        peer=invitation.peer,
        authority=authority,
        bus=invitation.bus,
        contract=invitation.contract,
        mapping=mapping,
        rounds=rounds,
    )
