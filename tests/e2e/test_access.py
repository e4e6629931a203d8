"""Who may come in: every call, by everybody, on a system that runs."""

import re
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import httpx
import pytest
from fastapi.routing import iter_route_contexts

from people import ADMIN, OPERATOR, ROLES, VIEWER, People, at, browser, issue, status
from provider import AUDIENCE, identity_provider
from running import API, TOKEN, System, eventually
from scarcity.clock import SystemClock
from surface import application


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


def test_every_call_of_the_application_is_in_the_table() -> None:
    found = {
        f"{method} {path.removeprefix(API)}"
        for route in iter_route_contexts(application().routes)
        if (path := route.path or "").startswith(API)
        for method in (route.methods or {"any"}) - {"HEAD"}
    }

    assert found - OPEN == CALLS.keys()


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
