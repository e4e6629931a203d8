"""What a route asks of whoever calls it; one that asks nothing is not served."""

from collections.abc import Iterator, Sequence
from typing import Annotated, Any

from fastapi import Depends, Request
from fastapi.dependencies.models import Dependant
from fastapi.routing import RouteContext, iter_route_contexts
from starlette.routing import BaseRoute, Mount

from scarcity.events import Role
from services.gateway.access.identity import Identity
from services.gateway.access.refusals import NOTHING, Refused
from services.gateway.problems import Problem


class _Allow:
    """The check that a caller has a role, and that the stream of the route is one of his."""

    def __init__(self, role: Role, *, narrows: bool) -> None:
        self._role = role
        self._narrows = narrows

    # Asynchronous, as what a call needs is otherwise looked at in a thread of its own.
    async def __call__(self, request: Request) -> None:
        identity = identity_of(request)
        if not identity.role.covers(self._role):
            raise Problem(
                403,
                f"{identity.name} is {identity.role} here, and this takes {self._role}; ask an "
                "admin to do it, or for a key with that role",
            )
        if not self._narrows and not _is_about_own(identity, request):
            raise Problem(
                403,
                f"{identity.name} is let in for {', '.join(identity.streams)} alone; ask an admin "
                "for a key that is for more",
            )


def allow(role: Role, *, narrows: bool = False) -> Any:  # noqa: ANN401 - as FastAPI has it
    """Return the dependency that lets in whoever has at least that role.

    A key for some streams is let in where the path names one of them, and where the route itself
    `narrows` what it shows to what the caller sees.
    """
    return Depends(_Allow(role, narrows=narrows))


def identity_of(request: Request) -> Identity:
    """Return who sends a call. Raises the problem of a call that nobody has looked at."""
    found = getattr(request.state, "identity", None)
    if not isinstance(found, Identity):
        raise Refused("missing", NOTHING)
    return found


async def _caller(request: Request) -> Identity:
    return identity_of(request)


Caller = Annotated[Identity, Depends(_caller)]
"""Who sends the call, as an argument of a route."""


def check_declared(routes: Sequence[BaseRoute], below: str, *, free: Sequence[str]) -> None:
    """Raise TypeError that names the routes below a path which declare no role and are not free."""
    silent = sorted(
        f"{'/'.join(sorted(found.methods or ()))} {found.path}"
        for found in iter_route_contexts(routes)
        if _is_below(found, below)
        and found.path not in free
        and not any(_declarations(getattr(found, "dependant", None)))
    )
    if silent:
        raise TypeError(
            f"{', '.join(silent)}: say who may, with dependencies=[allow(Role.VIEWER)] or more"
        )


def _is_below(found: RouteContext, place: str) -> bool:
    """Say whether a route may answer below a path, also one that leads to another application."""
    path = found.path or ""
    leads_on = isinstance(found.original_route, Mount) and place.startswith(f"{path}/")
    return path.startswith(place) or leads_on


def _declarations(dependant: Dependant | None) -> Iterator[_Allow]:
    for needed in dependant.dependencies if dependant else ():
        if isinstance(needed.call, _Allow):
            yield needed.call
        yield from _declarations(needed)


def _is_about_own(identity: Identity, request: Request) -> bool:
    if not identity.streams:
        return True
    stream = request.path_params.get("stream")
    return stream is not None and identity.sees(stream)
