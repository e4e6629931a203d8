"""Keys of one round: agreed between two members, derived for one use, signed by an identity.

    derive(label, parties) = HKDF-SHA256( X25519(own, other), info = label | terms | parties )

A derived key serves one purpose between two parties in one round. Boxes are ChaCha20-Poly1305 with
the terms and both parties as associated data; each direction has its own key and seals one box, so
the nonce can be constant.

Python cannot wipe memory: dropping a key makes it unreachable, not overwritten.
"""

from dataclasses import dataclass, field

from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from scarcity.federation.protocol.identity import Identity
from scarcity.federation.protocol.refusals import Reason, Refused

KEY_BYTES = 32
NONCE = bytes(12)


@dataclass(frozen=True, slots=True)
class KeyPair:
    """An X25519 key of one round."""

    private: X25519PrivateKey = field(repr=False)
    public: bytes

    @classmethod
    def fresh(cls) -> "KeyPair":
        return cls.of(X25519PrivateKey.generate().private_bytes_raw())

    @classmethod
    def of(cls, private: bytes) -> "KeyPair":
        key = X25519PrivateKey.from_private_bytes(private)
        return cls(key, key.public_key().public_bytes_raw())

    @property
    def secret(self) -> bytes:
        """The private key, 32 bytes."""
        return self.private.private_bytes_raw()

    def agree(self, public: bytes) -> bytes:
        """What the two owners have in common; only ever used through `derive`."""
        try:
            return self.private.exchange(X25519PublicKey.from_public_bytes(public))
        except ValueError as error:
            raise Refused(Reason.BAD_KEY, "a public key that no private key belongs to") from error


@dataclass(frozen=True, slots=True)
class Scope:
    """What a key is for: one use, in one round, between these parties in this order."""

    label: str
    terms: bytes
    parties: tuple[int, ...]

    def encoded(self) -> bytes:
        parties = b"".join(party.to_bytes(4) for party in self.parties)
        return self.label.encode() + b"|" + self.terms + parties


def derive(secret: bytes, scope: Scope) -> bytes:
    """A key of 32 bytes for this scope alone."""
    return HKDF(SHA256(), KEY_BYTES, salt=None, info=scope.encoded()).derive(secret)


def seal(secret: bytes, scope: Scope, content: bytes) -> bytes:
    """A box that only the parties of the scope can open, and only as what it was meant to be."""
    return ChaCha20Poly1305(derive(secret, scope)).encrypt(NONCE, content, scope.encoded())


def unseal(secret: bytes, scope: Scope, box: bytes) -> bytes:
    """What is in the box."""
    try:
        return ChaCha20Poly1305(derive(secret, scope)).decrypt(NONCE, box, scope.encoded())
    except InvalidTag as error:
        sender = scope.parties[0]
        raise Refused(
            Reason.BAD_BOX, f"the box of member {sender} was changed on its way"
        ) from error


def sign(identity: Identity, scope: Scope, content: bytes) -> bytes:
    """A signature of 64 bytes that holds for this scope alone."""
    return identity.sign(scope.encoded() + content)


def verify(identity: bytes, scope: Scope, content: bytes, signature: bytes) -> None:
    """Refuse what this identity did not sign for this scope."""
    try:
        key = Ed25519PublicKey.from_public_bytes(identity)
        key.verify(signature, scope.encoded() + content)
    except (InvalidSignature, ValueError) as error:
        signer = scope.parties[0]
        raise Refused(Reason.BAD_SIGNATURE, f"not signed by member {signer}") from error
