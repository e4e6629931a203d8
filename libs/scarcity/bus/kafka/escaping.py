"""Header names that are no UTF-8, which any producer can write: escaped, as keys are.

aiokafka decodes names strictly, deep in its fetcher. One such message would stop every reader of
its partition for ever, since nobody would be handed its offset. So its batch is read once more,
slowly, from where it went wrong.
"""

import struct
from collections.abc import Iterator
from itertools import islice
from typing import Any

from aiokafka.consumer import fetcher
from aiokafka.record.default_records import _DefaultRecordBatchPy
from aiokafka.record.memory_records import MemoryRecords

LENGTH = struct.Struct(">i")
LENGTH_AT = 8
HEAD = LENGTH_AT + LENGTH.size
"""Bytes in front of what a batch calls its length."""


def install() -> None:
    """Let consumers of aiokafka that are made from now on read such names."""
    fetcher.MemoryRecords = Records


class Records:
    """The batches in an answer of Kafka, as aiokafka's own class has them."""

    def __init__(self, data: bytes) -> None:
        self._records = MemoryRecords(data)
        self._data = memoryview(data)
        self._begin = 0

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - as aiokafka has it
        return getattr(self._records, name)

    def next_batch(self) -> "Batch":
        (length,) = LENGTH.unpack_from(self._data, self._begin + LENGTH_AT)
        begin, self._begin = self._begin, self._begin + HEAD + length
        return Batch(self._records.next_batch(), self._data[begin : self._begin])


class Batch:
    """The messages of a batch. For one reader."""

    def __init__(self, batch: Any, data: memoryview) -> None:  # noqa: ANN401
        self._batch = batch
        self._data = data

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401
        return getattr(self._batch, name)

    def __next__(self) -> Any:  # noqa: ANN401
        return next(self._batch)

    def __iter__(self) -> Iterator[Any]:
        read = 0
        try:
            for record in self._batch:
                read += 1
                yield record
        except UnicodeDecodeError:
            yield from islice(_escaped(self._data), read, None)


class _Escaping(bytearray):
    """Bytes whose parts decode whatever they are."""

    def __getitem__(self, place: Any) -> Any:  # noqa: ANN401
        found = super().__getitem__(place)
        return _Escaping(found) if isinstance(place, slice) else found

    def decode(self, encoding: str = "utf-8", errors: str = "backslashreplace") -> str:
        return super().decode(encoding, errors)


def _escaped(data: memoryview) -> Iterator[Any]:
    batch = _DefaultRecordBatchPy(bytearray(data))
    batch._maybe_uncompress()  # noqa: SLF001 - what follows replaces what it has read
    batch._buffer = _Escaping(batch._buffer)  # noqa: SLF001
    return iter(batch)
