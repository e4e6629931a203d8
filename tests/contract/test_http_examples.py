"""Every command of docs/http.md does what is shown below it, on a system that runs.

The page is run from top to bottom in one shell, as a reader would. Commands that only read are
repeated until they answer what is shown: what was sent takes a moment.
"""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from realkafka.base import Broker
from running import TOKEN, System, eventually
from scarcity import client

PAGE = Path(__file__).parents[2] / "docs" / "http.md"
FENCE = re.compile(r"^```(\w+)\n(.*?)^```|^## ([^\n]+)", re.MULTILINE | re.DOTALL)
ON_KAFKA = "On Kafka"
SENDS = re.compile(r" -d '\{| -X \w| -P |--data-binary")
SAYS = {
    "graph.graphml": r"^[1-9]\d*$",
    "--max-count": r"^event: edge\ndata: \{.*\}$",
    "-t scarcity.v1.edges": r"^(plant|twin)\nEdgeChanged\(stream='(plant|twin)'",
}
"""What commands print that is no JSON: by what is in them."""
TRIES = 60
ENDED = "the example has ended with"


@dataclass(frozen=True)
class Example:
    """Commands, and what is shown of their answer."""

    section: str
    code: str
    shown: str | None


def examples() -> Iterator[Example]:
    section, code = "", ""
    shown: str | None
    for language, text, heading in [*FENCE.findall(PAGE.read_text()), ("sh", "", "")]:
        if heading or language == "sh":
            if code:
                yield Example(section, code, None)
            section, code = heading or section, text
        else:
            shown = text
            yield Example(section, code, shown)
            code = ""


EXAMPLES = list(examples())
OVER_HTTP = EXAMPLES[: [each.section for each in EXAMPLES].index(ON_KAFKA)]


class Shell:
    """A shell that runs one piece of code after another."""

    def __init__(self, process: "subprocess.Popen[str]", folder: Path) -> None:
        self._process = process
        self._folder = folder

    def run(self, code: str) -> tuple[int, str]:
        """Return the exit code of the last command, and what all of them printed."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        (self._folder / "example.sh").write_text(code)
        ends = f'code=$?; echo; echo "{ENDED} $code"'
        self._process.stdin.write(f". ./example.sh < /dev/null\n{ends}\n")
        self._process.stdin.flush()
        printed = ""
        for line in self._process.stdout:
            if line.startswith(ENDED):
                return int(line.removeprefix(ENDED)), printed.strip()
            printed += line
        raise AssertionError(f"the shell has ended: {printed}")


@contextmanager
def shell(folder: Path, **environment: str) -> Iterator[Shell]:
    """Run a shell in a folder, with the commands of this environment."""
    here = str(Path(sys.executable).parent)
    process = subprocess.Popen(
        ["bash"],
        cwd=folder,
        env={**os.environ, **environment, "PATH": f"{here}:{os.environ['PATH']}"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        yield Shell(process, folder)
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()


def agrees(shown: object, found: object) -> bool:
    """Say whether an answer has all that is shown of it; numbers and `...` stand for any."""
    match shown:
        case dict():
            return isinstance(found, dict) and all(
                name in found and agrees(value, found[name]) for name, value in shown.items()
            )
        case list():
            return isinstance(found, list) and (
                not shown or any(agrees(shown[0], each) for each in found)
            )
        case bool() | None:
            return shown is found
        case int() | float():
            return isinstance(found, int | float)
        case _:
            return found == shown or (shown == "..." and isinstance(found, str))


def works(example: Example, code: int, printed: str) -> bool:
    """Say whether an example has ended as it should."""
    if code != 0:
        return False
    if example.shown is not None:
        try:
            return agrees(json.loads(example.shown), json.loads(printed))
        except ValueError:
            return False
    patterns = [pattern for part, pattern in SAYS.items() if part in example.code]
    return all(re.search(pattern, printed, re.MULTILINE) for pattern in patterns)


def read_through(page: list[Example], commands: Shell) -> None:
    """Run the examples in their order. Raises AssertionError with the first that fails."""
    for example in page:
        found = commands.run(example.code)
        for _ in range(0 if SENDS.search(example.code) else TRIES):
            if works(example, *found):
                break
            time.sleep(0.5)
            found = commands.run(example.code)
        assert works(example, *found), f"{example.section}:\n{example.code}\nended with {found}"


def needed(*commands: str) -> None:
    missing = [command for command in commands if not shutil.which(command)]
    if missing:
        message = f"docs/http.md was not tried; install {' '.join(missing)} (`apt-get install`)"
        pytest.fail(message) if os.environ.get("CI") == "true" else pytest.skip(message)


def test_the_page_has_examples_of_everything() -> None:
    assert len(OVER_HTTP) >= 12
    assert len(EXAMPLES) >= len(OVER_HTTP) + 4
    assert all(
        example.shown or "api" in example.code or "kcat" in example.code for example in EXAMPLES
    )


@pytest.mark.timeout(90)
def test_the_examples_over_http_work_as_shown(tmp_path: Path) -> None:
    needed("bash", "curl")
    with (
        System(["--no-demo"]) as system,
        shell(tmp_path, SCARCITY_URL=system.url, SCARCITY_TOKEN=TOKEN) as commands,
    ):
        read_through(OVER_HTTP, commands)


@pytest.mark.kafka
@pytest.mark.timeout(150)
def test_all_examples_work_as_shown_on_kafka(private_kafka: Broker, tmp_path: Path) -> None:
    needed("bash", "curl", "kcat")
    bootstrap = private_kafka.bootstrap
    with (
        System(["--no-demo", "--bus", f"kafka://{bootstrap}"]) as system,
        shell(
            tmp_path,
            SCARCITY_URL=system.url,
            SCARCITY_TOKEN=TOKEN,
            SCARCITY_KAFKA=bootstrap,
        ) as commands,
    ):
        read_through(EXAMPLES, commands)


def test_the_example_of_the_client_prints_what_changes(tmp_path: Path) -> None:
    with System(["--no-demo"]) as system, (tmp_path / "printed").open("w+") as printed:
        example = textwrap.dedent("\n".join(re.findall("^    .*|^$", client.__doc__, re.MULTILINE)))
        for shown, real in (("http://localhost:8080", system.url), ("...", TOKEN)):
            assert example.count(f'"{shown}"') == 1
            example = example.replace(shown, real)
        command = [sys.executable, "-u", "-c", example]
        with subprocess.Popen(command, stdout=printed, stderr=subprocess.STDOUT) as program:
            eventually(lambda: system.get("/streams")["items"] or None, "its records")
            time.sleep(1)
            with client.Client(system.url, TOKEN) as other:
                other.send("plant-1", plant(1024))

            def told() -> bool | None:
                printed.seek(0)
                text = printed.read()
                lines = ("^pressure now drives flow at lag 1", r"^pressure -> flow 1 0\.\d+$")
                return all(re.search(line, text, re.MULTILINE) for line in lines) or None

            try:
                eventually(told, "the change and the graph", within_s=30)
            finally:
                program.kill()


def plant(records: int) -> Iterator[dict[str, float]]:
    """Yield records in which the flow follows the pressure, one step later."""
    pressures, noises = np.random.default_rng(8).normal(size=(2, records))
    flows = 0.8 * np.roll(pressures, 1) + 0.2 * noises
    for pressure, flow in zip(pressures.tolist(), flows.tolist(), strict=True):
        yield {"pressure": pressure, "flow": flow}
