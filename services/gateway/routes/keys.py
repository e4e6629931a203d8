"""Keys for programs: made, listed and revoked. A key is shown once, to whoever has it made."""

from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Response
from pydantic import BeforeValidator, Field, StringConstraints

from scarcity.events import ApiKeyIssued, ApiKeyRevoked, Role
from services.gateway.access.declaring import Caller, allow
from services.gateway.access.keys import Wanted, make
from services.gateway.context import Context
from services.gateway.models import NOT_FOUND, REFUSED, BodyModel, ProblemModel, Strict
from services.gateway.models.base import Moment
from services.gateway.paging import Pager, pager
from services.gateway.problems import Problem

Pattern = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._:-]{0,128}\*?$", min_length=1)]


def _text(value: object) -> object:
    if not isinstance(value, str):
        raise ValueError("write a time as text")  # noqa: TRY004 - pydantic's own
    return value


class WantedKeyModel(BodyModel):
    """What a key is to be."""

    name: str = Field(
        pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$",
        description="what it is for; commands that it gives are signed with it",
    )
    role: Literal["viewer", "operator", "admin"]
    streams: list[Pattern] = Field(
        [],
        max_length=100,
        description="names of streams, or their beginnings with a * behind, that it may read and "
        "write as its role may; none = all, and what is about no stream",
    )
    expires_at: Annotated[Moment, BeforeValidator(_text), Field(strict=False)] | None = Field(
        None, description="left out: when it is revoked"
    )


class KeyModel(Strict):
    """A key, without its secret."""

    id: str
    name: str
    role: Role
    streams: list[str]
    expires_at: datetime | None
    is_expired: bool
    issued_at: datetime
    issued_by: str
    used_at: datetime | None = Field(
        description="by this instance of the gateway, since its start; null = not yet"
    )


class KeysModel(Strict):
    """A page of the keys that are not revoked, oldest first."""

    items: list[KeyModel]
    next: str | None


class NewKeyModel(KeyModel):
    """A key at the only moment when it is shown whole."""

    key: str = Field(description="scy_<id>_<secret>; keep it, it is stored nowhere")


def router(context: Context) -> APIRouter:
    """Return the routes about keys."""
    api = APIRouter(tags=["keys"], dependencies=[allow(Role.ADMIN)])
    keys = context.desk.keys

    @api.post(
        "/keys",
        operation_id="issueKey",
        status_code=201,
        responses={**REFUSED, 409: {"model": ProblemModel}},
    )
    async def issue(wanted: WantedKeyModel, caller: Caller, response: Response) -> NewKeyModel:
        """Make a key; the answer is the only place where it can be seen."""
        check(wanted)
        asked = Wanted(wanted.name, Role(wanted.role), tuple(wanted.streams), wanted.expires_at)
        made = make(asked, by=caller.name, at=context.clock.now())
        await context.publisher.try_send([context.publisher.message(made.issued)])
        keys.on_issued(made.issued)
        response.headers["Cache-Control"] = "no-store"
        return NewKeyModel(**model(made.issued).model_dump(), key=made.text)

    @api.get("/keys", operation_id="listKeys")
    async def list_keys(page: Annotated[Pager, Depends(pager(context.cursors))]) -> KeysModel:
        found, following = page.cut(keys.all, lambda issued: (issued.at.isoformat(), issued.id))
        return KeysModel(items=[model(issued) for issued in found], next=following)

    @api.delete("/keys/{key}", operation_id="revokeKey", status_code=204, responses=NOT_FOUND)
    async def revoke(key: str, caller: Caller) -> None:
        """Make a key count no more; what it holds open is closed within seconds."""
        found = keys.get(key)
        if found is None:
            raise Problem(404, f"there is no key {key!r}; GET /api/v1/keys lists them by id")
        revoked = ApiKeyRevoked(found.id, found.name, caller.name, context.clock.now())
        await context.publisher.try_send([context.publisher.message(revoked)])
        keys.on_revoked(revoked)

    def check(wanted: WantedKeyModel) -> None:
        if wanted.expires_at is not None and wanted.expires_at <= context.clock.now():
            raise Problem(422, "expires_at is over already")
        taken = {issued.name for issued in keys.all if not keys.expired(issued)}
        if wanted.name in taken:
            raise Problem(
                409, f"there is a key {wanted.name!r}; choose another name, or revoke it first"
            )

    def model(issued: ApiKeyIssued) -> KeyModel:
        return KeyModel(
            id=issued.id,
            name=issued.name,
            role=issued.role,
            streams=list(issued.streams),
            expires_at=issued.expires_at,
            is_expired=keys.expired(issued),
            issued_at=issued.at,
            issued_by=issued.by,
            used_at=keys.used_at(issued.id),
        )

    return api
