"""What all members of a round have agreed on, and the one digest that stands for it.

The digest goes into every derived key, every box and every signature of the round. Members who
were told different things, or messages of another round, therefore do not fit together.

With a degree the graph of neighbours is a ring with chords: the members in an order that the digest
determines, each joined to the degree / 2 next ones on both sides. A coordinator may try out rounds
until it likes the order; what protects a member is that fewer than `shares_needed` collude at all.
"""

import math
from dataclasses import dataclass, field
from hashlib import sha256

from scarcity.errors import ConfigError

DIGEST_BYTES = 32
FEWEST_MEMBERS = 3


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody admitted to the federation."""

    name: str
    identity: bytes
    """Ed25519 public key, 32 bytes"""


@dataclass(frozen=True, slots=True)
class Terms:
    """One round. A member is known by its place in `members`."""

    federation: str
    round: int
    members: tuple[Member, ...]
    threshold: int
    """so many survivors, and so many signatures, are needed"""
    length: int
    """of the vector that is summed, in words"""
    statement: bytes = b""
    """what the words mean: two members who mean different things share no round"""
    degree: int | None = None
    """neighbours of each member, an even number; None = everybody"""
    digest: bytes = field(init=False, repr=False)

    def __post_init__(self) -> None:
        n = len(self.members)
        if n < FEWEST_MEMBERS:
            raise ConfigError(f"a sum of {n} members hides nobody: at least {FEWEST_MEMBERS}")
        if not n < 2 * self.threshold <= 2 * n:
            raise ConfigError(
                f"a threshold of {self.threshold} of {n} allows two sets of survivors: "
                "it must be more than half of the members"
            )
        if self.degree is not None and (self.degree % 2 or not 2 <= self.degree < n):
            raise ConfigError(f"a degree of {self.degree} among {n}: even, from 2 to {n - 1}")
        object.__setattr__(self, "digest", sha256(self._canonical()).digest())

    @property
    def shares_needed(self) -> int:
        """How many of a secret's holders put it together; a majority of them, as of the members."""
        n = len(self.members)
        holders = n if self.degree is None else self.degree + 1
        return math.ceil(self.threshold * holders / n)

    def neighbours(self, index: int) -> frozenset[int]:
        """With whom this member shares masks and secrets; itself not among them."""
        n = len(self.members)
        if self.degree is None:
            return frozenset(range(n)) - {index}
        ring = sorted(range(n), key=self._rank)
        place = ring.index(index)
        reach = range(1, self.degree // 2 + 1)
        return frozenset(ring[(place + sign * step) % n] for step in reach for sign in (1, -1))

    def _rank(self, index: int) -> bytes:
        return sha256(self.digest + index.to_bytes(4)).digest()

    def _canonical(self) -> bytes:
        """All fields, each with its length before it, so that no two terms read alike."""
        numbers = (self.round, self.threshold, self.length, self.degree or 0)
        fields = [self.federation.encode(), self.statement, *(n.to_bytes(8) for n in numbers)]
        for member in self.members:
            fields += [member.name.encode(), member.identity]
        return b"".join(len(each).to_bytes(8) + each for each in (b"scarcity sealed 1", *fields))
