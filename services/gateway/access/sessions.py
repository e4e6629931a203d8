"""Sessions of browsers: signed, so that any instance knows them, and ended for all instances.

A cookie is `<payload>.<signature>`, both in base64. What it says is no secret; that it is ours is
what the signature proves. Whoever may be told that a session is his gets a token that depends on
it as well, and has to send it along with whatever changes something: another site cannot.
"""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import orjson

from scarcity.events import Event, Role, SessionEnded
from services.gateway.access.identity import Identity
from services.gateway.access.refusals import Refused

OVER = "the session is over: sign in again with POST /api/v1/session and a credential"
SALT = b"scarcity sessions 1"
"""Another number makes what older versions have signed not count."""
KEY_BYTES = 32


@dataclass(frozen=True, slots=True)
class Session:
    """Somebody who has signed in."""

    id: str
    name: str
    role: Role
    key: str | None
    expires_at: datetime

    @property
    def identity(self) -> Identity:
        return Identity(self.name, self.role, key=self.key, until=self.expires_at, session=self.id)


class Sessions:
    """Makes and reads sessions."""

    def __init__(self, secret: str, *, lasts_s: float, now: Callable[[], datetime]) -> None:
        # Slow on purpose: who holds a cookie could otherwise guess a weak secret in his own time.
        keys = hashlib.scrypt(secret.encode(), salt=SALT, n=2**14, r=8, p=1, dklen=2 * KEY_BYTES)
        self._signing, self._forging = keys[:KEY_BYTES], keys[KEY_BYTES:]
        self._lasts = timedelta(seconds=lasts_s)
        self._now = now
        self._ended: dict[str, datetime] = {}

    def begin(self, identity: Identity) -> Session:
        """Return a new session, which ends with the credential at the latest."""
        # In whole seconds, as the cookie has it.
        ends = (self._now() + self._lasts).replace(microsecond=0)
        return Session(
            id=secrets.token_hex(16),
            name=identity.name,
            role=identity.role,
            key=identity.key,
            expires_at=min(ends, identity.until or ends),
        )

    def cookie(self, session: Session) -> str:
        """Return the value of the cookie that stands for a session."""
        said = [session.id, session.name, session.role, session.key]
        payload = orjson.dumps([*said, session.expires_at.timestamp()])
        return f"{_text(payload)}.{_text(self._signature(payload))}"

    def read(self, cookie: str) -> Session:
        """Return the session of a cookie. Raises the problem with one that does not count."""
        payload, signature = map(_bytes, (cookie + ".").split(".")[:2])
        if not hmac.compare_digest(self._signature(payload), signature):
            raise Refused("session-over", OVER)
        name, who, role, key, ends = orjson.loads(payload)
        session = Session(name, who, Role(role), key, datetime.fromtimestamp(ends, UTC))
        if session.expires_at <= self._now() or session.id in self._ended:
            raise Refused("session-over", OVER)
        return session

    def csrf_token(self, session: str) -> str:
        """Return what proves that a call comes from the page that was told of the session."""
        return hmac.new(self._forging, session.encode(), hashlib.sha256).hexdigest()

    def end(self, identity: Identity) -> SessionEnded:
        """Return the event that ends the session of an identity."""
        assert identity.session is not None
        assert identity.until is not None
        return SessionEnded(identity.session, identity.until, identity.name, self._now())

    def on_ended(self, ended: SessionEnded) -> Iterable[Event]:
        self._ended[ended.id] = ended.expires_at
        return ()

    def has_ended(self, session: str) -> bool:
        """Say whether somebody has signed out of it."""
        return session in self._ended

    def forget(self, key: str) -> None:
        """Drop an ended session that is not on the topic any more."""
        self._ended.pop(key.removeprefix("session/"), None)

    def outdated(self) -> list[str]:
        """Return the ended sessions that nobody has to remember any more, as the topic has them."""
        now = self._now()
        return [f"session/{name}" for name, ends in self._ended.items() if ends <= now]

    def _signature(self, payload: bytes) -> bytes:
        return hmac.digest(self._signing, payload, "sha256")


def _text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode()


def _bytes(text: str) -> bytes:
    """Return what base64 stands for; nothing for what is none.

    >>> _bytes("aGk="), _bytes("?"), _bytes("é")
    (b'hi', b'', b'')
    """
    try:
        return base64.b64decode(text.encode("ascii"), altchars=b"-_", validate=True)
    except ValueError:
        return b""
