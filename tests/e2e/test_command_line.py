"""The command line teaches, says what is wrong in a sentence, and exits as documented."""

import os
import pty
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import orjson
import polars as pl
import pytest

from realkafka.base import Broker
from running import TOKEN, System, eventually
from scarcity.bus.base import Message
from scarcity.cli import COMMANDS
from scarcity.events import RAW
from unit.cli.commands import fill
from worlds import records, var


def scarcity(
    *arguments: str, stdin: bytes = b"", environment: dict[str, str] | None = None
) -> subprocess.CompletedProcess[bytes]:
    command = Path(sys.executable).parent / "scarcity"
    return subprocess.run(
        [str(command), *arguments],
        input=stdin,
        capture_output=True,
        timeout=60,
        check=False,
        env={**os.environ, "COLUMNS": "120", **(environment or {})},
    )


@pytest.fixture
def world() -> var.World:
    return var.comparison(np.random.default_rng(31), 5, 1000)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself(command: str) -> None:
    told = scarcity(command, "--help")

    assert told.returncode == 0
    assert len(told.stdout.splitlines()) >= 4


@pytest.mark.parametrize("form", ["csv", "ndjson", "parquet"])
def test_a_file_of_any_form_gives_the_same_graph(
    world: var.World, tmp_path: Path, form: str
) -> None:
    frame = pl.DataFrame(world.values, schema=world.variables, orient="row")
    getattr(frame, f"write_{form}")(tmp_path / f"world.{form}")
    frame.write_csv(tmp_path / "reference.csv")

    found = scarcity("discover", str(tmp_path / f"world.{form}"), "--json")
    reference = scarcity("discover", str(tmp_path / "reference.csv"), "--json")

    assert found.returncode == 0, found.stderr
    document = orjson.loads(found.stdout)
    assert document["rows"] == 1000
    assert {**document, "stream": "reference"} == orjson.loads(reference.stdout)


def test_a_file_and_a_live_graph_say_why_each_edge_is_believed(
    tmp_path: Path, system: System
) -> None:
    chain = var.chain(np.random.default_rng(32), 3, 768)
    frame = pl.DataFrame(chain.values, schema=chain.variables, orient="row")
    frame.write_csv(tmp_path / "chain.csv")
    system.send("reasons", records.lines(chain))
    system.graph("reasons", rows=768)

    offline = scarcity("discover", str(tmp_path / "chain.csv"), "--why").stdout
    live = scarcity(
        "graph", "reasons", "--why", "--url", system.url, environment={"SCARCITY_TOKEN": TOKEN}
    ).stdout

    for told in (offline, live):
        assert b"x0 drives x1 " in told
        assert b"x1 drives x2 " in told
        assert b"standard deviations" in told
    assert b"drives" not in scarcity("discover", str(tmp_path / "chain.csv")).stdout


def test_rows_are_taken_in_the_order_of_time(world: var.World, tmp_path: Path) -> None:
    frame = pl.DataFrame(world.values, schema=world.variables, orient="row")
    timed = frame.with_columns(when=pl.arange(0, 1000, eager=True) * 1000)
    timed.write_csv(tmp_path / "sorted.csv")
    timed.sample(fraction=1.0, shuffle=True, seed=1).write_csv(tmp_path / "shuffled.csv")

    straight, shuffled = (
        orjson.loads(
            scarcity("discover", str(tmp_path / f"{name}.csv"), "--time", "when", "--json").stdout
        )
        for name in ("sorted", "shuffled")
    )

    assert shuffled["edges"] == straight["edges"]
    assert straight["as_of"] == "1970-01-01T00:16:39Z"


def test_text_columns_are_left_out_and_said_so(world: var.World, tmp_path: Path) -> None:
    frame = pl.DataFrame(world.values, schema=world.variables, orient="row")
    frame.with_columns(place=pl.lit("here")).write_csv(tmp_path / "text.csv")

    found = scarcity("discover", str(tmp_path / "text.csv"))

    assert found.returncode == 0
    assert b"place" in found.stderr
    assert b"edges among 5 variables from 1000 rows" in found.stderr


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("empty.csv", b"", b"cannot be read"),
        ("words.csv", b"a,b\nx,y\n", b"no numeric column"),
        ("table.xls", b"..", b"convert it"),
        ("bad.ndjson", b"{", b"cannot be read"),
        ("notime.csv", b"time,x\nnever,1\n", b"not a time"),
    ],
)
def test_a_file_that_cannot_be_used_is_explained(
    tmp_path: Path, name: str, content: bytes, says: bytes
) -> None:
    (tmp_path / name).write_bytes(content)

    found = scarcity("discover", str(tmp_path / name))

    assert found.returncode == 2
    assert says in found.stderr
    assert b"Traceback" not in found.stderr


def test_a_file_and_a_pipe_reach_a_running_system(
    system: System, world: var.World, tmp_path: Path
) -> None:
    lines = b"\n".join(records.lines(world))
    (tmp_path / "world.ndjson").write_bytes(
        b"\n".join(
            orjson.dumps({"ts": r["ts"], **r["values"]})
            for r in map(orjson.loads, lines.split(b"\n"))
        )
    )
    to = ("--url", system.url)

    file = scarcity(
        "ingest",
        str(tmp_path / "world.ndjson"),
        "--stream",
        "file",
        *to,
        environment={"SCARCITY_TOKEN": TOKEN},
    )
    pipe = scarcity("ingest", "-", "--stream", "pipe", *to, "--token", TOKEN, stdin=lines)
    bad = scarcity("ingest", "-", "--stream", "bad", *to, "--token", TOKEN, stdin=b"{\n")

    assert (file.returncode, file.stdout) == (0, b"1000 accepted, 0 rejected\n")
    assert (pipe.returncode, pipe.stdout) == (0, b"1000 accepted, 0 rejected\n")
    assert (bad.returncode, bad.stdout) == (1, b"0 accepted, 1 rejected\n")
    assert b"line 1: broken-json" in bad.stderr
    one, other = (system.graph(stream, rows=1000)["edges"] for stream in ("file", "pipe"))
    assert one == other
    shown = scarcity("graph", "file", *to, environment={"SCARCITY_TOKEN": TOKEN})
    assert b"among 5 variables from 1000 rows" in shown.stdout


def test_a_person_sees_how_far_a_file_is(system: System, world: var.World, tmp_path: Path) -> None:
    pl.DataFrame(world.values, schema=world.variables, orient="row").write_csv(tmp_path / "w.csv")
    screen, terminal = pty.openpty()
    command = Path(sys.executable).parent / "scarcity"
    to = ("--url", system.url, "--token", TOKEN)
    sending = subprocess.Popen(
        [str(command), "ingest", str(tmp_path / "w.csv"), "--stream", "bar", "--rate", "800", *to],
        stdout=subprocess.PIPE,
        stderr=terminal,
        env={**os.environ, "COLUMNS": "120", "TERM": "xterm"},
    )
    os.close(terminal)
    told, _ = sending.communicate(timeout=60)
    shown = os.read(screen, 1_000_000).decode()
    os.close(screen)

    assert told == b"1000 accepted, 0 rejected\n"
    assert "no time column" in shown
    assert re.search(r"\d+/1000", shown)
    assert re.search(r"\d+/s", shown)
    assert re.search(r"\d:\d\d:\d\d", shown)


def test_protobuf_is_for_kafka_alone(system: System) -> None:
    to = ("--url", system.url, "--token", TOKEN)
    found = scarcity("ingest", "-", "--stream", "s", *to, "--format", "protobuf", stdin=b"{}\n")

    assert found.returncode == 2
    assert b"kafka://" in found.stderr


def test_a_stream_can_be_defined_watched_paused_and_forgotten(
    system: System, tmp_path: Path
) -> None:
    token = {"SCARCITY_TOKEN": TOKEN}
    (tmp_path / "definition.json").write_text('{"domain": "pumps", "window": {"size": 64}}')

    def on(*arguments: str, stdin: bytes = b"") -> tuple[int, str, str]:
        done = scarcity(*arguments, "--url", system.url, stdin=stdin, environment=token)
        return done.returncode, done.stdout.decode(), done.stderr.decode()

    defined = on(
        *("define", "pump", "--file", str(tmp_path / "definition.json"), "--hop", "32"),
        *("--variable", "flow:m3/h", "--variable", "on", "--lateness", "1.5"),
    )
    piped = on("define", "pump", "--file", "-", "--window", "4", stdin=b"{}")
    empty = on("define", "pump")
    details = system.get("/streams/pump")
    paused = on("pause", "pump")
    table = on("streams")
    listed = on("streams", "--json")
    resumed = on("resume", "pump")
    kept = on("forget", "pump", stdin=b"n\n")
    forgotten = on("forget", "pump", "--yes")
    unknown = on("pause", "pump")

    assert defined[:2] == (0, "pump is defined, version 1\n")
    assert details["domain"] == "pumps"
    assert details["units"] == {"flow": "m3/h"}
    assert (details["window"]["size"], details["window"]["hop"]) == (64, 32)
    assert details["window"]["lateness_s"] == 1.5
    assert (piped[0], "size" in piped[2]) == (2, True)
    assert (empty[0], "--variable" in empty[2]) == (2, True)
    assert paused[0] == 0
    assert re.search(r"pump .* paused ", table[1])
    states = {stream["id"]: stream["state"] for stream in orjson.loads(listed[1])}
    assert states["pump"] == "paused"
    assert resumed[0] == 0
    assert (kept[0], "nothing was changed" in kept[1]) == (1, True)
    assert forgotten[:2] == (0, "pump is forgotten\n")
    assert (unknown[0], "no stream 'pump'" in unknown[2]) == (2, True)


def test_what_was_recorded_can_be_looked_into_and_sent_again(
    world: var.World, tmp_path: Path
) -> None:
    data = ("--data-dir", str(tmp_path))
    arguments = ["--no-demo", *data]
    # The door refuses what is broken; a producer on the bus may still send it.
    fill(tmp_path, [Message(RAW.name, "world", b"{")])
    with System(arguments) as system:
        system.send("world", records.lines(world))
        original = system.graph("world", rows=1000)
        eventually(lambda: system.get("/dead-letters")["items"] or None, "the dead letter")
        busy = scarcity("replay", "raw", "--through", "mpie", *data)

    through = scarcity("replay", "raw", "--through", "stream_manager", "--json", *data)
    short = scarcity("replay", "windows", "--through", "mpie", "--to", "2", *data)
    wrong = scarcity("replay", "windows", "--through", "stream_manager", *data)
    into = scarcity("replay", "raw", "--stream", "world", "--into", "copy", *data)
    letters = scarcity("dead-letters", *data)
    resent = scarcity("dead-letters", "--resend", "0", *data)
    with System(arguments) as system:
        copy = system.graph("copy", rows=1000)

        def both() -> list[dict[str, object]] | None:
            found: list[dict[str, object]] = system.get("/dead-letters")["items"]
            return found if len(found) == 3 else None

        refused = eventually(both, "the dead letters of what was sent again")

    assert (busy.returncode, b"in use" in busy.stderr) == (2, True)
    lines = [orjson.loads(line) for line in through.stdout.splitlines()]
    windows = [line["event"] for line in lines if line["type"] == "WindowSealed"]
    assert [window["start_step"] for window in windows] == [0, 256, 512]
    assert windows[0]["values"][0] == pytest.approx(world.values[0].tolist())
    assert [line["event"]["reason"] for line in lines if line["type"] == "DeadLettered"] == [
        "broken-json"
    ]
    assert b"from 512 rows" in short.stdout
    assert b"from 768 rows" not in short.stdout
    assert (wrong.returncode, b"does not read" in wrong.stderr) == (2, True)
    assert into.stdout == b"1001 records sent into copy\n"
    assert b"broken-json" in letters.stdout
    assert (resent.returncode, resent.stdout) == (0, b"1 sent again\n")
    assert sorted(str(letter["key"]) for letter in refused) == ["copy", "world", "world"]
    assert copy["edges"] == original["edges"]


@pytest.mark.kafka
def test_protobuf_records_on_kafka_replay_as_they_were_sent(
    world: var.World, private_kafka: Broker, tmp_path: Path
) -> None:
    bus = f"kafka://{private_kafka.bootstrap}"
    pl.DataFrame(world.values, schema=world.variables, orient="row").with_columns(
        ts=pl.arange(0, 1000, eager=True) * 1000
    ).write_parquet(tmp_path / "w.parquet")
    with System(["--no-demo", "--bus", bus]):
        sent = scarcity(
            *("ingest", str(tmp_path / "w.parquet"), "--stream", "s"),
            *("--url", bus, "--format", "protobuf"),
        )

    def windows(*options: str) -> list[dict[str, object]]:
        shown = scarcity(
            "replay", "raw", "--through", "stream_manager", "--json", "--bus", bus, *options
        )
        lines = [orjson.loads(line) for line in shown.stdout.splitlines()]
        return [line["event"] for line in lines if line["type"] == "WindowSealed"]

    into = scarcity("replay", "raw", "--into", "t", "--rate", "50000", "--bus", bus)
    original, copy = windows("--stream", "s"), windows("--stream", "t")

    assert sent.stdout == b"1000 accepted, 0 rejected\n"
    assert into.stdout == b"1000 records sent into t\n"
    assert len(original) == 3
    assert [window["values"] for window in copy] == [window["values"] for window in original]
    assert len(windows("--stream", "s", "--from", "256")) == 2


def test_no_system_no_token_and_a_wrong_token_are_told_apart(system: System) -> None:
    nowhere = scarcity("graph", "s", "--url", "http://127.0.0.1:9", "--token", "x")
    without = scarcity("graph", "s", "--url", system.url)
    wrong = scarcity("graph", "s", "--url", system.url, "--token", "wrong")

    assert (nowhere.returncode, b"scarcity up" in nowhere.stderr) == (3, True)
    assert (without.returncode, b"SCARCITY_TOKEN" in without.stderr) == (2, True)
    assert (wrong.returncode, b"401" in wrong.stderr) == (2, True)


def test_a_misspelt_setting_is_refused() -> None:
    found = scarcity("up", "--port", "0", environment={"SCARCITY_MPIE_MAXLAG": "4"})

    assert found.returncode == 2
    assert b"SCARCITY_MPIE_MAXLAG" in found.stderr
    assert b"SCARCITY_MPIE_MAX_LAG" in found.stderr


@pytest.mark.parametrize(
    ("name", "value"),
    [("SCARCITY_MPIE_MAX_LAG", "many"), ("SCARCITY_PORT", "99999"), ("SCARCITY_BUS", "rabbit")],
)
def test_a_setting_out_of_bounds_is_named(name: str, value: str) -> None:
    found = scarcity("up", "--port", "0", environment={name: value})

    assert found.returncode == 2
    assert name.encode() in found.stderr
    assert b"Traceback" not in found.stderr


def test_topics_lists_what_the_code_owns() -> None:
    told = scarcity("topics")

    for name in (b"scarcity.v1.raw", b"scarcity.v1.graphs", b"scarcity.v1.dead-letters"):
        assert name in told.stdout


def test_doctor_looks_at_this_machine_and_at_a_running_system(system: System) -> None:
    good = scarcity("doctor", "--url", system.url)
    bad = scarcity(
        "doctor", "--url", "http://127.0.0.1:9", environment={"SCARCITY_BUS": "kafka://127.0.0.1:9"}
    )

    assert b"ok   gateway" in good.stdout
    assert bad.returncode == 1
    assert b"BAD  kafka" in bad.stdout
    assert b"BAD  gateway" in bad.stdout


def test_a_service_of_its_own_without_a_shared_bus_is_refused() -> None:
    found = scarcity("run", "mpie")

    assert found.returncode == 2
    assert b"SCARCITY_BUS=kafka://" in found.stderr


def test_an_interrupted_command_ends_at_once_without_a_traceback(system: System) -> None:
    command = Path(sys.executable).parent / "scarcity"
    arguments = ("ingest", "-", "--stream", "s", "--url", system.url, "--token", TOKEN)
    waiting = subprocess.Popen(
        [str(command), *arguments], stdin=subprocess.PIPE, stderr=subprocess.PIPE
    )
    time.sleep(2)
    waiting.send_signal(signal.SIGINT)
    _, errors = waiting.communicate(timeout=10)

    assert waiting.returncode == 130
    assert b"Traceback" not in errors


def test_a_kafka_that_is_not_there_is_named() -> None:
    found = scarcity("up", "--port", "0", "--bus", "kafka://127.0.0.1:9")

    assert found.returncode == 3
    assert b"no Kafka answers at 127.0.0.1:9" in found.stderr
    assert b"Traceback" not in found.stderr
