"""
Apache Kafka on the local JVM: jars from Maven Central, data in a folder of its own, 127.0.0.1 only.

The broker cannot outlive the tests. Beside it, in its process group, runs a guard that reads a pipe
only this process holds open; when this process ends, however it ends, the pipe closes and the guard
kills the broker and removes its data.
"""

import os
import re
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from uuid import uuid4

from ports import free_port
from realkafka.base import (
    NOTHING,
    READY_DEADLINE_S,
    READY_LINE,
    SINGLE_NODE,
    BrokerUnavailable,
    listening,
)

HERE = Path(__file__).parent
POM = HERE / "pom.xml"
CACHE = HERE.parent.parent / ".cache" / "kafka"
OLDEST_JAVA = 17
STOP_DEADLINE_S = 30.0
FETCH_DEADLINE_S = 600.0

JVM_OPTIONS = ("-Xmx512m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xshare:auto")
GUARDED = """
exec 3<&0; home=$1; shift
(cat <&3 >/dev/null; kill -9 $$; rm -rf "$home") &
exec "$@" 3<&- </dev/null
"""

LOG4J = """\
status = error
appender.file.type = File
appender.file.name = file
appender.file.fileName = {log}
appender.file.layout.type = PatternLayout
appender.file.layout.pattern = %d %p %c: %m%n%throwable
rootLogger.level = warn
rootLogger.appenderRef.file.ref = file
logger.ready.name = kafka.server.KafkaRaftServer
logger.ready.level = info
"""


class JvmBroker:
    """A broker that is a child process of the tests. `settings` override those of `SINGLE_NODE`.

    They may place its listeners as well; `bootstrap` is then their address. `users` are records
    of SCRAM as `kafka-storage format --add-scram` takes them.
    """

    def __init__(
        self,
        *,
        settings: Mapping[str, str] = NOTHING,
        bootstrap: str | None = None,
        users: Sequence[str] = (),
    ) -> None:
        self._java = find_java()
        self._jars = fetch_jars()
        self._home = Path(tempfile.mkdtemp(prefix="scarcity-kafka-"))
        self._address = bootstrap or f"127.0.0.1:{free_port()}"
        self._process: subprocess.Popen[bytes] | None = None
        self._format(settings, users)

    @property
    def bootstrap(self) -> str:
        return self._address

    @property
    def log(self) -> Path:
        """Warnings and errors of the broker, across restarts."""
        return self._home / "broker.log"

    @property
    def pid(self) -> int:
        """The process id of the running JVM."""
        assert self._process is not None, "the broker does not run"
        return self._process.pid

    def start(self) -> None:
        if self._process is not None:
            return
        written = self.log.stat().st_size if self.log.exists() else 0
        command = self._command("kafka.Kafka")
        with (self._home / "stderr.log").open("ab") as stderr:
            self._process = subprocess.Popen(
                ["sh", "-c", GUARDED, "sh", str(self._home), *command, str(self._properties)],
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=stderr,
                start_new_session=True,
            )
        self._wait_until_ready(self._process, written)

    def stop(self) -> None:
        if self._process is None:
            return
        self._process.terminate()
        try:
            self._process.wait(STOP_DEADLINE_S)
        finally:
            self.kill()

    def kill(self) -> None:
        if self._process is None:
            return
        os.killpg(self._process.pid, signal.SIGKILL)  # the guard, at least, is still in the group
        self._process.wait(STOP_DEADLINE_S)
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process = None

    def close(self) -> None:
        self.kill()
        shutil.rmtree(self._home, ignore_errors=True)

    @property
    def _properties(self) -> Path:
        return self._home / "server.properties"

    def _command(self, main_class: str) -> list[str]:
        log4j = f"-Dlog4j2.configurationFile={self._home / 'log4j2.properties'}"
        return [str(self._java), *JVM_OPTIONS, log4j, "-cp", f"{self._jars}/*", main_class]

    def _format(self, settings: Mapping[str, str], users: Sequence[str]) -> None:
        placed = listening(
            client=self._address,
            advertised=self._address,
            controller=f"127.0.0.1:{free_port()}",
        )
        properties = {**SINGLE_NODE, **placed, "log.dirs": str(self._home / "data"), **settings}
        self._properties.write_text("".join(f"{k}={v}\n" for k, v in properties.items()))
        (self._home / "log4j2.properties").write_text(LOG4J.format(log=self.log))
        tool = self._command("kafka.tools.StorageTool")
        added = [word for user in users for word in ("--add-scram", user)]
        _run(*tool, "format", "-t", uuid4().hex[:22], "-c", str(self._properties), *added)

    def _wait_until_ready(self, process: subprocess.Popen[bytes], written: int) -> None:
        deadline = time.monotonic() + READY_DEADLINE_S
        while READY_LINE not in self._log_after(written):
            if process.poll() is not None or time.monotonic() > deadline:
                complaint = self._complaint()
                self.kill()
                raise RuntimeError(f"Kafka did not start:\n{complaint}")
            time.sleep(0.05)

    def _log_after(self, position: int) -> bytes:
        return self.log.read_bytes()[position:] if self.log.exists() else b""

    def _complaint(self) -> str:
        logs = [path for path in (self._home / "stderr.log", self.log) if path.exists()]
        return "\n".join(path.read_text()[-2000:] for path in logs)


def find_java() -> Path:
    """The `java` of JAVA_HOME or else of PATH, if it is new enough for Kafka."""
    home = os.environ.get("JAVA_HOME")
    found = shutil.which("java", path=f"{home}/bin" if home else None)
    if found is None:
        raise BrokerUnavailable("no Java was found")
    said = _run(found, "-version")
    version = re.search(r'version "(\d+)', said)
    if version is None or int(version[1]) < OLDEST_JAVA:
        raise BrokerUnavailable(f"the Java found is older than {OLDEST_JAVA}")
    return Path(found)


def fetch_jars() -> Path:
    """The folder of jars that the pom names; Maven fills it once and it is kept."""
    jars = CACHE / sha256(POM.read_bytes()).hexdigest()[:12]
    if jars.exists():
        return jars
    maven = shutil.which("mvn")
    if maven is None:
        raise BrokerUnavailable("Maven, which fetches Kafka for the Java found, was not found")
    CACHE.mkdir(parents=True, exist_ok=True)
    incomplete = Path(tempfile.mkdtemp(dir=CACHE))
    copy = ("dependency:copy-dependencies", "-DincludeScope=runtime")
    _run(maven, "-q", "-B", "-f", str(POM), *copy, f"-DoutputDirectory={incomplete}")
    if not jars.exists():  # two test runs may fetch at once; either result will do
        incomplete.rename(jars)
    return jars


def _run(*command: str) -> str:
    done = subprocess.run(
        command, check=False, capture_output=True, text=True, timeout=FETCH_DEADLINE_S
    )
    said = done.stdout + done.stderr
    if done.returncode != 0:
        raise BrokerUnavailable(f"`{Path(command[0]).name}` failed: {said[-2000:]}")
    return said
