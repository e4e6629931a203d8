"""A federation founded, joined and put in order from the command line, on a real Kafka."""

import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson
import pytest

from ports import free_port
from realkafka.base import Broker
from realkafka.bus import opened
from running import COMMAND
from scarcity.bus.base import Message
from scarcity.federation.chunks import cut
from scarcity.federation.link import peer_topic, roster_topic
from scarcity.federation.membership import AUTHORITY, FILE, KEY, Membership, identity
from scarcity.federation.protocol.identity import Identity
from scarcity.federation.protocol.roster import Roster, seal
from scarcity.federation.protocol.statement import NEWEST, OLDEST, Hello, Speaker, pack

NAME = "plants"
CONTRACT = {
    "subject": "boilers",
    "variables": {"pressure": "bar", "flow": "m3/h", "heat": "°C"},
    "cadence_s": 1.0,
    "max_lag": 2,
}

Scarcity = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def scarcity(tmp_path: Path) -> Scarcity:
    """Runs the command in an empty folder, in which there is only a contract."""
    (tmp_path / "contract.json").write_bytes(orjson.dumps(CONTRACT))

    def run(*arguments: str, stdin: str = "", **settings: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [COMMAND, "federation", *arguments],
            input=stdin,
            capture_output=True,
            text=True,
            timeout=100,
            check=False,
            cwd=tmp_path,
            env={**os.environ, "COLUMNS": "120", **settings},
        )

    return run


def done(found: subprocess.CompletedProcess[str]) -> str:
    assert found.returncode == 0, found.stderr
    return found.stdout


def refused(found: subprocess.CompletedProcess[str], code: int = 2) -> str:
    """What a command says that changed nothing: one sentence."""
    assert found.returncode == code, (found.stdout, found.stderr)
    assert found.stderr.count("\n") == 1, found.stderr
    assert found.stderr.startswith("scarcity: ")
    return found.stderr


def founded(scarcity: Scarcity, bootstrap: str, folder: str = "here", name: str = NAME) -> str:
    return done(_init(scarcity, bootstrap, folder, name))


def _init(
    scarcity: Scarcity, bootstrap: str, folder: str = "here", name: str = NAME, *more: str
) -> subprocess.CompletedProcess[str]:
    where = ["--bus", f"kafka://{bootstrap}", "--contract", "contract.json", "--dir", folder]
    return scarcity("init", name, "--peer", "here", "--stream", "world", *where, *more)


def entered(scarcity: Scarcity, peer: str, inviting: str = "here") -> None:
    """Invite a peer, and let it make its request, PEER.request."""
    done(scarcity("invite", peer, "--dir", inviting, "--out", f"{peer}.invitation"))
    done(_join(scarcity, peer))


def _join(scarcity: Scarcity, peer: str) -> subprocess.CompletedProcess[str]:
    return scarcity(
        *["join", f"{peer}.invitation", "--stream", f"plant-{peer}", "--dir", peer],
        *["--out", f"{peer}.request"],
    )


def status(scarcity: Scarcity, folder: str = "here") -> dict[str, Any]:
    (found,) = orjson.loads(done(scarcity("status", "--json", "--dir", folder)))
    document: dict[str, Any] = found
    return document


def member(found: dict[str, Any], peer: str) -> dict[str, Any]:
    document: dict[str, Any] = next(each for each in found["members"] if each["peer"] == peer)
    return document


def states(found: dict[str, Any], peer: str) -> list[str]:
    return [key["state"] for key in member(found, peer)["keys"]]


def mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


async def say(bootstrap: str, folder: Path, topic_of: str | None = None) -> None:
    """Let the member in a folder say hello, in its own topic or in that of another."""
    membership = Membership.load(folder)
    speaker = Speaker(NAME, membership.peer, identity(folder))
    topic = peer_topic(NAME, topic_of or membership.peer).name
    said = speaker.say(Hello(OLDEST, NEWEST), number=0, at_ms=1_700_000_000_000, protocol=NEWEST)
    async with opened(bootstrap) as bus:
        await bus.publish([Message(topic, "key", part) for part in cut(pack(said))])


@pytest.mark.kafka
async def test_members_are_invited_admitted_and_put_out(
    private_kafka: Broker, tmp_path: Path, scarcity: Scarcity
) -> None:
    bootstrap = private_kafka.bootstrap

    assert f"move here/{AUTHORITY}" in founded(scarcity, bootstrap)
    entered(scarcity, "north")
    before = status(scarcity, "north")
    done(scarcity("admit", "north.request", "--yes", "--dir", "here"))
    await say(bootstrap, tmp_path / "north")
    await say(bootstrap, tmp_path / "here", topic_of="north")
    after = status(scarcity, "north")

    assert Membership.load(tmp_path / "here").contract.names == ("flow", "heat", "pressure")
    assert [mode(tmp_path / "here" / name) for name in (KEY, AUTHORITY)] == [0o600, 0o600]
    assert mode(tmp_path / "north" / KEY) == 0o600
    assert not (tmp_path / "north" / AUTHORITY).exists()
    assert not before["admitted"]
    assert [each["peer"] for each in before["members"]] == ["here"]
    assert after["admitted"]
    assert after["version"] == 2
    assert [each["role"] for each in after["members"]] == ["coordinator", "peer"]
    assert states(after, "north") == ["counts"]
    assert after["round"] is None
    assert member(after, "here")["last"] is None
    assert member(after, "north")["last"] == {
        "at": "2023-11-14T22:13:20Z",
        "said": "hello",
        "round": 0,
        "key": identity(tmp_path / "north").key_id,
    }
    assert member(after, "north")["refused"] == {"wrong-topic": 1}

    asked = scarcity("revoke", "north", "--dir", "here", stdin="n\n")
    assert asked.returncode == 1
    assert asked.stdout == "nothing was changed\n"
    assert states(status(scarcity), "north") == ["counts"]
    done(scarcity("revoke", "north", "--dir", "here", stdin="y\n"))
    revoked = status(scarcity, "north")
    told = done(scarcity("status", "--dir", "north"))

    assert not revoked["admitted"]
    assert states(revoked, "north") == ["revoked"]
    assert member(revoked, "north")["last"] is None
    assert member(revoked, "north")["refused"] == {"revoked-key": 1, "wrong-topic": 1}
    assert "refused from north: 1 times revoked-key" in told
    assert "north does not count with key" in told
    assert "there is nothing to do" in refused(
        scarcity("revoke", "north", "--yes", "--dir", "here")
    )
    assert "was revoked" in refused(scarcity("admit", "north.request", "--yes", "--dir", "here"))


@pytest.mark.kafka
async def test_a_key_takes_over_from_another_and_both_are_kept(
    private_kafka: Broker, tmp_path: Path, scarcity: Scarcity
) -> None:
    founded(scarcity, private_kafka.bootstrap)
    first = (tmp_path / "here" / KEY).read_bytes()
    key = identity(tmp_path / "here").key_id

    assert "key-next.pem does not exist" in refused(scarcity("rotate", "--finish", "--dir", "here"))
    request = done(scarcity("rotate", "--dir", "here"))
    again = done(scarcity("rotate", "--dir", "here"))
    assert "does not count yet" in refused(scarcity("rotate", "--finish", "--dir", "here"))
    assert (tmp_path / "here" / KEY).read_bytes() == first
    done(scarcity("admit", "-", "--yes", "--dir", "here", stdin=request))
    both = status(scarcity)
    done(scarcity("rotate", "--finish", "--dir", "here"))
    done(scarcity("revoke", "here", "--key", key, "--yes", "--dir", "here"))
    after = status(scarcity)

    assert request == again
    assert states(both, "here") == ["counts", "counts"]
    assert member(both, "here")["role"] == "coordinator"
    assert (tmp_path / "here" / "key-old.pem").read_bytes() == first
    assert mode(tmp_path / "here" / KEY) == 0o600
    assert sorted(path.name for path in (tmp_path / "here").iterdir()) == sorted(
        [FILE, KEY, AUTHORITY, "key-old.pem"]
    )
    assert states(after, "here") == ["revoked", "counts"]
    assert after["admitted"]

    done(scarcity("rotate", "--dir", "here", "--out", "next.request"))
    done(scarcity("admit", "next.request", "--yes", "--dir", "here"))
    assert "move it away" in refused(scarcity("rotate", "--finish", "--dir", "here"))
    assert (tmp_path / "here" / "key-old.pem").read_bytes() == first


@pytest.mark.kafka
async def test_who_may_not_changes_nothing(
    private_kafka: Broker, tmp_path: Path, scarcity: Scarcity
) -> None:
    bootstrap = private_kafka.bootstrap
    founded(scarcity, bootstrap)
    founded(scarcity, bootstrap, "other", "mines")
    entered(scarcity, "north")
    entered(scarcity, "pit", "other")
    request = orjson.loads((tmp_path / "north.request").read_bytes())
    for name, change in {
        "short": {"public": "ab"},
        "taken": {"public": identity(tmp_path / "here").public.hex()},
        "dots": {"peer": "north.roster"},
    }.items():
        (tmp_path / f"{name}.request").write_bytes(orjson.dumps({**request, **change}))
    forged = Roster(NAME, 99, ())
    async with opened(bootstrap) as bus:
        topic = roster_topic(NAME).name
        await bus.publish(
            [
                Message(topic, "1", b"nothing"),
                Message(topic, "9", seal(forged, Identity.new())),
            ]
        )

    for arguments, says in [
        (("admit", "north.request", "--yes", "--dir", "north"), f"north/{AUTHORITY} does not ex"),
        (("revoke", "here", "--yes", "--dir", "north"), "only who holds it"),
        (
            ("admit", "north.request", "--yes", "--dir=here", f"--authority=other/{AUTHORITY}"),
            "of another federation",
        ),
        (("admit", "pit.request", "--yes", "--dir", "here"), "a request to mines, not plants"),
        (("admit", "short.request", "--yes", "--dir", "here"), "a key of 1 bytes"),
        (("admit", "taken.request", "--yes", "--dir", "here"), "is here's"),
        (("admit", "dots.request", "--yes", "--dir", "here"), "can be called 'north.roster'"),
        (("admit", "contract.json", "--yes", "--dir", "here"), "is no request"),
        (("revoke", "south", "--yes", "--dir", "here"), "south has no key"),
        (("status", "--dir", "nowhere"), "nowhere holds no membership.json"),
    ]:
        assert says in refused(scarcity(*arguments))
    assert "has a federation plants already" in refused(_init(scarcity, bootstrap, "second"))
    assert not (tmp_path / "second").exists()
    found = status(scarcity)
    assert found["version"] == 1
    assert [each["peer"] for each in found["members"]] == ["here"]

    all_of_them = orjson.loads(done(scarcity("status", "--json", "--dir", ".")))
    assert [each["federation"] for each in all_of_them] == ["plants", "plants", "mines", "mines"]
    assert "name one with --dir: " in refused(scarcity("invite", "east", "--dir", "."))


def test_no_broker_leaves_nothing_behind(tmp_path: Path, scarcity: Scarcity) -> None:
    told = refused(_init(scarcity, f"127.0.0.1:{free_port()}"), code=3)

    assert "no Kafka answers" in told
    assert [path.name for path in tmp_path.iterdir()] == ["contract.json"]


@pytest.mark.parametrize(
    ("more", "says"),
    [
        (("--name", "p=pressur"), "pressur is not in the contract"),
        (("--name", "pressure"), "local=canonical"),
        (("--name", "p=pressure"), "two variables at least"),
        (("--name", "a=flow", "--name", "b=flow"), "the same canonical name"),
        (("--bus", "localhost:9092"), "kafka://HOST:9092"),
        (("--bus", "kafka://"), "bus: "),
        (("--peer", "a.b"), "peer: "),
        (("--every", "0.1"), "every_s: "),
        (("--contract", "none.json"), "none.json cannot be read"),
        (("--contract", "broken.json"), "broken.json is no contract: Invalid JSON"),
        (("--contract", "odd.json"), "odd.json is no contract: cadence_s: "),
    ],
)
def test_what_cannot_be_founded_is_refused_in_a_sentence(
    tmp_path: Path, scarcity: Scarcity, more: tuple[str, ...], says: str
) -> None:
    (tmp_path / "broken.json").write_text("{")
    (tmp_path / "odd.json").write_bytes(orjson.dumps({**CONTRACT, "cadence_s": 0}))

    told = refused(_init(scarcity, "127.0.0.1:1", "here", NAME, *more))

    assert says in told
    assert not (tmp_path / "here").exists()


def test_an_invitation_is_taken_once_and_whole(tmp_path: Path, scarcity: Scarcity) -> None:
    invitation = {
        "federation": NAME,
        "peer": "north",
        "authority": Identity.new().public.hex(),
        "bus": "kafka://127.0.0.1:1",
        "contract": {**CONTRACT, "variables": dict(sorted(CONTRACT["variables"].items()))},  # type: ignore[attr-defined]
    }
    (tmp_path / "north.invitation").write_bytes(orjson.dumps({**invitation, "authority": "ab"}))
    assert "is no invitation: authority: " in refused(_join(scarcity, "north"))
    assert not (tmp_path / "north").exists()

    (tmp_path / "north.invitation").write_bytes(orjson.dumps(invitation))
    (tmp_path / "north").mkdir()
    (tmp_path / "north" / KEY).write_text("somebody's")
    assert "never overwritten" in refused(_join(scarcity, "north"))
    assert [path.name for path in (tmp_path / "north").iterdir()] == [KEY]

    (tmp_path / "north" / KEY).unlink()
    assert "unknown setting SCARCITY_FEDERATION_DRI" in refused(
        scarcity("join", "north.invitation", "--stream", "s", SCARCITY_FEDERATION_DRI="north")
    )
    named = ("--stream", "s", "--name", "f1=flow", "--name", "t1=heat")
    told = scarcity("join", "north.invitation", *named, SCARCITY_FEDERATION_DIR="north")
    membership = Membership.load(tmp_path / "north")
    key = (tmp_path / "north" / KEY).read_bytes()

    assert membership.mapping.names == {"f1": "flow", "t1": "heat"}
    assert orjson.loads(done(told)) == {
        "federation": NAME,
        "peer": "north",
        "public": identity(tmp_path / "north").public.hex(),
    }
    assert "is there already: choose another --dir" in refused(_join(scarcity, "north"))
    assert (tmp_path / "north" / KEY).read_bytes() == key
