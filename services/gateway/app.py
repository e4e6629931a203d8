"""The HTTP application: routes, guard, problems, probes, and the dashboard's files."""

from pathlib import Path

from fastapi import APIRouter, FastAPI
from fastapi.responses import FileResponse, PlainTextResponse, Response
from starlette.staticfiles import StaticFiles
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from scarcity import __version__
from scarcity.runtime.web import Readiness, probe_routes
from services.gateway import openapi, problems
from services.gateway.access.declaring import check_declared
from services.gateway.bodies import Bodies
from services.gateway.context import Context
from services.gateway.guard import API, FREE, Door, SecurityHeaders
from services.gateway.methods import Methods
from services.gateway.routes import (
    components,
    dead_letters,
    events,
    graphs,
    history,
    ingest,
    keys,
    session,
    streams,
    system,
    traces,
    trials,
)


def create_app(context: Context, readiness: Readiness) -> FastAPI:
    """Return the application. Raises TypeError that names a call which does not say who may."""
    app = FastAPI(
        title="SCARCITY",
        version=__version__,
        description="A live, calibrated causal graph for every stream.",
        openapi_url=f"{API}/openapi.json",
        docs_url=None,
        redoc_url=None,
    )
    app.add_middleware(Methods, routes=app.routes)
    app.add_middleware(Bodies, records=context.settings.max_body_bytes)
    app.add_middleware(Door, desk=context.desk, readiness=readiness)
    app.add_middleware(SecurityHeaders)
    app.add_middleware(ProxyHeadersMiddleware, trusted_hosts=context.settings.trusted_proxies or "")
    problems.install(app)
    openapi.install(app)
    api = APIRouter(prefix=API)
    parts = (ingest, streams, trials, graphs, history, components, dead_letters, events, traces)
    for part in (*parts, system, keys, session):
        api.include_router(part.router(context))
    app.include_router(api)
    app.router.routes.extend(probe_routes(readiness, context.metrics))
    _serve_dashboard(app, context.settings.dashboard_dir)
    check_declared(app.routes, f"{API}/", free=FREE)
    return app


def _serve_dashboard(app: FastAPI, folder: Path) -> None:
    index = folder / "index.html"
    if not index.is_file():

        async def missing() -> Response:
            return PlainTextResponse(
                "The dashboard is not built. Run `make setup`, or "
                "`npm ci && npm run build` in services/dashboard.\n",
                status_code=404,
            )

        app.add_api_route("/", missing, include_in_schema=False)
        return

    files = {path.name: path for path in folder.iterdir() if path.is_file()}

    async def page(path: str = "") -> Response:
        if path.startswith("api/"):
            raise problems.Problem(404, f"there is no /{path}; see {API}/openapi.json")
        # Every address that is no file is a page of the dashboard, which routes by itself.
        return FileResponse(files.get(path, index), headers={"Cache-Control": "no-cache"})

    app.mount("/assets", _Hashed(directory=folder / "assets"), name="assets")
    app.add_api_route("/{path:path}", page, include_in_schema=False)


class _Hashed(StaticFiles):
    """Files whose names change with their content, so that browsers may keep them for ever."""

    def file_response(self, *args: object, **kwargs: object) -> Response:
        response = super().file_response(*args, **kwargs)  # type: ignore[arg-type]
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
        return response
