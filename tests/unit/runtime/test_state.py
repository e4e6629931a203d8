"""How a snapshot holds a state."""

import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scarcity.errors import ConfigError
from scarcity.runtime.state import pack, unpack


@given(st.binary())
def test_a_state_comes_back_as_it_was(state: bytes) -> None:
    assert unpack(pack(state)) == state


@pytest.mark.parametrize("packed", [zlib.compress(b"as an older version saved it"), b"{}", b"-"])
def test_what_this_version_cannot_read_is_named_as_that(packed: bytes) -> None:
    with pytest.raises(ConfigError, match="run the version that saved it"):
        unpack(packed)
