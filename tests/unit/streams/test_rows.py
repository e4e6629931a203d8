"""Blocks of rows say the same however they are joined, cut and kept."""

from collections.abc import Sequence

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from scarcity.streams import Record, Rows
from scarcity.streams.rows import MANY_BLOCKS, Pile, aligned, joined, no_rows
from unit.streams.samples import noisy, rows_of

seeds = st.integers(0, 2**32)
counts = st.lists(st.integers(0, 5), max_size=6)
names = st.lists(st.sampled_from("abcde"), unique=True, max_size=5).map(tuple)
Said = tuple[int, int, tuple[tuple[str, float], ...], tuple[tuple[str, str], ...]]


def said(rows: Rows) -> list[Said]:
    """Time, arrival, values in the order of the record, and flaws of each row."""
    own = rows.own_flaws()
    found = []
    for row, arrival in enumerate(rows.arrivals.tolist()):
        cells = dict(zip(rows.names, rows.values[row].tolist(), strict=True))
        order = [(n, cells[n]) for n in rows.order_of(row) if not np.isnan(cells.get(n, np.nan))]
        assert len(order) == sum(not np.isnan(value) for value in cells.values())
        found.append((int(rows.times[row]), arrival, tuple(order), tuple(own.get(arrival, ()))))
    return found


def blocks_of(seed: int, sizes: Sequence[int]) -> tuple[list[Record], list[Rows]]:
    """Records, and the same as blocks of these sizes."""
    records = noisy(seed, sum(sizes), seconds=10.0)
    blocks, begin = [], 0
    for size in sizes:
        blocks.append(rows_of(records[begin : begin + size]).numbered_from(begin))
        begin += size
    return records, blocks


@given(seeds, counts)
def test_blocks_joined_are_one_block_of_all_records(seed: int, sizes: list[int]) -> None:
    records, blocks = blocks_of(seed, sizes)

    found = joined(blocks)

    assert said(found) == said(rows_of(records))
    assert set(found.names) == {name for r in records for name in r.values}


@given(seeds, counts, st.integers(0, 6))
def test_it_does_not_matter_which_blocks_are_joined_first(
    seed: int, sizes: list[int], place: int
) -> None:
    _, blocks = blocks_of(seed, sizes)

    found = joined([joined(blocks[:place]), joined(blocks[place:])])

    assert (said(found), found.names) == (said(joined(blocks)), joined(blocks).names)


@settings(max_examples=50)
@given(seeds, st.lists(st.integers(0, 3), max_size=3 * MANY_BLOCKS))
def test_a_pile_holds_what_was_put_on_it(seed: int, sizes: list[int]) -> None:
    records, blocks = blocks_of(seed, sizes)
    pile = Pile()

    for block in blocks:
        pile.add(block)
        assert pile.rows == len(pile.times())

    assert pile.times().tolist() == rows_of(records).times.tolist()
    assert said(pile.all()) == said(rows_of(records))
    assert pile.rows == len(records)


@given(seeds, counts)
def test_a_pile_becomes_other_rows_and_no_others(seed: int, sizes: list[int]) -> None:
    _, blocks = blocks_of(seed, [3, *sizes])
    pile = Pile()
    for block in blocks:
        pile.add(block)

    pile.become(blocks[-1])

    assert (pile.rows, pile.width) == (
        len(blocks[-1]),
        blocks[-1].width if len(blocks[-1]) else 0,
    )
    assert said(pile.all()) == said(blocks[-1])


def test_an_empty_pile_has_no_rows_and_no_times() -> None:
    pile = Pile()
    pile.add(no_rows())

    assert (pile.rows, len(pile.all()), pile.times().tolist()) == (0, 0, [])


@given(seeds, st.integers(0, 8), names)
def test_alignment_finds_each_column_by_its_name(
    seed: int, count: int, columns: tuple[str, ...]
) -> None:
    rows = rows_of(noisy(seed, count, seconds=10.0))

    found = aligned(rows.values, rows.names, columns)

    assert found.shape == (count, len(columns))
    for place, name in enumerate(columns):
        if name in rows.names:
            expected = rows.values[:, rows.names.index(name)]
        else:
            expected = np.full(count, np.nan)
        np.testing.assert_array_equal(found[:, place], expected)


@given(seeds, st.integers(1, 8), names, st.integers(0, 8))
def test_trimmed_rows_say_the_same_without_what_no_row_needs(
    seed: int, count: int, known: tuple[str, ...], end: int
) -> None:
    rows = rows_of(noisy(seed, count, seconds=10.0)).pick(slice(0, end))

    found = rows.trimmed(frozenset(known))

    assert said(found) == said(rows)
    assert set(found.flaws) <= set(rows.arrivals.tolist())
    for name in set(found.names) - set(known):
        assert not np.isnan(found.values[:, found.names.index(name)]).all()


@given(seeds, st.integers(0, 12))
def test_rows_in_order_keep_the_order_of_arrival_within_a_time(seed: int, count: int) -> None:
    rows = rows_of(noisy(seed, count, seconds=0.2))

    assert said(rows.in_order()) == sorted(said(rows), key=lambda row: row[:2])
