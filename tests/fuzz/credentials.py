"""Cursors and credentials: what was handed out, changed by whoever got it."""

from base64 import urlsafe_b64encode
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime
from functools import cache
from typing import Any, TypeVar

import orjson
from hypothesis import strategies as st
from starlette.requests import Request

from fuzz.fuzzing import Target
from fuzz.mutations import RUDE, mutated
from provider import AUDIENCE, IdentityProvider
from scarcity.events import Role
from scarcity.telemetry.metrics import Metrics
from services.gateway.access.credentials import COOKIE
from services.gateway.access.desk import LOCAL, Desk
from services.gateway.access.jwks import signing_keys
from services.gateway.access.keys import Wanted, make
from services.gateway.paging import Cursors
from services.gateway.problems import Problem
from services.gateway.settings import GatewaySettings

T = TypeVar("T")
NOW = datetime(2026, 1, 31, 12, tzinfo=UTC)
TOKEN = "the-token-of-this-test"
KEY = make(Wanted("line", Role.OPERATOR), by="token", at=NOW)
PAGES = Cursors(TOKEN)
CALL = "/api/v1/events"
PARTS = (*RUDE, b".", b"=", b"_", b"-", b"scy_", b"e30", b"eyJhbGciOiJub25lIn0")
ODD = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**64 - 1)
    | st.floats(allow_nan=False)
    | st.sampled_from((AUDIENCE, "alice", "", "9" * 30, 10**18, -1, 1e308, int(NOW.timestamp())))
    | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3)
    ),
    max_leaves=5,
)
"""Claims as nobody should write them."""


@cache
def provider() -> IdentityProvider:
    """Return an identity provider that nobody has to ask."""
    made = IdentityProvider(url="https://id.example.org")
    for kid, algorithm in (("rsa", "RS256"), ("ec", "ES256"), ("ed", "EdDSA")):
        made.add(kid, algorithm)
    return made


@cache
def desk() -> Desk:
    """Return a desk where nobody is ever told to wait."""
    settings = GatewaySettings(
        rate=1e9,
        burst=10**9,
        guesses=10**9,
        oidc_issuer=provider().url,
        oidc_audience=AUDIENCE,
    )
    made = Desk(settings, token=TOKEN, now=lambda: NOW, metrics=Metrics())
    made.keys.on_issued(KEY.issued)
    assert made._provider is not None
    known = made._provider._keys
    known._keys = signing_keys(provider().document("/jwks") or {})
    known._fetched_at = known._tried_at = NOW
    return made


@cache
def token(kid: str) -> bytes:
    return provider().token(kid, provider().claims(NOW.timestamp())).encode()


@cache
def cookie() -> bytes:
    sessions = desk().sessions
    return sessions.cookie(sessions.begin(LOCAL)).encode()


def finished(work: Coroutine[Any, Any, T]) -> T:
    """Return what comes of something that waits for nothing."""
    try:
        work.send(None)
    except StopIteration as end:
        found: T = end.value
        return found
    work.close()
    raise AssertionError("it waits for something")


def come(headers: list[tuple[bytes, bytes]]) -> None:
    """Come to the desk, which lets in or says why not."""
    request = Request(
        {
            "type": "http",
            "method": "POST",
            "scheme": "http",
            "path": CALL,
            "query_string": b"",
            "headers": headers,
            "client": ("192.0.2.1", 1),
            "server": ("here", 80),
        }
    )
    try:
        admitted = finished(desk().admit(request, caught_up=True))
    except Problem as problem:
        assert problem.status_code in (401, 403), problem.detail
        return
    assert admitted.identity.name
    assert admitted.identity.role in Role


def show(credential: bytes) -> None:
    come([(b"authorization", b"Bearer " + credential)])
    come([(b"authorization", credential)])


def show_cookie(value: bytes) -> None:
    come([(b"cookie", COOKIE.encode() + b"=" + value)])
    come([(b"cookie", value)])


def read_cursor(data: bytes) -> None:
    cursor = data.decode("latin-1")
    try:
        place = PAGES.place(CALL, cursor)
    except Problem as problem:
        assert problem.status_code == 400
        return
    assert place == (3, "a")


def later(make_seed: Callable[[], bytes]) -> st.SearchStrategy[bytes]:
    """Return a seed that is made when it is first drawn: it may take long."""
    return st.builds(make_seed)


@st.composite
def signed(draw: Any) -> bytes:
    """Return a token that the provider has signed, whatever is in it."""
    changes = draw(
        st.dictionaries(
            st.sampled_from(("sub", "roles", "exp", "nbf", "iat", "aud", "iss")), ODD, max_size=3
        )
    )
    claims = {**provider().claims(NOW.timestamp()), **changes}
    return provider().token(draw(st.sampled_from(("ec", "ed"))), claims).encode()


@st.composite
def forged(draw: Any) -> bytes:
    """Return a token with another header, over the claims and signature of a real one."""
    names = ("alg", "kid", "typ", "crit", "b64", "zip", "jwk", "x5c")
    changes = draw(st.dictionaries(st.sampled_from(names), ODD | st.just("rsa"), max_size=4))
    header = orjson.dumps({"alg": "ES256", "kid": "ec", **changes})
    _, claims, signature = token("ec").split(b".")
    return b".".join([urlsafe_b64encode(header).rstrip(b"="), claims, signature])


@st.composite
def sessions(draw: Any) -> bytes:
    """Return a cookie with another payload under the signature of a real one."""
    payload = orjson.dumps(draw(st.lists(st.none() | st.text(max_size=5) | st.integers(0, 9))))
    return payload.hex().encode() + b"." + cookie().rpartition(b".")[2]


CURSORS = Target(
    "cursors",
    mutated(later(lambda: PAGES.seal(CALL, (3, "a")).encode()) | later(cookie), PARTS),
    read_cursor,
)
CREDENTIALS = (
    Target(
        "credentials",
        mutated(st.sampled_from((TOKEN.encode(), KEY.text.encode(), b"Bearer ")), PARTS),
        show,
    ),
    Target(
        "tokens",
        mutated(st.sampled_from(("rsa", "ec", "ed")).map(token), PARTS) | signed() | forged(),
        show,
    ),
    Target("cookies", mutated(later(cookie), PARTS) | sessions(), show_cookie),
)
