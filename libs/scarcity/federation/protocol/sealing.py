"""The stages of a sealed round, and the messages of each.

    stage        every member sends      then the coordinator sends
    KEYS         Announcement            Announcements, to all
    SHARES       SharedSecrets           Delivery, to each who shared
    INPUT        MaskedInput             Survivors, to all whose input counts
    CONSISTENCY  Endorsement             RevealRequest, to all who endorsed
    UNMASK       Reveal                  Total, or at any stage Aborted

A stage ends when the coordinator says so. Who has not answered by then has dropped out; what comes
later is refused. Messages travel in statements, which are signed; what other members must be able
to check is signed once more in itself: the keys, and the survivors. `terms` is the digest of the
round's terms.
"""

from enum import IntEnum
from typing import Literal

import msgspec


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


class _Message(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    pass


class Announcement(_Message, frozen=True, tag="keys"):
    """The two public keys of a member for this round, X25519, 32 bytes each."""

    terms: bytes
    sender: int
    channel_key: bytes
    mask_key: bytes
    signature: bytes

    @property
    def signed(self) -> bytes:
        return self.channel_key + self.mask_key


class Announcements(_Message, frozen=True, tag="all-keys"):
    """The keys of all who announced them, by member."""

    terms: bytes
    announcements: tuple[Announcement, ...]


class Portion(_Message, frozen=True):
    """What one holder gets of a member's two secrets."""

    holder: int
    box: bytes
    """both shares, for the holder alone; empty for the member itself"""
    seed_digest: bytes
    key_digest: bytes
    """of the two shares, to tell a false one when it is revealed"""


class SharedSecrets(_Message, frozen=True, tag="shares"):
    """A member's seed and mask key in shares, one portion for each neighbour and itself."""

    terms: bytes
    sender: int
    seed_digest: bytes
    portions: tuple[Portion, ...]


class Box(_Message, frozen=True):
    """Two shares on their way."""

    sender: int
    content: bytes


class Delivery(_Message, frozen=True, tag="boxes"):
    """The boxes for one member, from those neighbours who shared their secrets."""

    terms: bytes
    receiver: int
    boxes: tuple[Box, ...]


class MaskedInput(_Message, frozen=True, tag="input"):
    """A member's vector under its masks, 8 bytes a word, little-endian."""

    terms: bytes
    sender: int
    words: bytes


class Survivors(_Message, frozen=True, tag="survivors"):
    """Whose inputs will be summed, in ascending order."""

    terms: bytes
    members: tuple[int, ...]


class Endorsement(_Message, frozen=True, tag="endorsed"):
    """A member's signature on the one set of survivors it will help to unmask."""

    terms: bytes
    sender: int
    signature: bytes


class RevealRequest(_Message, frozen=True, tag="reveal"):
    """The survivors, and the signatures on them."""

    terms: bytes
    survivors: tuple[int, ...]
    endorsements: tuple[Endorsement, ...]


class RevealedShare(_Message, frozen=True):
    """A share of one secret of one member."""

    owner: int
    kind: Kind
    share: bytes


class Reveal(_Message, frozen=True, tag="revealed"):
    """One share for each member whose secrets the sender holds, of either secret."""

    terms: bytes
    sender: int
    shares: tuple[RevealedShare, ...]


class Total(_Message, frozen=True, tag="total"):
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
    "lost-answers",
    "members-changed",
]


class Aborted(_Message, frozen=True, tag="ended"):
    """The round has ended without a sum; every member forgets its keys."""

    terms: bytes
    stage: Stage
    reason: Failure


FromPeer = Announcement | SharedSecrets | MaskedInput | Endorsement | Reveal
FromCoordinator = Announcements | Delivery | Survivors | RevealRequest | Total | Aborted


class StageClosed(_Message, frozen=True, tag="stage-closed"):
    """The deadline of a stage has passed, or everybody has answered."""

    terms: bytes
    stage: Stage
    answered: tuple[tuple[int, bytes], ...] = ()
    """whose answers count, in this order, each with the digest of the statement it came in"""
    sent: tuple[FromCoordinator, ...] = ()
    """what follows from them, for all to read"""


Record = FromPeer | StageClosed
"""What the log of a round holds."""

ANSWERS: dict[type, Stage] = {
    Announcement: Stage.KEYS,
    SharedSecrets: Stage.SHARES,
    MaskedInput: Stage.INPUT,
    Endorsement: Stage.CONSISTENCY,
    Reveal: Stage.UNMASK,
}
"""Which stage each kind of answer belongs to."""


def encode_survivors(members: tuple[int, ...]) -> bytes:
    """What an endorsement signs."""
    return b"".join(member.to_bytes(4) for member in members)
