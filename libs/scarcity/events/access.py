"""Who may come in: keys, and sessions that were ended before their time."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import ClassVar

from scarcity.events.base import Topic

KEYS = Topic("scarcity.v1.keys", "keys to the gateway, without their secrets", compacted=True)


class Role(StrEnum):
    """What somebody may do; each role may do all that those before it may."""

    VIEWER = "viewer"
    OPERATOR = "operator"
    ADMIN = "admin"

    def covers(self, needed: "Role") -> bool:
        """Say whether this role is enough where another is needed.

        >>> Role.ADMIN.covers(Role.OPERATOR), Role.VIEWER.covers(Role.OPERATOR)
        (True, False)
        """
        order = list(Role)
        return order.index(self) >= order.index(needed)


@dataclass(frozen=True, slots=True)
class ApiKeyIssued:
    """Somebody has made a key for a program, or for a person."""

    topic: ClassVar[Topic] = KEYS

    id: str
    name: str
    role: Role
    streams: tuple[str, ...]
    """Names of streams, or their beginnings with a * behind; none = whatever the role may."""
    digest: bytes
    """SHA-256 of the secret, which is nowhere."""
    expires_at: datetime | None
    """None = it counts until it is revoked."""
    by: str
    at: datetime

    @property
    def key(self) -> str:
        return self.id

    @property
    def event_id(self) -> str:
        return f"{self.id}/issued"

    @property
    def occurred_at(self) -> datetime:
        return self.at


@dataclass(frozen=True, slots=True)
class ApiKeyRevoked:
    """A key counts no more. In the topic it takes the place of the key."""

    topic: ClassVar[Topic] = KEYS

    id: str
    name: str
    by: str
    at: datetime

    @property
    def key(self) -> str:
        return self.id

    @property
    def event_id(self) -> str:
        return f"{self.id}/revoked"

    @property
    def occurred_at(self) -> datetime:
        return self.at


@dataclass(frozen=True, slots=True)
class SessionEnded:
    """Somebody has signed out. Once it would have ended anyway, a tombstone takes its place."""

    topic: ClassVar[Topic] = KEYS

    id: str
    expires_at: datetime
    """When it would have ended by itself."""
    by: str
    at: datetime

    @property
    def key(self) -> str:
        return f"session/{self.id}"

    @property
    def event_id(self) -> str:
        return f"session/{self.id}/ended"

    @property
    def occurred_at(self) -> datetime:
        return self.at
