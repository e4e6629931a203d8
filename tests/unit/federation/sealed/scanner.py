"""What somebody finds out who has the whole log of a sealed round."""

from collections import defaultdict
from collections.abc import Sequence

from scarcity.federation.protocol.sealing import Announcement, Record
from scarcity.federation.sealed import shamir
from scarcity.federation.sealed.checks import place
from scarcity.federation.sealed.fixedpoint import Words, from_bytes
from scarcity.federation.sealed.keys import KeyPair
from scarcity.federation.sealed.masking import Streams, pair_key, self_key
from scarcity.federation.sealed.terms import Terms
from unit.federation.sealed.rounds import inputs_of, reveals_of, secrets_of


class Scanner:
    """Puts together every secret that the log allows, and takes off every mask it can."""

    def __init__(self, terms: Terms, log: Sequence[Record]) -> None:
        self._terms = terms
        self._public = {each.sender: each for each in log if isinstance(each, Announcement)}
        self._inputs = inputs_of(log)
        self._contributors = set(secrets_of(log))
        shares: dict[tuple[str, int], dict[int, bytes]] = defaultdict(dict)
        for reveal in reveals_of(log):
            for share in reveal.shares:
                shares[share.kind, share.owner][place(reveal.sender)] = share.share
        enough = {name: held for name, held in shares.items() if len(held) >= terms.shares_needed}
        self.known = {name: self._combined(held) for name, held in enough.items()}

    def individuals(self) -> dict[int, Words]:
        """The inputs of single members that can be read."""
        return {
            member: words
            for member in self._inputs
            if (words := self._uncovered(member)) is not None
        }

    def _combined(self, held: dict[int, bytes]) -> bytes:
        chosen = sorted(held)[: self._terms.shares_needed]
        return shamir.combine({each: held[each] for each in chosen})

    def _uncovered(self, member: int) -> Words | None:
        words = from_bytes(self._inputs[member].words)
        if ("seed", member) not in self.known:
            return None
        streams, digest = Streams(), self._terms.digest
        streams.subtract(words, self_key(self.known["seed", member], digest, member))
        for other in self._terms.neighbours(member) & self._contributors:
            key = self._pair_key(member, other)
            if key is None:
                return None
            streams.add_between(words, key, other, member)
        return words

    def _pair_key(self, member: int, other: int) -> bytes | None:
        """From the private key of either."""
        for own, partner in ((member, other), (other, member)):
            if ("key", own) in self.known:
                pair = KeyPair.of(self.known["key", own])
                public = self._public[partner].mask_key
                return pair_key(pair, public, self._terms.digest, (own, partner))
        return None
