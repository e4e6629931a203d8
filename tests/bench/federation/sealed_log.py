"""All that is said in sealed rounds, as it is heard; and what members keep to themselves meanwhile.

The log is that of anybody who can read the federation's cluster: every statement, whether members
let it in or not. The secrets are read from the disks of all members while rounds are on, which
nobody else can do: with them it is known what each input was.
"""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import aclosing, suppress
from dataclasses import dataclass, field
from pathlib import Path

from bench.federation.unmask import Secrets
from scarcity.bus.base import Bus, Follow
from scarcity.federation import keeping
from scarcity.federation.chunks import Assembly
from scarcity.federation.link import peer_topic
from scarcity.federation.protocol.refusals import Refused
from scarcity.federation.protocol.roster import Roster
from scarcity.federation.protocol.sealing import FromPeer, Record, Stage, StageClosed
from scarcity.federation.protocol.statement import Heard, RoundOpened, Statement, unpack
from scarcity.federation.sealed.memory import unpacked
from scarcity.federation.sealed.progress import Progress, opened

LOOK_S = 0.004
"""Members answer within tens of milliseconds."""

Ear = Callable[[str, Statement], None]
"""Hears who said what, at once."""


@dataclass
class Told:
    """A round as its coordinator tells it."""

    progress: Progress
    ends_ms: dict[Stage, int] = field(default_factory=dict)
    """when each stage ended, by the coordinator's clock"""

    @property
    def stages(self) -> Iterator[tuple[Stage, int, int]]:
        """Yield each stage that ended, when it did, and when it was due."""
        began = self.progress.opened_at_ms
        for stage, ended in self.ends_ms.items():
            yield stage, ended, began + self._input_ms
            began = ended

    @property
    def ended_ms(self) -> int:
        """When the newest stage ended."""
        return max(self.ends_ms.values())

    @property
    def took_s(self) -> float:
        """From its opening to its end."""
        return (self.ended_ms - self.progress.opened_at_ms) / 1000

    @property
    def _input_ms(self) -> int:
        return round(1000 * self.progress.opened.seconds)


class SealedLog:
    """What was said, round by round."""

    def __init__(self, roster: Roster) -> None:
        self._topics = {
            peer_topic(roster.federation, each.peer).name: each.peer for each in roster.members
        }
        self.rounds: dict[int, Told] = {}
        self.answers: dict[bytes, list[tuple[str, FromPeer]]] = defaultdict(list)
        """by the digest of the terms of a round: what was answered, and by whom"""
        self.closed: dict[int, list[Record]] = defaultdict(list)
        """by round: what its coordinator said of stages"""
        self.astray: list[str] = []
        """what does not follow from what was said before"""
        self.ears: list[Ear] = []

    async def listen(self, bus: Bus) -> None:
        """Hear everybody, for ever."""
        parts = {topic: Assembly() for topic in self._topics}
        async with aclosing(bus.follow(Follow(tuple(self._topics)))) as batches:
            async for batch in batches:
                for message in batch:
                    whole = parts[message.topic].add(message.value or b"")
                    if whole is not None:
                        self._hear(self._topics[message.topic], whole)

    @property
    def newest(self) -> int:
        """The number of the newest round, 0 before the first."""
        return max(self.rounds, default=0)

    @property
    def is_open(self) -> bool:
        """Whether the newest round is."""
        return bool(self.rounds) and not self.rounds[self.newest].progress.is_over

    def ended(self, number: int) -> Told | None:
        """Return a round, once it has ended."""
        found = self.rounds.get(number)
        return found if found is not None and found.progress.is_over else None

    def records(self, number: int, terms: bytes) -> list[Record]:
        """Return all that the log says of a round; answers as well that counted for nothing."""
        return [*(answer for _, answer in self.answers[terms]), *self.closed[number]]

    def _hear(self, source: str, whole: bytes) -> None:
        signed, said = unpack(whole)
        try:
            self._fold(Heard(said, signed.digest))
        except Refused as refusal:
            self.astray.append(f"{source} in round {said.round}: {refusal}")
        for hears in self.ears:
            hears(source, said)

    def _fold(self, heard: Heard) -> None:
        said = heard.statement
        content, number = said.content, said.round
        if isinstance(content, RoundOpened):
            before = self.rounds.get(self.newest)
            begun = opened(None if before is None else before.progress, heard, content)
            self.rounds[number] = Told(begun)
        elif isinstance(content, StageClosed):
            self.closed[number].append(content)
            told = self.rounds[self.newest]
            told.progress = told.progress.after(heard, content)
            told.ends_ms[content.stage] = said.at_ms
        elif isinstance(content, FromPeer):
            self.answers[content.terms].append((said.peer, content))


@dataclass
class Disks:
    """What the members of a federation have kept, ever, by member and the terms of the round."""

    folders: dict[str, Path]
    secrets: dict[tuple[str, bytes], Secrets] = field(default_factory=dict)
    released: dict[tuple[str, bytes], tuple[int, int]] = field(default_factory=dict)
    """how many rows were put into the round, and the place after the last of them"""
    _seen: dict[str, tuple[int, int]] = field(default_factory=dict)

    async def watch(self) -> None:
        """Read what is kept whenever it changes, for ever."""
        while True:
            self.look()
            await asyncio.sleep(LOOK_S)

    def look(self) -> None:
        for peer, folder in self.folders.items():
            with suppress(FileNotFoundError):
                status = (folder / keeping.FILE).stat()
                changed = status.st_ino, status.st_mtime_ns
                if self._seen.get(peer) != changed:
                    self._seen[peer] = changed
                    self._read(peer, folder)

    def keeps_secrets_of(self, peer: str, terms: bytes) -> bool:
        """Whether a member has kept anything of a round until now."""
        data = keeping.read(self.folders[peer])
        return data is not None and unpacked(data).terms == terms

    def _read(self, peer: str, folder: Path) -> None:
        data = keeping.read(folder)
        if data is None:
            return
        memory = unpacked(data)
        if memory.entered:
            self.released.setdefault((peer, memory.entered[-1]), (memory.rows, memory.released))
        if memory.snapshot:
            secrets = Secrets.of(memory.snapshot)
            if secrets.seed:
                self.secrets[peer, memory.terms] = secrets
