"""The state of an operator as bytes: a line of JSON, and the open rows as they lie in memory."""

from base64 import b64decode, b64encode
from collections.abc import Mapping, Sequence
from typing import Final, TypedDict

import numpy as np
import orjson

from scarcity.errors import ConfigError
from scarcity.events import StreamDefined
from scarcity.events.codec import from_bytes, to_bytes
from scarcity.streams.rows import Flaw, Rows

FORMAT: Final = 1


class Head(TypedDict):
    """What the operator itself remembers."""

    format: int
    stream: str
    epoch: int
    defined: bool
    named: bool
    known: str
    highest_version: int
    arrivals: int
    late_records: int
    passed_over: int
    forgotten_ms: int
    watermark: Mapping[str, object]
    usual: Mapping[str, object]
    buffer: Mapping[str, object]


class _Block(TypedDict):
    """What stands beside the numbers of a block of rows."""

    rows: int
    names: Sequence[str]
    orders: Sequence[Sequence[str]]
    order: Sequence[int] | None
    """Which of `orders` each row has; None when all have `names`."""
    flaws: Sequence[tuple[int, str, str]]


def join(head: Head, rows: Rows) -> bytes:
    """Return the snapshot."""
    lines = orjson.dumps(head) + b"\n" + orjson.dumps(_block(rows)) + b"\n"
    return b"".join(
        [lines, _le(rows.times, "<i8"), _le(rows.arrivals, "<i8"), _le(rows.values, "<f8")]
    )


def split(snapshot: bytes, *, stream: str) -> tuple[Head, Rows]:
    """Return what was joined. ConfigError unless it is that stream's, in this format."""
    line, _, rest = snapshot.partition(b"\n")
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
    line, _, numbers = rest.partition(b"\n")
    return head, _rows(orjson.loads(line), numbers)


def pack_definition(definition: StreamDefined) -> str:
    """Return its protobuf message as base64: fields that are added later survive by themselves."""
    return b64encode(to_bytes(definition)).decode()


def unpack_definition(packed: str) -> StreamDefined:
    """Return the definition that was packed."""
    return from_bytes(StreamDefined, b64decode(packed))


def _block(rows: Rows) -> _Block:
    places: dict[tuple[str, ...], int] = {}
    order = None
    if rows.orders is not None:
        order = [places.setdefault(names, len(places)) for names in rows.orders]
    flaws: list[tuple[int, str, str]] = [
        (arrival, *flaw) for arrival, found in rows.own_flaws().items() for flaw in found
    ]
    return _Block(rows=len(rows), names=rows.names, orders=list(places), order=order, flaws=flaws)


def _rows(block: _Block, numbers: bytes) -> Rows:
    count, names = block["rows"], tuple(block["names"])
    integers = np.frombuffer(numbers, dtype="<i8", count=2 * count).astype(np.int64)
    values = np.frombuffer(numbers, dtype="<f8", offset=16 * count).astype(np.float64)
    flaws: dict[int, list[Flaw]] = {}
    for arrival, name, reason in block["flaws"]:
        flaws.setdefault(arrival, []).append((name, reason))
    orders = None
    if block["order"] is not None:
        known = [tuple(order) for order in block["orders"]]
        orders = tuple(known[place] for place in block["order"])
    return Rows(
        integers[:count],
        integers[count:],
        values.reshape(count, len(names)),
        names,
        orders,
        flaws,
    )


def _le(numbers: np.ndarray, kind: str) -> bytes:
    return numbers.astype(kind, copy=False).tobytes()
