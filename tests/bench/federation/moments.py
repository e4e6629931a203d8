"""Where a round stands when somebody is killed: each moment lets one round come there.

Before a run nobody has anything new to say, so that a round waits for what its streams are taught;
that is how it is held wherever it is wanted. A stage that a round may have besides is one more
function here, and one more line in `MOMENTS`.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from functools import partial

import numpy as np

from bench.federation.real import Deployments
from bench.federation.streams import Streams

PATIENCE_S = 20.0
SHORTLY_S = 0.4
"""More than a process takes to look whether something is due."""


@dataclass
class Scene:
    """A federation in which one is going to be killed."""

    deployments: Deployments
    rng: np.random.Generator
    victim: str
    streams: Streams
    waiting: set[str]
    """who has not been taught anything in this run"""

    @property
    def others(self) -> list[str]:
        return [peer for peer in self.deployments.plan.peers if peer != self.victim]

    async def teach(self, peers: Iterable[str]) -> None:
        """Let streams find out more."""
        found = self.streams.more(peers)
        self.waiting -= found.keys()
        await self.deployments.teach(found)

    async def some_time(self, most_s: float) -> None:
        await asyncio.sleep(float(self.rng.uniform(0.0, most_s)))

    def some_of(self, peers: list[str]) -> list[str]:
        """Return any of them, all or none too."""
        return [peer for peer in peers if self.rng.random() < 0.5]

    async def opened(self) -> int:
        """Wait for a round that has nothing in it yet; return its number."""
        record = self.deployments.record
        known = record.newest
        await self.deployments.until(
            lambda: record.newest > known or None, "a round to open", within_s=PATIENCE_S
        )
        return record.newest

    async def spoken(self, peers: Iterable[str], number: int) -> None:
        """Wait until these have offered evidence in a round."""
        for peer in peers:
            said = partial(self._said, peer, number)
            await self.deployments.until(said, f"{peer} to speak", within_s=PATIENCE_S)

    def _said(self, peer: str, number: int) -> bool | None:
        return self.deployments.record.has_offered(peer, number) or None


async def before_opening(scene: Scene) -> int:
    """Between two rounds; some streams have something new."""
    await scene.some_time(scene.deployments.plan.rhythm.every_s / 2)
    await scene.teach(scene.some_of([*scene.others, scene.victim]))
    record = scene.deployments.record
    return record.newest + (not record.is_open)


async def before_its_evidence(scene: Scene) -> int:
    """The round is open, and the victim has said nothing in it; some others may have."""
    number = await scene.opened()
    await scene.teach(scene.some_of(scene.others))
    await scene.some_time(SHORTLY_S)
    return number


async def while_it_speaks(scene: Scene) -> int:
    """The victim has just heard what it is going to offer."""
    number = await scene.opened()
    await scene.teach([scene.victim, *scene.some_of(scene.others)])
    await scene.some_time(SHORTLY_S)
    return number


async def after_its_evidence(scene: Scene) -> int:
    """The victim has offered its evidence, and somebody else has not."""
    number = await scene.opened()
    await scene.teach([scene.victim, *scene.some_of(scene.others[1:])])
    await scene.spoken([scene.victim], number)
    await scene.some_time(SHORTLY_S)
    return number


async def at_closing(scene: Scene) -> int:
    """All have spoken; the round has just ended or is about to."""
    number = await scene.opened()
    everybody = [scene.victim, *scene.others]
    await scene.teach(everybody)
    await scene.spoken(everybody, number)
    await scene.some_time(SHORTLY_S)
    return number


async def just_after(scene: Scene) -> int:
    """The end of the round has been said; some have judged it, some have not."""
    number = await scene.opened()
    await scene.teach([scene.victim, *scene.others])
    record = scene.deployments.record
    await scene.deployments.until(
        lambda: record.endings.get(number), "a round to end", within_s=PATIENCE_S
    )
    await scene.some_time(SHORTLY_S)
    return number


MOMENTS: dict[str, Callable[[Scene], Awaitable[int]]] = {
    "before opening": before_opening,
    "open, before its evidence": before_its_evidence,
    "open, while it speaks": while_it_speaks,
    "open, after its evidence": after_its_evidence,
    "at closing": at_closing,
    "just after": just_after,
}
"""Each brings a round there, and returns its number."""
