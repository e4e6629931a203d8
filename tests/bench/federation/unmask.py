"""An adversary who has the whole log of a sealed round, and what some of its members know.

It tries to take the masks off single inputs. Of each secret it gathers every share there is: those
that were revealed, whether they counted or not, and those in the boxes that its colluders can open;
it puts together what it has enough shares of, and believes it when it is what its owner committed
to. An input is uncovered when the key of every mask on it is known.

Whoever colludes can also subtract its own inputs from the sum. Where one other member is left, that
is this member's input: it follows from the sum, whatever hides the parts, and is told apart
(`alone`).
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import msgspec
import numpy as np
from numpy.typing import NDArray

from scarcity.federation.protocol.sealing import (
    Announcement,
    Delivery,
    Kind,
    MaskedInput,
    Record,
    Reveal,
    RevealedShare,
    SharedSecrets,
    StageClosed,
    Survivors,
)
from scarcity.federation.sealed import shamir
from scarcity.federation.sealed.checks import commitment, place
from scarcity.federation.sealed.fixedpoint import Words, from_bytes
from scarcity.federation.sealed.keys import KeyPair, Scope, unseal
from scarcity.federation.sealed.masking import Streams, pair_key, self_key
from scarcity.federation.sealed.peer import BOX
from scarcity.federation.sealed.terms import Terms

Secret = tuple[Kind, int]
"""The seed or the mask key of a member."""
Numbers = NDArray[np.uint64] | NDArray[np.float64]
WORD = np.dtype("<u8")
FULL = 0xFF
MOST_PLAIN = 4
"""Bytes of eight: an integer below 2^24 has more."""


@dataclass(frozen=True, slots=True)
class Secrets:
    """What a member of a round keeps to itself."""

    seed: bytes
    mask: bytes
    """its private mask key"""
    channel: bytes
    """its private channel key; empty once it has shared its secrets"""
    channels: Mapping[int, bytes]
    """by neighbour: what both channel keys have in common, since it has shared its secrets"""

    @classmethod
    def of(cls, snapshot: bytes) -> "Secrets":
        """Read what a member keeps while a round is on."""
        known = msgspec.msgpack.decode(snapshot, strict=False)
        channels = {int(each): of["channel"] for each, of in known["neighbours"].items()}
        return cls(known["seed"], known["mask"], known["channel"], channels)


@dataclass(frozen=True, slots=True, eq=False)
class Uncovered:
    """An input that a coalition reads."""

    coalition: frozenset[int]
    member: int
    words: Words
    alone: bool
    """Whether it is the only one in the sum that is not of the coalition."""


class Adversary:
    """One round, as whoever has its log can see it; members by their place in the terms."""

    def __init__(self, terms: Terms, log: Sequence[Record], secrets: Mapping[int, Secrets]) -> None:
        self._terms = terms
        self.secrets = secrets
        self._keys = {each.sender: each for each in log if isinstance(each, Announcement)}
        self._shared = {each.sender: each for each in log if isinstance(each, SharedSecrets)}
        self.inputs = [each for each in log if isinstance(each, MaskedInput)]
        sent = [each for closed in log if isinstance(closed, StageClosed) for each in closed.sent]
        self._partners = {
            each.receiver: frozenset(box.sender for box in each.boxes)
            for each in sent
            if isinstance(each, Delivery)
        }
        chosen = [each.members for each in sent if isinstance(each, Survivors)]
        self.survivors: frozenset[int] = frozenset(*chosen)
        self._said: dict[Secret, dict[int, bytes]] = defaultdict(dict)
        for reveal in log:
            if isinstance(reveal, Reveal):
                for share in reveal.shares:
                    self._said[share.kind, share.owner][place(reveal.sender)] = share.share
        self._held = {member: dict(self._opened(member)) for member in secrets}
        self._found: dict[tuple[Secret, frozenset[int]], bytes | None] = {}

    def holders(self, kind: Kind, owner: int) -> frozenset[int]:
        """Return who has a share of a secret, and whose secrets are known."""
        return frozenset(each for each, held in self._held.items() if (kind, owner) in held)

    @property
    def members(self) -> range:
        return range(len(self._terms.members))

    def attacks(self, colluders: int) -> Iterator[Uncovered]:
        """Yield what every coalition of so many members can read of the others."""
        for coalition in combinations(sorted(self.secrets), colluders):
            yield from self._uncovered(frozenset(coalition))

    def betrayed(self, colluders: int) -> Iterator[tuple[frozenset[int], int]]:
        """Yield each coalition with a member of whom it has both secrets."""
        for each in combinations(sorted(self.secrets), colluders):
            coalition = frozenset(each)
            for member in set(self.members) - coalition:
                if all(self._secret(of, coalition) for of in _both(member)):
                    yield coalition, member

    def share(self, kind: Kind, owner: int, holder: int) -> RevealedShare:
        """Return a share that a holder has and may not reveal."""
        return RevealedShare(owner, kind, self._held[holder][kind, owner])

    def truth(self, sent: MaskedInput) -> Words | None:
        """Return an input as its member made it, by the member's own secrets; None without them."""
        if sent.sender not in self.secrets or sent.sender not in self._partners:
            return None
        return self._bare(sent, frozenset({sent.sender}))

    def _uncovered(self, coalition: frozenset[int]) -> Iterator[Uncovered]:
        for sent in self.inputs:
            member = sent.sender
            if member not in coalition:
                words = self._bare(sent, coalition)
                if words is not None:
                    is_alone = self.survivors - coalition == {member}
                    yield Uncovered(coalition, member, words, is_alone)

    def _bare(self, sent: MaskedInput, coalition: frozenset[int]) -> Words | None:
        """Take all masks off an input; None where one stays."""
        member, digest = sent.sender, self._terms.digest
        seed = self._secret(("seed", member), coalition)
        if seed is None:
            return None
        pairs = {
            other: self._pair_key(member, other, coalition)
            for other in self._partners.get(member, ())
        }
        if not all(pairs.values()):
            return None
        words, streams = from_bytes(sent.words), Streams()
        streams.subtract(words, self_key(seed, digest, member))
        for other, key in pairs.items():
            assert key is not None
            streams.add_between(words, key, other, member)
        return words

    def _pair_key(self, member: int, other: int, coalition: frozenset[int]) -> bytes | None:
        """Return the key of the mask between two, from the private key of either."""
        for own, partner in ((member, other), (other, member)):
            private = self._secret(("key", own), coalition)
            if private is not None:
                public = self._keys[partner].mask_key
                return pair_key(KeyPair.of(private), public, self._terms.digest, (own, partner))
        return None

    def _secret(self, secret: Secret, coalition: frozenset[int]) -> bytes | None:
        kind, owner = secret
        if owner in coalition:
            own = self.secrets[owner]
            return own.seed if kind == "seed" else own.mask
        shares = dict(self._said.get(secret, {}))
        for member in coalition:
            if secret in self._held[member]:
                shares[place(member)] = self._held[member][secret]
        if len(shares) < self._terms.shares_needed:
            return None
        known = secret, frozenset(shares)
        if known not in self._found:
            self._found[known] = self._combined(secret, shares)
        return self._found[known]

    def _combined(self, secret: Secret, shares: Mapping[int, bytes]) -> bytes | None:
        """Put shares together; None when no choice of them gives what the owner committed to."""
        for chosen in combinations(sorted(shares), self._terms.shares_needed):
            found = shamir.combine({each: shares[each] for each in chosen})
            if self._is_it(secret, found):
                return found
        return None

    def _is_it(self, secret: Secret, found: bytes) -> bool:
        kind, owner = secret
        if kind == "key":
            return KeyPair.of(found).public == self._keys[owner].mask_key
        return commitment(self._terms.digest, owner, found) == self._shared[owner].seed_digest

    def _opened(self, holder: int) -> Iterator[tuple[Secret, bytes]]:
        """Yield the shares in all boxes on the log that a member can open."""
        for owner, shared in self._shared.items():
            common = self._common(holder, owner)
            for portion in shared.portions:
                if portion.holder == holder and portion.box and common is not None:
                    scope = Scope(BOX, self._terms.digest, (owner, holder))
                    content = unseal(common, scope, portion.box)
                    yield ("seed", owner), content[: shamir.SHARE_BYTES]
                    yield ("key", owner), content[shamir.SHARE_BYTES :]

    def _common(self, holder: int, owner: int) -> bytes | None:
        mine = self.secrets[holder]
        if owner in mine.channels:
            return mine.channels[owner]
        if mine.channel and owner in self._keys:
            return KeyPair.of(mine.channel).agree(self._keys[owner].channel_key)
        return None


def _both(member: int) -> tuple[Secret, Secret]:
    return ("seed", member), ("key", member)


def with_one_more(
    log: Sequence[Record], terms: Terms, sender: int, share: RevealedShare
) -> list[Record]:
    """Return a log in which somebody reveals one share that nobody may."""
    return [*log, Reveal(terms.digest, sender, (share,))]


def needles(values: Iterable[Numbers]) -> NDArray[np.uint64]:
    """Return all eight bytes in a row that give numbers away, as words, in order.

    Integers and floats of 64 bits in either byte order, and two neighbours as floats of 32 bits;
    without those that are zeros or ones almost throughout, and would be found anywhere.
    """
    written = [each for value in values for each in _written(value)]
    found: NDArray[np.uint64] = np.unique(np.concatenate([np.empty(0, np.uint64), *written]))
    parts = found.view(np.uint8).reshape(-1, WORD.itemsize)
    plain = np.count_nonzero((parts == 0) | (parts == FULL), axis=1)
    kept: NDArray[np.uint64] = found[plain <= MOST_PLAIN]
    return kept


def _written(value: Numbers) -> Iterator[NDArray[np.uint64]]:
    if value.dtype == np.uint64:
        yield from _either_way(value.astype("<u8").tobytes(), 8)
        return
    yield from _either_way(value.astype("<f8").tobytes(), 8)
    for begin in (0, 1):
        pairs = value[begin : begin + (len(value) - begin) // 2 * 2]
        yield from _either_way(pairs.astype("<f4").tobytes(), 4)


def _either_way(data: bytes, size: int) -> Iterator[NDArray[np.uint64]]:
    yield np.frombuffer(data, WORD).astype(np.uint64)
    swapped = np.frombuffer(data, f"<u{size}").byteswap().tobytes()
    yield np.frombuffer(swapped, WORD).astype(np.uint64)


def in_the_clear(data: bytes, wanted: NDArray[np.uint64]) -> int:
    """Return how many of the wanted words are in some bytes, at any place."""
    found = 0
    for begin in range(min(8, max(len(data) - 7, 0))):
        count = (len(data) - begin) // 8
        words = np.frombuffer(data, WORD, count, begin)
        places = np.searchsorted(wanted, words)
        places[places == len(wanted)] = 0
        found += int(np.count_nonzero(wanted[places] == words)) if len(wanted) else 0
    return found
