"""Who comes to a system: keys, sessions, and what a call answers them."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import httpx

from running import API, System

VIEWER, OPERATOR, ADMIN = "viewer", "operator", "admin"
ROLES = (VIEWER, OPERATOR, ADMIN)


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


def at(system: System, key: str) -> httpx.Client:
    """Return a client that comes with a key."""
    headers = {"Authorization": f"Bearer {key}"}
    return httpx.Client(base_url=f"{system.url}{API}", headers=headers, timeout=30)


@contextmanager
def browser(system: System, credential: str) -> Iterator[tuple[httpx.Client, dict[str, Any]]]:
    """Yield a browser's client after it has signed in, and what it was told."""
    with httpx.Client(base_url=f"{system.url}{API}", timeout=30) as http:
        answer = http.post("/session", headers={"Authorization": f"Bearer {credential}"})
        assert answer.status_code == 201, answer.text
        yield http, answer.json()
