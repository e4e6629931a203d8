"""Streaming lagged moments: the Gram matrix of a row and its past, exact, without the rows.

Let y(t) be the design row of grid step t (p values) and U the usable steps: those whose L
predecessors belong to the same unbroken segment. A regression on lags 1 … L needs

    G[a, b] = Σ_{t ∈ U}  y(t-a) y(t-b)ᵀ ,     a, b = 0 … L.

Only the first column of blocks, P[k] = G[k, 0], is accumulated: one matrix product per window.
The others differ from it at the two ends of each segment, by sums over its first and last L rows:

    G[a+k, a] = P[k] + E_head[a, k] - E_tail[a, k] ,
    E_rows[a, k] = Σ_{s = L-a}^{L-1}  rows[s-k] rows[s]ᵀ .

So G is exact, not its Toeplitz approximation. Memory: (L+1) p² for an unbroken stream; the edges
of finished segments are summed into L(L+1)/2 further blocks, made when the first gap comes.
Two stretches put together are the sum of their products and edges.
Work per window of w rows: 2 (L+1) w p² flop.

Forgetting weighs every row by what later rows have left of it. `decay` by λ makes G = P + E into
λ G for what is known; but the shifted blocks of the rows that come will begin with products of the
last L rows, which P has already. So P ← λ P, and E ← E - (1-λ) E: exact again. The weights count
as rows; their sum and the sum of their squares say how many equal ones they are worth.

The design row is [1, z] while no value has ever been missing, and [m, z₀] afterwards: m the 0/1
mask, z₀ the values with 0 for a missing one. G then holds counts, sums and products of every pair
of lagged columns over the rows where both are present. Going over from one to the other repeats
the column of ones, exactly.
"""

from collections.abc import Iterator
from copy import deepcopy
from math import log
from typing import NamedTuple

import numpy as np

from scarcity.causal.snapshot import Snapshot
from scarcity.stats.arrays import Floats, Ints, Stored


class Ends(NamedTuple):
    """The E of G: of the current segment, and of the others."""

    head: Floats
    """(L, column): its first rows, or none"""
    tail: Floats
    """(L, column): its last rows, or none"""
    closed: Floats
    """(block, column, column): E of finished segments, or none"""


class LaggedMoments:
    """The sufficient statistics of a VAR over any number of segments of one stream."""

    def __init__(self, variables: int, max_lag: int) -> None:
        width = variables + 1
        self.variables = variables
        self.max_lag = max_lag
        self.masked = False
        self.length = 0
        """rows of the current segment"""
        self.usable = 0.0
        """rows with all their predecessors, by weight"""
        self.squared = 0.0
        """the sum of their squared weights"""
        self.turnover = 0.0
        """grows by 1 when e times as many rows are known, or so many replaced forgotten ones"""
        self.filled = np.zeros(variables)
        self.products = np.zeros((max_lag + 1, width, width))
        self.closed: Floats | None = None
        self.head = np.zeros((0, width))
        self.tail = np.zeros((0, width))

    def add(self, values: Floats, *, single: bool = False) -> None:
        """Take the next rows (time, variable) of the current segment; NaN = missing.

        single  multiply in single precision: twice as fast where rows are wide
        """
        if not self.masked and np.isnan(values).any():
            self.begin_mask()
        known = len(self.tail)
        stretch = np.empty((known + len(values), len(self.tail.T)))
        stretch[:known] = self.tail
        if self.masked:
            missing = np.isnan(values)
            stretch[known:, : self.variables] = ~missing
            stretch[known:, self.variables :] = np.where(missing, 0.0, values)
        else:
            stretch[known:, 0] = 1.0
            stretch[known:, 1:] = values
        self._accumulate(stretch, np.dtype(np.float32 if single else np.float64))

    def decay(self, factor: float) -> None:
        """Let everything so far count for so much of what it did."""
        if not self.usable:
            return
        faded = (1.0 - factor) * self._edges()
        self.closed = -faded if self.closed is None else self.closed - faded
        self.products *= factor
        self.filled *= factor
        self.usable *= factor
        self.squared *= factor**2

    def fill(self, counted: Floats, variance: Floats) -> None:
        """Of the values added, so many (variable) were filled in, with these variances in sum."""
        self.filled += counted
        values = np.arange(len(self.products[0]) - self.variables, len(self.products[0]))
        self.products[0, values, values] += variance

    def cut(self) -> None:
        """End the segment: nothing that follows is a neighbour of what came before."""
        if self.length > self.max_lag:
            self.closed = self._edges()
        self.length = 0
        self.head = self.head[:0]
        self.tail = self.tail[:0]

    @property
    def size(self) -> int:
        """In bytes, the rows at its ends apart."""
        return self.products.nbytes + (0 if self.closed is None else self.closed.nbytes)

    def rescale(self, factor: Floats) -> None:
        """Multiply every variable's past by its factor (variable)."""
        ones = np.ones(self.variables if self.masked else 1)
        by_column = np.concatenate([ones, factor])
        self.products *= np.outer(by_column, by_column)
        self.head *= by_column
        self.tail *= by_column
        if self.closed is not None:
            self.closed *= np.outer(by_column, by_column)

    def shift(self, offset: Floats) -> None:
        """Move every variable's past by its offset (variable), in the units of the values."""
        d, width = self.variables, len(self.products[0])
        moved = np.eye(width)
        rows = np.arange(width - d, width)
        moved[rows, np.arange(d) if self.masked else np.zeros(d, np.int64)] = offset
        self.products = moved @ self.products @ moved.T
        self.closed = None if self.closed is None else moved @ self.closed @ moved.T
        self.head = self.head @ moved.T
        self.tail = self.tail @ moved.T

    def absorb(self, other: "LaggedMoments") -> None:
        """Know what another stretch of the same variables, in the same units, knows as well.

        The current segment goes on; that of the other one ends.
        """
        if (self.variables, self.max_lag) != (other.variables, other.max_lag):
            raise ValueError("only moments of the same variables and lags can be put together")
        other = deepcopy(other)
        other.cut()
        for one, its in ((self, other), (other, self)):
            if its.masked and not one.masked:
                one.begin_mask()
        if other.closed is not None:
            self.closed = other.closed if self.closed is None else self.closed + other.closed
        self.products = self.products + other.products
        self._count(other.usable, other.squared)
        self.filled = self.filled + other.filled

    def extend(self, added: int, groups: int = 1) -> None:
        """Append variables, to each of so many equal groups of them, that were missing so far.

        Their mask and values were 0 in every row.
        """
        if not self.masked:
            self.begin_mask()
        each, wide = self.variables // groups, self.variables + groups * added
        known = np.add.outer(np.arange(groups) * (each + added), np.arange(each)).ravel()
        columns = np.concatenate([known, wide + known])
        filled, self.filled, self.variables = self.filled, np.zeros(wide), wide
        self.filled[known] = filled
        self.products = _spread(self.products, columns, 2 * wide)
        self.closed = None if self.closed is None else _spread(self.closed, columns, 2 * wide)
        self.head = _spread_rows(self.head, columns, 2 * wide)
        self.tail = _spread_rows(self.tail, columns, 2 * wide)

    @property
    def worth(self) -> float:
        """How many rows of equal weight the usable ones are worth (Kish)."""
        return self.usable**2 / self.squared if self.squared else 0.0

    @property
    def present(self) -> Floats:
        """(variable): in how many usable rows it had a value that was not filled in."""
        ones = np.diagonal(self.products[0])[: self.variables if self.masked else 1]
        return ones - self.filled

    def ends(self) -> "Ends":
        """What tells the blocks of G apart that the same products fill."""
        lags, width, _ = self.products.shape
        none = np.zeros((0, width))
        is_open = self.length >= lags
        return Ends(
            head=self.head if is_open else none,
            tail=self.tail if is_open else none,
            closed=np.zeros((0, width, width)) if self.closed is None else self.closed,
        )

    def gram(self) -> Floats:
        """G as (column, lag, column, lag), lags 0 … L; columns as in the design row."""
        lags, width, _ = self.products.shape
        gram = np.empty((width, lags, width, lags))
        for k in range(lags):
            _place(gram, self.products[k], k, 0)
        for (a, k), edge in zip(_edge_lags(self.max_lag), self._edges(), strict=True):
            _place(gram, self.products[k] + edge, a + k, a)
        return gram

    def arrays(self, prefix: str = "") -> dict[str, Stored]:
        """The state, for a snapshot, under names that begin with the prefix."""
        closed = {} if self.closed is None else {"closed": self.closed}
        arrays: dict[str, Stored] = {
            "counts": np.array([self.masked, self.length], np.int64),
            "weights": np.array([self.usable, self.squared, self.turnover]),
            "filled": self.filled,
            "products": self.products,
            "head": self.head,
            "tail": self.tail,
            **closed,
        }
        return {f"{prefix}moments.{name}": array for name, array in arrays.items()}

    @classmethod
    def restore(cls, snapshot: Snapshot, prefix: str = "") -> "LaggedMoments":
        """The state that `arrays` gave."""
        part = snapshot.part(f"{prefix}moments.")
        masked, length = part.ints("counts").tolist()
        filled, products = part.floats("filled"), part.floats("products")
        moments = cls(len(filled), len(products) - 1)
        moments.masked, moments.length = bool(masked), length
        moments.usable, moments.squared, moments.turnover = part.floats("weights").tolist()
        moments.filled, moments.products = filled, products
        moments.head, moments.tail = part.floats("head"), part.floats("tail")
        if "closed" in part.arrays:
            moments.closed = part.floats("closed")
        return moments

    def _accumulate(self, stretch: Floats, kind: "np.dtype[np.floating]") -> None:
        """Take the rows that follow the tail; the tail is the beginning of the stretch."""
        lags, known = self.max_lag, len(self.tail)
        if len(self.head) < lags:
            self.head = np.vstack([self.head, stretch[known:][: lags - len(self.head)]])
        usable = len(stretch) - lags
        if usable > 0:
            width = len(stretch.T)
            past = np.empty((usable, (lags + 1) * width), kind)
            for k in range(lags + 1):
                past[:, k * width : (k + 1) * width] = stretch[lags - k : lags - k + usable]
            product = past.T @ past[:, :width]
            self.products += product.reshape(self.products.shape)
            self._count(float(usable), float(usable))
        self.length += len(stretch) - known
        self.tail = stretch[-lags:].copy()

    def _count(self, weight: float, squared: float) -> None:
        self.turnover += log((self.usable + weight) / max(self.usable, 1.0)) if weight else 0.0
        self.usable += weight
        self.squared += squared

    def _edges(self) -> Floats:
        """E_head - E_tail, summed over the finished segments and the current one."""
        lags, width, _ = self.products.shape
        closed = self.closed
        if closed is None:
            closed = np.zeros((lags * (lags - 1) // 2, width, width))
        if self.length < lags:
            return closed
        return closed + _edge_products(self.head) - _edge_products(self.tail)

    def begin_mask(self) -> None:
        """Repeat the column of ones for every variable: so far, nothing was missing."""
        d = self.variables
        columns = np.concatenate([np.zeros(d, np.int64), np.arange(1, d + 1)])
        self.products = _repeated(self.products, columns)
        self.closed = None if self.closed is None else _repeated(self.closed, columns)
        self.head = self.head[:, columns]
        self.tail = self.tail[:, columns]
        self.masked = True


def _edge_lags(max_lag: int) -> Iterator[tuple[int, int]]:
    """The (a, k) of every block G[a+k, a] that is not P[k] itself."""
    return ((a, k) for a in range(1, max_lag + 1) for k in range(max_lag - a + 1))


def _repeated(blocks: Floats, columns: Ints) -> Floats:
    """Blocks (block, column, column) with these columns, laid out anew."""
    return np.ascontiguousarray(blocks[:, columns][:, :, columns])


def _spread(blocks: Floats, columns: Ints, width: int) -> Floats:
    """Blocks (block, column, column) at these columns of wider ones, zero elsewhere."""
    spread = np.zeros((len(blocks), width, width))
    spread[:, columns[:, None], columns] = blocks
    return spread


def _spread_rows(rows: Floats, columns: Ints, width: int) -> Floats:
    """Rows (time, column) at these columns of wider ones, zero elsewhere."""
    spread = np.zeros((len(rows), width))
    spread[:, columns] = rows
    return spread


def _edge_products(rows: Floats) -> Floats:
    """E[a, k] of L rows (time, column), one block for each of `_edge_lags`."""
    lags = len(rows)
    blocks = [rows[lags - a - k : lags - k].T @ rows[lags - a :] for a, k in _edge_lags(lags)]
    return np.stack(blocks)


def _place(gram: Floats, block: Floats, a: int, b: int) -> None:
    gram[:, a, :, b] = block
    gram[:, b, :, a] = block.T
