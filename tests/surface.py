"""The gateway's surface, without a system behind it."""

from fastapi import FastAPI

from running import TOKEN
from scarcity import __version__
from scarcity.bus.embedded import EmbeddedBus
from scarcity.runtime.process import Platform
from scarcity.telemetry import tracing
from services.gateway import main


def application() -> FastAPI:
    """Return the gateway's application, as its service makes it."""
    platform = Platform(EmbeddedBus(None), tracing.provider(None, version=__version__), TOKEN)
    service = main.build(platform)
    assert service.web is not None
    app = service.web(lambda: {"gateway": True})
    # The routes are behind what looks at every call.
    assert isinstance(app, FastAPI)
    return app
