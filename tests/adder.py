"""A service simple enough to check in the head: it adds up the numbers of each key."""

import random
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from harness import Bench
from scarcity.bus.base import Delivery
from scarcity.errors import PoisonEvent
from scarcity.events import Event, RecordLate
from scarcity.runtime.service import Route, Service, each

AT = datetime(2026, 1, 1, tzinfo=UTC)

Told = RecordLate
"""Any event whose topic is not compacted, so that what is said twice can be seen."""


def told(stream: str, total: int) -> Told:
    """Return an event that tells a sum; it stands where the offset would be."""
    return Told(stream, AT, AT, "sums", 0, total, b"")


class Adder:
    """Adds up the numbers of each key and tells every multiple of ten; `bad` is poison."""

    def __init__(self, bench: Bench, *, tells_every: int = 10) -> None:
        self.bench = bench
        self.tells_every = tells_every
        self.sums: dict[str, int] = {}
        self.said: dict[str, int] = {}
        """The sum of each key that was told last."""
        self.seen: list[tuple[str, bytes]] = []

    def on_record(self, delivery: Delivery) -> Iterable[Event]:
        key = self._name(delivery.key)
        self.seen.append((key, delivery.value or b""))
        if delivery.value == b"bad":
            raise PoisonEvent("not-a-number", "send a number")
        if delivery.value == b"bug":
            raise ZeroDivisionError
        self.sums[key] = self.sums.get(key, 0) + int(delivery.value or b"0")
        if self.sums[key] % self.tells_every == 0:
            yield self._tell(key)

    def tell_rest(self, _now: datetime) -> Iterable[Event]:
        """Tell every sum that was not told yet; what a timer may do."""
        return [self._tell(key) for key, total in self.sums.items() if self.said.get(key) != total]

    def snapshot(self, key: str) -> bytes | None:
        name = self._name(key)
        if name not in self.sums:
            return None
        return f"{self.sums[name]} {self.said.get(name, 0)}".encode()

    def restore(self, key: str, data: bytes) -> None:
        name = self._name(key)
        self.sums[name], self.said[name] = map(int, data.split())

    def forget(self, key: str) -> None:
        self.sums.pop(self._name(key), None)
        self.said.pop(self._name(key), None)

    def service(self, **changes: Any) -> Service:
        route = Route(self.bench.raw, each(self.on_record))
        service = Service(self.bench.name or "mpie", consumes=(route,), state=self)
        return replace(service, **changes)

    def _tell(self, key: str) -> Event:
        self.said[key] = self.sums[key]
        return told(self.bench.key(key), self.sums[key])

    def _name(self, key: str) -> str:
        return key.removeprefix(self.bench.name)


class HeavyAdder(Adder):
    """An adder whose states are of these sizes, by turns; one that is not whole is found out."""

    def __init__(self, bench: Bench, sizes: Sequence[int]) -> None:
        super().__init__(bench)
        self.sizes = sizes

    def snapshot(self, key: str) -> bytes | None:
        state = super().snapshot(key)
        return None if state is None else state + b"\n" + self._ballast(state)

    def restore(self, key: str, data: bytes) -> None:
        state, ballast = data.split(b"\n", 1)
        assert ballast == self._ballast(state), f"{key} is of several snapshots"
        super().restore(key, state)

    def _ballast(self, state: bytes) -> bytes:
        """Return what follows from a state, is nowhere twice, and cannot be packed."""
        rng = random.Random(state)
        return rng.randbytes(rng.choice(self.sizes))


def what_an_adder_says(values: Sequence[bytes]) -> list[int]:
    """Return the sums that are told when a key gets these values."""
    total, said = 0, []
    for value in values:
        if value != b"bad":
            total += int(value)
            said += [total] if total % 10 == 0 else []
    return said
