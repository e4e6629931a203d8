"""Peers of a federation to look at: plants like the world, of which one tells lies.

Each plant is a stream of this deployment and a member of the federation, so that everything that
happens is what would happen among deployments. The liar's plant runs upside down: every effect has
the wrong sign.
"""

from collections.abc import Callable, Coroutine
from datetime import datetime
from functools import partial
from pathlib import Path

import numpy as np

from scarcity.federation.founding import Invitation, enter, found, invite, key_from
from scarcity.federation.link import publish_roster
from scarcity.federation.membership import (
    AUTHORITY,
    LOCAL,
    Membership,
    Rhythm,
    identity,
    memberships,
)
from scarcity.federation.protocol.contract import Contract, Mapping
from scarcity.federation.protocol.identity import Identity
from scarcity.federation.protocol.roster import Member, Role, Roster
from scarcity.runtime.process import Platform
from services.demo import world
from services.demo.settings import DemoSettings
from services.demo.streams import definition, produce

LIAR = "mallory"
OWN_STREAM = "world"

PEERS = ("here", "north", "south", "west", LIAR)
"""The first speaks for the world, and coordinates."""
FEDERATION = "plants"
ROUNDS = Rhythm(every_s=15.0, input_s=5.0)

Task = Callable[[], Coroutine[None, None, None]]


def prepare(folder: Path, hz: float, now: datetime) -> None:
    """Make the folder of a federation, unless it is there."""
    if folder.exists():
        return
    units = {variable.name: variable.unit for variable in world.variables()}
    contract = Contract(subject="plant", variables=units, cadence_s=1 / hz, max_lag=3)
    names = {name: name for name in units}
    first, *others = PEERS
    invitation = Invitation(
        federation=FEDERATION, peer=first, authority="", bus=LOCAL, contract=contract
    )
    mapping = Mapping(stream=OWN_STREAM, names=names)
    membership, _ = found(folder / first, invitation, mapping, ROUNDS, now)
    for peer in others:
        enter(folder / peer, invite(membership, peer), Mapping(stream=f"plant-{peer}", names=names))


def tasks(folder: Path, platform: Platform, settings: DemoSettings) -> list[Task]:
    """Return what makes the plants run, and their federation begin."""
    members = memberships(folder)
    plants = [each for _, each in members if each.mapping.stream != OWN_STREAM]
    return [
        partial(_admit_all, members, platform),
        *(
            partial(_run_plant, plant, settings.seed + number, platform, settings.world_hz)
            for number, plant in enumerate(plants, start=1)
        ),
    ]


async def _admit_all(members: list[tuple[Path, Membership]], platform: Platform) -> None:
    now = platform.clock.now()
    holder = next(folder for folder, _ in members if (folder / AUTHORITY).exists())
    listed = tuple(
        Member(
            membership.peer,
            (key_from(identity(folder).public, now),),
            Role.COORDINATOR if folder == holder else Role.PEER,
        )
        for folder, membership in members
    )
    roster = Roster(members[0][1].federation, 1, listed)
    await publish_roster(platform.bus, roster, Identity.load(holder / AUTHORITY))


async def _run_plant(plant: Membership, seed: int, platform: Platform, hz: float) -> None:
    publisher, clock = platform.publisher("demo"), platform.clock
    steps = world.steps(np.random.default_rng(seed), upside_down=plant.peer == LIAR)
    stream = plant.mapping.stream
    await publisher.publish([definition(stream, world.variables(), clock, world.truth())])
    await produce(stream, lambda: next(steps), publisher=publisher, clock=clock, period=1 / hz)
