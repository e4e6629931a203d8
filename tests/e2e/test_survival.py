"""What a restart, a kill and a stop leave behind."""

import signal
import subprocess
import sys
from pathlib import Path

import httpx
import numpy as np
import pytest

from running import TOKEN, System
from worlds import records, var


@pytest.mark.parametrize("end", ["stop", "kill"])
def test_a_restart_goes_on_where_it_stopped(tmp_path: Path, end: str) -> None:
    world = var.comparison(np.random.default_rng(21), 5, 1500)
    lines = records.lines(world)
    arguments = ["--no-demo", "--data-dir", str(tmp_path / "data")]
    with System(arguments) as before:
        before.send("world", lines[:700])
        before.graph("world", rows=512)
        if end == "kill":
            before.kill()

    with System(arguments) as after:
        after.send("world", lines[700:])
        graph = after.graph("world", rows=1500)
        stream = after.get("/streams/world")
    with System(["--no-demo"]) as other:
        other.send("world", lines)
        whole = other.graph("world", rows=1500)

    assert graph["rows"] == stream["records"] == 1500
    found, expected = accepted(graph), accepted(whole)
    assert found.keys() == expected.keys()
    for key, effect in expected.items():
        assert found[key] == pytest.approx(effect, rel=1e-9)


def accepted(graph: dict[str, object]) -> dict[tuple[str, str, int], float]:
    edges = graph["edges"]
    assert isinstance(edges, list)
    return {
        (edge["source"], edge["target"], edge["lag"]): edge["effect"]
        for edge in edges
        if edge["state"] == "accepted"
    }


def test_a_stop_is_quick_and_clean_while_a_screen_is_watching() -> None:
    with System(["--demo"]) as system:
        stream = httpx.stream("GET", f"{system.url}/api/v1/stream", headers=system.http.headers)
        with stream as answer:
            next(answer.iter_lines())
            system.process.send_signal(signal.SIGTERM)
            assert system.process.wait(timeout=15) == 0

    assert "Traceback" not in system.errors


def test_a_data_directory_in_use_is_refused_with_a_sentence(tmp_path: Path) -> None:
    with System(["--no-demo", "--data-dir", str(tmp_path)]):
        second = scarcity("up", "--port", "0", "--data-dir", str(tmp_path))

    assert second.returncode == 2
    assert "in use by another running scarcity" in second.stderr
    assert "Traceback" not in second.stderr


def test_a_port_in_use_is_refused_with_a_sentence() -> None:
    with System(["--no-demo"]) as system:
        second = scarcity("up", "--port", system.url.rpartition(":")[2])

    assert second.returncode == 2
    assert "choose another port" in second.stderr


def test_nothing_listens_beyond_this_machine_unless_told_to() -> None:
    with System(["--no-demo"]) as system:
        port = int(system.url.rpartition(":")[2])
        listening = Path(f"/proc/{system.process.pid}/net/tcp").read_text().splitlines()[1:]
        addresses = {
            line.split()[1] for line in listening if line.split()[1].endswith(f":{port:04X}")
        }

    assert addresses == {f"0100007F:{port:04X}"}


def test_the_token_is_in_no_log() -> None:
    with System(["--no-demo"], {"SCARCITY_LOG_LEVEL": "debug"}) as system:
        system.get("/components")
        httpx.get(f"{system.url}/api/v1/components", headers={"Authorization": "Bearer nope"})

    assert '"event": "ready"' in system.errors
    assert TOKEN not in system.errors


def scarcity(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = Path(sys.executable).parent / "scarcity"
    return subprocess.run(
        [str(command), *arguments], capture_output=True, text=True, timeout=60, check=False
    )
