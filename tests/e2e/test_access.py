"""Who may come in: every call, by everybody; keys and sessions on a system that runs."""

import os
import re
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from fastapi.routing import iter_route_contexts

from provider import AUDIENCE, identity_provider
from running import COMMAND, TOKEN, System, eventually
from scarcity import __version__
from scarcity.bus.embedded import EmbeddedBus
from scarcity.clock import SystemClock
from scarcity.runtime.process import Platform
from scarcity.telemetry import tracing
from services.gateway import main

API = "/api/v1"
VIEWER, OPERATOR, ADMIN = "viewer", "operator", "admin"
ROLES = (VIEWER, OPERATOR, ADMIN)


@dataclass(frozen=True)
class Call:
    """What a call takes, and what it answers to whoever is let in."""

    role: str
    status: int
    body: object = None
    narrows: bool = False
    """Whether a key for other streams is let in: it is shown nothing of this one."""


OPEN = {"GET /openapi.json"}
CALLS = {
    "POST /streams/{stream}/records": Call(OPERATOR, 202),
    "GET /streams": Call(VIEWER, 200, narrows=True),
    "GET /streams/{stream}": Call(VIEWER, 404),
    "PUT /streams/{stream}": Call(OPERATOR, 422, {"no": "such"}),
    "POST /streams/{stream}/pause": Call(OPERATOR, 404),
    "POST /streams/{stream}/resume": Call(OPERATOR, 404),
    "POST /streams/{stream}/trials": Call(OPERATOR, 404, {"half_life": 9}),
    "DELETE /streams/{stream}": Call(ADMIN, 404),
    "GET /streams/{stream}/graph": Call(VIEWER, 404),
    "GET /streams/{stream}/graph.{format}": Call(VIEWER, 404),
    "GET /streams/{stream}/graph/at": Call(VIEWER, 422),
    "GET /streams/{stream}/history": Call(VIEWER, 404),
    "GET /streams/{stream}/differences": Call(VIEWER, 422),
    "GET /streams/{stream}/paths": Call(VIEWER, 422),
    "GET /streams/{stream}/edges/{source}/{target}": Call(VIEWER, 404),
    "GET /components": Call(VIEWER, 200),
    "GET /components/{name}": Call(VIEWER, 404),
    "PUT /components/{name}": Call(ADMIN, 404, {}),
    "GET /drg": Call(VIEWER, 200),
    "GET /federation": Call(VIEWER, 200),
    "GET /meta": Call(VIEWER, 200),
    "GET /stream": Call(VIEWER, 200, narrows=True),
    "GET /events": Call(VIEWER, 200, narrows=True),
    "GET /events/{id:path}": Call(VIEWER, 404, narrows=True),
    "GET /traces": Call(VIEWER, 200),
    "GET /traces/{trace_id}": Call(VIEWER, 422),
    "GET /dead-letters": Call(OPERATOR, 200),
    "GET /dead-letters/{id:path}": Call(OPERATOR, 404),
    "POST /dead-letters/replay": Call(OPERATOR, 422, {}),
    "POST /dead-letters/{id:path}/replay": Call(OPERATOR, 422, {"no": "such"}),
    "POST /keys": Call(ADMIN, 422, {}),
    "GET /keys": Call(ADMIN, 200),
    "DELETE /keys/{key}": Call(ADMIN, 404),
    "POST /session": Call(VIEWER, 201, narrows=True),
    "GET /session": Call(VIEWER, 200, narrows=True),
    "DELETE /session": Call(VIEWER, 204, narrows=True),
}


def application() -> FastAPI:
    """Return the gateway's application, as its service makes it."""
    platform = Platform(EmbeddedBus(None), tracing.provider(None, version=__version__), TOKEN)
    service = main.build(platform)
    assert service.web is not None
    app = service.web(lambda: {"gateway": True})
    # The routes are behind what looks at every call.
    assert isinstance(app, FastAPI)
    return app


def test_every_call_of_the_application_is_in_the_table() -> None:
    found = {
        f"{method} {path.removeprefix(API)}"
        for route in iter_route_contexts(application().routes)
        if (path := route.path or "").startswith(API)
        for method in (route.methods or {"any"}) - {"HEAD"}
    }

    assert found - OPEN == CALLS.keys()


@dataclass(frozen=True)
class People:
    """A system, and a credential for everybody who may come to it."""

    system: System
    credentials: dict[str, str | None]


def issue(system: System, name: str, role: str, **more: object) -> dict[str, Any]:
    """Have a key made."""
    answer = system.http.post("/keys", json={"name": name, "role": role, **more})
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


@pytest.fixture(scope="module")
def people() -> Iterator[People]:
    # As many wrong credentials as the table has, and more, from one address.
    with System(["--no-demo"], {"SCARCITY_GATEWAY_GUESSES": "10000"}) as system:
        keys = {role: issue(system, role, role)["key"] for role in ROLES}
        soon = SystemClock().now() + timedelta(seconds=0.5)
        expired = issue(system, "expired", ADMIN, expires_at=soon.isoformat())["key"]
        revoked = issue(system, "revoked", ADMIN)
        elsewhere = issue(system, "elsewhere", ADMIN, streams=["another", "others-*"])["key"]
        system.http.delete(f"/keys/{revoked['id']}").raise_for_status()
        eventually(
            lambda: status(system, "GET", "/session", expired) == 401 or None, "a key to expire"
        )
        yield People(
            system,
            {
                "nobody": None,
                "wrong": "not-the-token-at-all",
                **keys,
                "token": TOKEN,
                "expired": expired,
                "revoked": revoked["key"],
                "elsewhere": elsewhere,
            },
        )


def status(
    system: System, method: str, path: str, credential: str | None, body: object = None
) -> int:
    """Return the status of a call; of one that never ends, as soon as it is known."""
    headers = {} if credential is None else {"Authorization": f"Bearer {credential}"}
    address = f"{system.url}{API}{path}"
    with httpx.stream(method, address, headers=headers, json=body, timeout=30) as answer:
        if answer.status_code in (401, 403):
            answer.read()
            assert answer.headers["content-type"] == "application/problem+json"
            assert answer.json()["detail"]
            assert credential is None or credential not in answer.text
        return answer.status_code


def expected(who: str, call: Call) -> int:
    """Return what a call has to answer."""
    if who in ("nobody", "wrong", "expired", "revoked"):
        return 401
    if who == "elsewhere":
        return call.status if call.narrows else 403
    role = ADMIN if who == "token" else who
    return call.status if ROLES.index(role) >= ROLES.index(call.role) else 403


@pytest.mark.parametrize("name", CALLS)
def test_a_call_answers_each_as_the_table_says(people: People, name: str) -> None:
    call = CALLS[name]
    method, template = name.split(" ")
    path = re.sub(r"\{format\}", "csv", template)
    path = re.sub(r"\{[a-z:]+\}", "nothing", path)

    found = {
        who: status(people.system, method, path, credential, call.body)
        for who, credential in people.credentials.items()
    }

    assert found == {who: expected(who, call) for who in people.credentials}


def test_what_is_no_call_is_told_to_nobody_who_is_not_known(people: People) -> None:
    assert status(people.system, "GET", "/nowhere", None) == 401
    assert status(people.system, "GET", "/nowhere", people.credentials[VIEWER]) == 404
    assert status(people.system, "GET", "/streams/../keys", None) == 401


def at(system: System, key: str) -> httpx.Client:
    """Return a client that comes with a key."""
    headers = {"Authorization": f"Bearer {key}"}
    return httpx.Client(base_url=f"{system.url}{API}", headers=headers, timeout=30)


@pytest.fixture
def run(people: People) -> Callable[..., str]:
    """Return what runs `scarcity keys` on the system, and answers with what it prints."""

    def run_keys(*arguments: str) -> str:
        command = [COMMAND, "keys", *arguments, "--url", people.system.url]
        environment = {**os.environ, "COLUMNS": "120", "SCARCITY_TOKEN": TOKEN}
        return subprocess.run(
            command, env=environment, capture_output=True, text=True, timeout=60, check=True
        ).stdout

    return run_keys


RECORDS = b'{"x": 1.0}\n{"x": 2.0}'


def test_a_key_for_some_streams_reads_and_writes_those_alone(people: People) -> None:
    system = people.system
    key = issue(system, "line-3", OPERATOR, streams=["line-3", "hall-*"])["key"]
    system.http.put("/streams/secret", json={"window": {"size": 64}})

    with at(system, key) as http:
        sent = {
            stream: http.post(f"/streams/{stream}/records", content=RECORDS).status_code
            for stream in ("line-3", "hall-1", "line-31", "secret")
        }
        defined = [
            http.put(f"/streams/{stream}", json={"window": {"size": 64}}).status_code
            for stream in ("line-3", "secret")
        ]
        shown = {item["id"] for item in http.get("/streams").json()["items"]}

    assert sent == {"line-3": 202, "hall-1": 202, "line-31": 403, "secret": 403}
    assert defined == [202, 403]
    assert shown == {"line-3"}


def test_keys_are_listed_without_what_opens_and_named_once(people: People) -> None:
    system = people.system
    made = issue(system, "seen", VIEWER, streams=["a-*"])
    with at(system, made["key"]) as http:
        http.get("/session").raise_for_status()

    listed = system.http.get("/keys")
    (found,) = [item for item in listed.json()["items"] if item["id"] == made["id"]]
    again = system.http.post("/keys", json={"name": "seen", "role": VIEWER})

    assert re.fullmatch(r"scy_[0-9a-f]{16}_[\w-]{43}", made["key"])
    assert made["key"].rpartition("_")[2] not in listed.text
    assert not {"key", "digest", "secret"} & found.keys()
    assert (found["issued_by"], found["role"], found["streams"]) == ("token", VIEWER, ["a-*"])
    assert found["used_at"] is not None
    assert again.status_code == 409
    assert "revoked" not in {item["name"] for item in listed.json()["items"]}


def test_keys_come_in_pages_oldest_first(people: People) -> None:
    system = people.system
    made = [issue(system, f"paged-{number}", VIEWER)["id"] for number in range(3)]

    answer = system.http.get("/keys", params={"limit": 2})
    listed = [item["id"] for item in answer.json()["items"]]
    while "next" in answer.links:
        answer = system.http.get(f"{system.url}{answer.links['next']['url']}")
        assert 1 <= len(answer.json()["items"]) <= 2
        listed += [item["id"] for item in answer.json()["items"]]

    assert listed[-3:] == made
    assert len(listed) == len(set(listed)) > 4


@pytest.mark.parametrize(
    "body",
    [
        {"name": "x", "role": "owner"},
        {"name": "no spaces", "role": "viewer"},
        {"name": "x", "role": "viewer", "streams": ["*middle*"]},
        {"name": "x", "role": "viewer", "streams": [""]},
        {"name": "x", "role": "viewer", "expires_at": "2020-01-01T00:00:00Z"},
        {"name": "x", "role": "viewer", "expires_at": "2099-01-01T00:00:00"},
        {"name": "x", "role": "viewer", "expires_at": 4_102_444_800},
        {"name": "x", "role": "viewer", "streams": "x"},
        {"name": "x", "role": "viewer", "digest": "00"},
    ],
)
def test_a_key_that_cannot_be_is_refused(people: People, body: dict[str, object]) -> None:
    assert people.system.http.post("/keys", json=body).status_code == 422


def test_who_holds_the_key_is_who_commands(people: People) -> None:
    key = issue(people.system, "night-shift", ADMIN)["key"]

    with at(people.system, key) as http:
        answer = http.put("/components/mpie", json={"paused": False})
        found = http.get("/components/mpie").json()

    assert answer.status_code == 200, answer.text
    assert found["commands"][0]["by"] == "key:night-shift"


def test_the_live_feed_of_a_key_ends_when_it_is_revoked(people: People) -> None:
    system = people.system
    made = issue(system, "watcher", VIEWER)
    headers = {"Authorization": f"Bearer {made['key']}"}

    with httpx.stream("GET", f"{system.url}{API}/stream", headers=headers, timeout=30) as feed:
        assert feed.status_code == 200
        system.http.delete(f"/keys/{made['id']}").raise_for_status()
        # What happens next is not for him.
        system.http.put("/streams/after", json={"window": {"size": 64}})
        told = b"".join(feed.iter_raw())

    assert b"after" not in told


@contextmanager
def browser(system: System, credential: str) -> Iterator[tuple[httpx.Client, dict[str, Any]]]:
    """Yield a browser's client after it has signed in, and what it was told."""
    with httpx.Client(base_url=f"{system.url}{API}", timeout=30) as http:
        answer = http.post("/session", headers={"Authorization": f"Bearer {credential}"})
        assert answer.status_code == 201, answer.text
        yield http, answer.json()


def test_a_session_opens_as_its_credential_does_and_no_script_can_read_it(people: People) -> None:
    http = httpx.Client(base_url=f"{people.system.url}{API}", timeout=30)
    with http:
        answer = http.post("/session", headers={"Authorization": f"Bearer {TOKEN}"})
        told = http.get("/session").json()

        cookie = answer.headers["set-cookie"].lower()
        assert {"httponly", "samesite=strict", "path=/"} <= set(cookie.split("; "))
        assert "secure" not in cookie
        assert TOKEN.lower() not in cookie
        assert answer.headers["cache-control"] == "no-store"
        assert (told["name"], told["role"]) == ("token", ADMIN)
        assert told["csrf_token"] == answer.json()["csrf_token"]
        assert http.get("/streams").status_code == 200


async def test_over_https_browsers_send_their_session_over_https_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("SCARCITY_GATEWAY_TRUSTED_PROXIES", "10.0.0.0/8")
    app = application()

    async def signed_in(address: str, scheme: str) -> str:
        """Return the cookie that somebody gets who comes by way of an address."""
        way = httpx.ASGITransport(app, client=(address, 1))
        async with httpx.AsyncClient(transport=way, base_url="http://here") as http:
            headers = {"Authorization": f"Bearer {TOKEN}", "X-Forwarded-Proto": scheme}
            answer = await http.post(f"{API}/session", headers=headers)
        assert answer.status_code == 201
        return answer.headers["set-cookie"]

    by_proxy = await signed_in("10.1.2.3", "https")
    in_the_clear = await signed_in("10.1.2.3", "http")
    by_liar = await signed_in("192.0.2.1", "https")

    assert by_proxy.startswith("__Host-scarcity_session=")
    assert {"Secure", "HttpOnly", "Path=/"} <= set(by_proxy.split("; "))
    assert "domain" not in by_proxy.lower()
    assert in_the_clear.startswith("scarcity_session=")
    assert by_liar.startswith("scarcity_session=")


def test_a_session_changes_nothing_without_its_csrf_token(people: People) -> None:
    body = {"window": {"size": 64}}

    def put(http: httpx.Client, token: str | None) -> int:
        headers = {} if token is None else {"X-CSRF-Token": token}
        return http.put("/streams/browsed", json=body, headers=headers).status_code

    with browser(people.system, TOKEN) as (http, told), browser(people.system, TOKEN) as (_, other):
        assert put(http, None) == 403
        assert put(http, "") == 403
        assert put(http, other["csrf_token"]) == 403
        assert put(http, told["csrf_token"]) == 202
        assert http.delete("/streams/browsed").status_code == 403


def test_who_has_signed_out_is_out_though_he_kept_the_cookie(people: People) -> None:
    with browser(people.system, TOKEN) as (http, told):
        kept = dict(http.cookies)
        out = http.delete("/session", headers={"X-CSRF-Token": told["csrf_token"]})

        assert out.status_code == 204
        assert not http.cookies
        assert httpx.get(f"{people.system.url}{API}/session", cookies=kept).status_code == 401


def test_a_session_ends_with_the_key_that_began_it(people: People) -> None:
    system = people.system
    made = issue(system, "fleeting", OPERATOR, streams=["one"])

    with browser(system, made["key"]) as (http, told):
        before = http.get("/session").json()
        seen = [http.get(f"/streams/{name}").status_code for name in ("one", "two")]
        system.http.delete(f"/keys/{made['id']}").raise_for_status()
        after = http.get("/session").status_code

    assert (told["name"], before["name"], before["role"]) == (*["key:fleeting"] * 2, OPERATOR)
    assert told["streams"] == before["streams"] == ["one"]
    assert seen == [404, 403]
    assert after == 401


def test_a_cookie_that_was_changed_is_none(people: People) -> None:
    with browser(people.system, people.credentials[VIEWER] or "") as (http, _):
        (name, value), *_ = http.cookies.items()
    payload, _, signature = value.strip('"').partition(".")

    for forged in ("", "x", ".", payload, f"{payload}.", f"{payload[:-4]}AAAA.{signature}", "é."):
        header = {b"Cookie": f"{name}={forged}".encode()}
        found = httpx.get(f"{people.system.url}{API}/session", headers=header)
        assert found.status_code == 401, forged


def test_a_session_does_not_begin_another(people: People) -> None:
    with browser(people.system, TOKEN) as (http, told):
        answer = http.post("/session", headers={"X-CSRF-Token": told["csrf_token"]})

    assert answer.status_code == 409


def test_keys_and_sign_outs_outlast_a_restart_and_the_token_can_be_off(tmp_path: Path) -> None:
    arguments = ["--no-demo", "--data-dir", str(tmp_path)]
    secret = {"SCARCITY_GATEWAY_SESSION_SECRET": "s" * 32}
    off = {**secret, "SCARCITY_GATEWAY_LOCAL_TOKEN": "false"}
    with System(arguments, secret) as before:
        kept, gone = issue(before, "kept", ADMIN), issue(before, "gone", ADMIN)
        before.http.delete(f"/keys/{gone['id']}").raise_for_status()
        with browser(before, kept["key"]) as (http, _):
            stayed = dict(http.cookies)
        with browser(before, kept["key"]) as (http, told):
            ended = dict(http.cookies)
            csrf = {"X-CSRF-Token": told["csrf_token"]}
            http.delete("/session", headers=csrf).raise_for_status()

    def seen(system: System) -> dict[str, int]:
        session = f"{system.url}{API}/session"
        return {
            "token": status(system, "GET", "/keys", TOKEN),
            "kept": status(system, "GET", "/keys", kept["key"]),
            "gone": status(system, "GET", "/keys", gone["key"]),
            "stayed": httpx.get(session, cookies=stayed).status_code,
            "ended": httpx.get(session, cookies=ended).status_code,
        }

    with System(arguments, secret) as after:
        with_token = seen(after)
    with System(arguments, off) as after:
        without = seen(after)

    assert with_token == {"token": 200, "kept": 200, "gone": 401, "stayed": 200, "ended": 401}
    # The token was part of what sessions were signed with.
    assert without == {"token": 401, "kept": 200, "gone": 401, "stayed": 401, "ended": 401}


def test_nothing_that_opens_is_ever_told(tmp_path: Path) -> None:
    secret = "sessions-are-signed-with-this-secret"
    environment = {
        "SCARCITY_LOG_LEVEL": "debug",
        "SCARCITY_GATEWAY_SESSION_SECRET": secret,
        "SCARCITY_GATEWAY_GUESSES": "3",
    }
    arguments = ["--no-demo", "--data-dir", str(tmp_path)]
    with System(arguments, environment) as system:
        made = issue(system, "told", ADMIN)
        wrong = "a-guess-that-is-wrong"
        system.http.post("/keys", content=made["key"].encode())
        with browser(system, made["key"]) as (http, told):
            cookie = next(iter(http.cookies.values())).strip('"')
            csrf = told["csrf_token"]
            http.put("/streams/x", json={}, headers={"X-CSRF-Token": f"{csrf}0"})
        answers = [status(system, "GET", "/keys", wrong) for _ in range(4)]
        seen = [
            system.http.get(path).text
            for path in ("/keys", "/session", "/components", "/events?type=all", "/dead-letters")
        ]
        seen.append(httpx.get(f"{system.url}/metrics").text)
    stored = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    logged = system.errors + system.output.partition("Token for programs")[2][100:]

    assert answers == [401, 401, 401, 429]
    assert "too many refused credentials" in logged
    secrets = (made["key"], made["key"].rpartition("_")[2], cookie, csrf, secret, wrong, TOKEN)
    for hidden in secrets:
        assert hidden not in logged
        assert hidden not in "".join(seen)
        assert hidden.encode() not in stored


def test_who_guesses_has_to_wait_and_locks_out_nobody_who_was_in() -> None:
    with System(["--no-demo"], {"SCARCITY_GATEWAY_GUESSES": "5"}) as system:
        system.get("/session")
        key = issue(system, "newcomer", VIEWER)["key"]
        guesses = [status(system, "GET", "/session", f"guess-number-{n}") for n in range(8)]
        refused = httpx.get(
            f"{system.url}{API}/session", headers={"Authorization": f"Bearer {key}"}
        )
        known = system.http.get("/session")

    assert guesses[:5] == [401] * 5
    assert guesses[-1] == 429
    assert refused.status_code == 429
    assert refused.headers["content-type"] == "application/problem+json"
    assert int(refused.headers["retry-after"]) >= 1
    assert known.status_code == 200


def test_who_calls_too_often_is_told_when_to_go_on() -> None:
    environment = {"SCARCITY_GATEWAY_RATE": "2", "SCARCITY_GATEWAY_BURST": "10"}
    with System(["--no-demo"], environment) as system:
        key = issue(system, "other", VIEWER)["key"]
        answers = [system.http.get("/session") for _ in range(14)]
        other = status(system, "GET", "/session", key)
        wait = int(answers[-1].headers["retry-after"])
        eventually(
            lambda: system.http.get("/session").status_code == 200 or None, "a call", within_s=5
        )

    codes = [answer.status_code for answer in answers]
    left = [int(re.findall(r"r=(\d+)", answer.headers["ratelimit"])[0]) for answer in answers[:5]]
    assert codes[:8] == [200] * 8
    assert codes[-1] == 429
    assert other == 200
    assert wait == 1
    assert left == sorted(left, reverse=True)
    assert answers[0].headers["ratelimit-policy"] == '"calls";q=10;w=5'


def test_people_come_with_the_tokens_of_their_identity_provider() -> None:
    with identity_provider() as idp:
        environment = {
            "SCARCITY_GATEWAY_OIDC_ISSUER": idp.url,
            "SCARCITY_GATEWAY_OIDC_AUDIENCE": AUDIENCE,
            "SCARCITY_GATEWAY_OIDC_ROLES": '{"ops": "admin", "staff": "viewer"}',
            "SCARCITY_GATEWAY_OIDC_NAME_CLAIM": "email",
        }
        now = SystemClock().now().timestamp()

        def token(kid: str, *roles: str, **changes: object) -> str:
            claims = idp.claims(now, email="alice@example.org", roles=list(roles), **changes)
            return idp.token(kid, claims)

        admin = token("ec", "ops")
        shown = {
            "admin": admin,
            "viewer": token("ed", "staff"),
            "nobody here": token("rsa", "guest"),
            "expired": token("rsa", "ops", iat=now - 600, exp=now - 300),
            "for others": token("rsa", "ops", aud="another"),
            "broken": f"{admin[:-8]}AAAAAAAA",
        }
        with System(["--no-demo"], environment) as system:
            found = {who: status(system, "GET", "/keys", each) for who, each in shown.items()}
            with at(system, admin) as http:
                http.put("/components/mpie", json={"paused": False}).raise_for_status()
                by = http.get("/components/mpie").json()["commands"][0]["by"]
            with browser(system, admin) as (_, told):
                ends = datetime.fromisoformat(told["expires_at"]).timestamp()

    assert found == {
        "admin": 200,
        "viewer": 403,
        "nobody here": 403,
        "expired": 401,
        "for others": 401,
        "broken": 401,
    }
    assert by == "oidc:alice@example.org"
    assert ends <= now + 330
    assert admin.rpartition(".")[2] not in system.errors
    assert idp.asked == 1


def test_the_command_makes_lists_and_revokes_keys(people: People, run: Callable[..., str]) -> None:
    key = run("issue", "by-hand", "--role", "operator", "--stream", "a-*", "--days", "2").split()[0]
    listed = run("list")
    with at(people.system, key) as http:
        told = http.get("/session").json()
        revoked = run("revoke", "by-hand", "--yes")
        after = http.get("/session").status_code

    assert (told["name"], told["role"], told["streams"]) == ("key:by-hand", OPERATOR, ["a-*"])
    ends = datetime.fromisoformat(told["expires_at"]) - SystemClock().now()
    assert timedelta(days=1.9) < ends <= timedelta(days=2)
    assert "by-hand" in listed
    assert key.rpartition("_")[2] not in listed
    assert "by-hand" in revoked
    assert after == 401
