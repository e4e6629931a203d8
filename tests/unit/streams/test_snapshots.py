from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scarcity.errors import ConfigError
from scarcity.events import ReferenceEdge, WindowKind, WindowPolicy
from scarcity.streams import StreamOperator
from unit.streams.samples import explicit, fed, ramp, record, windows

EIGHT = WindowPolicy(size=8)
SECONDS = WindowPolicy(WindowKind.TIME, size=8, cadence_s=1.0)


@pytest.mark.parametrize("policy", [EIGHT, SECONDS])
@given(values=st.lists(st.floats(allow_infinity=False), min_size=1, max_size=8))
def test_every_open_value_survives_to_the_bit(policy: WindowPolicy, values: list[float]) -> None:
    stream = StreamOperator("s", explicit("x", window=policy))
    fed(stream, [record(i, {"x": value}) for i, value in enumerate(values[:7])])

    restored = StreamOperator.restore("s", stream.snapshot())

    assert restored.flush() == stream.flush()


@pytest.mark.parametrize("policy", [EIGHT, SECONDS])
def test_everything_about_a_stream_is_restored(policy: WindowPolicy) -> None:
    definition = replace(
        explicit("x", "y", window=policy, version=7, units=["m"]),
        reference_edges=(ReferenceEdge("x", "y", 1),),
    )
    stream = StreamOperator("s", explicit("x", window=policy))
    fed(stream, ramp(12))
    stream.define(definition)
    fed(stream, [record(0, {"x": 1.0}), *ramp(12, first=12)])

    restored = StreamOperator.restore("s", stream.snapshot())

    assert restored.definition == stream.definition
    assert restored.definition is not None
    assert restored.definition.reference_edges == definition.reference_edges
    assert (restored.epoch, restored.late_records) == (stream.epoch, stream.late_records) == (1, 1)
    assert restored.open_records == stream.open_records > 0
    assert restored.sealed_steps == stream.sealed_steps > 0
    assert restored.snapshot() == stream.snapshot()


def test_floats_of_numpy_are_floats() -> None:
    stream = StreamOperator("s")
    fed(stream, [record(0, {"x": np.float64(0.1)})])

    (sealed,) = windows(StreamOperator.restore("s", stream.snapshot()).flush())

    assert sealed.matrix().tolist() == [[0.1]]


def test_an_epoch_under_way_keeps_its_policy_when_the_default_changes() -> None:
    begun, untouched = (StreamOperator("s", default_policy=EIGHT) for _ in range(2))
    fed(begun, ramp(1))

    old = StreamOperator.restore("s", begun.snapshot(), default_policy=SECONDS)
    new = StreamOperator.restore("s", untouched.snapshot(), default_policy=SECONDS)

    assert windows(fed(old, ramp(7, first=1)))[0].columns == ("x", "y")
    assert fed(new, ramp(8)) == []


@pytest.mark.parametrize(
    "snapshot",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b"{}",
        StreamOperator("another").snapshot(),
        StreamOperator("s").snapshot().replace(b'"format":1', b'"format":2'),
    ],
)
def test_what_is_no_snapshot_of_this_stream_and_format_is_refused(snapshot: bytes) -> None:
    with pytest.raises(ConfigError, match="rebuild s from raw"):
        StreamOperator.restore("s", snapshot)
