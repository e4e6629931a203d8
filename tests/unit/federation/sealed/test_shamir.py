"""Enough shares give the secret back; fewer leave every secret as likely as any other."""

import secrets
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scarcity.federation.sealed.shamir import PRIME, SHARE_BYTES, combine, split

secret_keys = st.binary(min_size=32, max_size=32)


@given(secret_keys, st.integers(1, 20), st.integers(0, 20), st.randoms(use_true_random=False))
def test_any_shares_that_are_enough_give_the_secret(
    secret: bytes, needed: int, spare: int, chance: Random
) -> None:
    shares = split(secret, range(1, needed + spare + 1), needed)

    chosen = chance.sample(sorted(shares), needed)

    assert combine({place: shares[place] for place in chosen}) == secret


@given(secret_keys, secret_keys, st.integers(2, 12))
def test_one_share_too_few_fits_every_secret(secret: bytes, other: bytes, needed: int) -> None:
    shares = split(secret, range(1, needed + 1), needed)
    known = {place: shares[place] for place in range(1, needed)}

    completing = _share_that_makes(other, known, needed)

    assert combine({**known, needed: completing}) == other


def test_shares_of_one_secret_are_never_the_same_twice() -> None:
    secret = secrets.token_bytes(32)

    first, second = (split(secret, range(1, 6), 3) for _ in range(2))

    assert all(first[place] != second[place] for place in first)
    assert {len(share) for share in first.values()} == {SHARE_BYTES}


def test_the_modulus_is_a_prime_above_every_secret() -> None:
    assert PRIME > 2**256
    assert all(_is_witness_of_primality(base) for base in (2, 3, 5, 7, 11, 13, 17, 19, 23, 29))


def test_shares_that_do_not_belong_together_give_another_secret() -> None:
    secret = secrets.token_bytes(32)
    shares = split(secret, range(1, 4), 3)
    shares[2] = split(secret, range(1, 4), 3)[2]

    assert combine(shares) != secret


@pytest.mark.parametrize("beyond", [2**256, PRIME - 1])
def test_a_value_that_is_no_secret_becomes_zeros(beyond: int) -> None:
    assert combine({1: beyond.to_bytes(SHARE_BYTES)}) == bytes(32)


def _share_that_makes(secret: bytes, known: dict[int, bytes], place: int) -> bytes:
    """The share at a place that, with the known ones, gives this secret."""
    points = {0: int.from_bytes(secret)} | {x: int.from_bytes(y) for x, y in known.items()}
    total = 0
    for own, value in points.items():
        above = below = 1
        for other in points.keys() - {own}:
            above, below = above * (place - other) % PRIME, below * (own - other) % PRIME
        total += value * above * pow(below, -1, PRIME)
    return (total % PRIME).to_bytes(SHARE_BYTES)


def _is_witness_of_primality(base: int) -> bool:
    """Miller and Rabin."""
    odd, twos = PRIME - 1, 0
    while odd % 2 == 0:
        odd, twos = odd // 2, twos + 1
    power = pow(base, odd, PRIME)
    return power in (1, PRIME - 1) or any(
        pow(power, 2**step, PRIME) == PRIME - 1 for step in range(1, twos)
    )
