"""Sessions of browsers: how they begin, what they may, and how they end."""

from pathlib import Path

import httpx
import pytest

from people import ADMIN, OPERATOR, VIEWER, People, browser, issue, status
from running import API, TOKEN, System
from surface import application


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
