"""What both sides of a round compute alike: places, commitments, and what a signature covers."""

from hashlib import sha256

from scarcity.federation.protocol.sealing import Announcement, Endorsement, encode_survivors
from scarcity.federation.sealed.keys import Scope, verify
from scarcity.federation.sealed.terms import Terms

KEYS = "announced keys"
SURVIVORS = "survivors"
"""Labels of what members sign."""


def place(member: int) -> int:
    """Where a member's shares lie on the polynomials; the secret lies at 0."""
    return member + 1


def commitment(terms: bytes, owner: int, secret: bytes) -> bytes:
    """A digest that binds, and hides what is random and as long as a key."""
    return sha256(Scope("commitment", terms, (owner,)).encoded() + secret).digest()


def check_announcement(terms: Terms, message: Announcement) -> None:
    """Refuse keys that the member's identity did not sign for this round."""
    scope = Scope(KEYS, terms.digest, (message.sender,))
    identity = terms.members[message.sender].identity
    verify(identity, scope, message.signed, message.signature)


def check_endorsement(terms: Terms, message: Endorsement, survivors: tuple[int, ...]) -> None:
    """Refuse a signature that is not the member's, on these survivors, in this round."""
    scope = Scope(SURVIVORS, terms.digest, (message.sender,))
    identity = terms.members[message.sender].identity
    verify(identity, scope, encode_survivors(survivors), message.signature)
