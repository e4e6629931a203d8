"""Who may work when, and what becomes of those who take too long."""

import asyncio
import threading

import pytest

from scarcity.errors import Fenced
from scarcity.runtime.turns import Turns, in_thread


async def test_turns_do_not_overlap() -> None:
    turns, at_work = Turns(), 0

    async def work() -> None:
        nonlocal at_work
        async with turns.turn():
            at_work += 1
            await asyncio.sleep(0.001)
            assert at_work == 1
            at_work -= 1

    await asyncio.gather(*(work() for _ in range(20)))


async def test_an_urgent_turn_waits_for_one_that_ends_in_time() -> None:
    turns, ended = Turns(), asyncio.Event()

    async def work() -> None:
        async with turns.turn():
            await asyncio.sleep(0.02)
            ended.set()

    async with asyncio.TaskGroup() as group:
        group.create_task(work())
        await asyncio.sleep(0)
        async with turns.urgent(patience=30.0):
            assert ended.is_set()


async def test_turns_that_take_too_long_or_begin_too_late_are_cut_short() -> None:
    turns, cut = Turns(), []

    async def hang(name: str) -> None:
        with pytest.raises(Fenced):
            async with turns.turn():
                await asyncio.Event().wait()
        cut.append(name)

    async with asyncio.TaskGroup() as group:
        for name in ("at work", "next", "after that"):
            group.create_task(hang(name))
        await asyncio.sleep(0)
        async with turns.urgent(patience=0.01):
            assert cut == ["at work", "next", "after that"]

    async with turns.turn():
        await asyncio.sleep(0.05)  # later turns may take their time again


async def test_a_turn_that_is_cut_short_while_a_thread_works_ends_after_the_thread() -> None:
    turns, may_end, has_ended = Turns(), threading.Event(), threading.Event()

    def work() -> None:
        may_end.wait()
        has_ended.set()

    async def take_a_turn() -> None:
        with pytest.raises(Fenced):
            async with turns.turn():
                await in_thread(work)
        assert has_ended.is_set()

    async with asyncio.TaskGroup() as group:
        group.create_task(take_a_turn())
        await asyncio.sleep(0)
        asyncio.get_running_loop().call_later(0.05, may_end.set)
        async with turns.urgent(patience=0.0):
            assert has_ended.is_set()


async def test_a_timeout_of_the_work_itself_is_not_taken_for_a_cut() -> None:
    with pytest.raises(TimeoutError):
        async with Turns().turn():
            raise TimeoutError
