"""What was written once is sent again until there is another version, or no room."""

from services.gateway.routes.graphs import Written

A, B, C = ("a", "all"), ("b", "all"), ("c", "all")


def test_only_the_same_version_is_sent_again() -> None:
    written = Written()
    written.put(A, "1", b"one")

    assert written.get(A, "1") == b"one"
    assert written.get(A, "2") is None
    written.put(A, "2", b"two")
    assert written.get(A, "1") is None
    assert written.get(A, "2") == b"two"


def test_what_was_asked_for_longest_ago_goes_first() -> None:
    written = Written(most_bytes=10)
    written.put(A, "1", b"aaaaa")
    written.put(B, "1", b"bbbb")
    assert written.get(A, "1")

    written.put(C, "1", b"cc")

    assert (written.get(A, "1"), written.get(B, "1"), written.get(C, "1")) == (
        b"aaaaa",
        None,
        b"cc",
    )


def test_what_is_larger_than_the_room_is_not_kept_and_leaves_the_room_as_it_was() -> None:
    written = Written(most_bytes=4)
    written.put(A, "1", b"aaaaa")
    written.put(B, "1", b"bbbb")

    assert written.get(A, "1") is None
    assert written.get(B, "1") == b"bbbb"
