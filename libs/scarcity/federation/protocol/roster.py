"""Who belongs to a federation: an allow-list, signed by a key that is kept away from the network.

A key is good within its time, unless it is revoked; two at once make a rotation without a break.
A roster outranks those of lower versions, so that nobody brings back who was removed.
"""

from enum import StrEnum

import msgspec

from scarcity.errors import ConfigError
from scarcity.federation.protocol.identity import PUBLIC_BYTES, Identity, is_signed_by, key_id
from scarcity.federation.protocol.refusals import Reason, Refused


class Role(StrEnum):
    """What a member may say."""

    PEER = "peer"
    COORDINATOR = "coordinator"
    """A peer that opens and closes rounds as well."""


class PeerKey(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A public key, and when it counts; milliseconds since 1970."""

    public: bytes
    valid_from_ms: int
    valid_to_ms: int
    is_revoked: bool = False

    @property
    def key_id(self) -> str:
        return key_id(self.public)


class Member(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A peer by name, and the keys that it may sign with."""

    peer: str
    keys: tuple[PeerKey, ...]
    role: Role = Role.PEER


class Roster(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All members of a federation."""

    federation: str
    version: int
    members: tuple[Member, ...]

    def key(self, peer: str, key: str, at_ms: int) -> PeerKey:
        """Return a key that is good at that time. Refused when it is not."""
        member = self.member(peer)
        found = next((each for each in member.keys if each.key_id == key), None)
        if found is None:
            raise Refused(Reason.UNKNOWN_KEY, f"{peer} has no key {key}")
        if found.is_revoked:
            raise Refused(Reason.REVOKED_KEY, f"key {key} of {peer} is revoked")
        if not found.valid_from_ms <= at_ms < found.valid_to_ms:
            raise Refused(Reason.EXPIRED_KEY, f"key {key} of {peer} is not valid now")
        return found

    def member(self, peer: str) -> Member:
        """Return a member. Refused when there is none of that name."""
        found = next((each for each in self.members if each.peer == peer), None)
        if found is None:
            raise Refused(Reason.UNKNOWN_PEER, f"{peer} is no member of {self.federation}")
        return found

    @property
    def speaking(self) -> int:
        """How many members have a key that is not revoked."""
        return sum(any(not key.is_revoked for key in each.keys) for each in self.members)

    def with_member(self, member: Member) -> "Roster":
        """Return the next roster, with a member added, or in the place of the one of its name."""
        others = tuple(each for each in self.members if each.peer != member.peer)
        members = tuple(sorted((*others, member), key=lambda each: each.peer))
        return Roster(self.federation, self.version + 1, members)

    def revoking(self, peer: str, key: str | None = None) -> "Roster":
        """Return the next roster, in which a key, or all of a peer, counts no more.

        ConfigError when there is no such key.
        """
        member = next((each for each in self.members if each.peer == peer), None)
        known = () if member is None else member.keys
        if member is None or not any(key in (None, each.key_id) for each in known):
            raise ConfigError(f"{peer} has no key {key or ''}: see `scarcity federation status`")
        keys = tuple(
            msgspec.structs.replace(each, is_revoked=each.is_revoked or key in (None, each.key_id))
            for each in known
        )
        return self.with_member(msgspec.structs.replace(member, keys=keys))


class SignedRoster(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A roster as it travels."""

    body: bytes
    signature: bytes


_BODY = msgspec.msgpack.Decoder(Roster)
_SIGNED = msgspec.msgpack.Decoder(SignedRoster)


def seal(roster: Roster, authority: Identity) -> bytes:
    """Return a roster as it travels, signed by whoever admits members."""
    body = msgspec.msgpack.encode(roster)
    return msgspec.msgpack.encode(SignedRoster(body, authority.sign(body)))


def open_roster(data: bytes, authority: bytes, newest: Roster | None = None) -> Roster:
    """Return a roster signed by that public key and newer than another. Refused otherwise."""
    try:
        signed = _SIGNED.decode(data)
        if not is_signed_by(authority, signed.signature, signed.body):
            raise Refused(Reason.BAD_SIGNATURE, "this roster is not signed by who admits members")
        roster = _BODY.decode(signed.body)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise Refused(Reason.UNREADABLE, f"no roster: {error}") from error
    if newest is not None and roster.federation != newest.federation:
        raise Refused(Reason.WRONG_FEDERATION, f"this roster is of {roster.federation}")
    if newest is not None and roster.version < newest.version:
        raise Refused(Reason.REPLAYED, f"version {roster.version} is older than {newest.version}")
    if any(len(key.public) != PUBLIC_BYTES for member in roster.members for key in member.keys):
        raise Refused(Reason.UNREADABLE, "a public key of another length")
    return roster
