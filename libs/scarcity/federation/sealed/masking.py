"""Masks: key streams that hide an input, and go away in the sum.

With PRG a ChaCha20 key stream read as words, b_i the seed of member i and s_ij what i and j have
agreed on, member i of the contributors C sends

    y_i = x_i + PRG(b_i) + Σ_{j ∈ C, j > i} PRG(s_ij) - Σ_{j ∈ C, j < i} PRG(s_ij)   (mod 2^64) .

In the sum over the survivors S the masks between two survivors cancel. What is left are the b_i of
the survivors, and the s_ij between survivors and those who dropped out: both become known from
shares, the b_i only of survivors and the keys only of the others, so never both of one member.
"""

import numpy as np
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import ChaCha20

from scarcity.federation.sealed.fixedpoint import WORD_BYTES, Words
from scarcity.federation.sealed.keys import KeyPair, Scope, derive

NONCE = bytes(16)
"""Counter and nonce: a key makes one stream only."""
CHUNK = 8192
"""Words made at a time: they stay in the cache."""
BLOCK_BYTES = 64


class Streams:
    """Adds key streams to words, in memory that is used again."""

    def __init__(self) -> None:
        self._zeros = bytes(CHUNK * WORD_BYTES)
        self._buffer = bytearray(len(self._zeros) + BLOCK_BYTES)
        self._made = np.frombuffer(self._buffer, "<u8", CHUNK)

    def add(self, words: Words, key: bytes) -> None:
        """Add the stream of this key, in place."""
        self._combine(np.add, words, key)

    def subtract(self, words: Words, key: bytes) -> None:
        """Take the stream of this key away, in place."""
        self._combine(np.subtract, words, key)

    def add_between(self, words: Words, key: bytes, own: int, other: int) -> None:
        """Add what member `own` adds for `other`: what that one takes away."""
        self._combine(np.add if own < other else np.subtract, words, key)

    def _combine(self, operation: np.ufunc, words: Words, key: bytes) -> None:
        encryptor = Cipher(ChaCha20(key, NONCE), mode=None).encryptor()
        for start in range(0, len(words), CHUNK):
            encryptor.update_into(self._zeros, self._buffer)
            part = words[start : start + CHUNK]
            operation(part, self._made[: len(part)], out=part)


def self_key(seed: bytes, terms: bytes, index: int) -> bytes:
    """The key of a member's own mask, from its seed."""
    return derive(seed, Scope("self mask", terms, (index,)))


def pair_key(mine: KeyPair, public: bytes, terms: bytes, pair: tuple[int, int]) -> bytes:
    """The key of the mask between two members; the same from either side."""
    low, high = sorted(pair)
    return derive(mine.agree(public), Scope("pair mask", terms, (low, high)))
