"""Bytes that once were a real message: cut, repeated, spliced, and with what parsers trip over."""

from collections.abc import Callable, Sequence

from hypothesis import strategies as st

MOST_MUTATIONS = 4
MOST_REPEATS = 300
MOST_BYTES = 1 << 20
"""What repetitions make of an input, at most."""

Draw = Callable[[st.SearchStrategy[int]], int]

RUDE = (
    *(bytes([byte]) for byte in (0, 9, 10, 13, 34, 44, 59, 127, 128, 255)),
    b"\xc3\xa9",
    b"\xed\xa0\x80",
    b"\xef\xbb\xbf",
    b"\\ud800",
    b"9" * 5000,
    b"1e999",
    b"-0",
    b"null",
)
"""Bytes that end something, are no text, or are a number without end."""
JSON = (b'"ts":', b'"values":', b"NaN", b"-Infinity", b"true", b'{"a":1}', b"[", b"]", b"{", b"}")
CSV = (b'"', b'""', b"\r\n", b"ts", b"1_000", b"inf", b"nan", b";", b"\t", b" ,")


@st.composite
def mutated(draw: Draw, seeds: st.SearchStrategy[bytes], tokens: Sequence[bytes] = RUDE) -> bytes:
    """Return a seed with up to MOST_MUTATIONS mutations, or as it is."""
    data: bytes = draw(seeds)  # type: ignore[arg-type, assignment]
    for _ in range(draw(st.integers(0, MOST_MUTATIONS))):
        first, last = sorted((draw(_place(data)), draw(_place(data))))
        head, middle, tail = data[:first], data[first:last], data[last:]
        match draw(st.integers(0, 5)):
            case 0:
                data = head + tail
            case 1:
                most = min(MOST_REPEATS, MOST_BYTES // max(1, len(middle)))
                data = head + middle * draw(st.integers(2, max(2, most))) + tail
            case 2:
                data = head + tokens[draw(st.integers(0, len(tokens) - 1))] + middle + tail
            case 3:
                data = head + bytes([draw(st.integers(0, 255))]) + middle[1:] + tail
            case 4:
                other: bytes = draw(seeds)  # type: ignore[arg-type, assignment]
                data = head + other[draw(_place(other)) :]
            case _:
                data = head
    return data


def _place(data: bytes) -> st.SearchStrategy[int]:
    return st.integers(0, len(data))
