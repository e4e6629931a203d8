"""The instances of one run: faults befall them, and whatever is down is started again."""

import asyncio
import subprocess
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from pathlib import Path

from chaos.instance import SHORT_SESSION, STOP_S, Instance
from chaos.schedule import INSTANCES, Fault

LOOK_EVERY_S = 0.2


class Crowd:
    """Two instances that share the group, and room for one more."""

    def __init__(self, bootstrap: str, logs: Path) -> None:
        self._instances = [
            Instance(bootstrap, logs / f"instance-{number}.log", SHORT_SESSION)
            for number in range(INSTANCES + 1)
        ]
        self._turns = [asyncio.Lock() for _ in self._instances]
        self._draining: list[subprocess.Popen[bytes]] = []
        self.troubles: list[str] = []
        """What is wrong with the instances, whatever their windows are like."""

    @asynccontextmanager
    async def taking_part(self) -> AsyncIterator[None]:
        """Run both from here on; at the end drain them, and leave no process behind."""
        looking_after = asyncio.ensure_future(self._look_after())
        try:
            await self._start()
            yield
            looking_after.cancel()
            await self._stop()
        finally:
            looking_after.cancel()
            self._kill()

    async def suffer(self, faults: Iterable[Fault]) -> None:
        """Let the faults happen at their times; returns when the last is over."""
        begin = asyncio.get_running_loop().time()
        async with asyncio.TaskGroup() as group:
            for fault in faults:
                group.create_task(self._befall(fault, begin + fault.at_s))

    async def _start(self) -> None:
        for instance in self._instances[:INSTANCES]:
            instance.start()
        for instance in self._instances[:INSTANCES]:
            try:
                await asyncio.to_thread(instance.wait_until_ready)
            except AssertionError as error:
                self.troubles.append(str(error))

    async def _look_after(self) -> None:
        """Start again what ended by itself, as an orchestrator does; for ever."""
        while True:
            await asyncio.sleep(LOOK_EVERY_S)
            for instance in self._instances:
                if (last_words := instance.last_words()) is not None:
                    self.troubles.append(f"an instance ended by itself: {last_words}")
                    instance.process = None
                    instance.start()

    async def _stop(self) -> None:
        """Wait until every process has drained and is gone."""
        for instance in self._instances:
            self._let_go(instance)
        for process in self._draining:
            try:
                await asyncio.to_thread(process.wait, STOP_S)
            except subprocess.TimeoutExpired:
                self.troubles.append(f"an instance did not drain within {STOP_S:g} s")

    def _kill(self) -> None:
        for instance in self._instances:
            instance.kill()
        for process in self._draining:
            process.kill()

    async def _befall(self, fault: Fault, at: float) -> None:
        await asyncio.sleep(max(0.0, at - asyncio.get_running_loop().time()))
        # One thing at a time befalls an instance; others wait for their turn.
        async with self._turns[fault.instance]:
            instance = self._instances[fault.instance]
            self._begin(fault.what, instance)
            await asyncio.sleep(fault.lasts_s)
            self._end(fault.what, instance)

    def _begin(self, what: str, instance: Instance) -> None:
        match what:
            case "kill":
                instance.kill()
            case "leave":
                self._let_go(instance)
            case "join":
                instance.start()
            case _:
                instance.freeze()

    def _end(self, what: str, instance: Instance) -> None:
        if what == "join":
            self._let_go(instance)
        elif what in {"kill", "leave"}:
            instance.start()
        else:
            instance.thaw()

    def _let_go(self, instance: Instance) -> None:
        draining = instance.ask_to_stop()
        if draining is not None:
            self._draining.append(draining)
