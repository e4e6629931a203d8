"""One running system for every test from outside that does not break it."""

from collections.abc import Iterator

import pytest

from running import System


@pytest.fixture(scope="session")
def system() -> Iterator[System]:
    """`scarcity up --no-demo` on a free port."""
    with System(["--no-demo"]) as running:
        yield running
