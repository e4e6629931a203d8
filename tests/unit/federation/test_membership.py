"""A place in a federation is one folder: read whole or refused in words, written whole or not."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import orjson
import pytest
from pydantic import ValidationError

from scarcity.errors import ConfigError
from scarcity.federation.founding import (
    NEXT_KEY,
    OLD_KEY,
    Invitation,
    Request,
    abandon,
    admitted,
    enter,
    finish,
    found,
    invite,
    renew,
)
from scarcity.federation.membership import (
    AUTHORITY,
    FILE,
    KEY,
    LOCAL,
    Membership,
    Rhythm,
    identity,
    memberships,
)
from scarcity.federation.protocol.contract import Contract, Mapping
from scarcity.federation.protocol.identity import Identity
from scarcity.federation.protocol.roster import Role, Roster

NOW = datetime(2026, 1, 1, tzinfo=UTC)
NOW_MS = round(1000 * NOW.timestamp())
DAY_MS = 24 * 3600 * 1000
CONTRACT = Contract(subject="boiler", variables={"heat": "°C", "power": "kW"}, cadence_s=1.0)
MAPPING = Mapping(stream="kessel", names={"wärme": "heat", "leistung": "power"})
INVITATION = Invitation(
    federation="plants", peer="here", authority="", bus="kafka://a:1", contract=CONTRACT
)


@pytest.fixture
def founded(tmp_path: Path) -> tuple[Membership, Roster]:
    return found(tmp_path / "here", INVITATION, MAPPING, Rhythm(every_s=5.0), NOW)


def joined(membership: Membership, folder: Path) -> Request:
    return enter(folder, invite(membership, folder.name), MAPPING)


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


def test_a_founder_holds_the_authority_and_coordinates(
    founded: tuple[Membership, Roster], tmp_path: Path
) -> None:
    membership, roster = founded
    folder = tmp_path / "here"

    assert names(folder) == sorted([FILE, KEY, AUTHORITY])
    assert Membership.load(folder) == membership
    assert Identity.load(folder / AUTHORITY).public == membership.authority_key
    assert identity(folder).public != membership.authority_key
    (member,) = roster.members
    assert (roster.federation, roster.version) == ("plants", 1)
    assert (member.peer, member.role) == ("here", Role.COORDINATOR)
    assert roster.key("here", identity(folder).key_id, NOW_MS).public == identity(folder).public


def test_a_newcomer_gets_all_that_was_agreed_upon_and_nothing_secret(
    founded: tuple[Membership, Roster], tmp_path: Path
) -> None:
    membership, _ = founded

    request = joined(membership, tmp_path / "north")

    there = Membership.load(tmp_path / "north")
    assert names(tmp_path / "north") == sorted([FILE, KEY])
    assert (there.federation, there.peer, there.authority, there.bus) == (
        "plants",
        "north",
        membership.authority,
        "kafka://a:1",
    )
    assert there.contract.digest == CONTRACT.digest
    assert request == Request("plants", "north", identity(tmp_path / "north").public.hex())


def test_keys_are_for_their_owner_alone_and_never_overwritten(
    founded: tuple[Membership, Roster], tmp_path: Path
) -> None:
    folder = tmp_path / "here"
    before = {name: (folder / name).read_bytes() for name in names(folder)}

    for name in (KEY, AUTHORITY):
        assert mode(folder / name) == 0o600
        with pytest.raises(ConfigError, match="never overwritten"):
            Identity.new().save(folder / name)
    with pytest.raises(ConfigError, match="choose another --dir"):
        found(folder, INVITATION, MAPPING, Rhythm(), NOW)
    with pytest.raises(ConfigError, match="choose another --dir"):
        joined(founded[0], folder)
    assert {name: (folder / name).read_bytes() for name in names(folder)} == before


@pytest.mark.parametrize("there", [KEY, AUTHORITY])
def test_who_cannot_found_whole_leaves_things_as_they_were(tmp_path: Path, there: str) -> None:
    (tmp_path / there).write_text("somebody's")

    with pytest.raises(ConfigError, match=there):
        found(tmp_path, INVITATION, MAPPING, Rhythm(), NOW)

    assert names(tmp_path) == [there]
    assert (tmp_path / there).read_text() == "somebody's"


def test_what_was_founded_in_vain_can_be_founded_again(tmp_path: Path) -> None:
    first, _ = found(tmp_path / "here", INVITATION, MAPPING, Rhythm(), NOW)
    abandon(tmp_path / "here")

    again, _ = found(tmp_path / "here", INVITATION, MAPPING, Rhythm(), NOW)

    assert again.authority != first.authority


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    with pytest.raises(ConfigError, match="file/here cannot be written"):
        found(tmp_path / "file" / "here", INVITATION, MAPPING, Rhythm(), NOW)


@pytest.mark.usefixtures("founded")
@pytest.mark.parametrize("bits", [0o600, 0o400, 0o640])
def test_a_key_may_be_read_by_its_owner_and_a_group(tmp_path: Path, bits: int) -> None:
    (tmp_path / "here" / KEY).chmod(bits)

    assert identity(tmp_path / "here").public


@pytest.mark.usefixtures("founded")
@pytest.mark.parametrize("bits", [0o644, 0o604, 0o660, 0o602])
def test_a_key_that_others_may_read_or_change_is_not_used(tmp_path: Path, bits: int) -> None:
    (tmp_path / "here" / KEY).chmod(bits)

    with pytest.raises(ConfigError, match=r"chmod 600 .*key\.pem"):
        identity(tmp_path / "here")


@pytest.mark.parametrize(
    ("content", "says"), [(None, "does not exist"), (b"", "no private key"), (b"x", "no private")]
)
def test_a_key_that_is_none_is_refused_by_name(
    tmp_path: Path, content: bytes | None, says: str
) -> None:
    if content is not None:
        (tmp_path / KEY).write_bytes(content)
        (tmp_path / KEY).chmod(0o600)

    with pytest.raises(ConfigError, match=rf"key\.pem.*{says}"):
        identity(tmp_path)


Change = Callable[[dict[str, Any]], object]
BROKEN: dict[str, tuple[Change, str]] = {
    "a peer with a dot": (lambda it: it.update(peer="a.b"), "peer: "),
    "a federation with a dot": (lambda it: it.update(federation="a.b"), "federation: "),
    "no authority": (lambda it: it.pop("authority"), "authority: "),
    "a short authority": (lambda it: it.update(authority="ab"), "authority: "),
    "no place": (lambda it: it.update(bus="localhost:9092"), "bus: "),
    "something unknown": (lambda it: it.update(quorom=3), "quorom: "),
    "rounds too often": (lambda it: it["rounds"].update(every_s=0), "rounds.every_s: "),
    "a quorum of one": (lambda it: it["rounds"].update(quorum=1), "rounds.quorum: "),
    "an unknown rule": (lambda it: it.update(rule="loudest"), "rule: "),
    "a rate above one": (lambda it: it.update(q=1.5), "q: "),
    "no cadence": (lambda it: it["contract"].update(cadence_s=0), "contract.cadence_s: "),
    "one name for two": (
        lambda it: it["mapping"].update(names={"a": "heat", "b": "heat"}),
        "mapping: two variables of the stream have the same canonical name",
    ),
}


@pytest.mark.usefixtures("founded")
@pytest.mark.parametrize("case", BROKEN)
def test_a_broken_membership_is_refused_with_its_file_and_field(tmp_path: Path, case: str) -> None:
    change, says = BROKEN[case]
    path = tmp_path / "here" / FILE
    document = orjson.loads(path.read_bytes())
    change(document)
    path.write_bytes(orjson.dumps(document))

    with pytest.raises(ConfigError) as refusal:
        memberships(tmp_path)

    assert str(refusal.value).startswith(f"{path}: {says}")


def test_what_is_no_document_or_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"membership\.json does not exist"):
        Membership.load(tmp_path)
    (tmp_path / FILE).write_text("{")
    with pytest.raises(ConfigError, match=r"membership\.json: Invalid JSON"):
        Membership.load(tmp_path)
    (tmp_path / FILE).unlink()
    (tmp_path / FILE).mkdir()
    with pytest.raises(ConfigError, match=r"membership\.json cannot be read"):
        Membership.load(tmp_path)


def test_memberships_are_found_in_a_folder_and_directly_below(
    founded: tuple[Membership, Roster], tmp_path: Path
) -> None:
    joined(founded[0], tmp_path / "north")
    joined(founded[0], tmp_path / "south" / "deep")

    assert [folder.name for folder, _ in memberships(tmp_path)] == ["here", "north"]
    assert [each.peer for _, each in memberships(tmp_path / "north")] == ["north"]
    (tmp_path / "empty").mkdir()
    with pytest.raises(ConfigError, match=r"empty holds no membership\.json"):
        memberships(tmp_path / "empty")


@pytest.mark.parametrize("bus", [LOCAL, "kafka://a:9092", "kafka://a:9092,b:9092"])
def test_a_federation_meets_on_a_kafka_or_at_home(bus: str) -> None:
    assert Invitation(**{**dict(INVITATION), "bus": bus}).bus == bus


@pytest.mark.parametrize("bus", ["", "kafka://", "kafka://a:9092/x", "embedded", "http://a:1"])
def test_a_federation_meets_nowhere_else(bus: str) -> None:
    with pytest.raises(ValidationError, match="bus"):
        Invitation(**{**dict(INVITATION), "bus": bus})


def test_who_is_admitted_counts_for_a_year_and_once(
    founded: tuple[Membership, Roster], tmp_path: Path
) -> None:
    membership, roster = founded
    request = joined(membership, tmp_path / "north")

    second = admitted(roster, request, NOW)
    again = admitted(second, request, NOW + timedelta(days=100))

    key = second.key("north", request.key_id, NOW_MS)
    assert second.version == 2
    assert second.member("north").role is Role.PEER
    assert key.valid_to_ms == NOW_MS + 365 * DAY_MS
    assert [len(each.member("north").keys) for each in (second, again)] == [1, 1]
    assert again.key("north", request.key_id, NOW_MS + 400 * DAY_MS).public == request.key


def test_who_may_not_be_admitted_is_told_why(
    founded: tuple[Membership, Roster], tmp_path: Path
) -> None:
    membership, roster = founded
    request = joined(membership, tmp_path / "north")
    second = admitted(roster, request, NOW)
    here = identity(tmp_path / "here").public.hex()

    for wrong, says in [
        (Request("mines", "north", request.public), "a request to mines"),
        (Request("plants", "a.b", request.public), "can be called"),
        (Request("plants", "south", "no hex"), "holds no key"),
        (Request("plants", "south", "abcd"), "a key of 2 bytes"),
        (Request("plants", "south", here), "is here's"),
    ]:
        with pytest.raises(ConfigError, match=says):
            admitted(second, wrong, NOW)
    with pytest.raises(ConfigError, match="was revoked"):
        admitted(second.revoking("north"), request, NOW)


def test_a_next_key_is_asked_for_again_and_again_until_it_takes_over(
    founded: tuple[Membership, Roster], tmp_path: Path
) -> None:
    membership, roster = founded
    folder = tmp_path / "here"
    old = identity(folder)

    request = renew(folder, membership)
    assert renew(folder, membership) == request
    assert mode(folder / NEXT_KEY) == 0o600
    both = admitted(roster, request, NOW)
    finish(folder)

    assert identity(folder).public.hex() == request.public
    assert Identity.load(folder / OLD_KEY).public == old.public
    assert both.member("here").role is Role.COORDINATOR
    assert {key.key_id for key in both.member("here").keys} == {old.key_id, request.key_id}
    assert (
        both.revoking("here", old.key_id).key("here", request.key_id, NOW_MS).public != old.public
    )


def test_a_key_from_an_earlier_rotation_is_kept(
    founded: tuple[Membership, Roster], tmp_path: Path
) -> None:
    folder = tmp_path / "here"
    renew(folder, founded[0])
    finish(folder)
    first = (folder / OLD_KEY).read_bytes()
    renew(folder, founded[0])

    with pytest.raises(ConfigError, match="move it away"):
        finish(folder)

    assert (folder / OLD_KEY).read_bytes() == first
    (folder / OLD_KEY).unlink()
    finish(folder)
    assert names(folder) == sorted([FILE, KEY, AUTHORITY, OLD_KEY])


def test_a_rotation_that_stopped_half_way_is_finished(
    founded: tuple[Membership, Roster], tmp_path: Path
) -> None:
    folder = tmp_path / "here"
    request = renew(folder, founded[0])
    (folder / KEY).rename(folder / OLD_KEY)

    finish(folder)

    assert identity(folder).public.hex() == request.public
