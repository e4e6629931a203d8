"""A secret in shares, any t of which give it back, and fewer say nothing about it.

The secret is the value at 0 of a polynomial of degree t - 1 with random coefficients modulo the
prime p = 2^256 + 297; a share is the value at the holder's place x > 0. From t shares,

    f(0) = Σ_i  y_i · Π_{j ≠ i}  x_j / (x_j - x_i)     (mod p) .

Python's integers take a time that depends on their values: shares are made and put together where
nobody else measures the time.

Source: A. Shamir, "How to share a secret", Communications of the ACM 22 (1979).
"""

import secrets
from collections.abc import Iterable, Mapping
from functools import lru_cache

PRIME = 2**256 + 297
SECRET_BYTES = 32
SHARE_BYTES = 33


def split(secret: bytes, places: Iterable[int], needed: int) -> dict[int, bytes]:
    """A share of 33 bytes for each place, of a secret of 32 bytes."""
    coefficients = [secrets.randbelow(PRIME) for _ in range(needed - 1)]
    coefficients.append(int.from_bytes(secret))
    return {place: _value_at(place, coefficients).to_bytes(SHARE_BYTES) for place in places}


def combine(shares: Mapping[int, bytes]) -> bytes:
    """The secret, from exactly as many shares by place as are needed.

    Shares that do not belong together give another secret, which the caller has to notice, or
    none: then the answer is all zeros.
    """
    weights = _weights(tuple(shares))
    terms = (w * int.from_bytes(y) for w, y in zip(weights, shares.values(), strict=True))
    secret = sum(terms) % PRIME
    return secret.to_bytes(SECRET_BYTES) if secret < 1 << 256 else bytes(SECRET_BYTES)


def _value_at(place: int, highest_first: list[int]) -> int:
    value = 0
    for coefficient in highest_first:
        value = (value * place + coefficient) % PRIME
    return value


@lru_cache(maxsize=256)
def _weights(places: tuple[int, ...]) -> tuple[int, ...]:
    """The factors of the shares; secrets with the same holders share them."""
    return tuple(_weight(places, own) for own in places)


def _weight(places: tuple[int, ...], own: int) -> int:
    above = below = 1
    for other in places:
        if other != own:
            above = above * other % PRIME
            below = below * (other - own) % PRIME
    return above * pow(below, -1, PRIME) % PRIME
