"""Around the application: who is let in to it, and what browsers may do with what they get."""

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from scarcity.errors import Transient
from scarcity.runtime.web import Readiness
from services.gateway.access.desk import Admitted, Desk
from services.gateway.problems import Problem, unavailable

API = "/api/v1"
FREE = (f"{API}/openapi.json",)
"""What everybody may read."""

# Styles may be inline, because graph drawing sets them on elements; scripts may not.
SECURITY_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'self'; img-src 'self' data: blob:; style-src 'self' 'unsafe-inline'; "
        "object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
}


class Door:
    """Lets nobody in to the calls who is not known, before anything else of a call is read."""

    def __init__(self, app: ASGIApp, *, desk: Desk, readiness: Readiness) -> None:
        self._app = app
        self._desk = desk
        self._readiness = readiness
        self._has_caught_up = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if not _is_call(scope):
            await self._app(scope, receive, send)
            return
        try:
            admitted = await self._desk.admit(Request(scope), caught_up=self._caught_up())
        except Problem as problem:
            await problem.answer(scope, receive, send)
        except Transient as error:
            await unavailable(error)(scope, receive, send)
        else:
            scope.setdefault("state", {})["identity"] = admitted.identity
            await self._app(scope, receive, _with_headers(send, self._rate(admitted)))

    def _caught_up(self) -> bool:
        """Say whether the gateway was ever ready; one that drains is not any more."""
        self._has_caught_up = self._has_caught_up or self._readiness()["gateway"]
        return self._has_caught_up

    def _rate(self, admitted: Admitted) -> dict[str, str]:
        left = admitted.allowance
        return {
            "RateLimit-Policy": f'"calls";{self._desk.calls.policy}',
            "RateLimit": f'"calls";r={left.left};t={round(left.full_s)}',
        }


class SecurityHeaders:
    """Adds the security headers to every answer."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._app(scope, receive, _with_headers(send, SECURITY_HEADERS))


def _is_call(scope: Scope) -> bool:
    path: str = scope.get("path", "")
    return scope["type"] == "http" and path.startswith(f"{API}/") and path not in FREE


def _with_headers(send: Send, added: dict[str, str]) -> Send:
    async def send_with_headers(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in added.items():
                headers.setdefault(name, value)
        await send(message)

    return send_with_headers
