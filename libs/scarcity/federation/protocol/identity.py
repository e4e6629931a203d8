"""Who a peer is: an Ed25519 key (RFC 8032), whose private half stays in one file of its own."""

import hashlib
import os
from pathlib import Path
from typing import Self

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from scarcity.errors import ConfigError

PUBLIC_BYTES = 32
ID_DIGITS = 16


def key_id(public: bytes) -> str:
    """Return the name of a key: the beginning of its hash."""
    return hashlib.sha256(public).hexdigest()[:ID_DIGITS]


def is_signed_by(public: bytes, signature: bytes, body: bytes) -> bool:
    """Whether that key has signed that body."""
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, body)
    except (InvalidSignature, ValueError):
        return False
    return True


class Identity:
    """A key to sign with."""

    def __init__(self, private: Ed25519PrivateKey) -> None:
        self._private = private
        self.public = private.public_key().public_bytes_raw()
        self.key_id = key_id(self.public)

    def __repr__(self) -> str:
        return f"Identity({self.key_id})"

    @classmethod
    def new(cls) -> Self:
        """Make a key."""
        return cls(Ed25519PrivateKey.generate())

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read a key. ConfigError when there is none, or when others may read it."""
        try:
            # A group may read it, as Kubernetes mounts secrets for the user of a container.
            if path.stat().st_mode & 0o027:
                raise ConfigError(f"others may read {path}: run `chmod 600 {path}`")
            private = load_pem_private_key(path.read_bytes(), password=None)
        except FileNotFoundError as error:
            raise ConfigError(
                f"{path} does not exist: `scarcity federation init` or `join` makes it"
            ) from error
        except (ValueError, TypeError) as error:
            raise ConfigError(f"{path} holds no private key: {error}") from error
        if not isinstance(private, Ed25519PrivateKey):
            raise ConfigError(f"{path} holds a key that is not Ed25519")
        return cls(private)

    def save(self, path: Path) -> None:
        """Write the key where only its owner may read it. ConfigError when something is there."""
        pem = self._private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError as error:
            raise ConfigError(f"{path} is there already: a key is never overwritten") from error
        with os.fdopen(handle, "wb") as file:
            file.write(pem)

    def sign(self, body: bytes) -> bytes:
        """Return the signature of a body, 64 bytes."""
        return self._private.sign(body)
