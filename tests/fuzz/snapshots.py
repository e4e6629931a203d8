"""Snapshots of engines: the bytes of real ones, and real ones with other parts."""

import io
import json
from collections.abc import Callable
from functools import cache
from itertools import pairwise
from typing import Any

import numpy as np
from hypothesis import strategies as st

from fuzz.fuzzing import Target
from fuzz.mutations import mutated
from scarcity.causal import Engine, EngineConfig
from scarcity.meta.tuning import LENGTHS, TunedEngine
from worlds import var

NUMBERS = (0, 1, -1, 7, 2**31, 2**63, 2**200, 0.5, -1e300, 1e308)
ODD: st.SearchStrategy[Any] = st.sampled_from(
    (*NUMBERS, None, True, "", "a", "9", [], [[]], {}, {"a": 1}, [1, "b"])
)


@cache
def engine(windows: int) -> bytes:
    """Return the snapshot of an engine that saw so many windows."""
    made = Engine(["a", "b", "ç"], EngineConfig(max_lag=2))
    values = var.chain(np.random.default_rng(7), 3, 64 * max(1, windows)).values
    for number in range(windows):
        made.update(values[64 * number : 64 * (number + 1)])
    return made.snapshot()


@cache
def tuned() -> bytes:
    return TunedEngine(Engine.restore(engine(6))).snapshot()


def arrays_of(data: bytes) -> dict[str, Any]:
    with np.load(io.BytesIO(data), allow_pickle=False) as file:
        return dict(file)


def bytes_of(arrays: dict[str, Any]) -> bytes:
    file = io.BytesIO()
    np.savez(file, allow_pickle=False, **arrays)
    return file.getvalue()


@st.composite
def changed(draw: Any, document: Any) -> Any:
    """Return a JSON document with one part, at any depth, gone or another."""
    if not isinstance(document, dict | list) or not document or draw(st.integers(0, 4)) == 0:
        return draw(ODD)
    keys = list(document) if isinstance(document, dict) else list(range(len(document)))
    key = draw(st.sampled_from(keys))
    copy = document.copy()
    if draw(st.integers(0, 3)) == 0:
        del copy[key]
    else:
        copy[key] = draw(changed(copy[key]))
    return copy


@st.composite
def other_parts(draw: Any) -> bytes:
    """Return a snapshot whose header or one of whose arrays is another."""
    arrays = arrays_of(draw(st.sampled_from((0, 2, 6)).map(engine)))
    name = draw(st.sampled_from(("header", *arrays)))
    found = arrays[name]
    if name == "header":
        about = draw(changed(json.loads(found.tobytes())))
        arrays[name] = np.frombuffer(json.dumps(about).encode(), dtype=np.uint8)
        return bytes_of(arrays)
    changes: tuple[Callable[[], Any], ...] = (
        lambda: found[..., :0],
        found.ravel,
        lambda: found[None],
        lambda: np.resize(found, (5, 4)),
        lambda: np.full_like(found, 100),
        lambda: np.full(found.shape, 2**31),
        lambda: np.full_like(found, -1),
        lambda: np.full(found.shape, np.nan),
        lambda: np.full(found.shape, "text"),
        lambda: np.zeros(found.shape, dtype="M8[s]"),
        lambda: arrays[draw(st.sampled_from(sorted(arrays)))],
    )
    arrays[name] = draw(st.sampled_from(changes))()
    if draw(st.integers(0, 4)) == 0:
        del arrays[name]
    return bytes_of(arrays)


@st.composite
def other_tuned(draw: Any) -> bytes:
    """Return a snapshot of a tuned engine with another header or another engine in it."""
    sizes = LENGTHS.unpack_from(tuned())
    ends = np.cumsum([LENGTHS.size, *sizes]).tolist()
    header, first, second = (tuned()[a:b] for a, b in pairwise(ends))
    match draw(st.integers(0, 2)):
        case 0:
            header = json.dumps(draw(changed(json.loads(header)))).encode()
        case 1:
            first = draw(other_parts())
        case _:
            second = draw(other_parts())
    lengths = LENGTHS.pack(len(header), len(first), len(second))
    return lengths + header + first + second + tuned()[ends[-1] :]


def restore(data: bytes) -> None:
    try:
        found = Engine.restore(data)
    except ValueError:
        return
    assert len(found.variables) == len(set(found.variables))


def restore_tuned(data: bytes) -> None:
    try:
        TunedEngine.restore(data)
    except ValueError:
        return


SNAPSHOTS = (
    Target(
        "engine-snapshot",
        mutated(st.sampled_from((0, 2, 6)).map(engine)) | other_parts(),
        restore,
    ),
    Target("tuned-snapshot", mutated(st.builds(tuned)) | other_tuned(), restore_tuned),
)
