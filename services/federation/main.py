"""Wires each membership to the deployment's bus, and to the cluster of its federation."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Iterable, Sequence
from contextlib import asynccontextmanager, suppress
from functools import partial
from pathlib import Path
from typing import TypeVar

from scarcity.bus.base import Bus, Follow
from scarcity.cli import assemble
from scarcity.clock import Clock
from scarcity.errors import Overloaded, Transient
from scarcity.events import Event, EvidenceGathered, StreamDefined, WindowSealed
from scarcity.federation.keeping import Kept
from scarcity.federation.link import (
    Link,
    Told,
    coordinators,
    newest_of,
    read_roster,
    roster_topic,
)
from scarcity.federation.membership import LOCAL, Membership, identity, memberships
from scarcity.federation.protocol.refusals import Refused
from scarcity.federation.protocol.roster import Roster
from scarcity.governor.policy import Policy
from scarcity.runtime.governed import Governed
from scarcity.runtime.process import Platform
from scarcity.runtime.service import Route, Service, Timer, route
from scarcity.runtime.settings import load
from scarcity.telemetry.logs import logger
from services.federation.domain import Count
from services.federation.handlers import Member
from services.federation.sealing import Sealed
from services.federation.settings import FederationSettings

TELL_S = 0.5
LEAST_SHARE = 0.5
"""With less of full work than this, rounds wait: discovery comes first."""

E = TypeVar("E", bound=Event)


class RosterChanged(Exception):
    """Members came or went: begin anew."""


def build(platform: Platform) -> Service:
    """Return the service, ready to run; it does nothing where there is no membership."""
    settings = load(FederationSettings)
    found = memberships(settings.dir) if settings.dir is not None else []
    members = [_member(folder, membership, platform) for folder, membership in found]
    governed = Governed.of("federation", settings.policy or Policy(), platform.clock)

    def has_room() -> bool:
        return governed.pace() >= LEAST_SHARE

    return Service(
        name="federation",
        follows=(
            route(StreamDefined, _all_of(member.on_definition for member in members)),
            route(EvidenceGathered, _all_of(member.on_evidence for member in members)),
            *_windows(members),
            governed.follows,
        ),
        timers=(*(Timer(TELL_S, member.tell) for member in members), governed.timer),
        tasks=(
            *(
                partial(_belong, folder, member, platform, settings.look_s, has_room)
                for (folder, _), member in zip(found, members, strict=True)
            ),
            governed.govern,
        ),
        vitals=governed.vitals,
        tunable=governed,
    )


def _all_of(handlers: Iterable[Callable[[E], Iterable[Event]]]) -> Callable[[E], Iterable[Event]]:
    """Return what hands an event to each of several handlers."""
    each = tuple(handlers)
    return lambda event: [told for handle in each for told in handle(event)]


def _member(folder: Path, membership: Membership, platform: Platform) -> Member | Sealed:
    own = identity(folder)
    if membership.contract.sealing is None:
        return Member(membership, own, platform.clock, _counting(platform))
    return Sealed(membership, own, platform.clock, Kept(folder), _counting(platform))


def _counting(platform: Platform) -> Count:
    refused = platform.metrics.federation_refused
    return lambda reason: refused.labels("federation", reason).inc()


def _windows(members: Iterable[Member | Sealed]) -> Sequence[Route]:
    """Rows are followed for those alone who put them into sums."""
    sealed = [member for member in members if isinstance(member, Sealed)]
    return [route(WindowSealed, _all_of(each.on_window for each in sealed))] if sealed else []


async def _belong(
    folder: Path,
    member: Member | Sealed,
    platform: Platform,
    look_s: float,
    has_room: Callable[[], bool],
) -> None:
    """Speak and hear in a federation for ever, through all that happens to its cluster."""
    log = logger("federation")
    while True:
        try:
            async with _opened(folder, member.membership, platform) as bus:
                roster = await _admitted(member.membership, bus, look_s)
                speaking = _speaking(member, platform.clock, bus, roster, has_room)
                await _take_part(member, bus, roster, speaking)
        except* RosterChanged:
            log.info("members have changed", federation=member.membership.federation)
        except* (Transient, Overloaded) as errors:
            log.warning("the federation's cluster does not answer", error=str(errors.exceptions[0]))
            await asyncio.sleep(look_s)


async def _admitted(membership: Membership, bus: Bus, look_s: float) -> Roster:
    """Return the list of members, once this deployment is among them."""
    roster = await read_roster(bus, membership.federation, membership.authority_key)
    while roster is None or not _has(roster, membership.peer):
        logger("federation").info("not admitted yet", federation=membership.federation)
        await asyncio.sleep(look_s)
        roster = await read_roster(bus, membership.federation, membership.authority_key)
    return roster


def _speaking(
    member: Member | Sealed, clock: Clock, bus: Bus, roster: Roster, has_room: Callable[[], bool]
) -> Callable[[], Coroutine[None, None, None]]:
    """Begin anew with these members, and return what takes part for them."""
    contract = member.membership.contract
    if isinstance(member, Member):
        peer, coordinator = member.joined(roster)
        link = Link(bus, clock, peer, roster, Told(member.judged, member.refused, has_room))
        return partial(link.run, contract, coordinator)
    sealed, convener = member.joined(roster)
    told = Told(member.judged, member.refused, has_room, member.keep)
    sealing = Link(bus, clock, sealed, roster, told)
    if convener is None:
        sealing.listen_to(coordinators(roster))
    return partial(sealing.run, contract, convener)


async def _take_part(
    member: Member | Sealed,
    bus: Bus,
    roster: Roster,
    speaking: Callable[[], Coroutine[None, None, None]],
) -> None:
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(_watch(bus, member.membership, roster))
        tasks.create_task(speaking())


async def _watch(bus: Bus, membership: Membership, known: Roster) -> None:
    """Raise RosterChanged when there is a newer list of members."""
    async for batch in bus.follow(Follow((roster_topic(membership.federation).name,))):
        newest = newest_of(batch, membership.authority_key, known)
        if newest is not None and newest.version > known.version:
            raise RosterChanged


def _has(roster: Roster, peer: str) -> bool:
    with suppress(Refused):
        roster.member(peer)
        return True
    return False


@asynccontextmanager
async def _opened(folder: Path, membership: Membership, platform: Platform) -> AsyncIterator[Bus]:
    """The bus of a federation: the deployment's own, or one more."""
    if membership.bus == LOCAL:
        yield platform.bus
        return
    bus = assemble.federation_bus(membership.bus, folder)
    await bus.start()
    try:
        yield bus
    finally:
        await bus.close()
