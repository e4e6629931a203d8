"""A service simple enough to check in the head: it adds up the numbers of each key."""

from collections.abc import Iterable
from datetime import UTC, datetime

from harness import Bench
from scarcity.bus.base import Delivery
from scarcity.errors import PoisonEvent
from scarcity.events import DefinitionOrigin, Event, StreamDefined, WindowPolicy
from scarcity.runtime.service import Route, Service

AT = datetime(2026, 1, 1, tzinfo=UTC)


def told(stream: str, version: int) -> StreamDefined:
    """Return any event, to be recognised by its version."""
    return StreamDefined(stream, version, AT, DefinitionOrigin.INFERRED, (), WindowPolicy())


class Adder:
    """Adds up the numbers of each key and tells every multiple of ten; `bad` is poison."""

    def __init__(self, bench: Bench) -> None:
        self.bench = bench
        self.sums: dict[str, int] = {}
        self.seen: list[tuple[str, bytes]] = []

    def on_record(self, delivery: Delivery) -> Iterable[Event]:
        key = delivery.key.removeprefix(self.bench.name)
        self.seen.append((key, delivery.value or b""))
        if delivery.value == b"bad":
            raise PoisonEvent("not-a-number", "send a number")
        if delivery.value == b"bug":
            raise ZeroDivisionError
        self.sums[key] = self.sums.get(key, 0) + int(delivery.value or b"0")
        if self.sums[key] % 10 == 0:
            yield told(delivery.key, self.sums[key])

    def snapshot(self, key: str) -> bytes | None:
        total = self.sums.get(key.removeprefix(self.bench.name))
        return None if total is None else str(total).encode()

    def restore(self, key: str, data: bytes) -> None:
        self.sums[key.removeprefix(self.bench.name)] = int(data)

    def forget(self, key: str) -> None:
        self.sums.pop(key.removeprefix(self.bench.name), None)

    def service(self) -> Service:
        route = Route(self.bench.raw, self.on_record)
        return Service(self.bench.name or "mpie", consumes=(route,), state=self)
