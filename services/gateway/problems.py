"""Errors as RFC 9457 problem documents: what is wrong, and what to do."""

from collections.abc import Mapping
from http import HTTPStatus

import orjson
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from opentelemetry import trace
from starlette.exceptions import HTTPException

from scarcity.errors import ConfigError, Overloaded, PoisonEvent, Transient

MEDIA_TYPE = "application/problem+json"


class Problem(HTTPException):
    """An error answer with a detail, and further members when they help."""

    def __init__(
        self,
        status: int,
        detail: str,
        *,
        headers: Mapping[str, str] | None = None,
        **members: object,
    ) -> None:
        super().__init__(status, detail, headers)
        self.members = members

    @property
    def answer(self) -> Response:
        """What is sent, also where no route has been found yet."""
        return problem(self.status_code, self.detail, members=self.members, headers=self.headers)


def problem(
    status: int,
    detail: str,
    *,
    members: Mapping[str, object] | None = None,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """Return the answer that carries a problem document."""
    title = HTTPStatus(status).phrase
    body: dict[str, object] = {
        "type": f"urn:scarcity:problem:{title.lower().replace(' ', '-')}",
        "title": title,
        "status": status,
        "detail": detail,
        **(members or {}),
    }
    context = trace.get_current_span().get_span_context()
    if context.is_valid:
        body["trace_id"] = format(context.trace_id, "032x")
    return Response(
        orjson.dumps(body), status_code=status, media_type=MEDIA_TYPE, headers=dict(headers or {})
    )


def unavailable(error: Exception) -> Response:
    """Return the answer where the same call may succeed later."""
    return problem(503, str(error), headers={"Retry-After": "1"})


def install(app: FastAPI) -> None:
    """Make every error of the app a problem document."""
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(ConfigError, _bad_request)
    app.add_exception_handler(PoisonEvent, _bad_request)
    app.add_exception_handler(Overloaded, _unavailable)
    app.add_exception_handler(Transient, _unavailable)
    app.add_exception_handler(Exception, _bug)


async def _http(_request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    if isinstance(error, Problem):
        return error.answer
    return problem(error.status_code, error.detail, headers=error.headers)


async def _invalid(_request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    found = [
        {"at": "/".join(str(part) for part in item["loc"]), "message": item["msg"]}
        for item in error.errors()
    ]
    detail = "; ".join(f"{item['at']}: {item['message']}" for item in found)
    return problem(422, detail, members={"errors": found})


async def _bad_request(_request: Request, error: Exception) -> Response:
    return problem(400, str(error))


async def _unavailable(_request: Request, error: Exception) -> Response:
    return unavailable(error)


async def _bug(_request: Request, _error: Exception) -> Response:
    return problem(500, "a bug; the log has the details")
