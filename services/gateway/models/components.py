"""Components: how they do, and what is wanted of them."""

from datetime import datetime
from typing import Any

from pydantic import Field

from scarcity.events import ComponentStatus, InstanceState
from services.gateway.models.base import Strict


class InstanceModel(Strict):
    """A running process of a component."""

    id: str
    state: InstanceState
    since: datetime
    last_heartbeat: datetime
    version: str
    handled: int
    rate: float = Field(description="messages per second, lately")
    lag: int = Field(description="messages that wait for it")
    configured: int = Field(description="the version of what is wanted that it runs with")


class HeldModel(Strict):
    """How a component is to be: what a command changes."""

    enabled: bool
    paused: bool
    settings: dict[str, Any] = Field(description="all that differs from how it was started")


class WishModel(HeldModel):
    """What is wanted of a component."""

    version: int = Field(description="0 = as it was started")
    by: str | None
    at: datetime | None


class ComponentModel(Strict):
    """How a component does, and what is wanted of it."""

    name: str
    enabled: bool
    status: ComponentStatus
    detail: str
    at: datetime | None
    instances: list[InstanceModel]
    wanted: WishModel


class ComponentsModel(Strict):
    """All components that were ever heard of."""

    items: list[ComponentModel]


class CommandModel(Strict):
    """A command, and what became of it."""

    id: str
    component: str
    by: str
    at: datetime
    refused: str | None
    version: int
    before: HeldModel
    after: HeldModel


class ComponentDetailsModel(ComponentModel):
    """A component, what can be wanted of it, and the commands before."""

    settings_schema: dict[str, Any] | None = Field(
        alias="schema", description="JSON Schema of its settings; null: none can be changed"
    )
    pausable: bool = Field(description="whether it takes something in hand that can wait")
    in_force: dict[str, Any] | None = Field(
        description="the settings that its instances work with, whether they were started so or "
        "it was wanted; null: none is there, they differ, or none can be changed"
    )
    commands: list[CommandModel] = Field(description="newest first")


class PendingModel(Strict):
    """A command was sent, and nobody has answered yet."""

    detail: str
