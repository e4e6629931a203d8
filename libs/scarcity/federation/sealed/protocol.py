"""The stages of a sealed round, and the messages of each.

    stage        every member sends      then the coordinator sends
    KEYS         Announcement            Announcements, to all
    SHARES       SharedSecrets           Delivery, to each who shared
    INPUT        MaskedInput             Survivors, to all whose input counts
    CONSISTENCY  Endorsement             RevealRequest, to all who endorsed
    UNMASK       Reveal                  Total, or at any stage Aborted

A stage ends when its `StageClosed` stands in the log. Who has not answered by then has dropped out;
what comes later is refused. Messages are bytes and numbers, so that whoever carries them chooses
the encoding; he also signs them, except for what other members must be able to check: the keys, and
the survivors. `terms` is the digest of the round's terms.
"""

from dataclasses import dataclass
from enum import IntEnum
from typing import Literal


class Stage(IntEnum):
    """What a round waits for; the last two are ends."""

    KEYS = 1
    SHARES = 2
    INPUT = 3
    CONSISTENCY = 4
    UNMASK = 5
    SUMMED = 6
    ABORTED = 7


Kind = Literal["seed", "key"]
"""Whose share is revealed: of a survivor's own mask, or of the mask key of one who dropped out."""


@dataclass(frozen=True, slots=True)
class Announcement:
    """The two public keys of a member for this round, X25519, 32 bytes each."""

    terms: bytes
    sender: int
    channel_key: bytes
    mask_key: bytes
    signature: bytes

    @property
    def signed(self) -> bytes:
        return self.channel_key + self.mask_key


@dataclass(frozen=True, slots=True)
class Announcements:
    """The keys of all who announced them, by member."""

    terms: bytes
    announcements: tuple[Announcement, ...]


@dataclass(frozen=True, slots=True)
class Portion:
    """What one holder gets of a member's two secrets."""

    holder: int
    box: bytes
    """both shares, for the holder alone; empty for the member itself"""
    seed_digest: bytes
    key_digest: bytes
    """of the two shares, to tell a false one when it is revealed"""


@dataclass(frozen=True, slots=True)
class SharedSecrets:
    """A member's seed and mask key in shares, one portion for each neighbour and itself."""

    terms: bytes
    sender: int
    seed_digest: bytes
    portions: tuple[Portion, ...]


@dataclass(frozen=True, slots=True)
class Box:
    """Two shares on their way."""

    sender: int
    content: bytes


@dataclass(frozen=True, slots=True)
class Delivery:
    """The boxes for one member, from those neighbours who shared their secrets."""

    terms: bytes
    receiver: int
    boxes: tuple[Box, ...]


@dataclass(frozen=True, slots=True)
class MaskedInput:
    """A member's vector under its masks, 8 bytes a word, little-endian."""

    terms: bytes
    sender: int
    words: bytes


@dataclass(frozen=True, slots=True)
class Survivors:
    """Whose inputs will be summed, in ascending order."""

    terms: bytes
    members: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Endorsement:
    """A member's signature on the one set of survivors it will help to unmask."""

    terms: bytes
    sender: int
    signature: bytes


@dataclass(frozen=True, slots=True)
class RevealRequest:
    """The survivors, and the signatures on them."""

    terms: bytes
    survivors: tuple[int, ...]
    endorsements: tuple[Endorsement, ...]


@dataclass(frozen=True, slots=True)
class RevealedShare:
    """A share of one secret of one member."""

    owner: int
    kind: Kind
    share: bytes


@dataclass(frozen=True, slots=True)
class Reveal:
    """One share for each member whose secrets the sender holds, of either secret."""

    terms: bytes
    sender: int
    shares: tuple[RevealedShare, ...]


@dataclass(frozen=True, slots=True)
class Total:
    """The sum of the survivors' vectors, in words."""

    terms: bytes
    survivors: tuple[int, ...]
    words: bytes


Failure = Literal[
    "too-few-keys",
    "too-few-sharing",
    "too-few-inputs",
    "too-few-endorsements",
    "too-few-shares",
    "false-secret",
]


@dataclass(frozen=True, slots=True)
class Aborted:
    """The round has ended without a sum; every member forgets its keys."""

    terms: bytes
    stage: Stage
    reason: Failure


@dataclass(frozen=True, slots=True)
class StageClosed:
    """The deadline of a stage has passed, or everybody has answered."""

    terms: bytes
    stage: Stage


FromPeer = Announcement | SharedSecrets | MaskedInput | Endorsement | Reveal
FromCoordinator = Announcements | Delivery | Survivors | RevealRequest | Total | Aborted
Record = FromPeer | StageClosed
"""What the log of a round holds."""


def encode_survivors(members: tuple[int, ...]) -> bytes:
    """What an endorsement signs."""
    return b"".join(member.to_bytes(4) for member in members)
