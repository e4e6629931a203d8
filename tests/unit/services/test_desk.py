"""Whom the front door lets in: what is declared, how often, over https, and while it starts."""

import random
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from fastapi import APIRouter, FastAPI, Request
from pydantic import ValidationError
from starlette.applications import Starlette

from scarcity.bus.base import Delivery
from scarcity.events import ApiKeyRevoked, Event, Role, encode
from scarcity.events.access import KEYS
from scarcity.telemetry.metrics import Metrics
from services.gateway.access.credentials import COOKIE
from services.gateway.access.declaring import allow, check_declared
from services.gateway.access.desk import LOCAL, Desk
from services.gateway.access.identity import Identity, matches
from services.gateway.access.keys import NewKey, Wanted, make
from services.gateway.access.rates import KEPT, Buckets
from services.gateway.problems import Problem
from services.gateway.settings import GatewaySettings

AT = datetime(2026, 1, 31, 12, tzinfo=UTC)
TOKEN = "the-token-of-this-test"


@dataclass
class Clock:
    """What time it is, until a test says otherwise."""

    at: datetime = AT

    def now(self) -> datetime:
        return self.at

    def pass_(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)


@pytest.fixture
def clock() -> Clock:
    return Clock()


def desk_of(clock: Clock, **settings: object) -> Desk:
    return Desk(
        GatewaySettings.model_validate(settings), token=TOKEN, now=clock.now, metrics=Metrics()
    )


def call(
    credential: str | None = TOKEN,
    *,
    cookie: str | None = None,
    scheme: str = "http",
    host: str = "192.0.2.1",
    method: str = "GET",
) -> Request:
    """Return a request as the server hands it on."""
    headers = []
    if credential is not None:
        headers.append((b"authorization", f"Bearer {credential}".encode()))
    if cookie is not None:
        headers.append((b"cookie", cookie.encode()))
    return Request(
        {
            "type": "http",
            "method": method,
            "scheme": scheme,
            "path": "/api/v1/streams",
            "query_string": b"",
            "headers": headers,
            "client": (host, 1),
            "server": ("here", 80),
        }
    )


async def enters(desk: Desk, request: Request, *, caught_up: bool = True) -> Identity:
    return (await desk.admit(request, caught_up=caught_up)).identity


async def refusal(desk: Desk, request: Request, *, caught_up: bool = True) -> int:
    """Return the status that somebody gets who is not let in."""
    with pytest.raises(Problem) as caught:
        await desk.admit(request, caught_up=caught_up)
    return caught.value.status_code


def follows(desk: Desk, *events: Event | str) -> None:
    """Let a desk read events, and tombstones of keys."""
    for event in events:
        key = event if isinstance(event, str) else event.key
        value = None if isinstance(event, str) else encode(event, producer="gateway")
        list(desk.route.handle([Delivery(KEYS.name, 0, 0, key, value, (), 0)]))


def cookie_of(desk: Desk, identity: Identity = LOCAL, *, name: str = COOKIE) -> str:
    """Return the header of a browser in which somebody has just signed in."""
    return f"{name}={desk.sessions.cookie(desk.sessions.begin(identity))}"


def key_of(name: str = "line", role: Role = Role.OPERATOR, **more: object) -> NewKey:
    wanted = Wanted(name, role, **more)  # type: ignore[arg-type]
    return make(wanted, by="token", at=AT)


def test_a_call_that_does_not_say_who_may_is_not_served() -> None:
    inner, outer, app = APIRouter(), APIRouter(prefix="/api/v1"), FastAPI()

    async def answer() -> None:
        return None

    inner.add_api_route("/told", answer, dependencies=[allow(Role.VIEWER)])
    inner.add_api_route("/silent", answer, methods=["POST"], include_in_schema=False)
    outer.include_router(inner)
    app.include_router(outer)
    app.add_api_route("/elsewhere", answer)

    with pytest.raises(TypeError, match=r"^POST /api/v1/silent: say who may"):
        check_declared(app.routes, "/api/v1/", free=())
    check_declared(app.routes, "/api/v1/", free=("/api/v1/silent",))


@pytest.mark.parametrize("path", ["/api/v1/more", "/api/v1", "/api", ""])
def test_an_application_below_the_calls_says_nothing_of_who_may(path: str) -> None:
    app = FastAPI(openapi_url=None)
    app.mount(path, Starlette())

    with pytest.raises(TypeError, match="say who may"):
        check_declared(app.routes, "/api/v1/", free=())


def test_a_socket_has_to_say_who_may_as_well() -> None:
    app = FastAPI(openapi_url=None)
    app.add_api_websocket_route("/api/v1/socket", lambda: None)

    with pytest.raises(TypeError, match="/api/v1/socket"):
        check_declared(app.routes, "/api/v1/", free=())


def test_a_role_that_a_router_declares_holds_for_all_of_it() -> None:
    app, router = FastAPI(openapi_url=None), APIRouter(dependencies=[allow(Role.ADMIN)])
    router.add_api_route("/api/v1/any", lambda: None)
    app.include_router(router)

    check_declared(app.routes, "/api/v1/", free=())


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("needed", Role)
def test_roles_are_in_order(role: Role, needed: Role) -> None:
    order = ["viewer", "operator", "admin"]

    assert role.covers(needed) == (order.index(role) >= order.index(needed))


def test_patterns_are_names_or_beginnings() -> None:
    assert matches("*", "anything")
    assert matches("a.*", "a.b")
    assert not matches("a.*", "ab")
    assert not matches("a", "A")


async def test_the_token_is_an_admin_unless_it_is_off(clock: Clock) -> None:
    found = await enters(desk_of(clock), call())
    off = desk_of(clock, local_token=False)

    assert (found.name, found.role, found.streams) == ("token", Role.ADMIN, ())
    assert await refusal(off, call()) == 401


@pytest.mark.parametrize(
    "header", ["", "Bearer", "Bearer ", f"Basic {TOKEN}", TOKEN, f"Bearer {TOKEN}x", "Bearer é"]
)
async def test_what_is_no_credential_does_not_count(clock: Clock, header: str) -> None:
    request = call(None)
    request.scope["headers"].append((b"authorization", header.encode("latin-1")))

    assert await refusal(desk_of(clock), request) == 401


async def test_keys_and_sessions_do_not_count_before_all_is_known_of_them(clock: Clock) -> None:
    desk, made = desk_of(clock), key_of()
    follows(desk, made.issued)
    cookie = cookie_of(desk)

    assert await refusal(desk, call(made.text), caught_up=False) == 503
    assert await refusal(desk, call(None, cookie=cookie), caught_up=False) == 503
    assert (await enters(desk, call(), caught_up=False)).name == "token"
    assert (await enters(desk, call(made.text))).name == "key:line"
    assert (await enters(desk, call(None, cookie=cookie))).name == "token"


async def test_a_key_counts_from_issue_to_expiry(clock: Clock) -> None:
    desk = desk_of(clock)
    made = key_of(expires_at=AT + timedelta(hours=1))

    assert await refusal(desk, call(made.text)) == 401
    follows(desk, made.issued)
    found = await enters(desk, call(made.text))
    clock.pass_(3600)
    assert await refusal(desk, call(made.text)) == 401

    assert (found.name, found.role, found.key) == ("key:line", Role.OPERATOR, made.issued.id)
    assert not desk.holds(found)


async def test_a_key_is_known_by_all_of_its_secret(clock: Clock) -> None:
    desk, made, other = desk_of(clock), key_of("one"), key_of("two")
    follows(desk, made.issued, other.issued)
    name, secret = made.issued.id, made.text.rpartition("_")[2]
    _, _, foreign = other.text.split("_", 2)

    for wrong in (
        f"scy_{name}_",
        f"scy_{name}",
        "scy_",
        "scy__",
        f"scy_{name}_{foreign}",
        f"scy_{name}_{secret}x",
        f"scy_{name}_{made.issued.digest.hex()}",
        made.text[:-1],
        made.text.upper(),
    ):
        assert await refusal(desk, call(wrong)) == 401, wrong


async def test_what_is_revoked_stays_so_in_whatever_order_it_is_read(clock: Clock) -> None:
    desk, made = desk_of(clock), key_of()
    revoked = ApiKeyRevoked(made.issued.id, "line", "token", AT)
    follows(desk, made.issued, revoked, made.issued)

    assert await refusal(desk, call(made.text)) == 401


async def test_a_key_that_the_topic_forgets_counts_no_more(clock: Clock) -> None:
    desk, made = desk_of(clock), key_of()
    follows(desk, made.issued, made.issued.id)

    assert await refusal(desk, call(made.text)) == 401


def test_what_is_no_event_of_a_key_is_refused_and_the_next_is_read(clock: Clock) -> None:
    desk, made = desk_of(clock), key_of()
    broken = Delivery(KEYS.name, 0, 0, "x", b"\xff\xff", (), 0)
    good = Delivery(KEYS.name, 0, 1, "y", encode(made.issued, producer="g"), (), 0)

    (effect,) = desk.route.handle([broken, good])

    assert effect.refused is not None
    assert effect.refused.reason == "undecodable"
    assert [issued.name for issued in desk.keys.all] == ["line"]


def test_no_secret_is_in_what_is_printed(clock: Clock) -> None:
    made = key_of()
    settings = GatewaySettings.model_validate({"session_secret": "s" * 40})
    desk = desk_of(clock, session_secret="s" * 40)

    printed = f"{made!r} {settings!r} {desk!r} {desk.sessions!r}"

    assert made.text not in printed
    assert made.text.rpartition("_")[2] not in printed
    assert "sss" not in printed


@pytest.mark.parametrize(
    ("scheme", "settings"), [("https", {}), ("http", {"secure_cookies": True})]
)
async def test_over_https_the_cookie_is_one_that_no_other_host_can_set(
    clock: Clock, scheme: str, settings: dict[str, bool]
) -> None:
    desk = desk_of(clock, **settings)
    safe = call(None, cookie=cookie_of(desk, name="__Host-scarcity_session"), scheme=scheme)
    unsafe = call(None, cookie=cookie_of(desk), scheme=scheme)

    assert (await enters(desk, safe)).session is not None
    assert await refusal(desk, unsafe) == 401


async def test_a_session_ends_by_itself_and_with_its_secret(clock: Clock) -> None:
    desk = desk_of(clock, session_s=600)
    cookie = cookie_of(desk)
    request = call(None, cookie=cookie)
    other = Desk(
        GatewaySettings(), token="another-token-altogether", now=clock.now, metrics=Metrics()
    )

    assert (await enters(desk, request)).session is not None
    assert await refusal(other, request) == 401
    clock.pass_(600)
    assert await refusal(desk, request) == 401


async def test_what_lets_nobody_in_is_counted_by_reason(clock: Clock) -> None:
    metrics = Metrics()
    desk = Desk(GatewaySettings(guesses=4), token=TOKEN, now=clock.now, metrics=metrics)
    expired, unknown = key_of("old", expires_at=AT), key_of("new")
    follows(desk, expired.issued)
    cookie = cookie_of(desk)

    await enters(desk, call())
    await refusal(desk, call(None))
    await refusal(desk, call(None, cookie=cookie, method="POST"))
    for wrong in ("guess", unknown.text, expired.text):
        await refusal(desk, call(wrong))
    await refusal(desk, call(None, cookie=f"{COOKIE}=aGk=.aGk="))
    await refusal(desk, call("one too many"))

    counted = {
        sample.labels["reason"]: sample.value
        for family in metrics.credentials_refused.collect()
        for sample in family.samples
        if sample.name == "scarcity_credentials_refused_total"
    }
    assert counted == {
        "missing": 1,
        "unknown": 2,
        "expired": 1,
        "session-over": 1,
        "no-page": 1,
        "too-many": 1,
    }


async def test_a_session_counts_as_long_as_what_began_it_is_offered(clock: Clock) -> None:
    secret = {"session_secret": "s" * 32, "local_token": False}
    oidc = {"oidc_issuer": "https://id.example.org", "oidc_audience": "scarcity"}
    with_provider, without = desk_of(clock, **secret, **oidc), desk_of(clock, **secret)
    request = call(None, cookie=cookie_of(with_provider, Identity("oidc:alice", Role.VIEWER)))

    assert (await enters(with_provider, request)).name == "oidc:alice"
    assert await refusal(without, request) == 401


def test_a_session_is_no_longer_than_its_credential(clock: Clock) -> None:
    desk = desk_of(clock)
    soon = AT + timedelta(seconds=90)

    session = desk.sessions.begin(Identity("oidc:alice", Role.VIEWER, until=soon))

    assert session.expires_at == soon


def test_sign_outs_are_remembered_as_long_as_it_matters(clock: Clock) -> None:
    desk = desk_of(clock, session_s=600)
    session = desk.sessions.begin(LOCAL)
    ended = desk.sessions.end(session.identity)

    follows(desk, ended)
    assert not desk.holds(session.identity)
    assert desk.sessions.outdated() == []
    clock.pass_(600)
    (outdated,) = desk.sessions.outdated()
    follows(desk, outdated)

    assert outdated == ended.key
    assert desk.sessions.outdated() == []


async def test_the_live_feed_ends_for_whom_it_is_over(clock: Clock) -> None:
    closed = []

    async def frames() -> AsyncGenerator[str, None]:
        try:
            for number in range(5):
                yield str(number)
                clock.pass_(10)
        finally:
            closed.append(True)

    reader = Identity("key:line", Role.VIEWER, until=AT + timedelta(seconds=20))
    seen = [frame async for frame in desk_of(clock).while_welcome(reader, frames())]

    assert seen == ["0", "1"]
    assert closed == [True]


async def test_who_guesses_waits_whatever_address_of_his_network_he_takes(clock: Clock) -> None:
    desk = desk_of(clock, guesses=3)
    for number in range(3):
        assert await refusal(desk, call(f"guess{number}", host=f"2001:db8::{number}")) == 401

    assert await refusal(desk, call("guess", host="2001:db8::99")) == 429
    assert await refusal(desk, call(TOKEN, host="2001:db8::99")) == 429
    assert await refusal(desk, call("guess", host="2001:db8:0:1::1")) == 401
    clock.pass_(1)
    assert (await enters(desk, call(TOKEN, host="2001:db8::99"))).name == "token"
    clock.pass_(-1)
    assert (await enters(desk, call(TOKEN, host="2001:db8::99"))).name == "token"


async def test_who_shows_nothing_is_counted_by_address(clock: Clock) -> None:
    desk = desk_of(clock, rate=1, burst=2)

    assert [await refusal(desk, call(None)) for _ in range(4)] == [401, 401, 429, 429]
    assert await refusal(desk, call(None, host="192.0.2.2")) == 401
    assert (await enters(desk, call())).name == "token"


def test_a_bucket_gives_no_more_than_it_holds_and_gets_back() -> None:
    seed = random.SystemRandom().randrange(2**32)
    print(f"seed {seed}")
    rng = random.Random(seed)
    for _ in range(30):
        clock, per_s, burst = Clock(), rng.choice([0.1, 1, 7, 500]), rng.randint(1, 50)
        buckets = Buckets(per_s, burst, now=clock.now)
        taken, passed = 0, 0.0
        for _ in range(300):
            looked, allowance = buckets.look("x"), buckets.take("x")
            if allowance.wait_s == 0:
                taken += 1
                assert allowance.left == looked.left - 1
            else:
                assert looked.left == allowance.left == 0
                if rng.random() < 0.3:
                    clock.pass_(allowance.wait_s + 1e-5)
                    passed += allowance.wait_s + 1e-5
                    assert buckets.look("x").wait_s == 0
            step = rng.choice([0.0, 0.0, rng.random() / per_s])
            clock.pass_(step)
            passed += step
            assert taken <= burst + passed * per_s + 1e-3
        clock.pass_(burst / per_s + 1e-3)
        assert buckets.look("x").left == burst


def test_a_clock_that_is_set_back_locks_nobody_out_for_long() -> None:
    clock = Clock()
    buckets = Buckets(2.0, 10, now=clock.now)
    buckets.take("x")
    clock.pass_(-3600)

    assert buckets.take("x").wait_s <= 0.5
    clock.pass_(5)
    assert buckets.look("x").left == 10


def test_buckets_are_dropped_when_there_are_too_many() -> None:
    clock = Clock()
    buckets = Buckets(1.0, 5, now=clock.now)
    for number in range(KEPT + 10):
        buckets.take(str(number))

    assert buckets.look("0").left == 5
    assert buckets.look(str(KEPT)).left == 4


@pytest.mark.parametrize(
    "settings",
    [
        {"oidc_issuer": "https://id.example.org"},
        {"oidc_audience": "scarcity"},
        {"oidc_jwks_url": "https://id.example.org/keys"},
        {"oidc_issuer": "http://id.example.org", "oidc_audience": "scarcity"},
        {"oidc_issuer": "id.example.org", "oidc_audience": "scarcity"},
        {"oidc_algorithms": "none"},
        {"oidc_algorithms": "HS256"},
        {"oidc_algorithms": "RS256,HS256"},
        {"oidc_algorithms": ""},
        {"oidc_roles": {"ops": "owner"}},
        {"session_secret": "short"},
        {"rate": 0},
    ],
)
def test_settings_that_would_let_in_the_wrong_people_are_refused(
    settings: dict[str, object],
) -> None:
    with pytest.raises(ValidationError):
        GatewaySettings.model_validate(settings)
