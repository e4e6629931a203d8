"""The command line teaches, says what is wrong in a sentence, and exits as documented."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import orjson
import polars as pl
import pytest

from running import TOKEN, System
from worlds import records, var

COMMANDS = ("up", "run", "discover", "ingest", "graph", "topics", "doctor")


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
