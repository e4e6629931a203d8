"""A real `scarcity up` in a process of its own, for tests from outside."""

import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self, TypeVar

import httpx

TOKEN = "a-token-for-tests-only"
API = "/api/v1"
COMMAND = str(Path(sys.executable).parent / "scarcity")
START_S = 30.0
STOP_S = 20.0
T = TypeVar("T")


@dataclass
class System:
    """A running system; a context manager that stops it, gently first."""

    arguments: Sequence[str] = ()
    environment: dict[str, str] = field(default_factory=dict)

    @classmethod
    @contextmanager
    def at(cls, url: str) -> Iterator["System"]:
        """Talk to a system that somebody else runs."""
        system = cls()
        system.connect(url)
        with system.http:
            yield system

    def __enter__(self) -> Self:
        self._log = tempfile.TemporaryFile("w+")
        self.process = subprocess.Popen(
            [COMMAND, "up", "--port", "0", *self.arguments],
            env={**os.environ, "SCARCITY_TOKEN": TOKEN, **self.environment},
            stdout=subprocess.PIPE,
            # A pipe that nobody reads fills up, and then the system waits for ever.
            stderr=self._log,
            text=True,
        )
        self.connect(self._address())
        return self

    def __exit__(self, *_: object) -> None:
        self.http.close()
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        try:
            self.output = self.process.communicate(timeout=STOP_S)[0]
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.output = self.process.communicate()[0]
            raise
        finally:
            self.errors = self._logged()
            self._log.close()

    def connect(self, url: str) -> None:
        """Send further calls there."""
        self.url = url
        self.http = httpx.Client(
            base_url=f"{url}{API}", headers={"Authorization": f"Bearer {TOKEN}"}, timeout=60.0
        )

    def kill(self) -> None:
        """End it as a power cut would."""
        self.process.kill()
        self.process.wait()

    def send(self, stream: str, lines: Sequence[bytes]) -> dict[str, Any]:
        """Send NDJSON lines and return the answer."""
        answer = self.http.post(
            f"/streams/{stream}/records",
            content=b"\n".join(lines),
            headers={"Content-Type": "application/x-ndjson"},
        )
        assert answer.status_code == 202, answer.text
        found: dict[str, Any] = answer.json()
        return found

    def get(self, path: str, **query: str) -> dict[str, Any]:
        """Return the JSON of a call that must succeed."""
        answer = self.http.get(path, params=query)
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    def graph(self, stream: str, *, rows: int, state: str = "all") -> dict[str, Any]:
        """Return the graph of a stream once it rests on that many rows."""

        def enough() -> dict[str, Any] | None:
            answer = self.http.get(f"/streams/{stream}/graph", params={"state": state})
            if answer.status_code == 404:
                return None
            found: dict[str, Any] = answer.json()
            return found if found["rows"] >= rows else None

        return eventually(enough, f"a graph of {stream} from {rows} rows")

    def _address(self) -> str:
        assert self.process.stdout is not None
        deadline = time.monotonic() + START_S
        while time.monotonic() < deadline:
            line = self.process.stdout.readline()
            if found := re.search(r"(http://[^/\s]+)/#token=", line):
                return found.group(1)
            if self.process.poll() is not None:
                break
        self.process.kill()
        self.process.communicate()
        raise AssertionError(f"scarcity up did not start: {self._logged()[-3000:]}")

    def _logged(self) -> str:
        self._log.seek(0)
        return self._log.read()


@contextmanager
def service(
    name: str, bootstrap: str, port: int, logs: Path, **environment: str
) -> Iterator[subprocess.Popen[bytes]]:
    """Run one service on a Kafka as its container would; it logs into a file of that directory."""
    environment = {
        **os.environ,
        "SCARCITY_BUS": f"kafka://{bootstrap}",
        "SCARCITY_PORT": str(port),
        "SCARCITY_TOKEN": TOKEN,
        **environment,
    }
    with (logs / name).open("ab") as log:
        process = subprocess.Popen([COMMAND, "run", name], env=environment, stderr=log)
    try:
        yield process
    finally:
        process.send_signal(signal.SIGCONT)
        process.send_signal(signal.SIGTERM)
        process.wait(30)


def ready(name: str, process: subprocess.Popen[bytes], port: int, logs: Path) -> bool | None:
    """Return True, or None to ask again. AssertionError with its last words when it has ended."""
    if process.poll() is not None:
        raise AssertionError(f"{name} ended: {(logs / name).read_text()[-3000:]}")
    try:
        return httpx.get(f"http://127.0.0.1:{port}/readyz").is_success or None
    except httpx.HTTPError:
        return None


def eventually(look: Callable[[], T | None], what: str, *, within_s: float = 60.0) -> T:
    """Return the first answer that is not None; AssertionError after a while."""
    deadline = time.monotonic() + within_s
    while time.monotonic() < deadline:
        found = look()
        if found is not None:
            return found
        time.sleep(0.05)
    raise AssertionError(f"waited {within_s:g} s in vain for {what}")
