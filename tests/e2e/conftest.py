"""Running systems for every test from outside that does not break them."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from people import ADMIN, ROLES, People, issue, status
from running import TOKEN, System, eventually
from scarcity.clock import SystemClock


@pytest.fixture(scope="session")
def system() -> Iterator[System]:
    """`scarcity up --no-demo` on a free port."""
    with System(["--no-demo"]) as running:
        yield running


@pytest.fixture(scope="session")
def people() -> Iterator[People]:
    """A system with a key of every kind; whoever takes one away makes it first."""
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
