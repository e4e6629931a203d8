"""Probes and HTTP servers inside a process that already has an event loop."""

import contextlib
import socket
from collections.abc import Callable, Iterator, Mapping

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from scarcity.errors import ConfigError
from scarcity.telemetry.metrics import Metrics

Readiness = Callable[[], Mapping[str, bool]]
"""Names what has to be ready, and says whether it is."""


class Server(uvicorn.Server):
    """A server that leaves signals to the runtime."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def server(app: ASGIApp) -> Server:
    """Return a server for the app; serve it with `await made.serve(sockets=[...])`."""
    config = uvicorn.Config(
        app,
        log_config=None,
        access_log=False,
        server_header=False,
        lifespan="off",
        # Live streams never end by themselves, so a drain must not wait for them.
        timeout_graceful_shutdown=2,
    )
    return Server(config)


def listen(host: str, port: int) -> socket.socket:
    """Return a bound socket. Raises ConfigError when the address is taken or not ours."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # Named, because asyncio turns Nagle's delay off only on sockets that say they are TCP.
    made = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        made.bind((host, port))
    except OSError as error:
        made.close()
        raise ConfigError(
            f"cannot listen on {host}:{port} ({error.strerror}); choose another port"
        ) from error
    made.set_inheritable(True)
    return made


def probe_routes(readiness: Readiness, metrics: Metrics) -> list[Route]:
    """Return /livez, /readyz and /metrics."""

    async def livez(_request: Request) -> Response:
        return PlainTextResponse("alive\n")

    async def readyz(_request: Request) -> Response:
        checks = readiness()
        return JSONResponse(
            {"ready": all(checks.values()), "checks": dict(checks)},
            status_code=200 if all(checks.values()) else 503,
        )

    async def exposition(_request: Request) -> Response:
        return Response(metrics.exposition(), media_type="text/plain; version=0.0.4")

    return [
        Route("/livez", livez),
        Route("/readyz", readyz),
        Route("/metrics", exposition),
    ]


def probe_app(readiness: Readiness, metrics: Metrics) -> Starlette:
    """Return an app with nothing but the probes, for services without HTTP of their own."""
    return Starlette(routes=probe_routes(readiness, metrics))
