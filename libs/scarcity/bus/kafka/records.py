"""Kafka's records as deliveries: the inner loop of every reader, so it does as little as it can."""

from collections.abc import Iterable, Sequence

from aiokafka import ConsumerRecord

from scarcity.bus.base import Delivery, Headers

RawHeaders = tuple[tuple[str, bytes | None], ...]

# A third of the loop would be the call that a NamedTuple's own constructor makes.
_new = tuple.__new__


def deliveries_of(batches: Iterable[Sequence[ConsumerRecord]]) -> list[Delivery]:
    """Return records as deliveries, in the same order; each batch is of one partition."""
    keys, headers = _Keys(), _Headers()
    deliveries: list[Delivery] = []
    for batch in batches:
        topic, partition = (batch[0].topic, batch[0].partition) if batch else ("", -1)
        deliveries += [
            _new(
                Delivery,
                (
                    topic,
                    partition,
                    record.offset,
                    keys[record.key],
                    record.value,
                    record.headers and headers[record.headers],
                    record.timestamp,
                ),
            )
            for record in batch
        ]
    return deliveries


class _Keys(dict[bytes | None, str]):
    """Decodes each key once: the messages of one batch share few."""

    def __missing__(self, raw: bytes | None) -> str:
        # Others may write any bytes as a key, or none. Escaping keeps different keys different.
        self[raw] = key = (raw or b"").decode(errors="backslashreplace")
        return key


class _Headers(dict[RawHeaders, Headers]):
    """Reads the same headers once; others may leave a value out."""

    def __missing__(self, raw: RawHeaders) -> Headers:
        self[raw] = headers = tuple([(name, value or b"") for name, value in raw])
        return headers
