"""Where whoever comes is looked at: what he shows, whether it counts, how often he came."""

import hmac
from collections import OrderedDict
from collections.abc import AsyncGenerator, Callable, Iterable, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import sha256

from fastapi import Request

from scarcity.bus.base import Delivery
from scarcity.errors import PoisonEvent
from scarcity.events import ApiKeyIssued, ApiKeyRevoked, Event, Role, SessionEnded, decode
from scarcity.events.access import KEYS
from scarcity.runtime.service import Effect, Route, each
from scarcity.telemetry.logs import logger
from scarcity.telemetry.metrics import Metrics
from services.gateway.access.credentials import Credential, address_of, credential_of
from services.gateway.access.identity import Identity
from services.gateway.access.keys import PREFIX, Keyring
from services.gateway.access.oidc import Provider
from services.gateway.access.rates import Allowance, Buckets
from services.gateway.access.refusals import NOTHING, UNKNOWN, Refused, too_many
from services.gateway.access.sessions import OVER, Session, Sessions
from services.gateway.problems import Problem
from services.gateway.settings import GatewaySettings

LOCAL = Identity("token", Role.ADMIN)
CSRF_HEADER = "x-csrf-token"
HARMLESS = ("GET", "HEAD", "OPTIONS")
JWT_DOTS = 2
REMEMBERED = 10_000
"""How many credentials that have counted are known again, by their hash."""
TOLD_EVERY = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Admitted:
    """Who came in, and what is left of how often he may."""

    identity: Identity
    allowance: Allowance


class Desk:
    """Knows whom to let in. For one event loop."""

    def __init__(
        self,
        settings: GatewaySettings,
        *,
        token: str,
        now: Callable[[], datetime],
        metrics: Metrics,
    ) -> None:
        self._settings = settings
        self._token = token.encode()
        self._now = now
        self._refusals = metrics.credentials_refused
        self.keys = Keyring(now)
        self.sessions = Sessions(
            _session_secret(settings, token), lasts_s=settings.session_s, now=now
        )
        self.calls = Buckets(settings.rate, settings.burst, now=now)
        self._guesses = Buckets(1.0, settings.guesses, now=now)
        self._provider = Provider(settings, now=now) if settings.oidc_issuer else None
        self._remembered: OrderedDict[bytes, None] = OrderedDict()
        self._told_at: datetime | None = None
        self._read = each(self._on_message)
        self._log = logger("gateway")

    @property
    def route(self) -> Route:
        """The topic that it follows."""
        return Route(KEYS, self._on_deliveries)

    async def admit(self, request: Request, *, caught_up: bool) -> Admitted:
        """Return who sends a call. Raises the problem with one that is not let in.

        Raises Transient when the identity provider has to be asked and does not answer. Until
        the topic is caught up with, keys and sessions do not count: they may be revoked.
        """
        try:
            return await self._admitted(request, caught_up=caught_up)
        except Refused as refused:
            self._refusals.labels("gateway", refused.reason).inc()
            raise

    def holds(self, identity: Identity) -> bool:
        """Say whether somebody who came in may stay."""
        is_over = identity.until is not None and identity.until <= self._now()
        is_revoked = identity.key is not None and self.keys.get(identity.key) is None
        has_left = identity.session is not None and self.sessions.has_ended(identity.session)
        return not (is_over or is_revoked or has_left)

    async def while_welcome(
        self, identity: Identity, frames: AsyncGenerator[str, None]
    ) -> AsyncGenerator[str, None]:
        """Yield what there is to say, until the one whom it is said to may not stay."""
        async with aclosing(frames):
            async for frame in frames:
                if not self.holds(identity):
                    return
                yield frame

    async def _admitted(self, request: Request, *, caught_up: bool) -> Admitted:
        address = address_of(request)
        given = credential_of(request, always_secure=self._settings.secure_cookies)
        if given is None:
            self._count(f"address:{address}")
            raise Refused("missing", NOTHING)
        identity = await self._recognised(given, address, caught_up=caught_up)
        if given.is_cookie and request.method not in HARMLESS:
            self._check_page(request, identity)
        return Admitted(identity, self._count(identity.name))

    async def _recognised(self, given: Credential, address: str, *, caught_up: bool) -> Identity:
        """Return whose credential that is, unless too many from there were wrong.

        One that has counted before is looked at all the same: who guesses must not lock out those
        who share his address.
        """
        digest = sha256(given.text.encode()).digest()
        if digest not in self._remembered:
            self._check_guesses(address)
        try:
            identity = await self._identity(given, caught_up=caught_up)
        except Refused as refused:
            if refused.status_code == 401:
                self._remembered.pop(digest, None)
                self._guesses.take(address)
            raise
        self._remember(digest)
        return identity

    async def _identity(self, given: Credential, *, caught_up: bool) -> Identity:
        text = given.text
        if given.is_cookie:
            session = self.sessions.read(text)
            _check_caught_up(caught_up)
            return self._of_session(session)
        if self._settings.local_token and hmac.compare_digest(text.encode(), self._token):
            return LOCAL
        if text.startswith(PREFIX):
            _check_caught_up(caught_up)
            return self.keys.identity(text)
        if self._provider is not None and text.count(".") == JWT_DOTS:
            return await self._provider.identity(text)
        raise Refused("unknown", UNKNOWN)

    def _of_session(self, session: Session) -> Identity:
        """Return who has signed in, unless what he signed in with counts no more."""
        if session.key is not None:
            found = self.keys.identity_of(session.key)
            return replace(found, until=session.expires_at, session=session.id)
        counts = self._settings.local_token if session.name == LOCAL.name else self._provider
        if not counts:
            raise Refused("session-over", OVER)
        return session.identity

    def _check_page(self, request: Request, identity: Identity) -> None:
        """Raise a problem unless a page sends the call that was told of the session."""
        assert identity.session is not None
        given = request.headers.get(CSRF_HEADER, "").encode()
        expected = self.sessions.csrf_token(identity.session).encode()
        if not hmac.compare_digest(given, expected):
            raise Refused(
                "no-page",
                "a call with a session that changes something needs the header X-CSRF-Token, "
                "with the csrf_token of GET /api/v1/session",
                status=403,
            )

    def _count(self, who: str) -> Allowance:
        allowance = self.calls.take(who)
        if allowance.wait_s > 0:
            raise too_many(f"calls of {who}", allowance.wait_s)
        return allowance

    def _check_guesses(self, address: str) -> None:
        wait_s = self._guesses.look(address).wait_s
        if wait_s == 0:
            return
        self._refusals.labels("gateway", "too-many").inc()
        now = self._now()
        if self._told_at is None or now - self._told_at >= TOLD_EVERY:
            self._log.warning("too many refused credentials", address=address)
            self._told_at = now
        raise too_many("refused credentials from this address", wait_s)

    def _remember(self, digest: bytes) -> None:
        self._remembered[digest] = None
        self._remembered.move_to_end(digest)
        if len(self._remembered) > REMEMBERED:
            self._remembered.popitem(last=False)

    def _on_deliveries(self, deliveries: Sequence[Delivery]) -> Iterable[Effect]:
        for delivery in deliveries:
            if delivery.value is None:
                self.keys.forget(delivery.key)
                self.sessions.forget(delivery.key)
            else:
                yield from self._read([delivery])

    def _on_message(self, delivery: Delivery) -> Iterable[Event]:
        event = decode(delivery.value or b"").event
        match event:
            case ApiKeyIssued():
                return self.keys.on_issued(event)
            case ApiKeyRevoked():
                return self.keys.on_revoked(event)
            case SessionEnded():
                return self.sessions.on_ended(event)
            case _:
                raise PoisonEvent(
                    "unexpected-event", f"{delivery.topic} carries no {type(event).__name__}"
                )


def _check_caught_up(caught_up: bool) -> None:  # noqa: FBT001 - the one thing it is about
    if not caught_up:
        raise Problem(
            503,
            "the gateway is starting and does not know yet which keys and sessions count",
            headers={"Retry-After": "1"},
        )


def _session_secret(settings: GatewaySettings, token: str) -> str:
    """Return what sessions follow from: a change of it ends them all.

    The token is part of it as long as it lets in, so that a new token ends what the old one began.
    """
    own = settings.session_secret or ""
    return f"{own}\n{token}" if settings.local_token or not own else own
