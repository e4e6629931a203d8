"""Processes of a service that begin with all code loaded: forks of one that has read it.

What a process does once it has begun is the same as of `scarcity run`. To load the code is most of
what a start costs, and where processes are killed by the hundred, all that the machine would do.

    python -m bench.federation.nursery      reads a line for each process: JSON of `Birth`
"""

import importlib
import json
import os
import signal
import subprocess
import sys
from dataclasses import asdict, dataclass

from scarcity.cli import main as scarcity

MODULES = ("scarcity.cli.processes", "services.federation.main", "uvicorn.lifespan.on")
"""What is not loaded before it is needed."""


@dataclass(frozen=True, slots=True)
class Birth:
    """A process that is to begin."""

    service: str
    log: str
    """the file that it writes to"""
    environment: dict[str, str]
    """beside that of this process"""


class Nursery:
    """The process that others are forked from."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "bench.federation.nursery"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        self.alive: dict[str, int] = {}
        """process ids, by name"""

    def bear(self, name: str, birth: Birth) -> None:
        """Begin a process that is known by a name."""
        said, answers = self._process.stdin, self._process.stdout
        assert said is not None
        assert answers is not None
        said.write(json.dumps(asdict(birth)).encode() + b"\n")
        said.flush()
        self.alive[name] = int(answers.readline())

    def kill(self, name: str) -> None:
        """End a process as a power cut would."""
        os.kill(self.alive.pop(name), signal.SIGKILL)

    def close(self) -> None:
        """End all that live, gently, and this."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait()


def main() -> None:
    """Fork a process for each line, until there are no more; then end all of them, gently."""
    for module in MODULES:
        importlib.import_module(module)
    children = []
    for line in sys.stdin:
        birth = Birth(**json.loads(line))
        pid = os.fork()
        if pid == 0:
            _become(birth)
            scarcity()
            return
        children.append(pid)
        sys.stdout.write(f"{pid}\n")
        sys.stdout.flush()
    for pid in children:
        os.kill(pid, signal.SIGTERM)
    for pid in children:
        os.waitpid(pid, 0)


def _become(birth: Birth) -> None:
    """Let this process be what was asked for."""
    sys.argv = ["scarcity", "run", birth.service]
    os.environ.update(birth.environment)
    nothing = os.open(os.devnull, os.O_RDWR)
    log = os.open(birth.log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    for own, place in ((nothing, 0), (nothing, 1), (log, 2)):
        os.dup2(own, place)


if __name__ == "__main__":
    main()
