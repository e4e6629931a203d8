"""Records side by side: what the window operator reads, keeps and cuts.

A row is one record; its values stand under the names of the block, NaN where it has none. Blocks
are immutable: to join, sort or cut them makes new ones.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
MANY_BLOCKS: Final = 64
Flaw = tuple[str, str]
"""A variable's name, and why its value was refused."""

MICROSECONDS: Final = 1_000_000
NEVER: Final = -(2**62)
"""Earlier than every event time, in microseconds since 1970."""


@dataclass(frozen=True, slots=True)
class Rows:
    """Records of one stream, in the order of arrival unless sorted."""

    times: Ints
    """(row,): event time in microseconds since 1970."""
    arrivals: Ints
    """(row,): numbers that rise with arrival, no two the same."""
    values: Floats
    """(row, name): finite, or NaN where the record has no value."""
    names: tuple[str, ...]
    orders: tuple[tuple[str, ...], ...] | None = None
    """The names of each row in the order of its record; None when all rows have `names`."""
    flaws: Mapping[int, Sequence[Flaw]] = field(default_factory=dict)
    """Arrival -> what was refused of that record; perhaps also of rows that are not here."""

    def __len__(self) -> int:
        return len(self.times)

    @property
    def width(self) -> int:
        return len(self.names)

    def pick(self, which: Ints | Bools | slice) -> "Rows":
        """Return these rows alone, in this order."""
        orders = self.orders
        if orders is not None:
            chosen = np.arange(len(self))[which].tolist()
            orders = tuple(orders[row] for row in chosen)
        return Rows(
            self.times[which],
            self.arrivals[which],
            self.values[which],
            self.names,
            orders,
            self.flaws,
        )

    def numbered_from(self, first: int) -> "Rows":
        """Return the same rows with `first` added to their arrivals."""
        flaws = {first + arrival: found for arrival, found in self.flaws.items()}
        return Rows(self.times, self.arrivals + first, self.values, self.names, self.orders, flaws)

    def in_order(self) -> "Rows":
        """Return the rows by event time, those of one time by arrival."""
        if np.all(self.times[1:] >= self.times[:-1]):
            return self
        return self.pick(np.argsort(self.times, kind="stable"))

    def trimmed(self, known: frozenset[str]) -> "Rows":
        """Return the rows without what no row needs: names without values, others' flaws."""
        if not self.flaws and known.issuperset(self.names):
            return self
        used = ~np.all(np.isnan(self.values), axis=0)
        names = tuple(
            name for name, has in zip(self.names, used, strict=True) if has or name in known
        )
        values = aligned(self.values, self.names, names)
        orders = self.orders
        if orders is None and names != self.names:
            orders = (self.names,) * len(self)
        return Rows(self.times, self.arrivals, values, names, orders, self.own_flaws())

    def order_of(self, row: int) -> tuple[str, ...]:
        return self.names if self.orders is None else self.orders[row]

    def own_flaws(self) -> dict[int, Sequence[Flaw]]:
        """Return what was refused of these rows and no others."""
        if not self.flaws:
            return {}
        return {a: self.flaws[a] for a in self.arrivals.tolist() if a in self.flaws}


def no_rows() -> Rows:
    """Return an empty block."""
    nothing = np.empty(0, dtype=np.int64)
    return Rows(nothing, nothing, np.empty((0, 0)), ())


def joined(blocks: Sequence[Rows]) -> Rows:
    """Return all rows in one block; its names are those of the blocks, each once."""
    full = [block for block in blocks if len(block)]
    if not full:
        return no_rows()
    if len(full) == 1:
        return full[0]
    names = tuple(dict.fromkeys(name for block in full for name in block.names))
    flaws: dict[int, Sequence[Flaw]] = {}
    for block in full:
        flaws.update(block.flaws)
    return Rows(
        np.concatenate([block.times for block in full]),
        np.concatenate([block.arrivals for block in full]),
        np.concatenate([aligned(block.values, block.names, names) for block in full]),
        names,
        _joined_orders(full, names),
        flaws,
    )


def aligned(values: Floats, names: tuple[str, ...], columns: tuple[str, ...]) -> Floats:
    """Return (row, name) values as (row, column), NaN for a column that is no name."""
    if names == columns:
        return values
    places = {name: place for place, name in enumerate(names)}
    wide = np.full((len(values), len(columns)), np.nan)
    shared = [(place, places[name]) for place, name in enumerate(columns) if name in places]
    if shared:
        to, source = zip(*shared, strict=True)
        wide[:, to] = values[:, source]
    return wide


def block_of(records: Sequence[tuple[int, int, Mapping[str, float]]]) -> Rows:
    """Return (time, arrival, values) triples as one block."""
    orders = tuple(tuple(values) for _, _, values in records)
    names = tuple(dict.fromkeys(name for order in dict.fromkeys(orders) for name in order))
    # numpy reads the None of a missing name as NaN.
    cells = [list(map(values.get, names)) for _, _, values in records]
    matrix = np.array(cells, dtype=np.float64).reshape(len(records), len(names))
    uniform = all(order == names for order in orders)
    return Rows(
        np.array([time for time, _, _ in records], dtype=np.int64),
        np.array([arrival for _, arrival, _ in records], dtype=np.int64),
        matrix,
        names,
        None if uniform else orders,
    )


def _joined_orders(
    blocks: Iterable[Rows], names: tuple[str, ...]
) -> tuple[tuple[str, ...], ...] | None:
    if all(block.orders is None and block.names == names for block in blocks):
        return None
    return tuple(
        order
        for block in blocks
        for order in (block.orders if block.orders is not None else (block.names,) * len(block))
    )


class Pile:
    """Rows in the order of arrival, kept as the blocks in which they came; joined now and then."""

    def __init__(self) -> None:
        self.rows = 0
        self.width = 0
        self._blocks: list[Rows] = []

    def add(self, rows: Rows) -> None:
        """Put rows on top."""
        if not len(rows):
            return
        self._blocks.append(rows)
        self.rows += len(rows)
        self.width = max(self.width, rows.width)
        if len(self._blocks) > MANY_BLOCKS:
            # A large block is not copied again for every few small ones.
            kept = 1 if 2 * len(self._blocks[0]) > self.rows else 0
            self._blocks[kept:] = [joined(self._blocks[kept:])]

    def times(self) -> Ints:
        """Return the event times of all rows."""
        if not self._blocks:
            return np.empty(0, dtype=np.int64)
        return np.concatenate([block.times for block in self._blocks])

    def all(self) -> Rows:
        """Return all rows in one block."""
        if len(self._blocks) > 1:
            self._blocks = [joined(self._blocks)]
        return self._blocks[0] if self._blocks else no_rows()

    def become(self, rows: Rows) -> None:
        """Hold these rows and no others."""
        self._blocks = [rows] if len(rows) else []
        self.rows, self.width = len(rows), rows.width if len(rows) else 0
