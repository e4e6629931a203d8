"""Sessions: a credential becomes a cookie that no script can read, and stops being one."""

from datetime import datetime

from fastapi import APIRouter, Request, Response
from pydantic import Field

from scarcity.bus.base import Message
from scarcity.events import Role
from scarcity.events.access import KEYS
from services.gateway.access.credentials import cookie_name, is_secure
from services.gateway.access.declaring import Caller, allow
from services.gateway.access.identity import Identity
from services.gateway.context import Context
from services.gateway.models import REFUSED, ProblemModel, Strict
from services.gateway.problems import Problem


class SessionModel(Strict):
    """Who one is here."""

    name: str = Field(description="as commands are signed: token, key:NAME, oidc:NAME")
    role: Role
    streams: list[str] = Field(description="patterns of the streams one may see; none = all")
    expires_at: datetime | None
    csrf_token: str | None = Field(
        description="what X-CSRF-Token has to say with every call that is no GET; null without "
        "a session, as a bearer credential needs none"
    )


def router(context: Context) -> APIRouter:
    """Return the routes about the session."""
    api = APIRouter(tags=["session"], dependencies=[allow(Role.VIEWER, narrows=True)])
    sessions = context.desk.sessions

    @api.post(
        "/session",
        operation_id="signIn",
        status_code=201,
        responses={**REFUSED, 409: {"model": ProblemModel}},
    )
    async def sign_in(caller: Caller, request: Request, response: Response) -> SessionModel:
        """Begin a session with a bearer credential; the answer sets its cookie."""
        if caller.session is not None:
            raise Problem(409, "there is a session; a new one begins with a bearer credential")
        session = sessions.begin(caller)
        seconds = (session.expires_at - context.clock.now()).total_seconds()
        set_cookie(request, response, sessions.cookie(session), max_age=max(1, int(seconds)))
        found = Identity(
            caller.name, caller.role, caller.streams, until=session.expires_at, session=session.id
        )
        return model(found, response)

    @api.get("/session", operation_id="readSession")
    async def read(caller: Caller, response: Response) -> SessionModel:
        """Say who one is, in which role, and until when."""
        return model(caller, response)

    @api.delete("/session", operation_id="signOut", status_code=204)
    async def sign_out(caller: Caller, request: Request, response: Response) -> None:
        """End the session, on every instance; a bearer credential has none to end."""
        if caller.session is None:
            return
        ended = sessions.end(caller)
        outdated = [Message(KEYS.name, key, None) for key in sessions.outdated()]
        await context.publisher.try_send([context.publisher.message(ended), *outdated])
        sessions.on_ended(ended)
        set_cookie(request, response, "", max_age=0)

    def set_cookie(request: Request, response: Response, value: str, *, max_age: int) -> None:
        secure = is_secure(request, always=context.settings.secure_cookies)
        response.set_cookie(
            cookie_name(secure=secure),
            value,
            max_age=max_age,
            path="/",
            secure=secure,
            httponly=True,
            samesite="strict",
        )

    def model(caller: Identity, response: Response) -> SessionModel:
        response.headers["Cache-Control"] = "no-store"
        token = sessions.csrf_token(caller.session) if caller.session else None
        return SessionModel(
            name=caller.name,
            role=caller.role,
            streams=list(caller.streams),
            expires_at=caller.until,
            csrf_token=token,
        )

    return api
