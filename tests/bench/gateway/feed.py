"""A thousand screens on the live feed, whose lines break again and again.

Every screen opens `/api/v1/stream` by itself, is cut off after a random time in the midst of
whatever comes, and comes back with the last id that it has read whole. Ids of one run of the
gateway are counted, so that what is lost or comes twice shows.

lost, twice   events, over all screens; the goal is 0
breaks        how often a line broke
"""

import asyncio
import resource
from dataclasses import dataclass
from urllib.parse import urlsplit

import numpy as np

from running import TOKEN, System
from worlds import records, var

SCREENS = 1000
SECONDS = 60.0
LIVES_S = (2.0, 20.0)
"""How long a line holds."""
EVERY_S = 1.0
"""Between two windows of records."""
WINDOW = 16
LOOKS = 0.2


@dataclass
class Screen:
    """What one has seen."""

    last_id: str = ""
    first: int = 0
    last: int = 0
    seen: int = 0
    twice: int = 0
    lost: int = 0
    breaks: int = 0
    resets: int = 0

    def take(self, frame: bytes) -> None:
        """Count a whole frame."""
        fields = dict(line.split(b": ", 1) for line in frame.split(b"\n") if b": " in line[1:])
        if b"id" not in fields:
            return
        self.last_id = fields[b"id"].decode()
        if b"event" not in fields:
            return
        self.resets += fields.get(b"event") == b"reset"
        number = int(self.last_id.rpartition("-")[2])
        if self.last == 0:
            self.first = number
        else:
            self.twice += number <= self.last
            self.lost += max(0, number - self.last - 1)
        self.last = max(self.last, number)
        self.seen += 1


def measure(seed: int) -> dict[str, object]:
    """Open the screens, break their lines, and count."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(most, 65_536), most))
    with System(["--no-demo"]) as system:
        system.http.put("/streams/feed", json={"window": {"size": WINDOW}})
        return asyncio.run(_watched(system, seed))


async def _watched(system: System, seed: int) -> dict[str, object]:
    rng = np.random.default_rng(seed)
    screens = [Screen() for _ in range(SCREENS)]
    end = asyncio.get_running_loop().time() + SECONDS
    async with asyncio.TaskGroup() as group:
        for number, screen in enumerate(screens):
            group.create_task(
                _watch(system.url, screen, np.random.default_rng([seed, number]), end)
            )
        told = group.create_task(_happen(system, rng, end))
    last = max(screen.last for screen in screens)
    behind = sum(last - screen.last for screen in screens)
    return {
        "screens": len(screens),
        "records": told.result(),
        "events": last,
        "seen": sum(screen.seen for screen in screens),
        "breaks": sum(screen.breaks for screen in screens),
        "lost": sum(screen.lost for screen in screens) + behind,
        "twice": sum(screen.twice for screen in screens),
        "resets": sum(screen.resets for screen in screens),
    }


async def _happen(system: System, rng: np.random.Generator, end: float) -> int:
    """Send records, a window at a time, until shortly before the end."""
    world = var.comparison(rng, 5, 4096)
    lines, sent = records.lines(world), 0
    loop = asyncio.get_running_loop()
    while loop.time() < end - 10.0 and sent < len(lines):
        await asyncio.to_thread(system.send, "feed", lines[sent : sent + WINDOW])
        sent += WINDOW
        await asyncio.sleep(EVERY_S)
    return sent


async def _watch(url: str, screen: Screen, rng: np.random.Generator, end: float) -> None:
    """Open lines, one after the other. The last one is left open until nothing comes any more."""
    loop = asyncio.get_running_loop()
    await asyncio.sleep(rng.uniform(0.0, 5.0))
    while loop.time() < end:
        left = end - loop.time()
        lasts = rng.uniform(*LIVES_S)
        try:
            async with asyncio.timeout(left if lasts > left - 10.0 else lasts):
                await _read(url, screen)
        except (TimeoutError, OSError, asyncio.IncompleteReadError):
            screen.breaks += loop.time() < end


async def _read(url: str, screen: Screen) -> None:
    where = urlsplit(url)
    reader, writer = await asyncio.open_connection(where.hostname, where.port)
    try:
        resume = f"Last-Event-ID: {screen.last_id}\r\n" if screen.last_id else ""
        writer.write(
            f"GET /api/v1/stream HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer {TOKEN}\r\n"
            f"{resume}\r\n".encode()
        )
        head = await reader.readuntil(b"\r\n\r\n")
        if b" 200 " not in head.split(b"\r\n", 1)[0]:
            await asyncio.sleep(LOOKS)
            raise OSError(head.decode())
        waiting = b""
        while True:
            size = int((await reader.readline()).strip() or b"0", 16)
            if size == 0:
                return
            waiting += (await reader.readexactly(size + 2))[:-2]
            *frames, waiting = waiting.split(b"\n\n")
            for frame in frames:
                screen.take(frame)
    finally:
        writer.transport.abort()
