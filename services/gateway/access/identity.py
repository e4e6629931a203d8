"""Who somebody is, and which streams that is about."""

from dataclasses import dataclass
from datetime import datetime

from scarcity.events import Role


@dataclass(frozen=True, slots=True)
class Identity:
    """Who calls, as a credential says it."""

    name: str
    """As commands name it: `token`, `key:NAME`, `oidc:NAME`."""
    role: Role
    streams: tuple[str, ...] = ()
    """Patterns of the streams that it may read and write; none = all."""
    key: str | None = None
    """The id of the key that it came with."""
    until: datetime | None = None
    """When the credential ends."""
    session: str | None = None
    """The id of the session that it came with."""

    def sees(self, stream: str) -> bool:
        """Say whether a stream is one of its own."""
        return not self.streams or any(matches(pattern, stream) for pattern in self.streams)


def matches(pattern: str, stream: str) -> bool:
    """Say whether a stream has a name, or the beginning that stands before a *.

    >>> matches("line-3", "line-3"), matches("line-*", "line-3"), matches("line", "line-3")
    (True, True, False)
    """
    beginning, star, _ = pattern.partition("*")
    return stream.startswith(beginning) if star else stream == pattern
