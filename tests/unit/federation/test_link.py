"""What comes over a federation's cluster and is no statement is counted by all who read it."""

import asyncio
from collections import Counter

from federation_of import CONTRACT, NAME, Federation
from scarcity.bus.base import Message
from scarcity.bus.embedded import EmbeddedBus
from scarcity.clock import SystemClock
from scarcity.federation.chunks import CHUNK_BYTES, cut
from scarcity.federation.link import Link, Told, peer_topic
from scarcity.federation.node import Verdict
from scarcity.federation.protocol.refusals import Reason, Refused
from scarcity.federation.protocol.statement import pack
from scarcity.federation.survey import surveyed

PATIENCE_S = 20.0


def unjudged(_verdict: Verdict) -> None:
    """No round is played here."""


async def test_a_statement_that_breaks_off_is_counted_once_and_the_next_gets_through() -> None:
    together, bus, refused = Federation(3), EmbeddedBus(), Counter[tuple[str, str]]()
    heard = asyncio.Event()

    def count(source: str, refusal: Refused) -> None:
        refused[source, refusal.reason] += 1
        heard.set()

    await bus.start()
    topics = {peer: peer_topic(NAME, peer) for peer in together.identities}
    await bus.provision(list(topics.values()))
    beginning, *_ = cut(bytes(2 * CHUNK_BYTES))
    (hello,) = cut(pack(together.peers["p1"].hello(together.now_ms)))
    said = [Message(topics["p1"].name, "p1", each) for each in (beginning, hello)]
    await bus.publish(said)
    reader = together.peer("p2")
    link = Link(bus, SystemClock(), reader, together.roster, Told(unjudged, count))
    async with asyncio.timeout(PATIENCE_S), asyncio.TaskGroup() as tasks:
        running = tasks.create_task(link.run(CONTRACT, None))
        await heard.wait()
        while "p1" not in reader.protocols:
            await asyncio.sleep(0.01)
        running.cancel()
    survey = await surveyed(bus, together.roster, CONTRACT, together.now_ms)
    await bus.close()

    assert refused == {("p1", Reason.UNREADABLE): 1}
    assert survey.refused == {("p1", Reason.UNREADABLE): 1}
    assert "p1" in survey.last
