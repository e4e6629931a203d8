"""Keys for programs: `scy_<id>_<secret>`, of which only a hash of the secret is kept.

The secret has 256 random bits, so that one round of SHA-256 is enough: there is nothing to guess.
"""

import hmac
import secrets
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256

from scarcity.events import ApiKeyIssued, ApiKeyRevoked, Event, Role
from services.gateway.access.identity import Identity
from services.gateway.access.refusals import UNKNOWN, Refused

PREFIX = "scy_"
NOBODY = sha256(secrets.token_bytes(32)).digest()
"""What the secret of an unknown key is compared with, so that both answers take as long."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a key is to be."""

    name: str
    role: Role
    streams: tuple[str, ...] = ()
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class NewKey:
    """A key at the only moment when it is known whole."""

    issued: ApiKeyIssued
    text: str = field(repr=False)


def make(wanted: Wanted, *, by: str, at: datetime) -> NewKey:
    """Return a new key."""
    name, secret = secrets.token_hex(8), secrets.token_urlsafe(32)
    issued = ApiKeyIssued(
        id=name,
        name=wanted.name,
        role=wanted.role,
        streams=wanted.streams,
        digest=sha256(secret.encode()).digest(),
        expires_at=wanted.expires_at,
        by=by,
        at=at,
    )
    return NewKey(issued, f"{PREFIX}{name}_{secret}")


class Keyring:
    """The keys that count, as the topic tells of them."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._keys: dict[str, ApiKeyIssued] = {}
        self._revoked: set[str] = set()
        self._used: dict[str, datetime] = {}

    def on_issued(self, issued: ApiKeyIssued) -> Iterable[Event]:
        # What was issued may be read after what was revoked, by whoever has revoked it.
        if issued.id not in self._revoked:
            self._keys[issued.id] = issued
        return ()

    def on_revoked(self, revoked: ApiKeyRevoked) -> Iterable[Event]:
        self._revoked.add(revoked.id)
        self.forget(revoked.id)
        return ()

    def forget(self, key: str) -> None:
        """Drop a key that is not on the topic any more."""
        self._keys.pop(key, None)
        self._used.pop(key, None)

    @property
    def all(self) -> Sequence[ApiKeyIssued]:
        """The keys that are not revoked, oldest first."""
        return sorted(self._keys.values(), key=lambda issued: (issued.at, issued.id))

    def get(self, key: str) -> ApiKeyIssued | None:
        """Return a key that is not revoked."""
        return self._keys.get(key)

    def used_at(self, key: str) -> datetime | None:
        """Return when it was last used here; None = not since the start."""
        return self._used.get(key)

    def expired(self, issued: ApiKeyIssued) -> bool:
        """Say whether the time of a key is over."""
        return issued.expires_at is not None and issued.expires_at <= self._now()

    def identity(self, text: str) -> Identity:
        """Return whose key that is. Raises the problem with one that does not count."""
        key, _, secret = text.removeprefix(PREFIX).partition("_")
        issued = self._keys.get(key)
        digest = sha256(secret.encode()).digest()
        matches = hmac.compare_digest(digest, issued.digest if issued else NOBODY)
        if issued is None or not matches:
            raise Refused("unknown", UNKNOWN)
        return self.identity_of(issued.id)

    def identity_of(self, key: str) -> Identity:
        """Return whose a key of that id is. Raises the problem with one that does not count."""
        issued = self._keys.get(key)
        if issued is None:
            raise Refused("unknown", UNKNOWN)
        if self.expired(issued):
            raise Refused(
                "expired",
                f"the key {issued.name} expired at {issued.expires_at:%Y-%m-%dT%H:%M:%SZ}; ask an "
                "admin for another (`scarcity keys issue`)",
            )
        self._used[key] = self._now()
        return Identity(
            f"key:{issued.name}", issued.role, issued.streams, key, until=issued.expires_at
        )
