"""One stream_manager in a process of its own, and what may happen to it."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import psutil

from ports import free_port
from running import eventually
from scarcity.events import RAW

COMMAND = (str(Path(sys.executable).parent / "scarcity"),)
SHORT_SESSION = (sys.executable, "-m", "chaos.member")
TESTS = Path(__file__).parent.parent
NEVER_IDLE_S = 3600
HANDLED = rf'^scarcity_events_handled_total{{.*topic="{RAW.name}".*}} (\S+)$'
STOP_S = 40.0


@dataclass
class Instance:
    """A place for an instance: at any moment it runs, is frozen, or is down."""

    bootstrap: str
    log: Path
    command: tuple[str, ...] = COMMAND
    environment: Mapping[str, str] = field(default_factory=dict)
    process: subprocess.Popen[bytes] | None = None
    port: int = 0

    def start(self) -> None:
        """Run it, unless it runs; returns at once."""
        if self.process is not None:
            return
        self.port = free_port()
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [*self.command, "run", "stream_manager"],
                env=self._environment(),
                stdout=log,
                stderr=log,
            )

    def kill(self) -> None:
        """End it as a power cut would."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None

    def freeze(self) -> None:
        """Let it do nothing at all, without knowing; it thinks that it still owns its share."""
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Let it go on where it stood."""
        self._signal(signal.SIGCONT)

    def ask_to_stop(self) -> subprocess.Popen[bytes] | None:
        """Ask it to drain, and return what is draining."""
        self._signal(signal.SIGTERM)
        process, self.process = self.process, None
        return process

    def stop(self) -> int:
        """Drain it, and return its exit code; kill it when it does not end."""
        process = self.ask_to_stop()
        if process is None:
            return 0
        try:
            return process.wait(STOP_S)
        except subprocess.TimeoutExpired:
            process.kill()
            return process.wait()

    def last_words(self) -> str | None:
        """Return what it said last if it ended without being told to, else None."""
        if self.process is None or self.process.poll() is None:
            return None
        said = [line for line in self.log.read_text().splitlines() if any(map(str.isalnum, line))]
        return said[-1].lstrip(" |") if said else "nothing"

    def wait_until_ready(self, *, within_s: float = 60.0) -> None:
        """Return once it has joined its group."""
        eventually(self._ready, "the stream manager to be ready", within_s=within_s)

    def measured(self) -> psutil.Process:
        """Return what tells its memory and processor time."""
        assert self.process is not None
        return psutil.Process(self.process.pid)

    def handled(self) -> int:
        """Return how many raw records it has handled since it began."""
        exposed = httpx.get(f"http://127.0.0.1:{self.port}/metrics").text
        counted = re.search(HANDLED, exposed, re.MULTILINE)
        return int(float(counted[1])) if counted else 0

    def _ready(self) -> bool | None:
        try:
            return httpx.get(f"http://127.0.0.1:{self.port}/readyz").is_success or None
        except httpx.HTTPError:
            return None

    def _signal(self, number: signal.Signals) -> None:
        if self.process is not None:
            self.process.send_signal(number)

    def _environment(self) -> dict[str, str]:
        return {
            **os.environ,
            "PYTHONPATH": str(TESTS),  # for `chaos.member`
            "SCARCITY_BUS": f"kafka://{self.bootstrap}",
            "SCARCITY_PORT": str(self.port),
            "SCARCITY_STREAM_MANAGER_IDLE_S": str(NEVER_IDLE_S),
            **self.environment,
        }
