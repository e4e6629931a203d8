"""Bodies that are too large: refused as soon as they are known to be, before anybody keeps them."""

import re

from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from services.gateway.guard import API
from services.gateway.problems import Problem

MOST_BYTES = 4 * 1024 * 1024
"""Of the body of any call but one that sends records: an edited dead letter is the largest."""
RECORDS = re.compile(rf"{API}/streams/[^/]+/records")


class Bodies:
    """Lets no more of a body through than its call may have. For one app.

    records  bytes of a body with records
    """

    def __init__(self, app: ASGIApp, *, records: int) -> None:
        self._app = app
        self._records = records

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        limit = self._records if RECORDS.fullmatch(scope["path"]) else MOST_BYTES
        declared = Request(scope).headers.get("content-length", "")
        if declared.isdecimal() and int(declared) > limit:
            await _too_large(limit).answer(scope, receive, send)
        else:
            await self._app(scope, _bounded(receive, limit), send)


def _bounded(receive: Receive, limit: int) -> Receive:
    """Return what hands a body on, and raises the problem with it once there is too much of it."""
    left = limit

    async def receive_bounded() -> Message:
        nonlocal left
        message = await receive()
        left -= len(message.get("body", b""))
        if left < 0:
            raise _too_large(limit)
        return message

    return receive_bounded


def _too_large(limit: int) -> Problem:
    return Problem(413, f"the body is over {limit} bytes; send it in several requests")
