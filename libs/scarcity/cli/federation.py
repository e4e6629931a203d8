"""`scarcity federation`: found one, let others in, change keys, put members out, and look at it."""

import asyncio
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import click
import msgspec
import orjson
from pydantic import ValidationError

from scarcity.bus.base import Bus
from scarcity.cli import assemble
from scarcity.cli.buses import opened
from scarcity.cli.joining import (
    OUT,
    SOURCE,
    Authority,
    Meeting,
    Speaking,
    as_stream,
    at_meeting,
    check_free,
    in_folder,
    in_rounds,
    only_one,
    read,
    request_in,
    with_authority,
    write,
)
from scarcity.cli.members import Own, document, show
from scarcity.clock import SystemClock
from scarcity.errors import ConfigError, ScarcityError
from scarcity.federation import founding, keeping
from scarcity.federation.founding import NEXT_KEY, OLD_KEY, Invitation, Request
from scarcity.federation.link import is_taken, peer_topic, publish_roster, read_roster
from scarcity.federation.membership import (
    AUTHORITY,
    FILE,
    KEY,
    LOCAL,
    Membership,
    Rhythm,
    first_problem,
    identity,
    memberships,
)
from scarcity.federation.protocol.contract import Mapping
from scarcity.federation.protocol.identity import Identity
from scarcity.federation.protocol.refusals import Refused
from scarcity.federation.protocol.roster import Role, Roster
from scarcity.federation.sealed.memory import Memory, unpacked
from scarcity.federation.sealed.part import Holdings
from scarcity.federation.survey import surveyed
from scarcity.telemetry import logs

ORDER = """\b
In this order:
  init NAME          one deployment founds it, and gets authority.pem
  invite PEER        it writes an invitation; there is no secret in it
  join INVITATION    the newcomer makes its key, and a request
  admit REQUEST      who holds authority.pem compares the key and lets it in
  status             everybody sees who belongs to it, and what is refused
Then run the service: SCARCITY_FEDERATION_DIR=DIR scarcity run federation
Where the cluster asks who comes, kafka.json in DIR says it, before init and join.
A key lasts a year. To change it:
  rotate             the member makes its next key, and a request
  admit REQUEST      both keys count
  rotate --finish    the member takes the new one
  revoke PEER --key  the old one counts no more
"""
YES = click.option("--yes", is_flag=True, help="Do not ask.")


@click.group(epilog=ORDER)
def federation() -> None:
    """Share evidence with other deployments, or sums that nobody sees through, and never rows."""
    # What a command says is one sentence; the client of Kafka would add its own.
    logs.configure("critical")


@federation.command()
@click.argument("name")
@at_meeting()
@as_stream()
@in_rounds()
@in_folder()
def init(name: str, meeting: Meeting, speaking: Speaking, rounds: Rhythm, folder: Path) -> None:
    """Found the federation NAME; this deployment coordinates its rounds."""
    own = meeting.of(name)
    asyncio.run(_found(folder, own, speaking.to(own.contract), rounds))
    click.echo(
        f"{name} is founded, and {own.peer} belongs to it. Next:\n"
        f"  1. move {folder / AUTHORITY} to a place that no network reaches: whoever has it says "
        "who belongs to the federation\n"
        f"  2. run the service: SCARCITY_FEDERATION_DIR={folder} scarcity run federation\n"
        f"  3. invite others: scarcity federation invite PEER --dir {folder}"
    )


@federation.command()
@click.argument("peer")
@OUT
@in_folder()
def invite(peer: str, out: Path | None, folder: Path) -> None:
    """Write an invitation for the newcomer PEER.

    There is no secret in it, and it opens nothing: the newcomer has to be admitted.
    """
    _, membership = only_one(folder)
    if peer == membership.peer:
        raise ConfigError(f"{peer} is this deployment: give the newcomer another name")
    try:
        invitation = founding.invite(membership, peer)
    except ValidationError as error:
        raise ConfigError(first_problem(error)) from error
    write(orjson.dumps(invitation.model_dump()), out)
    click.echo(f"{peer} enters with `scarcity federation join INVITATION --stream ...`", err=True)


@federation.command()
@click.argument("invitation", type=SOURCE)
@as_stream()
@OUT
@in_folder()
def join(invitation: Path, speaking: Speaking, out: Path | None, folder: Path) -> None:
    """Enter a federation by an INVITATION; writes a request.

    `-` reads it from stdin. Nobody listens before the request is admitted.
    """
    try:
        invited = Invitation.model_validate_json(read(invitation))
        mapping = speaking.to(invited.contract)
        check_free(out)
        asked = founding.enter(folder, invited, mapping)
    except ValidationError as error:
        raise ConfigError(f"{invitation} is no invitation: {first_problem(error)}") from error
    _hand_over(asked, out)


@federation.command()
@click.argument("request", type=SOURCE)
@YES
@with_authority()
def admit(request: Path, *, yes: bool, authority: Authority) -> None:
    """Let in who wrote a REQUEST; needs authority.pem.

    The same lets a further key of a member count, and gives a key that counts another year.
    """
    asked = request_in(request)
    now = SystemClock().now()
    where = authority.membership.federation
    if not yes and str(request) == "-":
        raise ConfigError("a request from stdin leaves nobody to ask: say --yes, or name a file")
    known = asyncio.run(_roster(authority.folder, authority.membership))
    founding.admitted(known, asked, now)
    is_known = any(member.peer == asked.peer for member in known.members)
    what = "a key of the member" if is_known else "the newcomer"
    click.echo(f"{where}: {what} {asked.peer} signs with key {asked.key_id}", err=True)
    _ask("Has it told you this key on a way that you trust?", yes=yes)
    roster = asyncio.run(_publish(authority, lambda roster: founding.admitted(roster, asked, now)))
    click.echo(f"{asked.peer} is admitted to {where} with key {asked.key_id}, list {roster}")


@federation.command()
@click.option("--finish", is_flag=True, help="Once it is admitted: sign with the new key.")
@OUT
@in_folder()
def rotate(*, finish: bool, out: Path | None, folder: Path) -> None:
    """Change the key that this deployment signs with.

    First makes the next one, key-next.pem, and writes a request to admit it. With --finish that
    becomes key.pem, and what was there key-old.pem.
    """
    place, membership = only_one(folder)
    if not finish:
        check_free(out)
        _hand_over(founding.renew(place, membership), out)
        return
    path = place / NEXT_KEY
    if not path.exists():
        raise ConfigError(f"{path} does not exist: `scarcity federation rotate` makes it")
    following = Identity.load(path)
    roster = asyncio.run(_roster(place, membership))
    if not _counts(roster, membership.peer, following.key_id):
        raise ConfigError(
            f"key {following.key_id} does not count yet: bring the request of `scarcity federation "
            "rotate` to who holds authority.pem"
        )
    founding.finish(place)
    before = Identity.load(place / OLD_KEY).key_id
    click.echo(
        f"{membership.peer} signs with key {following.key_id}. Restart the service, then let who "
        f"holds authority.pem run: scarcity federation revoke {membership.peer} --key {before}"
    )


@federation.command()
@click.argument("peer")
@click.option("--key", help="This one alone, by its id in `status`; else all of the member.")
@YES
@with_authority()
def revoke(peer: str, key: str | None, *, yes: bool, authority: Authority) -> None:
    """Let nothing count that PEER signs; needs authority.pem."""
    roster = asyncio.run(_roster(authority.folder, authority.membership))
    what = f"key {key} of {peer}" if key else f"every key of {peer}"
    if roster.revoking(peer, key).members == roster.members:
        raise ConfigError(f"{what} was revoked before: there is nothing to do")
    coordinates = any(
        each.peer == peer and each.role is Role.COORDINATOR for each in roster.members
    )
    if coordinates:
        click.echo(f"{peer} coordinates: without a key of it there are no rounds", err=True)
    _ask(f"Let {what} count no more?", yes=yes)
    version = asyncio.run(_publish(authority, lambda known: known.revoking(peer, key)))
    click.echo(
        f"{what} counts no more, list {version}; take its right to write on the cluster away too"
    )


@federation.command()
@click.option("--json", "as_json", is_flag=True, help="All that is known, as a JSON array.")
@in_folder()
def status(*, as_json: bool, folder: Path) -> None:
    """Show who belongs to it and what is refused.

    As seen from here now: members, their keys and until when they count, what each said last, the
    newest round, and how often what was refused, by the first reason.
    """
    found = [asyncio.run(_status(place, one)) for place, one in memberships(folder)]
    if as_json:
        click.echo(orjson.dumps(found, option=orjson.OPT_INDENT_2).decode())
        return
    for one in found:
        show(one)


async def _found(folder: Path, own: Invitation, mapping: Mapping, rounds: Rhythm) -> None:
    if (folder / FILE).exists():
        raise ConfigError(f"{folder / FILE} is there already: choose another --dir")
    async with opened(_bus(own.bus, own.federation, folder)) as bus:
        if await is_taken(bus, own.federation):
            raise ConfigError(
                f"{own.bus} has a federation {own.federation} already: choose another name, or "
                "let who founded it invite you"
            )
        now = SystemClock().now()
        _, roster = founding.found(folder, own, mapping, rounds, now)
        try:
            await bus.provision([peer_topic(own.federation, own.peer)])
            await publish_roster(bus, roster, Identity.load(folder / AUTHORITY))
        except ScarcityError:
            founding.abandon(folder)
            raise


async def _publish(authority: Authority, following: Callable[[Roster], Roster]) -> int:
    """Publish what follows on the newest list, and return its version."""
    async with _cluster(authority.folder, authority.membership) as bus:
        roster = following(await _newest(bus, authority.membership))
        # So that members need no right to make topics.
        await bus.provision([peer_topic(roster.federation, each.peer) for each in roster.members])
        await publish_roster(bus, roster, authority.key)
    return roster.version


async def _roster(folder: Path, membership: Membership) -> Roster:
    async with _cluster(folder, membership) as bus:
        return await _newest(bus, membership)


async def _status(place: Path, membership: Membership) -> dict[str, object]:
    async with _cluster(place, membership) as bus:
        roster = await _newest(bus, membership)
        now_ms = round(1000 * SystemClock().now().timestamp())
        survey = await surveyed(bus, roster, membership.contract, now_ms)
    return document(membership, _own(place, membership), survey, now_ms)


def _own(place: Path, membership: Membership) -> Own:
    key = identity(place).key_id if (place / KEY).exists() else None
    if membership.contract.sealing is None:
        return Own(key, None)
    kept = keeping.read(place)
    memory = Memory() if kept is None else unpacked(kept)
    return Own(key, Holdings(memory).account(membership.contract))


async def _newest(bus: Bus, membership: Membership) -> Roster:
    roster = await read_roster(bus, membership.federation, membership.authority_key)
    if roster is None:
        raise ConfigError(
            f"{membership.bus} holds no list of members of {membership.federation} that its "
            "authority has signed: ask who founded it"
        )
    return roster


@asynccontextmanager
async def _cluster(folder: Path, membership: Membership) -> AsyncIterator[Bus]:
    async with opened(_bus(membership.bus, membership.federation, folder)) as bus:
        yield bus


def _bus(name: str, federation: str, folder: Path) -> Bus:
    chosen = assemble.settings()
    if name != LOCAL:
        return assemble.federation_bus(name, folder)
    if not chosen.bus.startswith(assemble.KAFKA):
        raise ConfigError(
            f"{federation} meets on the bus of its deployment: set SCARCITY_BUS=kafka://HOST:9092"
        )
    return assemble.bus(chosen)


def _counts(roster: Roster, peer: str, key: str) -> bool:
    now_ms = round(1000 * SystemClock().now().timestamp())
    try:
        roster.key(peer, key, now_ms)
    except Refused:
        return False
    return True


def _ask(question: str, *, yes: bool) -> None:
    if not yes and not click.confirm(question, err=True):
        click.echo("nothing was changed")
        sys.exit(1)


def _hand_over(asked: Request, out: Path | None) -> None:
    write(msgspec.json.encode(asked), out)
    click.echo(
        f"{asked.peer} will sign with key {asked.key_id}. Bring the request to who invited you, "
        "on a way that both of you trust: whoever changes it on the way gets in instead of you",
        err=True,
    )
