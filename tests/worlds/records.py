"""Worlds as raw records: what a producer would send."""

from datetime import UTC, datetime, timedelta

import orjson

from worlds.var import World

BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
STEP = timedelta(seconds=1)


def lines(world: World, *, begin: datetime = BEGIN) -> list[bytes]:
    """Return one NDJSON line per row, a second apart."""
    names = world.variables
    return [
        orjson.dumps({"ts": begin + number * STEP, "values": dict(zip(names, row, strict=True))})
        for number, row in enumerate(world.values.tolist())
    ]
