"""The state of an operator as bytes: a line of JSON, and a line that the buffer wrote.

orjson writes a float with the fewest digits that read back to the same bits.
"""

from base64 import b64decode, b64encode
from collections.abc import Iterable, Iterator, Mapping
from typing import Final, TypedDict

import orjson

from scarcity.errors import ConfigError
from scarcity.events import StreamDefined
from scarcity.events.codec import from_bytes, to_bytes
from scarcity.streams.batch import Observation

FORMAT: Final = 1


class Head(TypedDict):
    """What the operator itself remembers."""

    format: int
    stream: str
    epoch: int
    defined: bool
    known: str
    highest_version: int
    arrivals: int
    late_records: int
    newest_us: int


def join(head: Head, buffer: bytes) -> bytes:
    """Return the snapshot; the buffer's line has no line break."""
    return dumps(head) + b"\n" + buffer


def split(snapshot: bytes, *, stream: str) -> tuple[Head, bytes]:
    """Return what was joined. ConfigError unless it is that stream's, in this format."""
    line, _, buffer = snapshot.partition(b"\n")
    try:
        head: Head = orjson.loads(line)
        found = head["format"], head["stream"]
    except (orjson.JSONDecodeError, TypeError, KeyError) as error:
        raise ConfigError(f"this is no snapshot of a stream: rebuild {stream} from raw") from error
    if found != (FORMAT, stream):
        raise ConfigError(
            f"a snapshot of {found[1]!r} in format {found[0]}, not of {stream!r} in format "
            f"{FORMAT}: rebuild {stream} from raw"
        )
    return head, buffer


class Packed(TypedDict):
    """Observations; the names of a record are written once for all records that share them."""

    shapes: list[tuple[str, ...]]
    rows: list[tuple[int, int, int, list[float], list[str]]]
    """time_us, arrival, which shape, values, flaws."""


def pack(observations: Iterable[Observation]) -> Packed:
    """Return the observations in plain lists."""
    shapes: dict[tuple[str, ...], int] = {}
    rows = [
        (
            time_us,
            arrival,
            shapes.setdefault(tuple(values), len(shapes)),
            [*values.values()],
            [*flaws],
        )
        for time_us, arrival, values, flaws in observations
    ]
    return Packed(shapes=list(shapes), rows=rows)


def unpack(packed: Packed) -> Iterator[Observation]:
    """Return the observations that were packed, in order."""
    for time_us, arrival, shape, values, flaws in packed["rows"]:
        named = dict(zip(packed["shapes"][shape], values, strict=True))
        yield Observation(time_us, arrival, named, tuple(flaws))


def dumps(state: Mapping[str, object]) -> bytes:
    """Return one line of JSON; numpy's floats are floats."""
    return orjson.dumps(state, option=orjson.OPT_SERIALIZE_NUMPY)


def pack_definition(definition: StreamDefined) -> str:
    """Return its protobuf message as base64: fields that are added later survive by themselves."""
    return b64encode(to_bytes(definition)).decode()


def unpack_definition(packed: str) -> StreamDefined:
    """Return the definition that was packed."""
    return from_bytes(StreamDefined, b64decode(packed))
