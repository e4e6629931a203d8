"""How a federation begins, and how members come and go: folders, keys and lists of members.

found     makes the key that admits members, the founder's own, and a membership
invite    says everything that a newcomer needs to know, and nothing secret
enter     makes the newcomer's key and membership, and a request that carries its public key
admitted  the next list of members, with the newcomer in it
renew     makes a member's next key beside the one it signs with, and a request
finish    puts that key in the other's place, which is kept
"""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime
from pathlib import Path

import msgspec
from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from scarcity.errors import ConfigError
from scarcity.federation.membership import (
    AUTHORITY,
    FILE,
    KEY,
    Membership,
    PartOfTopic,
    Place,
    Rhythm,
)
from scarcity.federation.protocol.contract import Contract, Mapping
from scarcity.federation.protocol.identity import PUBLIC_BYTES, Identity, key_id
from scarcity.federation.protocol.roster import Member, PeerKey, Role, Roster

YEAR_MS = 365 * 24 * 3600 * 1000
"""How long a key counts from its admission on."""
EARLIER_MS = 60_000
_NAME: TypeAdapter[str] = TypeAdapter(PartOfTopic)
NEXT_KEY, OLD_KEY = "key-next.pem", "key-old.pem"


class Invitation(BaseModel):
    """What a newcomer needs to know; it opens nothing by itself."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    federation: PartOfTopic
    peer: PartOfTopic
    authority: str
    bus: Place
    contract: Contract


class Request(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A public key, for whoever admits members; sent on a way that both trust."""

    federation: str
    peer: str
    public: str
    """in hexadecimal"""

    @property
    def key_id(self) -> str:
        """What both compare. ConfigError when there is no key in it."""
        return key_id(self.key)

    @property
    def key(self) -> bytes:
        try:
            key = bytes.fromhex(self.public)
        except ValueError as error:
            raise ConfigError(f"the request of {self.peer} holds no key: {error}") from error
        # Nobody would take in a list with another length in it, nor any list after it.
        if len(key) != PUBLIC_BYTES:
            raise ConfigError(f"the request of {self.peer} holds a key of {len(key)} bytes")
        return key


def found(
    folder: Path, invitation: Invitation, mapping: Mapping, rounds: Rhythm, now: datetime
) -> tuple[Membership, Roster]:
    """Found a federation: its first member coordinates, and holds the key that admits others.

    The invitation is the founder's own to itself; its `authority` is made here. Writes all files,
    or none.
    """
    authority, own = Identity.new(), Identity.new()
    membership = _membership(invitation, mapping, authority.public.hex(), rounds)
    with _all_or_nothing(folder, membership, {AUTHORITY: authority, KEY: own}):
        member = Member(invitation.peer, (key_from(own.public, now),), Role.COORDINATOR)
        return membership, Roster(invitation.federation, 1, (member,))


def abandon(folder: Path) -> None:
    """Take back what `found` has just written: nobody has heard of it."""
    for name in (FILE, KEY, AUTHORITY):
        (folder / name).unlink()


def enter(folder: Path, invitation: Invitation, mapping: Mapping) -> Request:
    """Enter a federation; what comes back has to be admitted before anybody listens.

    Writes all files, or none.
    """
    own = Identity.new()
    membership = _membership(invitation, mapping, invitation.authority, Rhythm())
    with _all_or_nothing(folder, membership, {KEY: own}):
        return request(membership, own)


def invite(membership: Membership, peer: str) -> Invitation:
    """Return what a newcomer of that name needs to know."""
    return Invitation(
        federation=membership.federation,
        peer=peer,
        authority=membership.authority,
        bus=membership.bus,
        contract=membership.contract,
    )


def request(membership: Membership, identity: Identity) -> Request:
    """Return what asks for a key to be admitted."""
    return Request(membership.federation, membership.peer, identity.public.hex())


def admitted(roster: Roster, request: Request, now: datetime) -> Roster:
    """Return the next list, with a newcomer, or with a further key of a member.

    A key that is on the list already counts for another year. ConfigError for one that was
    revoked, or that another member signs with.
    """
    if request.federation != roster.federation:
        raise ConfigError(f"this is a request to {request.federation}, not {roster.federation}")
    try:
        _NAME.validate_python(request.peer)
    except ValidationError as error:
        raise ConfigError(f"no member can be called {request.peer!r}: let it join anew") from error
    key = key_from(request.key, now)
    for member in roster.members:
        _check(member, request)
    known = next((each for each in roster.members if each.peer == request.peer), None)
    if known is None:
        return roster.with_member(Member(request.peer, (key,)))
    keys = (*(each for each in known.keys if each.public != key.public), key)
    return roster.with_member(msgspec.structs.replace(known, keys=keys))


def renew(folder: Path, membership: Membership) -> Request:
    """Make a member's next key; where there is one already, ask for that one again."""
    path = folder / NEXT_KEY
    if path.exists():
        return request(membership, Identity.load(path))
    own = Identity.new()
    own.save(path)
    return request(membership, own)


def finish(folder: Path) -> None:
    """Put the next key into its place, and keep the one that was there."""
    key, old = folder / KEY, folder / OLD_KEY
    if key.exists():  # else an earlier try got no further
        if old.exists():
            raise ConfigError(f"{old} is there already, from the rotation before: move it away")
        key.rename(old)
    (folder / NEXT_KEY).rename(key)


def key_from(public: bytes, now: datetime) -> PeerKey:
    """Return a key that counts for a year from now on; a little before, for clocks that differ."""
    now_ms = round(1000 * now.timestamp())
    return PeerKey(public, now_ms - EARLIER_MS, now_ms + YEAR_MS)


def _check(member: Member, request: Request) -> None:
    for key in member.keys:
        if key.public != request.key:
            continue
        if member.peer != request.peer:
            raise ConfigError(f"key {key.key_id} is {member.peer}'s: every member needs its own")
        if key.is_revoked:
            raise ConfigError(
                f"key {key.key_id} of {member.peer} was revoked: let it make a new one with "
                "`scarcity federation rotate`"
            )


@contextmanager
def _all_or_nothing(
    folder: Path, membership: Membership, keys: dict[str, Identity]
) -> Iterator[None]:
    """Write a membership and its keys; none of them, when one cannot be, or what follows fails."""
    with ExitStack() as undo:
        try:
            _write(folder, membership, keys, undo)
        except OSError as error:
            raise ConfigError(f"{folder} cannot be written: {error.strerror}") from error
        yield
        undo.pop_all()


def _write(
    folder: Path, membership: Membership, keys: dict[str, Identity], undo: ExitStack
) -> None:
    if not folder.exists():
        folder.mkdir(parents=True)
        undo.callback(folder.rmdir)
    membership.save(folder)
    undo.callback((folder / FILE).unlink)
    for name, key in keys.items():
        key.save(folder / name)
        undo.callback((folder / name).unlink)


def _membership(
    invitation: Invitation, mapping: Mapping, authority: str, rounds: Rhythm
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
