"""Quix Streams: a windowed count, its cheapest aggregate that survives a crash.

Tumbling windows of 10 s of event time with 5 s of grace, state in RocksDB with a changelog topic,
final results to a topic; all settings are Quix's own defaults, JSON is read by orjson. Event time
is the timestamp of the messages, so that no time has to be parsed. Arguments: bootstrap address,
topic, how many records there are.
"""

import sys
import tempfile
from typing import Any
from uuid import uuid4

import orjson
from quixstreams import Application
from quixstreams.models.serializers import BytesDeserializer, JSONDeserializer

from bench.streams.arms.meter import Meter

WINDOW_MS = 10_000
GRACE_MS = 5_000


class BeginningAtFirst(JSONDeserializer):  # type: ignore[misc]  # Quix demands a subclass
    """Begins to measure when the first record is read, and costs nothing after it."""

    def __init__(self, meter: Meter) -> None:
        super().__init__(loads=self._first)
        self._meter = meter

    def _first(self, value: bytes) -> Any:
        self._meter.begin()
        self._loads = orjson.loads
        return orjson.loads(value)


class Countdown:
    """Is told of every record that was taken, and stops the application after the last."""

    def __init__(self, count: int) -> None:
        self._left = count
        self.app: Application | None = None

    def __call__(self, _topic: str, _partition: int, _offset: int) -> None:
        self._left -= 1
        if self._left == 0 and self.app is not None:
            self.app.stop()


def main(bootstrap: str, name: str, count: int) -> None:
    """Run the application until it has taken that many records."""
    meter, countdown, run = Meter(), Countdown(count), uuid4().hex[:8]
    with tempfile.TemporaryDirectory() as folder:
        app = countdown.app = Application(
            broker_address=bootstrap,
            consumer_group=f"quix-{run}",
            auto_offset_reset="earliest",
            state_dir=folder,
            on_message_processed=countdown,
            loglevel="ERROR",
        )
        topic = app.topic(
            name, key_deserializer=BytesDeserializer(), value_deserializer=BeginningAtFirst(meter)
        )
        counts = app.dataframe(topic).tumbling_window(WINDOW_MS, grace_ms=GRACE_MS).count()
        counts.final().to_topic(app.topic(f"quix-{run}-counts"))
        app.run()
    meter.report(count)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
