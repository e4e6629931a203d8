"""Pages hold every item once, whatever comes while they are read, and cursors cannot be made up."""

from itertools import pairwise

import pytest
from fastapi import Request, Response
from hypothesis import given
from hypothesis import strategies as st

from services.gateway.paging import Cursors, Pager
from services.gateway.problems import Problem

CURSORS = Cursors("a secret")
places = st.tuples(st.integers(-3, 3), st.text(max_size=2))


def pager(limit: int, cursor: str | None, *, path: str = "/things", query: bytes = b"") -> Pager:
    request = Request(
        {
            "type": "http",
            "method": "GET",
            "path": path,
            "query_string": query,
            "headers": [(b"host", b"here")],
            "server": ("here", 80),
            "scheme": "http",
        }
    )
    return Pager(CURSORS, request, Response(), limit, cursor)


@given(st.sets(places), st.lists(st.sets(places, max_size=4), max_size=30), st.integers(1, 4))
def test_every_item_is_seen_once_and_in_order_though_more_come_meanwhile(
    items: set[tuple[int, str]], newcomers: list[set[tuple[int, str]]], limit: int
) -> None:
    known, seen, cursor = set(items), list[tuple[int, str]](), None
    while True:
        page, cursor = pager(limit, cursor).cut(known, lambda item: item)
        seen += page
        assert len(page) == limit or cursor is None
        if cursor is None:
            break
        known |= newcomers.pop() if newcomers else set()

    assert all(before < after for before, after in pairwise(seen))
    assert items <= set(seen) <= known


def test_the_next_page_is_linked_with_what_else_was_asked() -> None:
    asked = pager(1, None, query=b"type=a&type=b%26&cursor=old&limit=1")

    _, cursor = asked.cut([1, 2], lambda item: (item,))

    assert asked.response.headers["link"] == (
        f'</things?type=a&type=b%26&limit=1&cursor={cursor}>; rel="next"'
    )
    last = pager(2, None)
    assert last.cut([1, 2], lambda item: (item,)) == ([1, 2], None)
    assert "link" not in last.response.headers


@given(st.binary() | st.none(), st.data())
def test_a_cursor_that_was_changed_is_refused(rest: bytes | None, data: st.DataObject) -> None:
    good = CURSORS.seal("/things", (1, "a"))
    place = data.draw(st.integers(0, len(good) - 2))
    other = data.draw(st.sampled_from([c for c in "AZaz09-_" if c != good[place]]))
    bad = good[:place] + other + good[place + 1 :] if rest is None else rest.decode("latin-1")

    with pytest.raises(Problem, match="begin again"):
        CURSORS.place("/things", bad)


def test_a_cursor_is_of_one_call_and_one_secret() -> None:
    cursor = CURSORS.seal("/things", (1, "a"))

    assert Cursors("a secret").place("/things", cursor) == (1, "a")
    for cursors, call in ((CURSORS, "/others"), (Cursors("another"), "/things")):
        with pytest.raises(Problem, match="begin again"):
            cursors.place(call, cursor)
