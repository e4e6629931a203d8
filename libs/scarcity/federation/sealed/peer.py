"""One member's part in a sealed round.

Each message from the coordinator leads to one answer, once: a member that has answered a stage
refuses to answer it again. It signs one set of survivors and reveals its shares against that set
only, when at least `threshold` members have signed it: so for no member can shares of both secrets
be got together, unless 2 t ≤ n + c for c members who sign everything. Then it forgets its keys.

After each step keep `snapshot`, together with the answer, before the answer is sent: a member that
crashes then sends the same answer, and never answers twice. The snapshot is a secret of the member.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from hmac import compare_digest
from secrets import token_bytes

import msgspec

from scarcity.federation.protocol.identity import Identity
from scarcity.federation.protocol.refusals import Reason, Refused
from scarcity.federation.protocol.sealing import (
    Announcement,
    Announcements,
    Delivery,
    Endorsement,
    FromCoordinator,
    MaskedInput,
    Portion,
    Reveal,
    RevealedShare,
    RevealRequest,
    SharedSecrets,
    Stage,
    Survivors,
    encode_survivors,
)
from scarcity.federation.sealed import shamir
from scarcity.federation.sealed.checks import (
    KEYS,
    SURVIVORS,
    check_announcement,
    check_endorsement,
    commitment,
    place,
)
from scarcity.federation.sealed.fixedpoint import Words, to_bytes
from scarcity.federation.sealed.keys import KeyPair, Scope, seal, sign, unseal
from scarcity.federation.sealed.masking import Streams, pair_key, self_key
from scarcity.federation.sealed.terms import Terms

BOX = "shares"
"""The label of what holders get."""


@dataclass(frozen=True, slots=True)
class _Shares:
    """One member's share of the two secrets of another, or of its own."""

    seed: bytes = field(repr=False)
    key: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class _Neighbour:
    """What one that announced its keys has in common with this member, and its public mask key."""

    channel: bytes = field(repr=False)
    mask: bytes


@dataclass(slots=True)
class _Memory:
    """What must outlive a crash. Without secrets the round is over for this member."""

    terms: bytes
    index: int
    stage: Stage = Stage.KEYS
    """what is answered next"""
    channel: bytes = field(default=b"", repr=False)
    mask: bytes = field(default=b"", repr=False)
    """private keys"""
    seed: bytes = field(default=b"", repr=False)
    neighbours: dict[int, _Neighbour] = field(default_factory=dict)
    held: dict[int, _Shares] = field(default_factory=dict, repr=False)
    """by owner, itself among them"""
    survivors: tuple[int, ...] = ()


class SealedPeer:
    """The state machine of one member in one round."""

    def __init__(self, terms: Terms, index: int, identity: Identity) -> None:
        if not compare_digest(identity.public, terms.members[index].identity):
            raise Refused(Reason.NOT_A_MEMBER, f"this identity is not that of member {index}")
        self._terms = terms
        self._identity = identity
        self._memory = _Memory(terms.digest, index)

    @property
    def stage(self) -> Stage:
        """Which stage this member answers next; ABORTED and SUMMED when it has forgotten all."""
        return self._memory.stage

    def announce(self) -> Announcement:
        """KEYS: fresh keys for this round."""
        self._expect(Stage.KEYS)
        channel, mask = KeyPair.fresh(), KeyPair.fresh()
        content = channel.public + mask.public
        signature = sign(self._identity, self._scope(KEYS), content)
        memory = self._memory
        memory.channel, memory.mask, memory.seed = channel.secret, mask.secret, token_bytes(32)
        memory.stage = Stage.SHARES
        digest = self._terms.digest
        return Announcement(digest, memory.index, channel.public, mask.public, signature)

    def share(self, message: Announcements) -> SharedSecrets:
        """SHARES: both secrets in shares, one for each neighbour that announced its keys."""
        self._expect(Stage.SHARES, message)
        memory = self._memory
        if len({each.sender for each in message.announcements}) < self._terms.threshold:
            raise Refused(Reason.TOO_FEW, f"only {len(message.announcements)} have announced keys")
        neighbours = self._verified(message)
        holders = [*neighbours, memory.index]
        self._check_enough(len(holders))
        needed, places = self._terms.shares_needed, [place(holder) for holder in holders]
        seeds = shamir.split(memory.seed, places, needed)
        keys = shamir.split(memory.mask, places, needed)
        shares = {each: _Shares(seeds[place(each)], keys[place(each)]) for each in holders}
        memory.neighbours, memory.channel = neighbours, b""
        memory.held = {memory.index: shares[memory.index]}
        memory.stage = Stage.INPUT
        portions = tuple(self._portion(holder, shares[holder]) for holder in holders)
        seed_digest = commitment(self._terms.digest, memory.index, memory.seed)
        return SharedSecrets(self._terms.digest, memory.index, seed_digest, portions)

    def contribute(self, message: Delivery, words: Words) -> MaskedInput:
        """INPUT: the words under their masks."""
        self._expect(Stage.INPUT, message)
        memory = self._memory
        if len(words) != self._terms.length:
            raise Refused(Reason.WRONG_SHAPE, f"{len(words)} words instead of {self._terms.length}")
        if message.receiver != memory.index:
            raise Refused(Reason.NOT_INCLUDED, f"a delivery for member {message.receiver}")
        boxes = {box.sender: box.content for box in message.boxes}
        if not boxes.keys() <= memory.neighbours.keys():
            raise Refused(Reason.NOT_A_MEMBER, "a box from nobody that has announced keys")
        self._check_enough(len(boxes) + 1)
        held = {sender: self._opened(sender, box) for sender, box in boxes.items()}
        masked = self._masked(words, held.keys())
        memory.held = {**memory.held, **held}
        memory.stage = Stage.CONSISTENCY
        return MaskedInput(self._terms.digest, memory.index, to_bytes(masked))

    def endorse(self, message: Survivors) -> Endorsement:
        """CONSISTENCY: a signature on the one set of survivors this member will unmask."""
        self._expect(Stage.CONSISTENCY, message)
        memory = self._memory
        self._check_survivors(message.members)
        memory.survivors = message.members
        memory.stage = Stage.UNMASK
        content = encode_survivors(message.members)
        signature = sign(self._identity, self._scope(SURVIVORS), content)
        return Endorsement(self._terms.digest, memory.index, signature)

    def reveal(self, message: RevealRequest) -> Reveal:
        """UNMASK: one share for each owner; everything is forgotten."""
        self._expect(Stage.UNMASK, message)
        memory = self._memory
        if message.survivors != memory.survivors:
            raise Refused(Reason.OTHER_SURVIVORS, "not the survivors that this member has signed")
        self._check_endorsed(message)
        survivors = frozenset(memory.survivors)
        shares = tuple(
            RevealedShare(owner, "seed", held.seed)
            if owner in survivors
            else RevealedShare(owner, "key", held.key)
            for owner, held in sorted(memory.held.items())
        )
        self._forget(Stage.SUMMED)
        return Reveal(self._terms.digest, memory.index, shares)

    def burn(self) -> None:
        """Take no further part: the round was aborted, or its deadline has passed."""
        self._forget(Stage.ABORTED)

    def snapshot(self) -> bytes:
        """What has to be kept, in secret, before an answer is sent."""
        return msgspec.msgpack.encode(self._memory)

    @classmethod
    def restore(cls, terms: Terms, identity: Identity, snapshot: bytes) -> "SealedPeer":
        """The member that made the snapshot, in the same round."""
        memory = msgspec.msgpack.decode(snapshot, type=_Memory)
        if not compare_digest(memory.terms, terms.digest):
            raise Refused(Reason.WRONG_ROUND, "the snapshot is of another round")
        peer = cls(terms, memory.index, identity)
        peer._memory = memory
        return peer

    def _expect(self, stage: Stage, message: FromCoordinator | None = None) -> None:
        if message is not None and not compare_digest(message.terms, self._terms.digest):
            raise Refused(Reason.WRONG_ROUND, "the message belongs to another round")
        now = self._memory.stage
        if now is Stage.ABORTED:
            raise Refused(Reason.BURNED, "this member has forgotten the keys of this round")
        if now > stage:
            raise Refused(Reason.REPEATED, f"stage {stage.name} has been answered")
        if now < stage:
            raise Refused(Reason.WRONG_STAGE, f"{now.name} has not been answered yet")

    def _scope(self, label: str) -> Scope:
        return Scope(label, self._terms.digest, (self._memory.index,))

    def _verified(self, message: Announcements) -> dict[int, _Neighbour]:
        """The neighbours among them, their signatures checked."""
        around = self._terms.neighbours(self._memory.index)
        channel = KeyPair.of(self._memory.channel)
        found = {}
        for each in message.announcements:
            if each.sender in around:
                check_announcement(self._terms, each)
                common = channel.agree(each.channel_key)
                found[each.sender] = _Neighbour(common, each.mask_key)
        return found

    def _check_enough(self, holders: int) -> None:
        if holders < self._terms.shares_needed:
            raise Refused(Reason.TOO_FEW, f"{holders} holders of shares cannot recover a secret")

    def _portion(self, holder: int, shares: _Shares) -> Portion:
        own, digest = self._memory.index, self._terms.digest
        box = b"" if holder == own else self._sealed(holder, shares)
        seed, key = (commitment(digest, own, each) for each in (shares.seed, shares.key))
        return Portion(holder, box, seed, key)

    def _sealed(self, holder: int, shares: _Shares) -> bytes:
        scope = Scope(BOX, self._terms.digest, (self._memory.index, holder))
        return seal(self._memory.neighbours[holder].channel, scope, shares.seed + shares.key)

    def _opened(self, sender: int, box: bytes) -> _Shares:
        scope = Scope(BOX, self._terms.digest, (sender, self._memory.index))
        content = unseal(self._memory.neighbours[sender].channel, scope, box)
        return _Shares(content[: shamir.SHARE_BYTES], content[shamir.SHARE_BYTES :])

    def _masked(self, words: Words, others: Iterable[int]) -> Words:
        """The words under the own mask and one for each of these neighbours."""
        memory, digest = self._memory, self._terms.digest
        masked, streams, mine = words.copy(), Streams(), KeyPair.of(memory.mask)
        streams.add(masked, self_key(memory.seed, digest, memory.index))
        for other in others:
            key = pair_key(mine, memory.neighbours[other].mask, digest, (memory.index, other))
            streams.add_between(masked, key, memory.index, other)
        return masked

    def _check_survivors(self, members: tuple[int, ...]) -> None:
        """They are many, this member is one of them, and each neighbour shares a mask with it."""
        memory = self._memory
        everybody = range(len(self._terms.members))
        if list(members) != sorted(set(members).intersection(everybody)):
            raise Refused(Reason.NOT_A_MEMBER, "survivors are members, each once, in order")
        if len(members) < self._terms.threshold:
            raise Refused(Reason.TOO_FEW, f"a sum of {len(members)} inputs is not to be unmasked")
        if memory.index not in members:
            raise Refused(Reason.NOT_INCLUDED, "this member's input is not counted")
        around = self._terms.neighbours(memory.index)
        if not around.intersection(members) <= memory.held.keys():
            raise Refused(Reason.UNKNOWN_SURVIVOR, "a neighbour that has shared no secret")

    def _check_endorsed(self, message: RevealRequest) -> None:
        """As many valid signatures as are needed; more are not looked at."""
        valid: set[int] = set()
        for each in message.endorsements:
            if len(valid) == self._terms.threshold:
                return
            if each.sender in message.survivors and each.sender not in valid:
                check_endorsement(self._terms, each, message.survivors)
                valid.add(each.sender)
        if len(valid) < self._terms.threshold:
            raise Refused(Reason.TOO_FEW, f"{len(valid)} signatures on the survivors")

    def _forget(self, stage: Stage) -> None:
        self._memory = _Memory(self._terms.digest, self._memory.index, stage)
