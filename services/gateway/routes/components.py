"""Components: how they do, what is wanted of them, and how to want something else."""

from collections.abc import Mapping
from uuid import uuid4

import orjson
from fastapi import APIRouter
from fastapi.responses import Response
from pydantic import Field

from scarcity.errors import ConfigError
from scarcity.events import CommandJudged, ComponentCommanded, Role
from scarcity.governor.tuning import TUNABLE, check, checked
from services.gateway.access.declaring import Caller, allow
from services.gateway.context import Context
from services.gateway.domain.components_view import command_document
from services.gateway.headers import IdempotencyKey, IfMatch, etag, version_of
from services.gateway.models import (
    NOT_FOUND,
    OVERTAKEN,
    REFUSED,
    BodyModel,
    CommandModel,
    ComponentDetailsModel,
    ComponentsModel,
    PendingModel,
)
from services.gateway.problems import Problem


class WantedModel(BodyModel):
    """What is wanted of a component; what is left out stays as it is."""

    enabled: bool | None = Field(None, description="off: it does nothing but say so")
    paused: bool | None = Field(None, description="it takes nothing in hand, and keeps its place")
    settings: dict[str, object] | None = Field(
        None,
        max_length=100,
        description="all that is to differ from how it was started; {} = nothing",
    )


def router(context: Context) -> APIRouter:
    """Return the routes about components."""
    api = APIRouter(tags=["components"])
    views = context.views.components

    @api.get(
        "/components",
        operation_id="listComponents",
        dependencies=[allow(Role.VIEWER)],
        response_model=ComponentsModel,
    )
    async def list_components() -> dict[str, object]:
        return {"items": [views.document(name) for name in views.names]}

    @api.get(
        "/components/{name}",
        operation_id="getComponent",
        dependencies=[allow(Role.VIEWER)],
        response_model=ComponentDetailsModel,
        responses=NOT_FOUND,
    )
    async def get_component(name: str, response: Response) -> Mapping[str, object]:
        """Return how it does, what is wanted of it and by whom, and what can be wanted."""
        known(name)
        response.headers["ETag"] = etag(views.version(name))
        return views.details(name)

    @api.put(
        "/components/{name}",
        operation_id="configureComponent",
        dependencies=[allow(Role.ADMIN)],
        response_model=CommandModel | PendingModel,
        responses={
            **NOT_FOUND,
            **REFUSED,
            **OVERTAKEN,
            202: {
                "model": PendingModel,
                "description": "sent; the Core Manager has not answered yet",
            },
        },
    )
    async def configure(
        name: str,
        wanted: WantedModel,
        caller: Caller,
        response: Response,
        if_match: IfMatch = None,
        idempotency_key: IdempotencyKey = None,
    ) -> Mapping[str, object]:
        """Want something else of a component; its instances follow while they run."""
        known(name)
        command = ComponentCommanded(
            command=idempotency_key or uuid4().hex,
            component=name,
            by=caller.name,
            at=context.clock.now(),
            enabled=wanted.enabled,
            paused=wanted.paused,
            settings=None if wanted.settings is None else as_json(wanted.settings),
            expected=None if if_match is None else read_version(if_match),
        )
        refuse(command)
        return answer(await context.commands.send(command), response)

    def known(name: str) -> None:
        if name not in views.names and name not in TUNABLE:
            raise Problem(
                404, f"there is no component {name!r}; there are {', '.join(views.names)}"
            )

    return api


def read_version(if_match: str) -> int:
    """Return the version that was read; a 412 for what is none."""
    version = version_of(if_match)
    if version is None:
        raise Problem(412, f"{if_match} is no ETag of this: read it anew, and send its ETag")
    return version


def as_json(settings: Mapping[str, object]) -> str:
    """Return settings as a command carries them; a 422 for what JSON of ours cannot hold."""
    try:
        return orjson.dumps(settings).decode()
    except orjson.JSONEncodeError as error:
        raise Problem(
            422, f"settings hold what cannot be: {error}; numbers have 64 bits, text is UTF-8"
        ) from error


def refuse(command: ComponentCommanded) -> None:
    """Raise the problem with a command that the Core Manager would refuse."""
    try:
        check(command.component, paused=bool(command.paused))
        if command.settings is not None:
            checked(command.component, command.settings)
    except ConfigError as error:
        raise Problem(422, str(error)) from error


def answer(judged: CommandJudged | None, response: Response) -> Mapping[str, object]:
    """Say what became of a command."""
    if judged is None:
        response.status_code = 202
        return {"detail": "sent; the Core Manager has not answered, and will when it is back"}
    if judged.refused:
        raise Problem(412, judged.refused, version=judged.version)
    response.headers["ETag"] = etag(judged.version)
    return command_document(judged)
