"""The gateway is what its document says: the committed one, whatever anybody sends."""

import os
import random
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import orjson
import pytest

from running import TOKEN, System, eventually
from scarcity.bus.base import Message
from scarcity.events import RAW
from unit.cli.commands import fill
from worlds import records, var

ROOT = Path(__file__).resolve().parents[2]
COMMITTED = ROOT / "docs" / "api" / "openapi.json"
EXAMPLES = os.environ.get("SCARCITY_TEST_EXAMPLES")
"""Cases of each call and phase; unset: few, and the same at every run."""
UNBOUNDED = {
    # Nothing here is about how often somebody may call.
    "SCARCITY_GATEWAY_RATE": "100000",
    "SCARCITY_GATEWAY_BURST": "1000000",
    "SCARCITY_GATEWAY_GUESSES": "1000000",
}


@pytest.fixture(scope="module")
def gateway(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    """A gateway of its own, with something of everything: nobody else minds what becomes of it."""
    folder = tmp_path_factory.mktemp("gateway")
    # Under another key they are accepted.
    fill(folder, [Message(RAW.name, f"no name {n}", b'{"x0": 1}') for n in range(20)])
    with System(["--no-demo", "--data-dir", str(folder)], UNBOUNDED) as system:
        system.send("chain", records.lines(var.chain(np.random.default_rng(23), 3, 512)))
        system.graph("chain", rows=512)
        eventually(lambda: system.get("/dead-letters")["items"] or None, "dead letters")
        yield system


def document() -> dict[str, Any]:
    found: dict[str, Any] = orjson.loads(COMMITTED.read_bytes())
    return found


def operations() -> Iterator[tuple[str, dict[str, Any]]]:
    for path, methods in document()["paths"].items():
        for method, operation in methods.items():
            yield f"{method.upper()} {path}", operation


def test_the_served_document_is_the_committed_one(gateway: System) -> None:
    assert httpx.get(f"{gateway.url}/api/v1/openapi.json").json() == document()


def test_every_call_has_a_name_and_says_what_it_answers() -> None:
    names = [operation["operationId"] for _, operation in operations()]
    assert len(set(names)) == len(names) >= 25

    for call, operation in operations():
        for status, response in operation["responses"].items():
            kinds = response.get("content", {})
            if int(status) >= 400:
                problem = {"schema": {"$ref": "#/components/schemas/ProblemModel"}}
                assert kinds == {"application/problem+json": problem}, (call, status)
            elif "application/json" in kinds:
                assert kinds["application/json"]["schema"], (call, status)
            else:
                assert status in ("204", "304") or kinds, (call, status)


def test_every_link_leads_to_a_call_with_such_a_parameter() -> None:
    known = {operation["operationId"]: operation for _, operation in operations()}
    links = [
        link
        for operation in known.values()
        for response in operation["responses"].values()
        for link in response.get("links", {}).values()
    ]

    assert links
    for link in links:
        taken = {each["name"] for each in known[link["operationId"]]["parameters"]}
        assert set(link["parameters"]) <= taken, link


@pytest.mark.parametrize(
    ("method", "path", "allow"),
    [
        ("DELETE", "/streams", "GET"),
        ("POST", "/streams/s", "DELETE, GET, PUT"),
        ("GET", "/streams/s/pause", "POST"),
        ("GET", "/dead-letters/replay", "POST"),
        ("PATCH", "/dead-letters/a/b/c", "GET"),
    ],
)
def test_a_wrong_method_is_told_which_are_right(
    gateway: System, method: str, path: str, allow: str
) -> None:
    answer = gateway.http.request(method, path)

    assert (answer.status_code, answer.headers["allow"]) == (405, allow)
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    "path", ["/streams/%00", "/streams/a%00b/graph", "/events/%ff%00", "/dead-letters/%2e%2e"]
)
def test_an_address_that_nobody_can_have_meant_is_a_problem(gateway: System, path: str) -> None:
    answer = gateway.http.get(path)

    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("value", ["-9655504919548647921537777664", '"\\ud800"', "[[1e400]]"])
def test_settings_that_cannot_be_are_a_problem(gateway: System, value: str) -> None:
    answer = gateway.http.put(
        "/components/mpie",
        content=f'{{"settings": {{"policy": {value}}}}}',
        headers={"Content-Type": "application/json"},
    )

    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.timeout(0 if EXAMPLES else 240)
def test_whatever_is_sent_the_answer_is_one_that_the_document_allows(
    gateway: System, tmp_path: Path
) -> None:
    seed = random.randrange(2**32) if EXAMPLES else 1
    print(f"seed {seed}")
    done = subprocess.run(
        [
            Path(sys.executable).parent / "st",
            f"--config-file={Path(__file__).parent / 'schemathesis.toml'}",
            "run",
            f"{gateway.url}/api/v1/openapi.json",
            f"--header=Authorization: Bearer {TOKEN}",
            "--checks=all",
            f"--max-examples={EXAMPLES or 8}",
            f"--seed={seed}",
            "--continue-on-failure",
            "--no-color",
            # It never ends by itself.
            "--exclude-operation-id=followEvents",
        ],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )

    print(done.stdout)
    assert done.returncode == 0, done.stdout + done.stderr
    assert httpx.get(f"{gateway.url}/readyz").json()["ready"] is True
