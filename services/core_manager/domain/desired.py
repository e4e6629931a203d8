"""What is wanted of one component, and what becomes of commands about it.

it was judged before                     the same is said again, and nothing changes
it can not be obeyed                     refused, with the reason
it was meant to change another version   refused: somebody else was faster
otherwise                                a new version, unless it says what holds already
"""

import json
from collections import deque
from dataclasses import dataclass, field
from typing import Self

from scarcity.errors import ConfigError
from scarcity.events import CommandJudged, ComponentCommanded, ComponentConfigured
from scarcity.governor.tuning import checked

MOST_BYTES = 64 * 1024
"""Of the settings of a component."""
MOST_REMEMBERED = 100
"""Commands that are known when they come again."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """What became of a command, and the version that held after it."""

    command: str
    refused: str
    version: int


@dataclass(slots=True)
class Desired:
    """What is wanted of one component."""

    version: int = 0
    settings: str = "{}"
    judged: deque[Judgement] = field(default_factory=lambda: deque(maxlen=MOST_REMEMBERED))

    def obey(self, command: ComponentCommanded) -> tuple[CommandJudged, ComponentConfigured | None]:
        """Return what became of a command, and what is wanted now if that is something else."""
        for known in self.judged:
            if known.command == command.command:
                return self._told(command, known, self.settings), None
        before = self.version, self.settings
        refused = self._refusal(command)
        judgement = Judgement(command.command, refused, self.version)
        self.judged.append(judgement)
        told = self._told(command, judgement, before[1])
        return told, None if self.version == before[0] else self._configured(command)

    def to_bytes(self) -> bytes:
        """Everything, for a snapshot."""
        judged = [[each.command, each.refused, each.version] for each in self.judged]
        return json.dumps([self.version, self.settings, judged]).encode()

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """What a snapshot was taken of."""
        version, settings, judged = json.loads(data)
        known = deque((Judgement(*each) for each in judged), maxlen=MOST_REMEMBERED)
        return cls(version, settings, known)

    def _refusal(self, command: ComponentCommanded) -> str:
        """Do what is wanted, or say why not."""
        if len(command.settings) > MOST_BYTES:
            return f"settings of more than {MOST_BYTES >> 10} KiB"
        if command.expected not in (None, self.version):
            return (
                f"version {self.version} holds, not {command.expected}: look at it, then try again"
            )
        try:
            wanted = checked(command.component, command.settings)
        except ConfigError as error:
            return str(error)
        settings = wanted.model_dump_json(exclude_unset=True)
        if settings != self.settings:
            self.version, self.settings = self.version + 1, settings
        return ""

    def _told(
        self, command: ComponentCommanded, judgement: Judgement, before: str
    ) -> CommandJudged:
        return CommandJudged(
            command=command.command,
            component=command.component,
            by=command.by,
            at=command.at,
            refused=judgement.refused,
            version=judgement.version,
            before=before,
            after=self.settings,
        )

    def _configured(self, command: ComponentCommanded) -> ComponentConfigured:
        return ComponentConfigured(
            component=command.component,
            version=self.version,
            settings=self.settings,
            by=command.by,
            at=command.at,
        )
