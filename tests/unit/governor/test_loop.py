"""A loop that is held up is seen to be late, while it is and for a moment after."""

import asyncio
import threading
import time

from scarcity.governor.loop import EVERY_S, LoopLag

HELD_UP_S = 0.5


async def test_a_loop_that_is_held_up_is_late() -> None:
    lag = LoopLag()
    assert lag.seconds is None
    seen: list[float | None] = []
    async with asyncio.TaskGroup() as group:
        watching = group.create_task(lag.watch())
        await asyncio.sleep(3 * EVERY_S)
        threading.Timer(HELD_UP_S / 2 + EVERY_S, lambda: seen.append(lag.seconds)).start()
        time.sleep(HELD_UP_S + EVERY_S)  # noqa: ASYNC251 - to hold it up is the point
        await asyncio.sleep(EVERY_S / 2)
        watching.cancel()

    assert lag.seconds is not None
    assert lag.seconds > HELD_UP_S / 2
    assert seen[0] is not None
    assert seen[0] > 0.0
