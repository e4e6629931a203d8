"""What anybody may send is read, or refused as documented; `make fuzz` tries for longer."""

import secrets

import pytest

from fuzz.fuzzing import Target, fuzz
from fuzz.targets import TARGETS

SECONDS = 1.5


@pytest.mark.parametrize("target", TARGETS, ids=lambda target: target.name)
def test_it_stands_whatever_comes(target: Target) -> None:
    seed = secrets.randbits(32)
    print(f"seed {seed}")

    found = fuzz(target, seconds=SECONDS, number=seed)

    assert found.crashes == {}
    assert found.inputs > 10
