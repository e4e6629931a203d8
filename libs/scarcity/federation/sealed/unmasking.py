"""What takes the masks off the sum of the survivors' inputs, once shares are known.

    Σ_{i ∈ S} x_i  =  Σ_{i ∈ S} y_i  -  Σ_{i ∈ S} PRG(b_i)  +  Σ_{j ∈ C - S} Σ_{i ∈ S} m_ji ,

S the survivors, C - S those who shared their secrets and sent no input, m_ji what j would have
added for i. The b_i, and the keys that give the m_ji, are put together from shares and compared
with what their owners committed to.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from hmac import compare_digest

from scarcity.federation.sealed import shamir
from scarcity.federation.sealed.checks import commitment, place
from scarcity.federation.sealed.fixedpoint import Words
from scarcity.federation.sealed.keys import KeyPair
from scarcity.federation.sealed.masking import Streams, pair_key, self_key
from scarcity.federation.sealed.terms import Terms

Shares = Mapping[int, bytes]
"""By holder."""


class TooFewShares(Exception):
    """A secret that is needed has fewer valid shares than it takes."""


class FalseSecret(Exception):
    """The shares of a secret give another one than its owner committed to."""


@dataclass(frozen=True, slots=True)
class Revealed:
    """What is known when the last stage has closed, by member."""

    seeds: Mapping[int, Shares]
    """of each survivor"""
    keys: Mapping[int, Shares]
    """of each who shared, and sent no input"""
    seed_digests: Mapping[int, bytes]
    mask_keys: Mapping[int, bytes]
    """the public ones"""


class Unmasking:
    """One use of what was revealed."""

    def __init__(self, terms: Terms, revealed: Revealed) -> None:
        self._terms = terms
        self._revealed = revealed
        self._streams = Streams()

    def apply(self, masked: Words) -> None:
        """Take the masks off the sum of the survivors' inputs, in place."""
        for survivor in self._revealed.seeds:
            seed = self._seed(survivor)
            self._streams.subtract(masked, self_key(seed, self._terms.digest, survivor))
        for dropped in self._revealed.keys:
            partners = self._terms.neighbours(dropped) & self._revealed.seeds.keys()
            if partners:
                self._add_missing(masked, dropped, partners)

    def _add_missing(self, masked: Words, dropped: int, partners: frozenset[int]) -> None:
        """Add what one who dropped out would have: the masks of its partners then cancel."""
        pair = self._key(dropped)
        for partner in partners:
            public = self._revealed.mask_keys[partner]
            key = pair_key(pair, public, self._terms.digest, (dropped, partner))
            self._streams.add_between(masked, key, dropped, partner)

    def _seed(self, survivor: int) -> bytes:
        seed = self._combined(self._revealed.seeds[survivor])
        found = commitment(self._terms.digest, survivor, seed)
        if not compare_digest(found, self._revealed.seed_digests[survivor]):
            raise FalseSecret(f"the seed of member {survivor}")
        return seed

    def _key(self, dropped: int) -> KeyPair:
        pair = KeyPair.of(self._combined(self._revealed.keys[dropped]))
        if not compare_digest(pair.public, self._revealed.mask_keys[dropped]):
            raise FalseSecret(f"the key of member {dropped}")
        return pair

    def _combined(self, shares: Shares) -> bytes:
        needed = self._terms.shares_needed
        if len(shares) < needed:
            raise TooFewShares(f"{len(shares)} of {needed}")
        return shamir.combine({place(each): shares[each] for each in sorted(shares)[:needed]})
