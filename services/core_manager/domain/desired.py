"""What is wanted of one component, and what becomes of commands about it.

it was judged before                     the same is said again, and nothing changes
it cannot be obeyed                      refused, with the reason
it was meant to change another version   refused: somebody else was faster
otherwise                                a new version, unless it says what holds already
"""

import json
from collections import deque
from dataclasses import asdict, dataclass, field, replace
from typing import Self

from scarcity.errors import ConfigError
from scarcity.events import CommandJudged, ComponentCommanded, ComponentConfigured
from scarcity.governor.tuning import check, checked

MOST_BYTES = 64 * 1024
"""Of the settings of a component."""
MOST_REMEMBERED = 100
"""Commands that are known when they come again."""


@dataclass(frozen=True, slots=True)
class Wish:
    """All that is wanted."""

    enabled: bool = True
    paused: bool = False
    settings: str = "{}"

    def after(self, command: ComponentCommanded) -> "Wish":
        """What is wanted once a command is obeyed. ConfigError when it cannot be."""
        enabled = self.enabled if command.enabled is None else command.enabled
        paused = self.paused if command.paused is None else command.paused
        check(command.component, paused=paused)
        if command.settings is None:
            return replace(self, enabled=enabled, paused=paused)
        if len(command.settings) > MOST_BYTES:
            raise ConfigError(f"settings of more than {MOST_BYTES >> 10} KiB")
        tuning = checked(command.component, command.settings)
        return Wish(enabled, paused, tuning.model_dump_json(exclude_unset=True))

    def to_json(self) -> str:
        """The whole, for people."""
        whole = {"enabled": self.enabled, "paused": self.paused}
        return json.dumps({**whole, "settings": json.loads(self.settings)})


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
    wish: Wish = field(default_factory=Wish)
    judged: deque[Judgement] = field(default_factory=lambda: deque(maxlen=MOST_REMEMBERED))

    def obey(self, command: ComponentCommanded) -> tuple[CommandJudged, ComponentConfigured | None]:
        """Return what became of a command, and what is wanted now if that is something else."""
        for known in self.judged:
            if known.command == command.command:
                return self._told(command, known, self.wish), None
        version, before = self.version, self.wish
        judgement = Judgement(command.command, self._refusal(command), self.version)
        self.judged.append(judgement)
        told = self._told(command, judgement, before)
        return told, None if self.version == version else self._configured(command)

    def to_bytes(self) -> bytes:
        """Everything, for a snapshot."""
        judged = [asdict(each) for each in self.judged]
        whole = {"version": self.version, "wish": asdict(self.wish), "judged": judged}
        return json.dumps(whole).encode()

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """What a snapshot was taken of."""
        found = json.loads(data)
        known = deque((Judgement(**each) for each in found["judged"]), maxlen=MOST_REMEMBERED)
        return cls(found["version"], Wish(**found["wish"]), known)

    def _refusal(self, command: ComponentCommanded) -> str:
        """Do what is wanted, or say why not."""
        if command.expected not in (None, self.version):
            return (
                f"version {self.version} holds, not {command.expected}: look at it, then try again"
            )
        try:
            wish = self.wish.after(command)
        except ConfigError as error:
            return str(error)
        if wish != self.wish:
            self.version, self.wish = self.version + 1, wish
        return ""

    def _told(
        self, command: ComponentCommanded, judgement: Judgement, before: Wish
    ) -> CommandJudged:
        return CommandJudged(
            command=command.command,
            component=command.component,
            by=command.by,
            at=command.at,
            refused=judgement.refused,
            version=judgement.version,
            before=before.to_json(),
            after=self.wish.to_json(),
        )

    def _configured(self, command: ComponentCommanded) -> ComponentConfigured:
        return ComponentConfigured(
            component=command.component,
            version=self.version,
            enabled=self.wish.enabled,
            paused=self.wish.paused,
            settings=self.wish.settings,
            by=command.by,
            at=command.at,
        )
