"""Calls with a method that their address does not take: they are told which it does, all of them.

Routes know their own methods alone, and the dashboard's pages would take any address.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from fastapi.routing import iter_route_contexts
from starlette.routing import BaseRoute, compile_path
from starlette.types import ASGIApp, Receive, Scope, Send

from services.gateway.guard import API
from services.gateway.problems import Problem


@dataclass(frozen=True, slots=True)
class Address:
    """The paths of some calls, and which methods they take."""

    pattern: re.Pattern[str]
    methods: set[str] = field(default_factory=set)


class Methods:
    """Refuses a call of the API whose method the address does not take. The first one counts."""

    def __init__(self, app: ASGIApp, *, routes: Sequence[BaseRoute]) -> None:
        self._app = app
        self._addresses = list(_addresses(routes))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and (problem := self._refusal(scope["method"], scope["path"])):
            await problem.answer(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    def _refusal(self, method: str, path: str) -> Problem | None:
        address = next((each for each in self._addresses if each.pattern.match(path)), None)
        if address is None or method in address.methods:
            return None
        takes = ", ".join(sorted(address.methods))
        return Problem(405, f"this address takes {takes}, not {method}", headers={"Allow": takes})


def _addresses(routes: Sequence[BaseRoute]) -> Iterable[Address]:
    found: dict[str, Address] = {}
    for route in iter_route_contexts(routes):
        if route.path and route.path.startswith(f"{API}/"):
            known = found.setdefault(route.path, Address(compile_path(route.path)[0]))
            known.methods.update(route.methods or ())
    return found.values()
